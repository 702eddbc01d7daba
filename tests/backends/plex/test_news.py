"""Which notifications of a Plex server tell that something has to be asked for?"""

from collections.abc import Mapping

from hypothesis import given, strategies as st
import pytest

from custom_components.reel.backends.listing import News
from custom_components.reel.backends.plex.news import SOMEWHERE, parse_news
from custom_components.reel.backends.plex.push import open_push
from custom_components.reel.backends.plex.wire import Wire
from custom_components.reel.backends.transport import Json
from tests.servers.library import Kind
from tests.servers.plex import PlexServer

from .conftest import of


def notification(kind: str, name: str, *entries: Json) -> Mapping[str, Json]:
    return {"NotificationContainer": {"type": kind, "size": len(entries), name: list(entries)}}


def timeline(**changes: Json) -> dict[str, Json]:
    """Return an entry of a timeline."""
    entry: dict[str, Json] = {
        "identifier": "com.plexapp.plugins.library",
        "sectionID": "1",
        "itemID": "42",
        "type": 1,
        "title": "Wicked",
        "state": 5,
        "updatedAt": 1738403771,
    }
    return entry | changes


@pytest.mark.parametrize(
    ("changes", "news"),
    [
        ({}, News(changed=frozenset({"42"}))),
        ({"itemID": 42, "state": "5"}, News(changed=frozenset({"42"}))),
        ({"state": 0, "metadataState": "created"}, News(changed=frozenset({"42"}))),
        ({"state": 9, "metadataState": "deleted"}, News(removed=frozenset({"42"}))),
        ({"type": 18}, News(changed=frozenset({"42"}))),
        ({"state": 1}, News()),
        ({"state": 2}, News()),
        ({"state": 3}, News()),
        ({"state": 4}, News()),
        ({"state": None}, News()),
        ({"itemID": None}, News()),
        ({"itemID": ""}, News()),
        ({"identifier": "com.plexapp.plugins.myplex"}, News()),
        ({"identifier": None}, News()),
        ({"type": 13}, News()),
        ({"type": 5}, News()),
    ],
)
def test_a_timeline_tells_what_was_processed_and_what_is_gone(changes: dict[str, Json], news: News) -> None:
    assert parse_news(notification("timeline", "TimelineEntry", timeline(**changes))) == news


def test_the_last_word_on_an_item_counts() -> None:
    entries = [timeline(state=0), timeline(state=5), timeline(state=9), timeline(itemID=7, state=9), timeline(itemID=7)]
    news = parse_news(notification("timeline", "TimelineEntry", *entries))
    assert news == News(changed=frozenset({"7"}), removed=frozenset({"42"}))


@pytest.mark.parametrize(
    ("state", "changed"), [("stopped", {"42"}), ("playing", set()), ("paused", set()), ("buffering", set())]
)
def test_what_plays_is_asked_for_when_it_stops(state: str, changed: set[str]) -> None:
    entry: Json = {"sessionKey": "1", "ratingKey": "42", "viewOffset": 1000, "state": state}
    assert parse_news(notification("playing", "PlaySessionStateNotification", entry)).changed == changed


@pytest.mark.parametrize(
    ("event", "kind", "libraries"),
    [
        ("ended", "library.update.section", {"2"}),
        ("started", "library.update.section", set()),
        ("updated", "library.update.section", set()),
        ("ended", "library.refresh.items", set()),
    ],
)
def test_a_scan_that_ended_tells_where(event: str, kind: str, libraries: set[str]) -> None:
    activity: Json = {"uuid": "a", "type": kind, "Context": {"librarySectionID": "2"}}
    entry: Json = {"event": event, "uuid": "a", "Activity": activity}
    assert parse_news(notification("activity", "ActivityNotification", entry)).libraries == libraries


@pytest.mark.parametrize(
    "entry",
    [
        {"title": "Library scan complete", "description": "", "notificationName": "LIBRARY_UPDATE"},
        {"title": "Mediathek-Scan abgeschlossen", "notificationName": "LIBRARY_UPDATE"},
        {"title": "Library scan complete"},
    ],
)
def test_a_scan_without_a_name_was_somewhere(entry: Json) -> None:
    assert parse_news(notification("status", "StatusNotification", entry)).libraries == {SOMEWHERE}


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"NotificationContainer": None},
        {"NotificationContainer": []},
        {"NotificationContainer": {}},
        {"NotificationContainer": {"type": "timeline"}},
        {"NotificationContainer": {"type": ["timeline"], "TimelineEntry": [{}]}},
        {"NotificationContainer": {"type": "timeline", "TimelineEntry": [None, 7, {"state": {}}]}},
        {"NotificationContainer": {"type": "activity", "ActivityNotification": [{"event": "ended"}]}},
        {"NotificationContainer": {"type": "reachability", "ReachabilityNotification": [{"reachability": True}]}},
        {"NotificationContainer": {"type": "preference", "Setting": [{"id": "x"}]}},
        {"MessageType": "LibraryChanged"},
    ],
)
def test_anything_else_is_no_news(message: Mapping[str, Json]) -> None:
    assert not parse_news(message)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
NAMES = ("timeline", "playing", "activity", "status")
LISTS = ("TimelineEntry", "PlaySessionStateNotification", "ActivityNotification", "StatusNotification")
WORDS = ("identifier", "itemID", "type", "state", "ratingKey", "event", "Activity", "title", "notificationName")


@given(
    st.sampled_from(NAMES),
    st.sampled_from(LISTS),
    st.lists(st.dictionaries(st.sampled_from(WORDS), JSON | st.just("com.plexapp.plugins.library")), max_size=3),
)
def test_nothing_a_server_pushes_is_an_error(kind: str, name: str, entries: list[Json]) -> None:
    assert isinstance(parse_news(notification(kind, name, *entries)), News)


async def test_what_happens_to_a_server_is_pushed(plex_wire: Wire, den: PlexServer) -> None:
    channel = await open_push(plex_wire, den.url(), den.token)
    messages = channel.messages()

    async def news(count: int) -> News:
        heard = News()
        for _ in range(count):
            heard |= parse_news(await anext(messages))
        return heard

    title = den.add_movie("Zebra Crossing")
    assert await news(2) == News(changed=frozenset({str(title.number)}))
    den.change(3, name="Another Name")
    assert await news(1) == News(changed=frozenset({"3"}))
    den.remove(3)
    assert await news(1) == News(removed=frozenset({"3"}))
    episode = of(den, Kind.EPISODE)[0]
    den.admin.watch(episode.number)
    assert await news(1) == News(changed=frozenset({str(episode.number)}))
    collection = den.admin.add_collection("Sunday", [1, 2])
    assert await news(2) == News(changed=frozenset({str(collection.number)}))
    client = den.add_client("Living room")
    den.play(client, den.owner, 5)
    den.finish(client, 60_000)
    assert (await news(2)).changed == {"5"}
    den.end_scan(den.begin_scan("2"))
    assert (await news(3)).libraries == {"2", SOMEWHERE}
    await channel.close()
