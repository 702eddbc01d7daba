"""What does a library hold? The paths of long lists, with a memory: to write down 100,000 items takes a while."""

from collections.abc import Callable
from dataclasses import fields
from typing import Final

from aiohttp import web

from tests.servers.library import Kind, Title

from .element import Scalar
from .items import TYPES, Wants, listing_words
from .library_routes import LIBRARY
from .machine import VISITOR, Machine, paged
from .meta import meta
from .queries import Page
from .shelves import Section

# What a list without filters may be asked with; the others can mean something else a moment later.
PLAIN: Final = frozenset(
    {"type", "sort", "includeGuids", "includeMeta", "includeCollections", "includeFields", "excludeFields"}
    | {"excludeElements", "X-Plex-Container-Start", "X-Plex-Container-Size"}
)
REMEMBERED: Final = 400
HEADERS: Final = ("Accept", "X-Plex-Container-Start", "X-Plex-Container-Size")


class ListRoutes:
    """Lists of sections, and of everything."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._answers: dict[object, tuple[bytes, dict[str, str]]] = {}
        self._state: object = None

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return these paths."""
        section, collection = "/library/sections/{section:\\d+}", "/library/collections/{key:\\d+}"
        return [
            web.get("/library/all", self._everything),
            web.get(f"{section}/all", self._all),
            web.get(f"{section}/allLeaves", self._all_leaves),
            web.get(f"{section}/collections", self._collections),
            web.get(collection, self._collection),
            web.get(f"{collection}/items", self._members),
            web.get(f"{collection}/children", self._members),
        ]

    async def _all(self, request: web.Request) -> web.Response:
        """List the items of one type; of a type that the section does not hold there are none."""
        section = self._machine.section(request, request.match_info["section"])
        number = request.query.get("type", str(TYPES[section.kinds[0]]))
        kinds = (*section.kinds, Kind.COLLECTION)
        kind = next((kind for kind in kinds if number == str(TYPES[kind])), None)
        return self._remembered(request, lambda: self._list(request, section, kind))

    async def _collections(self, request: web.Request) -> web.Response:
        section = self._machine.section(request, request.match_info["section"])
        return self._remembered(request, lambda: self._list(request, section, Kind.COLLECTION))

    async def _everything(self, request: web.Request) -> web.Response:
        """List what is in all sections; without a type it is of all types."""
        usual = str(TYPES[Kind.MOVIE]) if self._machine.behaviour.everything_is_films else ""
        number = request.query.get("type", usual)
        kinds: list[Kind | None] = [kind for kind, one in TYPES.items() if number == str(one)]
        return self._remembered(request, lambda: self._list_everywhere(request, kinds or [None]))

    async def _all_leaves(self, request: web.Request) -> web.Response:
        section = self._machine.section(request, request.match_info["section"])
        return self._remembered(request, lambda: self._list(request, section, section.kinds[-1]))

    async def _collection(self, request: web.Request) -> web.Response:
        collection = self._asked(request)
        return self._machine.listed(request, [collection], LIBRARY, Wants.of(request, full=True))

    async def _members(self, request: web.Request) -> web.Response:
        members = self._machine.shelves.members(self._asked(request).number)
        return self._machine.listed(request, members, LIBRARY, Wants.of(request, section=True))

    def _asked(self, request: web.Request) -> Title:
        title = self._machine.title(request, request.match_info["key"])
        if title.kind is not Kind.COLLECTION:
            raise web.HTTPNotFound
        return title

    def _list(self, request: web.Request, section: Section, kind: Kind | None) -> web.Response:
        machine, account = self._machine, request[VISITOR].account
        titles = machine.queries.select(kind, request, account) if kind is not None else []
        titles = machine.shelves.shelved(section, titles)
        page, wants = Page.of(request, machine.behaviour), Wants.of(request)
        elements = [machine.items.describe(title, account, wants) for title in page.cut(titles)]
        words = listing_words(section, kind)
        if request.query.get("includeMeta") == "1":
            # It stands among the items, but does not count as one.
            words = {"size": len(elements)} | words
            elements.insert(0, meta(section, kind or section.kinds[0]))
        return paged(request, elements, words, page, len(titles), machine)

    def _list_everywhere(self, request: web.Request, kinds: list[Kind | None]) -> web.Response:
        machine, visitor = self._machine, request[VISITOR]
        titles = [title for kind in kinds for title in machine.queries.select(kind, request, visitor.account)]
        if visitor.sections is not None:
            titles = [title for title in titles if visitor.may_see(machine.shelves.section_of(title).key)]
        words: dict[str, Scalar | None] = LIBRARY
        return machine.listed(request, titles, words, Wants.of(request, section=True))

    def _remembered(self, request: web.Request, answer: Callable[[], web.Response]) -> web.Response:
        """Return an answer, the same one as long as nothing changes."""
        machine = self._machine
        quirks = tuple(getattr(machine.behaviour, field.name) for field in fields(machine.behaviour))
        hidden = tuple((section.key, section.title, section.hidden) for section in machine.shelves.sections)
        state = (machine.shelves.version, machine.watching.version, quirks, hidden)
        if state != self._state or len(self._answers) > REMEMBERED:
            self._state = state
            self._answers.clear()
        key = (request[VISITOR], request.path_qs, *(request.headers.get(name) for name in HEADERS))
        if key in self._answers and request.query.keys() <= PLAIN:
            body, headers = self._answers[key]
            response = web.Response(body=body, headers=headers)
        else:
            response = answer()
            assert isinstance(response.body, bytes)
            self._answers[key] = response.body, dict(response.headers)
        if machine.behaviour.after_a_page is not None:
            machine.behaviour.after_a_page()
        return response
