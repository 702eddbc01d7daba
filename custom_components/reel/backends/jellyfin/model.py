"""What does Jellyfin have that others do not?"""

from dataclasses import dataclass, field

from ..model import User


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user and the token that a sign-in earned; the password is forgotten by then."""

    user: User
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class QuickCode:
    """A sign-in waiting for its user to approve the code in another app. The secret takes the token: out of logs."""

    code: str = field(repr=False)
    secret: str = field(repr=False)
