"""What does a Jellyfin server know? Everything behind its routes, and how a change reaches those who listen."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from tests.servers.library import Title

from .accounts import Accounts, User
from .behaviour import Behaviour
from .push import Batch, Socket
from .sessions import Sessions
from .shelf import Shelf, View
from .version import Version


class Fate(StrEnum):
    """What happened to an item."""

    ADDED = "added"
    REMOVED = "removed"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True)
class LibraryChange:
    """An item that came, went or changed; ids, since a removed title is no longer known by its number."""

    fate: Fate
    item_id: str
    folder_id: str
    view_id: str


@dataclass(slots=True)
class State:
    """One server, without the network."""

    name: str
    server_id: str
    version: Version
    base_path: str
    shelf: Shelf
    accounts: Accounts
    now: Callable[[], float]
    keep_alive: float = 60.0
    """Seconds of silence after which a websocket is lost."""
    behaviour: Behaviour = field(default_factory=Behaviour)
    sessions: Sessions = field(default_factory=Sessions)
    pretended: dict[str, str] = field(default_factory=dict)
    """Server ids that are told at some doors instead of our own."""
    hidden: set[str] = field(default_factory=set)
    """Doors behind a captive portal."""
    sockets: list[Socket] = field(default_factory=list)
    user_news: Batch[tuple[User, Title]] | None = None
    results: dict[object, list[Title]] = field(default_factory=dict)
    """The last long lists that were asked for, since clients page through them."""
    encodings: set[tuple[str, str]] = field(default_factory=set)
    """What the transcoder works at: ids of devices and of their plays."""
    plays: int = 0
    """Counts what was asked to be played, for an id each."""

    @property
    def takes_legacy_authorization(self) -> bool:
        """Whether the forms of authorization inherited from Emby are seen."""
        switched = self.behaviour.legacy_authorization
        return self.version.takes_legacy_authorization if switched is None else switched

    def may_see(self, user: User | None, view: View) -> bool:
        """Tell whether a library is shared with a user; an API key sees all."""
        return user is None or user.libraries is None or view.id in user.libraries

    def views(self, user: User | None) -> list[View]:
        """Return the libraries a user may see; those of lists only while there are any."""
        hideable = {"playlists", "boxsets"} if self.version.hides_empty_collections else {"playlists"}
        return [
            view
            for view in self.shelf.views
            if self.may_see(user, view)
            and (view.collection_type not in hideable or any(True for _ in self.shelf.inside(view)))
        ]

    def watched(self, user: User, title: Title, *, quietly: bool = False) -> None:
        """Tell that a user's data changed, also of what directly contains it; progress is saved quietly."""
        if not quietly and self.behaviour.pushes and self.user_news is not None:
            parent = self.shelf.parent(title)
            self.user_news.add(*((user, each) for each in (title, parent) if each is not None))
