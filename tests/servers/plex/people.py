"""Who has an account? People as plex.tv knows them, and the tokens they are known by."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256


def make_token(*of: object) -> str:
    """Return 20 characters that look like a Plex token, the same for the same words."""
    return urlsafe_b64encode(sha256(repr(of).encode()).digest()).decode()[:20]


@dataclass(slots=True, eq=False)
class User:
    """One account. Home users belong to the home of their `admin`."""

    id: int
    uuid: str
    username: str
    email: str
    token: str
    """The account token; it also opens the servers this user owns, and no others."""
    title: str = ""
    password: str = ""
    verification_code: str | None = None
    """What sign-in asks for besides the password, if two factors are on."""
    pin: str | None = None
    """What a switch to this Home user asks for."""
    admin: User | None = None
    """The admin of the home this user is in; an admin names itself."""
    guest: bool = False
    restricted: bool = False
    tokens_issued: int = 1
    signed_in: bool = True
    """Whether the account token is worth anything."""

    @property
    def home(self) -> bool:
        """Whether this user is in a home."""
        return self.admin is not None

    def issue_token(self) -> str:
        """Give the user a new account token; the old one is worth nothing any more."""
        self.tokens_issued += 1
        self.signed_in = True
        self.token = make_token(self.uuid, self.tokens_issued)
        return self.token


def make_user(number: int, email: str, username: str | None = None) -> User:
    """Return an account with ids that look real; `number` keeps them apart."""
    digest = sha256(f"{number} {email}".encode()).hexdigest()
    name = username or email.partition("@")[0]
    return User(
        id=10_000_000 + int(digest[:6], 16),
        uuid=digest[:16],
        username=name,
        email=email,
        token=make_token(digest[:16], 1),
        title=name,
    )
