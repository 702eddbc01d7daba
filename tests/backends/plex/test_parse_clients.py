"""Sessions, players and what is pushed of them, in tables: thin, live, of strangers, and absurd."""

from collections.abc import Mapping
import json

from hypothesis import given, strategies as st
import pytest

from custom_components.reel.backends.clients import Activity, Client, ClientChange, ClientKind, ClientNews, Playing
from custom_components.reel.backends.errors import Garbled
from custom_components.reel.backends.item import ItemKind
from custom_components.reel.backends.plex.client_news import client_news
from custom_components.reel.backends.plex.parse_clients import parse_clients
from custom_components.reel.backends.plex.parse_lists import entries
from custom_components.reel.backends.plex.parse_timelines import queue_of
from custom_components.reel.backends.transport import Json
from tests.servers.openapi import FIXTURES, needs_fixtures

US = "5f6c0b0e3d5a4c8e9b7f1a2d3c4e5f60"
ANN = "3fd2a1b7c6e59804"
BO = "a07f5c1e22d94b63"

type Words = dict[str, Json]


def session(player: Words | None = None, **changes: Json) -> Words:
    """Return a session of a film on a television."""
    entry: Words = {
        "ratingKey": "42",
        "key": "/library/metadata/42",
        "librarySectionID": "1",
        "type": "movie",
        "title": "Wicked",
        "duration": 9_600_000,
        "viewOffset": 61_000,
        "sessionKey": "7",
        "Media": [{"id": "9", "bitrate": 8000, "height": 1080, "selected": True, "Part": [{"id": "11"}]}],
        "User": {"id": "1", "title": "ann", "thumb": f"https://plex.tv/users/{ANN}/avatar?c=1"},
        "Player": {
            "machineIdentifier": "tv-1",
            "product": "Plex for LG",
            "platform": "webOS",
            "device": "OLED65",
            "title": "Living room",
            "state": "playing",
            "version": "5.100",
            **(player or {}),
        },
        "Session": {"id": "x9k2", "bandwidth": 9100, "location": "lan"},
    }
    return {name: value for name, value in (entry | changes).items() if value is not None}


def listed(name: str, *told: Json) -> Json:
    return {"MediaContainer": {"size": len(told), **({name: list(told)} if told else {})}}


def clients(*sessions: Json, announced: tuple[Json, ...] = (), user_id: str = ANN) -> list[Client]:
    return list(parse_clients(listed("Metadata", *sessions), listed("Server", *announced), US, user_id))


def only(*sessions: Json, user_id: str = ANN) -> Client:
    [client] = clients(*sessions, user_id=user_id)
    return client


def playing(*sessions: Json) -> Playing:
    found = only(*sessions).playing
    assert found is not None
    return found


def test_the_newest_session_of_a_client_is_what_it_plays() -> None:
    old, new = session(sessionKey="9", ratingKey="1"), session(sessionKey="10", ratingKey="2")
    for order in ((old, new), (new, old)):
        assert playing(*order).item.identity == "2"


def test_we_are_no_client_and_who_has_no_identity_is_none() -> None:
    others = [session({"machineIdentifier": identity}) for identity in (US, None, "")]
    assert clients(*others, session(Player=None), announced=({"machineIdentifier": US}, {"name": "?"})) == []


def test_whoever_is_announced_twice_is_one() -> None:
    player: Json = {"machineIdentifier": "tv-1", "name": "Living room", "product": "Plex for LG"}
    assert len(clients(session(), announced=(player, player))) == 1


