"""What is in the libraries? The paths of sections, lists and items."""

from typing import Final

from aiohttp import web

from tests.servers.library import Kind, Title

from .element import Element, Scalar, container
from .items import Wants, listing_words
from .machine import VISITOR, Machine, paged, reply
from .queries import Page
from .shelves import Section

RECENT: Final = 50
NEWEST: Final = {"movie": Kind.MOVIE, "show": Kind.EPISODE, "artist": Kind.ALBUM}
LIBRARY: Final[dict[str, Scalar | None]] = {
    "allowSync": False,
    "identifier": "com.plexapp.plugins.library",
    "mediaTagPrefix": "/system/bundle/media/flags/",
    "mediaTagVersion": 1734362201,
}


class LibraryRoutes:
    """Sections, lists and items."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return these paths."""
        section, item = "/library/sections/{section:\\d+}", "/library/metadata/{key:\\d+}"
        return [
            web.get("/library", self._library),
            web.get("/library/sections{slash:/?}", self._sections),
            web.get("/library/sections/all", self._sections),
            web.get(section, self._section),
            web.get(f"{section}/recentlyAdded", self._section_recent),
            web.get(f"{section}/onDeck", self._section_deck),
            web.get(f"{section}/genre", self._genres),
            web.get(f"{section}/refresh", self._refresh),
            web.post(f"{section}/refresh", self._refresh),
            web.get("/library/recentlyAdded", self._recent),
            web.get("/library/onDeck", self._deck),
            web.get("/library/metadata/{keys:\\d+(?:,\\d+)*}", self._items),
            web.get(f"{item}/children", self._children),
            web.get(f"{item}/grandchildren", self._leaves),
            web.get(f"{item}/allLeaves", self._leaves),
        ]

    async def _library(self, request: web.Request) -> web.Response:
        """Only owners may read this; clients fall back to the sections."""
        self._machine.owner_only(request)
        names = (("sections", "Library Sections"), ("recentlyAdded", "Recently Added"), ("onDeck", "On Deck"))
        directories = [Element("Directory", {"key": key, "title": title}) for key, title in names]
        words: dict[str, Scalar | None] = {
            "art": "/:/resources/library-art.png",
            "content": "",
            "title1": "Plex Library",
        }
        return reply(request, container(LIBRARY | words | {"title2": ""}, directories))

    async def _sections(self, request: web.Request) -> web.Response:
        sections = self._machine.sections(request[VISITOR])
        words: dict[str, Scalar | None] = {"allowSync": False, "title1": "Plex Library"}
        return reply(request, container(words, [_section(section) for section in sections]))

    async def _section(self, request: web.Request) -> web.Response:
        section = self._asked(request)
        names = (
            ("all", section.title),
            ("recentlyAdded", "Recently Added"),
            ("onDeck", "On Deck"),
            ("genre", "By Genre"),
        )
        directories = [Element("Directory", {"key": key, "title": title}) for key, title in names]
        words = listing_words(section) | {"allowSync": False, "viewGroup": "secondary"}
        del words["title2"], words["librarySectionTitle"], words["librarySectionUUID"]
        return reply(request, container(words, directories))

    async def _genres(self, request: web.Request) -> web.Response:
        section, items = self._asked(request), self._machine.items
        titles = [title for title in self._machine.shelves.titles.values() if title.kind is section.kinds[0]]
        path = f"/library/sections/{section.key}/all?genre="
        directories = [
            Element("Directory", {"fastKey": f"{path}{number}", "key": str(number), "title": tag, "type": "genre"})
            for tag in sorted({tag for title in titles for tag in title.genres})
            for number in [items.genre(tag)]
        ]
        return reply(request, container(listing_words(section) | {"viewGroup": "secondary"}, directories))

    async def _refresh(self, request: web.Request) -> web.Response:
        """Scan a section; it is done before the answer is there."""
        self._machine.owner_only(request)
        activity = self._machine.activities.begin(self._asked(request))
        self._machine.activities.end(activity, self._machine.now())
        return web.Response()

    async def _recent(self, request: web.Request) -> web.Response:
        titles = self._visible(request, recent(self._machine, self._machine.shelves.sections))
        return self._machine.listed(request, titles, LIBRARY, Wants.of(request, section=True))

    async def _section_recent(self, request: web.Request) -> web.Response:
        section = self._asked(request)
        words = listing_words(section) | {"title2": "Recently Added"}
        return self._machine.listed(request, recent(self._machine, [section]), words)

    async def _deck(self, request: web.Request) -> web.Response:
        titles = self._visible(request, self._machine.watching.next_up(self._account(request)))
        return self._machine.listed(request, titles, LIBRARY, Wants.of(request, section=True))

    async def _section_deck(self, request: web.Request) -> web.Response:
        section = self._asked(request)
        titles = self._machine.watching.next_up(self._account(request))
        titles = [title for title in titles if title.kind in section.kinds]
        return self._machine.listed(request, titles, listing_words(section) | {"title2": "On Deck"})

    async def _items(self, request: web.Request) -> web.Response:
        """Answer with items in full; of several, those that are there, of one that is not, 404."""
        keys = request.match_info["keys"].split(",")
        titles = [title for key in keys if (title := self._machine.shelves.find(key)) is not None]
        visible = self._visible(request, titles)
        if not visible:
            raise web.HTTPNotFound
        wants = Wants.of(request, full=True)
        elements = [self._machine.items.describe(title, self._account(request), wants) for title in visible]
        return reply(request, container(LIBRARY | {"allowSync": True} | self._common(visible), elements))

    def _common(self, titles: list[Title]) -> dict[str, Scalar | None]:
        """Return the section of items that all stand in one; of mixed ones nothing is said."""
        sections = {section.key: section for section in map(self._machine.shelves.section_of, titles)}
        if len(sections) != 1:
            return {}
        section = next(iter(sections.values()))
        return {
            "librarySectionID": int(section.key),
            "librarySectionTitle": section.title,
            "librarySectionUUID": section.uuid,
        }

    async def _children(self, request: web.Request) -> web.Response:
        """List what is directly below an item; of several seasons there may be a first one that is all of them."""
        title = self._machine.title(request, request.match_info["key"])
        children = self._machine.shelves.children(title.number)
        words = self._below(title)
        page = Page.of(request, self._machine.behaviour)
        wants, account = Wants.of(request), self._account(request)
        elements = [self._machine.items.describe(child, account, wants) for child in page.cut(children)]
        several = title.kind is Kind.SHOW and len(children) > 1 and page.start == 0
        if several and request.query.get("excludeAllLeaves") != "1":
            elements.insert(0, self._all_episodes(title))
        return paged(request, elements, words, page, len(children), self._machine)

    def _all_episodes(self, show: Title) -> Element:
        leaves = list(self._machine.shelves.leaves(show.number))
        words: dict[str, Scalar | None] = {
            "leafCount": len(leaves),
            "thumb": self._machine.items.picture(show, "thumb"),
            "key": f"{self._machine.items.path(show)}/allLeaves",
            "title": "All episodes",
        }
        return Element("Directory", words)

    async def _leaves(self, request: web.Request) -> web.Response:
        title = self._machine.title(request, request.match_info["key"])
        leaves = list(self._machine.shelves.leaves(title.number))
        return self._machine.listed(request, leaves, self._below(title))

    def _below(self, title: Title) -> dict[str, Scalar | None]:
        section = self._machine.shelves.section_of(title)
        words = listing_words(section) | {"nocache": True}
        parents = self._machine.shelves.parents(title)
        return words | {
            "parentTitle": title.name,
            "title1": parents[0].name if parents else section.title,
            "title2": title.name,
        }

    def _asked(self, request: web.Request) -> Section:
        return self._machine.section(request, request.match_info["section"])

    def _visible(self, request: web.Request, titles: list[Title]) -> list[Title]:
        visitor, shelves = request[VISITOR], self._machine.shelves
        if visitor.sections is None:
            return titles
        return [title for title in titles if visitor.may_see(shelves.section_of(title).key)]

    def _account(self, request: web.Request) -> int:
        return request[VISITOR].account


