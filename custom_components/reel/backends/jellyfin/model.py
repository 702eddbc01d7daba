"""What does Jellyfin have that others do not?"""

from dataclasses import dataclass, field

from ..model import User


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user and the token that a sign-in earned; the password is forgotten by then."""

    user: User
    token: str = field(repr=False)