@pytest.mark.parametrize(
    ("player", "kinds"),
    [
        ({"product": "Plex Web", "platform": "Chrome"}, {ClientKind.WEB}),
        ({"product": "Plex Web", "platform": None}, {ClientKind.WEB}),
        ({"product": "Some page", "platform": "Microsoft Edge"}, {ClientKind.WEB}),
        ({"product": "Plex Web", "platform": "Safari", "deviceClass": "phone"}, {ClientKind.WEB, ClientKind.MOBILE}),
        ({"product": "Plex for iOS", "platform": "iOS", "deviceClass": None}, {ClientKind.MOBILE}),
        ({"product": "Plexamp", "platform": "Android", "deviceClass": "phone"}, {ClientKind.MOBILE}),
        ({"product": "Plex for Android (Mobile)", "platform": "Android"}, {ClientKind.MOBILE}),
        ({"product": "Plex for Android (TV)", "platform": "Android", "deviceClass": "tablet"}, set()),
        ({"product": "Plex for Apple TV", "platform": "tvOS", "deviceClass": "stb"}, set()),
        ({"product": "Plex Cast", "platform": "Chromecast"}, set()),
        ({"product": "Plexamp", "platform": "Linux", "deviceClass": "pc"}, set()),
        ({"product": None, "platform": 7, "deviceClass": ["phone"]}, set()),
    ],
)
def test_browsers_and_what_fits_a_pocket_are_told_apart(player: Words, kinds: set[ClientKind]) -> None:
    assert only(session(player)).kinds == kinds


@pytest.mark.parametrize(
    ("user", "user_id", "shared"),
    [
        ({"id": "1"}, ANN, False),
        ({"id": 1}, ANN, False),
        ({"id": "12345678", "thumb": f"https://plex.tv/users/{ANN}/avatar?c=9"}, ANN, False),
        ({"id": "12345678"}, "12345678", False),
        ({"id": "12345678", "thumb": f"https://plex.tv/users/{BO}/avatar"}, ANN, True),
        ({"id": "12345678"}, ANN, True),
        ({"id": "12345678", "thumb": f"https://plex.tv/users/{BO}/avatar"}, "", False),
        ({"title": "bo"}, ANN, False),
        (None, ANN, False),
    ],
)
def test_who_is_surely_somebody_else_shares(user: Json, user_id: str, *, shared: bool) -> None:
    assert (ClientKind.SHARED in only(session(User=user), user_id=user_id).kinds) is shared


@pytest.mark.parametrize(
    ("player", "name", "device"),
    [
        ({}, "Living room", "OLED65"),
        ({"title": ""}, "OLED65", "OLED65"),
        ({"title": None, "device": None, "model": "LG"}, "Plex for LG", "LG"),
        ({"title": None, "device": None, "product": None, "platform": None}, "Plex", None),
    ],
)
def test_a_client_always_has_a_name(player: Words, name: str, device: str | None) -> None:
    client = only(session(player))
    assert (client.name, client.device) == (name, device)


@pytest.mark.parametrize(
    ("state", "activity"),
    [("playing", Activity.PLAYING), ("paused", Activity.PAUSED), ("buffering", Activity.BUFFERING)],
)
def test_what_a_client_does_is_its_state(state: str, activity: Activity) -> None:
    assert playing(session({"state": state})).activity is activity


def test_a_session_without_a_state_plays_and_one_that_is_over_does_not() -> None:
    assert playing(session({"state": None})).activity is Activity.PLAYING
    states: list[Json] = ["stopped", "error", "", 7, ["playing"]]
    for state in states:
        assert only(session({"state": state})).playing is None


@pytest.mark.parametrize(
    ("conversion", "transcodes", "height"),
    [
        (None, False, 1080),
        ({"videoDecision": "transcode", "audioDecision": "copy", "height": 720}, True, 720),
        ({"videoDecision": "transcode"}, True, None),
        ({"videoDecision": "copy", "audioDecision": "transcode", "height": 720}, True, 1080),
        ({"videoDecision": "copy", "audioDecision": "copy"}, False, 1080),
        ({"videoDecision": "directplay"}, False, 1080),
    ],
)
def test_what_is_packed_anew_is_not_converted(conversion: Json, *, transcodes: bool, height: int | None) -> None:
    found = playing(session(TranscodeSession=conversion))
    assert (found.transcodes, found.height) == (transcodes, height)


