"""What does the home page show, and what does a search find? The paths of hubs."""

from typing import Final

from aiohttp import web

from tests.servers.library import Kind, Title

from .element import Element, Scalar, container
from .items import Wants
from .library_routes import LIBRARY, recent
from .machine import VISITOR, Machine, reply
from .shelves import Section, fold

# Every hub a search lists, also those that are empty.
SEARCHED: Final = (
    ("genre", "Genres"),
    ("show", "Shows"),
    ("artist", "Artists"),
    ("album", "Albums"),
    ("episode", "Episodes"),
    ("track", "Tracks"),
    ("photoalbum", "Photo Albums"),
    ("photo", "Photos"),
    ("actor", "Actors"),
    ("director", "Directors"),
    ("movie", "Movies"),
    ("collection", "Collections"),
    ("playlist", "Playlists"),
    ("shared", "Shared"),
    ("place", "Places"),
)
# What the names of /library/search mean.
SEARCH_TYPES: Final = {
    "movies": (Kind.MOVIE,),
    "tv": (Kind.SHOW, Kind.EPISODE),
    "music": (Kind.ARTIST, Kind.ALBUM, Kind.TRACK),
}
RECENT_HUBS: Final = {"movie": "home.movies.recent", "show": "home.television.recent", "artist": "home.music.recent"}
HIDDEN_FROM_HOME: Final = 1
HIDDEN_FROM_SEARCH: Final = 2


