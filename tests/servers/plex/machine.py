"""What is a media server made of? Everything its paths need to know, in one place."""

from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.servers.library import Kind, Library, Title

from .access import OWNER_ACCOUNT, Access, Visitor
from .activities import Activities
from .behaviour import Behaviour
from .element import Element, Scalar, container, to_json, to_xml
from .items import Items, Wants
from .news import News
from .people import User
from .players import Players
from .queries import Page, Queries
from .queues import Queues
from .shelves import Section, Shelves
from .watching import Watching
from .wire import Wire

VISITOR = web.RequestKey("visitor", Visitor)
IDENTIFIER = web.RequestKey("identifier", str)
DOOR = web.RequestKey("door", str)


@dataclass(slots=True)
class Machine:
    """The parts of one server, and how it answers with them."""

    name: str
    identifier: str
    version: str
    now: Callable[[], float]
    behaviour: Behaviour
    shelves: Shelves
    watching: Watching
    news: News
    access: Access
    wire: Wire
    players: Players
    items: Items
    queries: Queries
    queues: Queues
    activities: Activities
    owner: User
    playlists: dict[int, Playlist] = field(default_factory=dict)

    @classmethod
    def build(
        cls,
        library: Library,
        *,
        name: str,
        identifier: str,
        version: str,
        owner: User,
        now: Callable[[], float],
        behaviour: Behaviour,
    ) -> Machine:
        """Put a server together around a library."""
        shelves, wire = Shelves(library, identifier), Wire(behaviour)
        watching = Watching(shelves, now)
        items = Items(shelves, watching, behaviour)
        return cls(
            name=name,
            identifier=identifier,
            version=version,
            now=now,
            behaviour=behaviour,
            shelves=shelves,
            watching=watching,
            news=News(shelves, wire, now),
            access=Access(identifier),
            wire=wire,
            players=Players(shelves, watching, wire),
            items=items,
            queries=Queries(shelves, watching, items, behaviour, now),
            queues=Queues(shelves),
            activities=Activities(wire),
            owner=owner,
            playlists={
                title.number: Playlist(title.number, title.name, list(title.members), added=title.added)
                for title in library.titles.values()
                if title.kind is Kind.PLAYLIST
            },
        )

    def owner_only(self, request: web.Request) -> Visitor:
        """Return who asks if it is the owner; raises HTTPUnauthorized, HTTPForbidden or HTTPNotFound."""
        visitor = request[VISITOR]
        if not visitor.owner:
            status = self.behaviour.shared_status
            raise {401: web.HTTPUnauthorized, 404: web.HTTPNotFound}.get(status, web.HTTPForbidden)
        return visitor

    def title(self, request: web.Request, key: str) -> Title:
        """Return the title of a rating key; raises HTTPNotFound, also if it is not shared with the caller."""
        title = self.shelves.find(key)
        if title is None or not request[VISITOR].may_see(self.shelves.section_of(title).key):
            raise web.HTTPNotFound
        return title

    def sections(self, visitor: Visitor) -> list[Section]:
        """Return the sections a visitor may see."""
        return [section for section in self.shelves.sections if visitor.may_see(section.key)]

    def section(self, request: web.Request, key: str) -> Section:
        """Return a section the caller may see; raises HTTPNotFound."""
        section = self.shelves.section(key)
        if section is None or not request[VISITOR].may_see(key):
            raise web.HTTPNotFound
        return section

    def listed(
        self, request: web.Request, titles: list[Title], words: dict[str, Scalar | None], wants: Wants | None = None
    ) -> web.Response:
        """Answer with the page of a list that the request wants."""
        page = Page.of(request, self.behaviour)
        shown, account = page.cut(titles), request[VISITOR].account
        wanted = wants or Wants.of(request)
        return paged(
            request, [self.items.describe(title, account, wanted) for title in shown], words, page, len(titles), self
        )


@dataclass(slots=True)
class Playlist:
    """A list somebody made."""

    number: int
    title: str
    titles: list[int]
    account: int = OWNER_ACCOUNT
    """Whose it is: nobody else sees it."""
    smart: bool = False
    added: int = 1_767_225_600
    updated: int = 1_767_225_600


def reply(request: web.Request, element: Element, headers: dict[str, str] | None = None) -> web.Response:
    """Answer with an element: as JSON if that was asked for, else as XML."""
    sent = {"X-Plex-Protocol": "1.0", **(headers or {})}
    if "application/json" in request.headers.get("Accept", ""):
        return web.json_response({element.tag: to_json(element)}, headers=sent)
    return web.Response(text=to_xml(element), content_type="text/xml", charset="utf-8", headers=sent)


def paged(
    request: web.Request,
    elements: list[Element],
    words: dict[str, Scalar | None],
    page: Page,
    total: int,
    machine: Machine,
) -> web.Response:
    """Answer with a page; how many there are in all is said only if pages were asked for."""
    headers: dict[str, str] = {}
    numbers: dict[str, Scalar | None] = {}
    if page.size is not None and not machine.behaviour.omit_totals:
        numbers = {"totalSize": total, "offset": page.start}
        headers = {"X-Plex-Container-Start": str(page.start), "X-Plex-Container-Total-Size": str(total)}
    return reply(request, container(numbers | words, elements), headers)