def test_a_client_takes_what_its_session_takes_or_what_the_file_has() -> None:
    assert playing(session()).bitrate == 9100
    assert playing(session(Session={"id": "x9k2"})).bitrate == 8000
    assert playing(session(Session={"bandwidth": 0})).bitrate == 8000
    versions: Json = [{"bitrate": 20_000, "height": 2160}, {"bitrate": 4000, "height": 720, "selected": True}]
    found = playing(session(Session=None, Media=versions))
    assert (found.bitrate, found.height) == (4000, 720)
    found = playing(session(Session=None, Media=None))
    assert (found.bitrate, found.height, found.session) == (None, None, "7")


@pytest.mark.parametrize("offset", [None, -1, "soon", 10**400, float("nan"), [1]])
def test_a_place_that_makes_no_sense_is_none(offset: Json) -> None:
    assert playing(session(viewOffset=offset)).position_ms is None


def test_live_television_is_shown_without_a_key() -> None:
    live = session(
        ratingKey=None,
        key="/livetv/sessions/6a1c",
        live="1",
        type="episode",
        title="The News",
        grandparentTitle="Channel 4",
        librarySectionID=-1,
        thumb="https://epg.example.org/news.jpg",
        viewOffset=None,
    )
    item = playing(live).item
    assert (item.identity, item.kind, item.library) == ("/livetv/sessions/6a1c", ItemKind.EPISODE, "")
    assert (item.title, item.grandparent_title, item.images) == ("The News", "Channel 4", ())


@pytest.mark.parametrize("kind", ["clip", "photo", "trailer", "show", "playlist", None, 7, ["movie"], {"a": 1}])
def test_whatever_else_is_played_is_something_to_watch(kind: Json) -> None:
    item = playing(session(type=kind)).item
    assert (item.identity, item.kind, item.title) == ("42", ItemKind.VIDEO, "Wicked")


def test_a_session_of_nothing_is_a_client_that_plays_nothing() -> None:
    client = only(session(ratingKey=None, key=None))
    assert (client.identity, client.playing) == ("tv-1", None)


def test_an_answer_that_is_none_is_garbled() -> None:
    answers: list[Json] = [None, [], {}, {"MediaContainer": None}, {"MediaContainer": {"size": 3}}]
    for answer in answers:
        with pytest.raises(Garbled):
            parse_clients(answer, listed("Server"), US)
    with pytest.raises(Garbled):
        parse_clients(listed("Metadata"), [], US)


@needs_fixtures
@pytest.mark.parametrize("name", ["get-media-meta-data-0", "get-media-meta-data-1", "get-media-meta-data-2"])
def test_what_is_really_listed_can_be_what_is_played(name: str) -> None:
    [entry] = entries(json.loads((FIXTURES / f"plex/json/{name}.json").read_bytes()))
    found = playing({**session(), **entry})
    kind = entry["type"] if entry["type"] in {"movie", "episode", "track"} else "video"
    assert (found.item.identity, found.item.kind, found.item.title) == (entry["ratingKey"], kind, entry["title"])
    assert found.item.images
    assert found.item.state is None


# What is pushed


def notification(*told: Json, kind: str = "playing", name: str = "PlaySessionStateNotification") -> Mapping[str, Json]:
    return {"NotificationContainer": {"type": kind, "size": len(told), name: list(told)}}


def told(**changes: Json) -> Words:
    """Return what is pushed of a film on a television."""
    entry: Words = {
        "sessionKey": "7",
        "clientIdentifier": "tv-1",
        "guid": "",
        "ratingKey": "42",
        "url": "",
        "key": "/library/metadata/42",
        "viewOffset": 61_000,
        "playQueueItemID": 95,
        "playQueueID": 11,
        "state": "playing",
    }
    return {word: value for word, value in (entry | changes).items() if value is not None}


