"""Which items are asked for, and in which order? The many parameters of `/Items`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import Final

from aiohttp import web

from tests.servers.library import Kind, Title

from .accounts import User
from .fields import Fields
from .items import is_missing
from .shelf import MEDIA_TYPE_OF, TYPE_OF, View, plain
from .state import State
from .watching import UNTOUCHED, UserData

PERSONAL: Final = frozenset({"filters", "isplayed", "isfavorite"})
PERSONAL_KEYS: Final = frozenset(
    {"dateplayed", "seriesdateplayed", "playcount", "isplayed", "isunplayed", "isfavoriteorliked", "random"}
)
KIND_OF: Final = {name.lower(): kind for kind, name in TYPE_OF.items()}

type Test = Callable[[Title], bool]
type Key = Callable[[Title], float | str]


@dataclass(frozen=True, slots=True)
class Query:
    """What one request asks for."""

    state: State
    user: User | None
    said: Fields
    deep: bool = False
    """Look below the place that is asked about, however deep, even if the query does not say so."""
    named_artists: bool = False
    """Find artists that are known by name only, too."""

    @property
    def is_personal(self) -> bool:
        """Whether the result depends on what the user did, or on chance."""
        names = {name for name, _ in self.said.items()}
        return not (PERSONAL.isdisjoint(names) and PERSONAL_KEYS.isdisjoint(self.said.folded("sortBy")))

    def titles(self) -> list[Title]:
        """Return all that fits, in order; paging comes later."""
        tests = [test for test in self._tests() if test is not None]
        found = [title for title in self._candidates() if all(test(title) for test in tests)]
        return self._sorted(found)

    def everywhere(self) -> list[Title]:
        """Return all that fits below the place, however deep, in no order."""
        return Query(self.state, self.user, self.said, deep=True, named_artists=self.named_artists).titles()

    def data(self, title: Title) -> UserData:
        """Return what the user did with a title."""
        return self.user.data.get(title.number, UNTOUCHED) if self.user else UNTOUCHED

    def _candidates(self) -> Iterable[Title]:
        """Return the titles of the place that is asked about, as far as they are shared with the user."""
        shelf = self.state.shelf
        ids, parent_id = self.said.guids("ids"), self.said.guid("parentId")
        view = shelf.view(parent_id) if parent_id and not self._is_of_lists() else None
        if ids:
            found = [title for item_id in ids if (title := shelf.find(item_id)) and self._is_shared(title)]
            return [title for title in found if view is None or not self._recursive() or shelf.view_of(title) is view]
        if parent_id is None or (self._is_of_lists() and shelf.view(parent_id)):
            return [title for view in self.state.views(self.user) for title in self._within(view)]
        if view is not None:
            return self._inside(view)
        parent = shelf.find(parent_id)
        if parent is None or not self._is_shared(parent):
            return []
        return shelf.descendants(parent) if self._recursive() else shelf.children(parent)

    def _inside(self, view: View) -> Iterable[Title]:
        if not self.state.may_see(self.user, view):
            raise web.HTTPUnauthorized
        by_type = self.state.version.recurses_for_types and self.said.words("includeItemTypes")
        return self._within(view) if self._recursive() or by_type else self.state.shelf.top(view)

    def _within(self, view: View) -> Iterable[Title]:
        """Return all that stands in a library; artists without a folder stand in none."""
        nameless = self.state.behaviour.nameless_artists and not self.named_artists
        return (title for title in self.state.shelf.inside(view) if not (nameless and title.kind is Kind.ARTIST))

    def _is_of_lists(self) -> bool:
        """Whether only collections, or only playlists, are asked for: they are looked for everywhere."""
        return self.said.folded("includeItemTypes") in ({"boxset"}, {"playlist"})

    def _is_shared(self, title: Title) -> bool:
        return self.state.may_see(self.user, self.state.shelf.view_of(title))

    def _recursive(self) -> bool:
        return self.deep or self.said.flag("recursive") is True

    def _tests(self) -> list[Test | None]:
        return [*self._kind_tests(), *self._text_tests(), *self._user_tests(), *self._date_tests()]

    def _kind_tests(self) -> list[Test | None]:
        said, shelf = self.said, self.state.shelf
        kinds = {KIND_OF.get(word) for word in said.folded("includeItemTypes")}
        without = {KIND_OF.get(word) for word in said.folded("excludeItemTypes")}
        media = said.folded("mediaTypes")
        left_out = set(said.guids("excludeItemIds"))
        artists = {*said.guids("artistIds"), *said.guids("albumArtistIds")}
        albums = set(said.guids("albumIds"))
        return [
            (lambda title: title.kind in kinds) if kinds else None,
            (lambda title: title.kind not in without) if without else None,
            (lambda title: MEDIA_TYPE_OF.get(title.kind, "Unknown").lower() in media) if media else None,
            (lambda title: shelf.id_of(title) not in left_out) if left_out else None,
            (lambda title: any(shelf.id_of(up) in artists for up in shelf.ancestors(title))) if artists else None,
            (lambda title: any(shelf.id_of(up) in albums for up in shelf.ancestors(title))) if albums else None,
            *self._location_tests(),
        ]

    def _location_tests(self) -> list[Test | None]:
        missing = self.said.flag("isMissing")
        virtual = "virtual"
        only, without = self.said.folded("locationTypes"), self.said.folded("excludeLocationTypes")
        return [
            None if missing is None else (lambda title: is_missing(title) is missing),
            (lambda title: not is_missing(title)) if virtual in without else None,
            (lambda title: is_missing(title) is (virtual in only)) if only else None,
        ]

    def _text_tests(self) -> list[Test | None]:
        said, shelf = self.said, self.state.shelf
        term = plain(said.text("searchTerm") or "")
        start, at_least = (plain(said.text(name) or "") for name in ("nameStartsWith", "nameStartsWithOrGreater"))
        below = plain(said.text("nameLessThan") or "")
        genres = said.folded("genres", "|")
        years = {int(year) for year in said.words("years") if year.isdigit()}
        return [
            (lambda title: term in plain(title.name)) if term else None,
            (lambda title: shelf.sort_name(title).startswith(start)) if start else None,
            (lambda title: shelf.sort_name(title) >= at_least) if at_least else None,
            (lambda title: shelf.sort_name(title) < below) if below else None,
            (lambda title: any(genre.lower() in genres for genre in title.genres)) if genres else None,
            (lambda title: title.year in years) if years else None,
        ]

    def _user_tests(self) -> list[Test | None]:
        filters = self.said.folded("filters")
        played, favorite = self.said.flag("isPlayed"), self.said.flag("isFavorite")
        if "isplayed" in filters or "isunplayed" in filters:
            played = "isplayed" in filters
        if "isfavorite" in filters or "isfavoriteorlikes" in filters:
            favorite = True
        return [
            None if played is None else (lambda title: self._is_played(title) is played),
            None if favorite is None else (lambda title: self.data(title).favorite is favorite),
            (lambda title: self.data(title).position > 0) if "isresumable" in filters else None,
            (lambda title: self.data(title).likes is True) if "likes" in filters else None,
            (lambda title: self.data(title).likes is False) if "dislikes" in filters else None,
            (lambda title: title.kind not in MEDIA_TYPE_OF) if "isfolder" in filters else None,
            (lambda title: title.kind in MEDIA_TYPE_OF) if "isnotfolder" in filters else None,
        ]

    def _date_tests(self) -> list[Test | None]:
        alone, for_user = self.said.date("minDateLastSaved"), self.said.date("minDateLastSavedForUser")
        shelf = self.state.shelf
        if alone is not None and for_user is None and not self.state.version.filters_by_date_saved:
            # The parameter that the SQL names is never bound: compared with NULL, nothing fits.
            return [lambda _: False]
        since = max((date for date in (alone, for_user) if date is not None), default=None)
        return [None if since is None else (lambda title: shelf.saved(title) >= since)]

    def _is_played(self, title: Title) -> bool:
        if title.kind in MEDIA_TYPE_OF:
            return self.data(title).played
        leaves = list(self.state.shelf.leaves(title))
        return bool(leaves) and all(self.data(leaf).played for leaf in leaves)

    def _sorted(self, found: list[Title]) -> list[Title]:
        """Sort by the last key first: Python's sorting is stable."""
        keys = self.said.words("sortBy")
        orders = [word.lower() for word in self.said.words("sortOrder")]
        for at, name in reversed(list(enumerate(keys))):
            order = orders[min(at, len(orders) - 1)] if orders else "ascending"
            self._sort(found, name.lower(), backwards=order.startswith("desc"))
        return found

    def _sort(self, found: list[Title], name: str, *, backwards: bool) -> None:
        if name == "random":
            Random(self.state.now()).shuffle(found)
            return
        key = self._keys().get(name)
        if key is not None:
            found.sort(key=key, reverse=backwards)

    def _keys(self) -> dict[str, Key]:
        shelf, data = self.state.shelf, self.data
        return {
            "sortname": shelf.sort_name,
            "name": lambda title: title.name,
            "datecreated": lambda title: title.added,
            "datelastcontentadded": lambda title: title.added,
            "dateplayed": lambda title: data(title).last_played or 0,
            "seriesdateplayed": lambda title: data(title).last_played or 0,
            "playcount": lambda title: data(title).plays,
            "isplayed": lambda title: data(title).played,
            "isunplayed": lambda title: not data(title).played,
            "isfavoriteorliked": lambda title: not data(title).favorite,
            "isfolder": lambda title: title.kind in MEDIA_TYPE_OF,
            "premieredate": lambda title: title.year,
            "productionyear": lambda title: title.year,
            "communityrating": lambda title: title.rating or 0,
            "runtime": lambda title: title.seconds,
            "indexnumber": lambda title: title.index or 0,
            "parentindexnumber": self._parent_index,
            "airedepisodeorder": lambda title: self._parent_index(title) * 100_000 + (title.index or 0),
            "seriessortname": lambda title: self._top_name(title, Kind.SHOW),
            "album": lambda title: self._top_name(title, Kind.ALBUM),
            "albumartist": lambda title: self._top_name(title, Kind.ARTIST),
            "artist": lambda title: self._top_name(title, Kind.ARTIST),
        }

    def _parent_index(self, title: Title) -> int:
        return self.state.shelf.parent_index(title) or 0

    def _top_name(self, title: Title, kind: Kind) -> str:
        shelf = self.state.shelf
        named = (shelf.sort_name(each) for each in (title, *shelf.ancestors(title)) if each.kind is kind)
        return next(named, "")
