"""Do the fakes speak as the real servers do? Answers held against the documents, genuine bodies, and each other."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
import json
from typing import Final
from xml.etree import ElementTree as ET

from aiohttp import ClientSession
import pytest

from tests.servers.library import NOW, Kind, make_library
from tests.servers.openapi import FIXTURES, Document, Explained, Json, needs_fixtures
from tests.servers.plex import PlexServer, PlexTv
from tests.servers.plex.visit import Visit

SPEC: Final = FIXTURES / "plex" / "openapi" / "plex-api-spec-1.1.1.yaml"
GENUINE: Final = FIXTURES / "plex" / "json"
EXPLAINED: Final = (
    Explained(r"optimizedForStreaming: 1 is not of type 'boolean'", "genuine servers write 1"),
    Explained(r"Stream\[\d+\]: 'key' is a required property", "only streams with a file of their own have one"),
    Explained(r"Rating\[\d+\]: 'tag' is a required property", "genuine ratings have an image and a value"),
    Explained(r"hidden: 0 is not of type 'boolean'", "it is 0, 1 or 2"),
    Explained(r"sectionId} 200 \$.MediaContainer.Directory\[\d\]: '\w+' is a required", "these are no items"),
)
# What XML calls otherwise than JSON does.
METADATA: Final = frozenset({"Video", "Track", "Playlist"})


@pytest.fixture
async def plex() -> AsyncIterator[PlexServer]:
    """Yield a server on which something of everything has happened."""
    async with PlexServer("Den", library=make_library(1), now=lambda: NOW) as plex:
        first = {
            kind: plex.machine.shelves.ordered(kind, "number", lambda title: title.number)[0]
            for kind in (Kind.EPISODE, Kind.TRACK)
        }
        plex.set_mark(plex.owner, 2, offset=600_000)
        plex.set_mark(plex.owner, first[Kind.EPISODE].number, count=2)
        plex.set_mark(plex.owner, first[Kind.TRACK].number, count=1)
        plex.play(plex.add_client("Living room"), plex.owner, 3, 90_000)
        plex.play(plex.add_client("Bedroom"), plex.owner, first[Kind.EPISODE].number, 1_000, transcode=True)
        old = plex.add_client("Attic")
        plex.play(old, plex.owner, 4)
        plex.finish(old, plex.titles[4].seconds * 1000)
        plex.add_playlist("Sunday", [1, 2])
        plex.begin_scan("2")
        plex.machine.queues.create("server://x/com.plexapp.plugins.library/library/metadata/1,2,3")
        yield plex


@pytest.fixture
async def visit(plex: PlexServer) -> AsyncIterator[Visit]:
    async with ClientSession() as session:
        yield Visit(session, plex.url(), plex.token)


IN_THE_DOCUMENT: Final = (
    "/identity",
    "/",
    "/library/sections/1",
    "/library/sections/all",
    "/library/sections/1/all?includeGuids=1",
    "/library/sections/1/all?type=1&X-Plex-Container-Start=5&X-Plex-Container-Size=5&includeMeta=1",
    "/library/sections/2/all?type=2",
    "/library/sections/2/all?type=3",
    "/library/sections/2/all?type=4",
    "/library/sections/3/all?type=8",
    "/library/sections/3/all?type=9",
    "/library/sections/3/all?type=10",
    "/library/sections/2/allLeaves",
    "/library/sections/1/collections",
    "/library/all?type=1",
    "/library/metadata/1,2,32?includeChapters=1&includeMarkers=1",
    "/library/metadata/32/allLeaves",
    "/hubs",
    "/hubs/promoted",
    "/hubs/continueWatching",
    "/hubs/sections/2",
    "/hubs/search?query=a",
    "/status/sessions",
    "/status/sessions/history/all",
    "/activities",
    "/playlists",
    "/playlists/900001",
    "/playlists/900001/items",
    "/playQueues/1",
    "/video/:/transcode/universal/decision?path=/library/metadata/1&directPlay=1&session=a",
    "/video/:/transcode/universal/decision?path=/library/metadata/1&directPlay=0&session=a",
)
# In daily use, but the document does not have them.
BEYOND_THE_DOCUMENT: Final = (
    "/library",
    "/library/sections",
    "/library/sections/1/recentlyAdded",
    "/library/sections/2/onDeck",
    "/library/sections/1/genre",
    "/library/recentlyAdded",
    "/library/onDeck",
    "/library/metadata/32/children",
    "/library/metadata/32/grandchildren",
    "/hubs/continueWatching/items",
    "/hubs/home/recentlyAdded",
    "/library/search?query=a",
    "/transcode/sessions",
    "/clients",
    "/accounts",
    "/devices",
)
PATHS: Final = IN_THE_DOCUMENT + BEYOND_THE_DOCUMENT


def the_document() -> Document:
    return Document.load(SPEC, explained=EXPLAINED)


@needs_fixtures
@pytest.mark.parametrize("path", IN_THE_DOCUMENT)
async def test_an_answer_is_what_the_document_describes(visit: Visit, path: str) -> None:
    document = the_document()
    bare = path.partition("?")[0]
    answer = await visit.ask(path)
    assert document.check_response("GET", bare, answer.status, answer.headers["Content-Type"], answer.body) == []


@pytest.mark.parametrize("path", PATHS)
async def test_json_and_xml_say_the_same(visit: Visit, path: str) -> None:
    answer = await visit.ask(path)
    assert answer.status == 200
    root = await visit.xml(path)
    assert Counter(of_xml(root, "")) == Counter(of_json(answer.container, ""))


def of_xml(element: ET.Element, path: str) -> Iterator[str]:
    """Yield everything an element says, each with the names that lead there in JSON."""
    for name, value in element.attrib.items():
        yield f"{path}/{name}={value}"
    for child in element:
        yield from of_xml(child, f"{path}/{json_name(child)}")


def json_name(element: ET.Element) -> str:
    """Return how JSON calls an element: whatever is an item is Metadata."""
    is_item = element.tag in METADATA or (element.tag == "Directory" and "ratingKey" in element.attrib)
    return "Metadata" if is_item else element.tag


def of_json(value: object, path: str) -> Iterator[str]:
    """Yield everything a JSON value says."""
    match value:
        case dict():
            for name, inner in value.items():
                yield from of_json(inner, f"{path}/{name}")
        case list():
            for inner in value:
                yield from of_json(inner, path)
        case bool():
            yield f"{path}={int(value)}"
        case _:
            yield f"{path}={value}"


# Genuine bodies

type Shape = dict[str, dict[str, set[str]]]

# What no genuine body at hand has, and who else says that servers send it.
DOCUMENTED: Final = {
    "movie.viewOffset": "protocol A1: absent unless begun, and nobody had begun anything",
    "episode.viewOffset": "protocol A1: the same",
    "movie.Chapter": "protocol A6: includeChapters=1",
    "show.score": "protocol A6: all that a search finds has a score",
    "subtitles.format": "the document",
    "subtitles.key": "the document: streams that are files of their own",
    "Hub.key": "protocol A6",
    "Hub.hubKey": "protocol A6",
    "Hub.promoted": "protocol A6",
    "directory.leafCount": "protocol A6: the pseudo directory of all episodes",
    "directory.thumb": "protocol A6: the same",
    "directory.fastKey": "python-plexapi reads it from lists of genres",
    "container.parentTitle": "the document: what all items share stands on the container",
}


@needs_fixtures
async def test_every_key_is_one_that_real_servers_send(visit: Visit) -> None:
    known = genuine_shapes()
    sent: Shape = {}
    for path in PATHS:
        if path.startswith(("/library", "/hubs")):
            collect((await visit.ask(path)).container, sent)
    strange = [
        f"{kind}.{key}"
        for kind, keys in sent.items()
        if kind in known
        for key, types in keys.items()
        if f"{kind}.{key}" not in DOCUMENTED and not types <= known[kind].get(key, set())
    ]
    assert strange == []
    assert {"movie", "show", "episode", "Media", "Part", "video stream", "section"} <= sent.keys() & known.keys()


def genuine_shapes() -> Shape:
    shapes: Shape = {}
    for file in sorted(GENUINE.glob("get-*.json")):
        body = json.loads(file.read_bytes())
        if isinstance(body, dict) and "providers" not in file.name:
            collect(body["MediaContainer"], shapes)
    return shapes


def collect(value: object, shapes: Shape) -> None:
    """Note which keys each kind of element has, and of which types they are."""
    for element, kind in elements(value):
        keys = shapes.setdefault(kind, {})
        for key, inner in element.items():
            keys.setdefault(key, set()).add(type_of(inner))


def elements(value: object, name: str = "container") -> Iterator[tuple[dict[str, Json], str]]:
    """Yield every element in a body and what kind it is of."""
    if isinstance(value, list):
        for inner in value:
            yield from elements(inner, name)
    elif isinstance(value, dict):
        yield value, kind_of(name, value)
        for key, inner in value.items():
            yield from elements(inner, key)


def kind_of(name: str, element: dict[str, Json]) -> str:
    if name == "Metadata":
        return str(element["type"])
    if name == "Stream":
        return {1: "video stream", 2: "audio stream"}.get(int(str(element["streamType"])), "subtitles")
    if name == "Directory":
        return "section" if "agent" in element else "directory"
    return name


def type_of(value: Json) -> str:
    """Return what JSON calls a type; it does not tell 6 from 6.0."""
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case _:
            return type(value).__name__


# plex.tv


@needs_fixtures
async def test_plex_tv_answers_as_its_document_and_its_genuine_bodies_do(plex: PlexServer) -> None:
    async with PlexTv(now=lambda: NOW) as tv, ClientSession() as session:
        owner = tv.add_user("ada@example.com", password="lovelace")
        friend = tv.add_user("bo@example.com")
        tv.give(plex, owner, owned=True)
        tv.give(plex, friend)
        tv.advertise(plex, "local", local=True)
        visit = Visit(session, tv.url(), friend.token)
        for path, genuine in (("/user", "post-sign-in-0"), ("/resources", "get-server-resources-0")):
            answer = await visit.ask(f"/api/v2{path}")
            kind = answer.headers["Content-Type"]
            assert the_document().check_response("GET", path, answer.status, kind, answer.body) == []
            body, known = json.loads(answer.body), json.loads((GENUINE / f"{genuine}.json").read_bytes())
            sent, real = (body[0], known[0]) if isinstance(body, list) else (body, known)
            assert sent.keys() <= real.keys() | {"subscription"}


@needs_fixtures
async def test_plex_tv_says_the_same_in_both_forms(plex: PlexServer) -> None:
    async with PlexTv(now=lambda: NOW) as tv, ClientSession() as session:
        owner = tv.add_user("ada@example.com")
        tv.add_user("kid@example.com", admin=owner, pin="1234")
        tv.give(plex, owner, owned=True)
        tv.advertise(plex, "local", local=True)
        visit = Visit(session, tv.url(), owner.token)
        resources = json.loads((await visit.ask("/api/v2/resources")).body)[0]
        of_both = (resources, (await visit.xml("/api/v2/resources"))[0])
        user = (json.loads((await visit.ask("/api/v2/user")).body), await visit.xml("/api/v2/user"))
        for body, element in (of_both, user):
            said = {name: "" if value is None else str(value) for name, value in body.items() if is_scalar(value)}
            said = {name: {"True": "1", "False": "0"}.get(value, value) for name, value in said.items()}
            assert said == element.attrib
        connection = of_both[1].find("connections/connection")
        assert connection is not None
        assert connection.attrib["uri"] == resources["connections"][0]["uri"]


def is_scalar(value: object) -> bool:
    return not isinstance(value, dict | list)