def change(
    activity: Activity | None = Activity.PLAYING, item: str = "42", position: int | None = 61_000
) -> ClientChange:
    return ClientChange(client="tv-1", item=item, activity=activity, position_ms=position)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, change()),
        ({"state": "paused"}, change(Activity.PAUSED)),
        ({"state": "buffering"}, change(Activity.BUFFERING)),
        ({"state": "stopped"}, change(None)),
        ({"ratingKey": 42, "viewOffset": "61000"}, change()),
        ({"viewOffset": None}, change(position=None)),
        ({"viewOffset": -5}, change(position=0)),
        ({"ratingKey": None, "key": "/livetv/sessions/6a1c"}, change(item="/livetv/sessions/6a1c")),
        ({"ratingKey": "", "key": ""}, change(item="")),
        ({"transcodeSession": "x9k2"}, change()),
    ],
)
def test_who_plays_what_is_pushed(changes: Words, expected: ClientChange) -> None:
    assert client_news(notification(told(**changes)), US) == ClientNews(changes=(expected,))


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"NotificationContainer": None},
        {"NotificationContainer": {"type": "playing"}},
        {"NotificationContainer": {"type": ["playing"], "PlaySessionStateNotification": [told()]}},
        notification(told(), kind="timeline"),
        notification({"key": "x9k2", "progress": 3}, kind="transcodeSession.update", name="TranscodeSession"),
        notification(told(clientIdentifier=US)),
        notification(told(clientIdentifier=None)),
        notification(told(state="error")),
        notification(told(state=None)),
        notification(None, 7, "tv-1"),
        {"MessageType": "Sessions", "Data": []},
    ],
)
def test_anything_else_is_no_news_of_clients(message: Mapping[str, Json]) -> None:
    assert client_news(message, US) == ClientNews()


def test_several_clients_may_be_pushed_at_once() -> None:
    news = client_news(notification(told(), told(clientIdentifier="tv-2", state="stopped"), told(state="paused")), US)
    assert [(each.client, each.activity) for each in news.changes] == [
        ("tv-1", Activity.PLAYING),
        ("tv-2", None),
        ("tv-1", Activity.PAUSED),
    ]


# What players tell


@pytest.mark.parametrize(
    ("said", "queue"),
    [
        (b'{"MediaContainer": {"Timeline": [{"type": "video", "state": "playing", "playQueueID": 11}]}}', "11"),
        (b'{"MediaContainer": {"Timeline": [{"state": "stopped", "playQueueID": 11}]}}', None),
        (b'{"MediaContainer": {"Timeline": [{"state": "playing"}]}}', None),
        (b'{"MediaContainer": {"Timeline": [{"state": "playing", "playQueueID": "../1"}]}}', None),
        (b'{"MediaContainer": {}}', None),
        (b'<MediaContainer><Timeline type="music" state="stopped" /><Timeline state="paused" playQueueID="7" />', "7"),
        (b'<?xml version="1.0"?><MediaContainer><Timeline playQueueID="7" state="stopped"/></MediaContainer>', None),
        (b'<Timeline playQueueID="7"/>', None),
        (b'<Timeline state="playing" playQueueID="7/../8"/>', None),
        (b"OK", None),
        (b"", None),
        (b"\xff\xfe<", None),
    ],
)
def test_a_player_tells_from_what_queue_it_plays(said: bytes, queue: str | None) -> None:
    assert queue_of(said) == queue


# Nothing is an error

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
WORDS = tuple(session())
PLAYER = tuple(session()["Player"])  # type: ignore[arg-type]  # it is an object


@given(
    st.dictionaries(st.sampled_from((*WORDS, "live", "TranscodeSession")), JSON),
    st.dictionaries(st.sampled_from((*PLAYER, "deviceClass")), JSON),
)
def test_no_session_is_an_error(spoilt: Words, player: Words) -> None:
    for entry in (session(player, **spoilt), {**session(), "Player": player}):
        for client in clients(entry, announced=(player,)):
            assert client.identity
            assert client.name


@given(st.lists(st.dictionaries(st.sampled_from(tuple(told())), JSON), max_size=3))
def test_nothing_that_is_pushed_is_an_error(entries: list[Json]) -> None:
    assert isinstance(client_news(notification(*entries), US), ClientNews)


@given(st.binary(max_size=60) | st.builds(json.dumps, JSON).map(str.encode))
def test_nothing_a_player_tells_is_an_error(said: bytes) -> None:
    assert queue_of(said) is None