class HubRoutes:
    """Hubs and searches."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return these paths."""
        section = "/hubs/sections/{section:\\d+}"
        return [
            web.get("/hubs", self._home),
            web.get("/hubs/promoted", self._home),
            web.get("/hubs/home/recentlyAdded", self._home_recent),
            web.get("/hubs/continueWatching", self._continue_hub),
            web.get("/hubs/continueWatching/items", self._continue),
            web.get(section, self._section),
            web.get(f"{section}/continueWatching/items", self._continue),
            web.get("/hubs/search", self._search),
            web.get("/library/search", self._library_search),
            web.put("/actions/removeFromContinueWatching", self._dismiss),
        ]

    async def _home(self, request: web.Request) -> web.Response:
        sections = [one for one in self._machine.sections(request[VISITOR]) if one.hidden < HIDDEN_FROM_HOME]
        hubs = [self._continue_watching(request)]
        for section in sections:
            words: dict[str, Scalar | None] = {
                "hubIdentifier": RECENT_HUBS[section.type],
                "title": f"Recently Added {section.title}",
                "type": "mixed" if section.type == "show" else str(section.kinds[0]),
                "key": f"/library/sections/{section.key}/recentlyAdded",
            }
            hubs.append(self._hub(request, words, recent(self._machine, [section])))
        return reply(request, container({"allowSync": True, "identifier": LIBRARY["identifier"]}, hubs))

    async def _section(self, request: web.Request) -> web.Response:
        section = self._machine.section(request, request.match_info["section"])
        words: dict[str, Scalar | None] = {
            "hubIdentifier": f"{section.type}.recentlyadded.{section.key}",
            "title": "Recently Added",
            "type": str(section.kinds[0]),
            "key": f"/library/sections/{section.key}/recentlyAdded",
        }
        started: dict[str, Scalar | None] = {
            "hubIdentifier": f"{section.type}.inprogress.{section.key}",
            "title": "Continue Watching",
            "type": "mixed",
            "key": f"/hubs/sections/{section.key}/continueWatching/items",
        }
        hubs = [
            self._hub(request, started, self._unfinished(request, section)),
            self._hub(request, words, recent(self._machine, [section])),
        ]
        about: dict[str, Scalar | None] = {
            "allowSync": True,
            "identifier": LIBRARY["identifier"],
            "librarySectionID": int(section.key),
            "librarySectionTitle": section.title,
            "librarySectionUUID": section.uuid,
        }
        return reply(request, container(about, hubs))

    async def _home_recent(self, request: web.Request) -> web.Response:
        titles = recent(self._machine, self._machine.sections(request[VISITOR]))
        return self._machine.listed(request, titles, LIBRARY, Wants.of(request, section=True))

    async def _continue_hub(self, request: web.Request) -> web.Response:
        return reply(request, container({"allowSync": True}, [self._continue_watching(request)]))

    async def _continue(self, request: web.Request) -> web.Response:
        key = request.match_info.get("section")
        section = None if key is None else self._machine.section(request, key)
        titles = self._unfinished(request, section)
        return self._machine.listed(request, titles, LIBRARY, Wants.of(request, section=True))

    async def _dismiss(self, request: web.Request) -> web.Response:
        title = self._machine.title(request, request.query.get("ratingKey", ""))
        self._machine.watching.dismiss(request[VISITOR].account, title)
        return web.Response()

    async def _search(self, request: web.Request) -> web.Response:
        """List what is found in a hub for each kind of thing, a few of each."""
        if self._machine.behaviour.nothing_searchable:
            raise web.HTTPNotFound
        wanted, limit = fold(request.query.get("query", "")), _count(request, "limit", 3)
        section = request.query.get("sectionId")
        found = self._found(request, wanted, section)
        hubs = []
        for name, text in SEARCHED:
            kind = next((kind for kind in Kind if kind == name), None)
            elements = self._genres(request, wanted) if name == "genre" else self._scored(request, found, kind, wanted)
            words: dict[str, Scalar | None] = {"title": text, "type": name, "hubIdentifier": name, "context": ""}
            shown = elements[:limit]
            words |= {"size": len(shown), "more": len(elements) > limit, "style": "shelf"}
            hubs.append(Element("Hub", words, shown))
        return reply(request, container({}, hubs))

    async def _library_search(self, request: web.Request) -> web.Response:
        """List what is found in one list, the best first."""
        wanted, limit = fold(request.query.get("query", "")), _count(request, "limit", 100)
        names = request.query.get("searchTypes", "movies,tv,music").split(",")
        kinds = {kind for name in names for kind in SEARCH_TYPES.get(name, ())}
        titles = [title for title in self._found(request, wanted, None) if title.kind in kinds][:limit]
        results = [
            Element("SearchResult", {"score": _score(self._machine.shelves.folded(title), wanted)}, [element])
            for title in titles
            for element in [self._describe(request, title)]
        ]
        for result in results:
            result.children[0].single = True
        return reply(request, container({}, results))

    def _continue_watching(self, request: web.Request) -> Element:
        words: dict[str, Scalar | None] = {
            "hubIdentifier": "home.continue",
            "title": "Continue Watching",
            "type": "mixed",
            "key": "/hubs/continueWatching/items",
        }
        return self._hub(request, words, self._unfinished(request, None))

    def _hub(self, request: web.Request, words: dict[str, Scalar | None], titles: list[Title]) -> Element:
        count = _count(request, "count", 10)
        shown = [self._describe(request, title) for title in titles[:count]]
        keys = ",".join(self._machine.shelves.key(title.number) for title in titles[:count])
        about: dict[str, Scalar | None] = {
            "hubKey": f"/library/metadata/{keys}" if keys else None,
            "context": f"hub.{words['hubIdentifier']}",
            "size": len(shown),
            "more": len(titles) > count,
            "style": "hero" if words["hubIdentifier"] == "home.continue" else "shelf",
            "promoted": True,
        }
        return Element("Hub", words | about, shown)

    def _unfinished(self, request: web.Request, section: Section | None) -> list[Title]:
        visitor, shelves = request[VISITOR], self._machine.shelves
        titles = self._machine.watching.next_up(visitor.account)
        seen = [title for title in titles if visitor.may_see(shelves.section_of(title).key)]
        return seen if section is None else [title for title in seen if title.kind in section.kinds]

    def _found(self, request: web.Request, wanted: str, section: str | None) -> list[Title]:
        """Return every title with the words in its name, those that begin with them first."""
        shelves = self._machine.shelves
        sections = [one for one in self._machine.sections(request[VISITOR]) if one.hidden < HIDDEN_FROM_SEARCH]
        kinds = {kind for one in sections if section in {None, one.key} for kind in one.kinds} - {Kind.SEASON}
        if not wanted:
            return []
        found = [title for title in shelves.titles.values() if title.kind in kinds and wanted in shelves.folded(title)]
        return sorted(found, key=lambda title: (-_score(shelves.folded(title), wanted), title.number))

    def _scored(self, request: web.Request, found: list[Title], kind: Kind | None, wanted: str) -> list[Element]:
        elements = []
        for title in [title for title in found if title.kind is kind][: _count(request, "limit", 3) + 1]:
            element = self._describe(request, title)
            # A string here, but a number in /library/search.
            element.attributes["score"] = f"{_score(self._machine.shelves.folded(title), wanted):.5f}"
            elements.append(element)
        return elements

    def _genres(self, request: web.Request, wanted: str) -> list[Element]:
        section = self._machine.shelves.sections[0]
        if not wanted or not request[VISITOR].may_see(section.key):
            return []
        movies = [title for title in self._machine.shelves.titles.values() if title.kind is Kind.MOVIE]
        tags = sorted({tag for title in movies for tag in title.genres if wanted in fold(tag)})
        return [self._genre(section, tag, sum(tag in title.genres for title in movies)) for tag in tags]

    def _genre(self, section: Section, tag: str, count: int) -> Element:
        number = self._machine.items.genre(tag)
        return Element(
            "Directory",
            {
                "key": f"/library/sections/{section.key}/all?genre={number}",
                "librarySectionID": int(section.key),
                "librarySectionKey": f"/library/sections/{section.key}",
                "librarySectionTitle": section.title,
                "librarySectionType": 1,
                "reason": "section",
                "reasonID": int(section.key),
                "reasonTitle": section.title,
                "score": "0.92000",
                "type": "tag",
                "id": number,
                "filter": f"genre={number}",
                "tag": tag,
                "tagType": 1,
                "count": count,
            },
        )

    def _describe(self, request: web.Request, title: Title) -> Element:
        return self._machine.items.describe(title, request[VISITOR].account, Wants.of(request, section=True))


def _score(name: str, wanted: str) -> float:
    """Return how well a name fits: wholly, from its beginning, or somewhere."""
    if name == wanted:
        return 1.0
    return 0.73043 if name.startswith(wanted) else 0.23027


def _count(request: web.Request, name: str, usual: int) -> int:
    text = request.query.get(name, "")
    return int(text) if text.isdecimal() else usual