def recent(machine: Machine, sections: list[Section]) -> list[Title]:
    """Return what was added last to some sections: films, albums, and episodes, or their season if several came."""
    found: list[tuple[int, Title]] = []
    for section in sections:
        kind = NEWEST[section.type]
        added = machine.shelves.ordered(kind, "addedAt", lambda title: title.added)[: -RECENT - 1 : -1]
        found += _by_season(machine, added) if kind is Kind.EPISODE else [(title.added, title) for title in added]
    found.sort(key=lambda pair: -pair[0])
    return [title for _, title in found[:RECENT]]


def _by_season(machine: Machine, episodes: list[Title]) -> list[tuple[int, Title]]:
    """Return new episodes, or the season of those that have company, each with the time of the newest."""
    seasons: dict[int, list[Title]] = {}
    for episode in episodes:
        seasons.setdefault(episode.parent or 0, []).append(episode)
    return [
        (added[0].added, machine.shelves.titles[season] if len(added) > 1 else added[0])
        for season, added in seasons.items()
    ]


def _section(section: Section) -> Element:
    number = section.key
    words: dict[str, Scalar | None] = {
        "allowSync": True,
        "art": f"/:/resources/{section.type}-fanart.jpg",
        "composite": f"/library/sections/{number}/composite/{section.scanned}",
        "filters": True,
        "refreshing": section.refreshing,
        "thumb": f"/:/resources/{section.type}.png",
        "key": number,
        "type": section.type,
        "title": section.title,
        "agent": section.agent,
        "scanner": section.scanner,
        "language": "en-US",
        "uuid": section.uuid,
        "updatedAt": section.scanned,
        "createdAt": 1_700_000_000,
        "scannedAt": section.scanned,
        "content": True,
        "directory": True,
        "contentChangedAt": section.changed,
        "hidden": section.hidden,
    }
    return Element("Directory", words, [Element("Location", {"id": int(number), "path": section.folder})])
