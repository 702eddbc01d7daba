"""Who may come in? The tokens one media server accepts, and whom each of them makes the caller."""

from dataclasses import dataclass
from typing import Final

from .people import User, make_token

OWNER_ACCOUNT: Final = 1


@dataclass(frozen=True, slots=True)
class Visitor:
    """The one behind a request. On its own server the owner is account 1, everybody else keeps the plex.tv id."""

    account: int
    user_id: int
    name: str
    owner: bool
    sections: frozenset[str] | None = None
    """The libraries shared with this visitor; None is all of them."""

    def may_see(self, section: str) -> bool:
        """Tell whether a library is shared with this visitor."""
        return self.sections is None or section in self.sections


class Access:
    """The tokens of one server."""

    def __init__(self, machine_identifier: str) -> None:
        self._machine_identifier = machine_identifier
        self._visitors: dict[str, Visitor] = {}
        self._accounts: dict[str, User] = {}
        self._transient: set[str] = set()
        self._issued = 0

    def admit(self, user: User, *, owned: bool, sections: frozenset[str] | None = None) -> str:
        """Return a new access token of this server for a user."""
        self._issued += 1
        token = make_token(self._machine_identifier, user.uuid, self._issued)
        account = OWNER_ACCOUNT if owned else user.id
        self._visitors[token] = Visitor(account, user.id, user.username, owned, sections)
        if owned:
            self._accounts[token] = user
        return token

    def revoke(self, token: str) -> None:
        """Refuse a token from now on."""
        self._visitors.pop(token, None)
        self._accounts.pop(token, None)
        self._transient.discard(token)

    def delegate(self, visitor: Visitor) -> str:
        """Return a transient token that stands for this visitor until the server restarts."""
        self._issued += 1
        token = f"transient-{make_token(self._machine_identifier, self._issued, 'transient')}"
        self._visitors[token] = visitor
        self._transient.add(token)
        return token

    def forget_transient(self) -> None:
        """Refuse all transient tokens from now on."""
        for token in tuple(self._transient):
            self.revoke(token)

    def visitor(self, token: str | None) -> Visitor | None:
        """Return who comes with this token; the account token of the owner is as good as an access token."""
        if token is None:
            return None
        if token in self._visitors:
            return self._visitors[token]
        owners = (self._visitors[key] for key, user in self._accounts.items() if user.token == token and user.signed_in)
        return next(owners, None)

    def visitors(self) -> list[Visitor]:
        """Return everybody who was let in, each once, in the order of their accounts."""
        return sorted(set(self._visitors.values()), key=lambda visitor: visitor.account)
