"""What is a client, and what does it play? From sessions as servers and apps write them, and as they should not."""

from collections.abc import Iterator
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.reel.backends.clients import Activity, Client, ClientKind, ClientNews, Order, Playing, Repeat
from custom_components.reel.backends.errors import Garbled
from custom_components.reel.backends.item import Image, ImageKind, ItemKind
from custom_components.reel.backends.jellyfin.client_news import client_news
from custom_components.reel.backends.jellyfin.parse_clients import RECENT, parse_clients
from custom_components.reel.backends.transport import Json
from tests.backends.conftest import CLIENT
from tests.backends.test_hostile import ANYTHING, ODDITIES
from tests.servers.openapi import FIXTURES, needs_fixtures

ANN = "a5d3f6c2b1e04987b6f0c4d2e8a97135"
BEN = "0c2f7c0f3f7b4c25a3ad1c9d8a5b6e70"
NOBODY = "0" * 32
TELEVISION: dict[str, Any] = {
    "Id": "9c1d8fd2a6f34d7fa0b5d5fca2f0b3ce",
    "UserId": ANN,
    "UserName": "Ann",
    "Client": "Jellyfin Android TV",
    "DeviceName": "BRAVIA 4K",
    "DeviceId": "d1b3a0f5c9d24f8e",
    "ApplicationVersion": "0.19.4",
    "LastActivityDate": "2026-11-20T18:01:52.4030928Z",
    "PlayableMediaTypes": ["Audio", "Video"],
    "SupportedCommands": ["SetVolume", "DisplayMessage", "MoveUp", "Back", "SendString"],
    "SupportsRemoteControl": True,
    "AdditionalUsers": [],
}
OTHER: dict[str, Any] = TELEVISION | {
    "Id": "1f0e7cd2b6a94a5d8c3b2a1908f7e6d5",
    "DeviceName": "Bedroom",
    "DeviceId": "0b9a8c7d6e5f4a3b",
}
FILM: dict[str, Any] = {
    "Id": "dd954bbf54398e247d803186d3585b79",
    "Type": "Movie",
    "MediaType": "Video",
    "Name": "Nosferatu",
    "ProductionYear": 1922,
    "RunTimeTicks": 56_400_000_000,
    "ImageTags": {"Primary": "8a543e58fda6d2f374263a4dcd0d2fbd"},
    "MediaStreams": [
        {"Type": "Video", "Index": 0, "BitRate": 4_000_000, "Height": 1080},
        {"Type": "Audio", "Index": 1, "BitRate": 640_000},
        {"Type": "Audio", "Index": 2, "BitRate": 192_000},
    ],
}
STATE: dict[str, Any] = {
    "PositionTicks": 12_000_000_000,
    "CanSeek": True,
    "IsPaused": False,
    "IsMuted": False,
    "VolumeLevel": 40,
    "AudioStreamIndex": 2,
    "PlayMethod": "DirectPlay",
    "RepeatMode": "RepeatNone",
    "PlaybackOrder": "Default",
}


def client(**values: Json) -> Client:
    """Return the television with other values."""
    (found,) = parse_clients([TELEVISION | values], CLIENT, ANN)
    return found


def playing(item: Json = None, state: Json = None, **values: Json) -> Playing:
    """Return what the television plays."""
    found = client(NowPlayingItem=item or FILM, PlayState=state or STATE, **values).playing
    assert found is not None
    return found


# Who is a client


def test_a_television_that_waits_is_one() -> None:
    found = client()
    assert (found.name, found.product, found.version, found.user) == (
        "BRAVIA 4K",
        "Jellyfin Android TV",
        "0.19.4",
        "Ann",
    )
    assert (found.address, found.playing, found.device) == (TELEVISION["Id"], None, None)


def test_the_app_and_its_device_are_the_identity_whoever_uses_it_and_whatever_the_server_calls_it() -> None:
    same = client(Id="0" * 32, UserId=BEN, DeviceName="Renamed", ApplicationVersion="0.20.0")
    assert same.identity == client().identity
    assert same.identity not in {TELEVISION["Id"], TELEVISION["DeviceId"]}


@pytest.mark.parametrize("other", [{"Client": "Findroid"}, {"DeviceId": "e2b3a0f5c9d24f8e"}])
def test_two_apps_on_one_device_are_two_and_so_is_one_on_two(other: dict[str, Json]) -> None:
    assert client(**other).identity != client().identity


@pytest.mark.parametrize(
    "values",
    [
        {"DeviceId": CLIENT.identifier},
        {"Client": "Reel", "NowPlayingItem": FILM},
        {"PlayableMediaTypes": []},
        {"PlayableMediaTypes": None},
        {"DeviceId": None},
        {"DeviceId": ""},
        {"Id": None},
    ],
    ids=str,
)
def test_we_and_programs_that_only_ask_are_none(values: dict[str, Json]) -> None:
    assert parse_clients([TELEVISION | values], CLIENT, ANN) == ()


def test_whatever_plays_is_one_though_it_never_said_that_it_could() -> None:
    assert client(PlayableMediaTypes=None, NowPlayingItem=FILM).playing is not None


def test_what_can_be_played_may_stand_among_the_capabilities_only() -> None:
    found = client(PlayableMediaTypes=[], Capabilities={"PlayableMediaTypes": ["Audio"]})
    assert found.playing is None


def test_an_app_that_was_not_there_for_a_month_is_none_and_idle_ones_stay() -> None:
    def at(day: str) -> dict[str, Json]:
        return TELEVISION | {"DeviceId": day, "LastActivityDate": f"{day}T00:00:00.0000000Z"}

    days = ["2026-11-20", "2026-10-22", "2026-10-20", "2025-11-20"]
    assert RECENT == 30 * 86_400
    assert len(parse_clients([at(day) for day in days], CLIENT, ANN)) == 2
    unset = TELEVISION | {"DeviceId": "unset", "LastActivityDate": "0001-01-01T00:00:00.0000000Z"}
    assert len(parse_clients([*(at(day) for day in days), unset], CLIENT, ANN)) == 3
    long_ago = at(days[-1]) | {"NowPlayingItem": FILM}
    assert len(parse_clients([at(days[0]), long_ago], CLIENT, ANN)) == 2


# Of what kind


@pytest.mark.parametrize(
    ("app", "device", "kinds"),
    [
        ("Jellyfin Web", "Firefox", {ClientKind.WEB}),
        ("Jellyfin Web", "Chrome Android", {ClientKind.WEB, ClientKind.MOBILE}),
        ("Jellyfin Web", "Safari iPad", {ClientKind.WEB, ClientKind.MOBILE}),
        ("Jellyfin Mobile", "Ann's phone", {ClientKind.MOBILE}),
        ("Jellyfin Android", "Pixel 9", {ClientKind.MOBILE}),
        ("Jellyfin iOS", "iPhone", {ClientKind.MOBILE}),
        ("Swiftfin iOS", "Ann", {ClientKind.MOBILE}),
        ("Swiftfin iPadOS", "Ann", {ClientKind.MOBILE}),
        ("Swiftfin tvOS", "Living room", set()),
        ("Infuse-Direct", "iPhone", {ClientKind.MOBILE}),
        ("Infuse-Direct", "Apple TV", set()),
        ("Finamp", "Pixel 9", {ClientKind.MOBILE}),
        ("Findroid", "SHIELD Android TV", set()),
        ("Android TV", "BRAVIA 4K", set()),
        ("Jellyfin Android TV", "AFTKA", set()),
        ("Kodi", "Den", set()),
        ("Jellyfin Media Player", "desk", set()),
        (None, None, set()),
    ],
)
def test_kinds_are_told_by_names(app: str | None, device: str | None, kinds: set[ClientKind]) -> None:
    assert client(Client=app, DeviceName=device).kinds == kinds


@pytest.mark.parametrize(
    ("values", "shared"),
    [
        ({"UserId": ANN}, False),
        ({"UserId": "A5D3F6C2-B1E0-4987-B6F0-C4D2E8A97135"}, False),
        ({"UserId": BEN}, True),
        ({"UserId": BEN, "AdditionalUsers": [{"UserId": ANN, "UserName": "Ann"}]}, False),
        ({"UserId": NOBODY}, False),
        ({"UserId": None}, False),
    ],
    ids=str,
)
def test_what_others_use_is_shared_and_what_nobody_does_is_not(values: dict[str, Json], *, shared: bool) -> None:
    assert (ClientKind.SHARED in client(**values).kinds) is shared


# What it can be told


def test_a_client_that_listens_obeys_what_it_says_and_what_all_do() -> None:
    found = client()
    assert found.orders == {
        Order.PLAY,
        Order.PAUSE,
        Order.STOP,
        Order.SEEK,
        Order.NEXT,
        Order.PREVIOUS,
        Order.PLAY_ITEMS,
        Order.PLAY_NEXT,
        Order.PLAY_LAST,
        Order.VOLUME,
        Order.MESSAGE,
        Order.NAVIGATE,
    }
    assert found.keys == ("MoveUp", "Back")


def test_muting_takes_both_ways() -> None:
    assert Order.MUTE not in client(SupportedCommands=["Mute"]).orders
    both = client(SupportedCommands=["Unmute", "Mute", "SetShuffleQueue", "SetRepeatMode"])
    assert {Order.MUTE, Order.SHUFFLE, Order.REPEAT} <= both.orders
    assert Order.NAVIGATE not in both.orders


def test_whoever_does_not_listen_can_be_told_nothing() -> None:
    found = client(SupportsRemoteControl=False)
    assert (found.orders, found.keys) == (frozenset(), ())


def test_a_stream_that_cannot_be_sought_in_is_not() -> None:
    assert Order.SEEK not in client(NowPlayingItem=FILM, PlayState=STATE | {"CanSeek": False}).orders
    assert Order.SEEK in client(NowPlayingItem=FILM, PlayState=STATE).orders
    assert Order.SEEK in client(PlayState={"CanSeek": False}).orders


# What it plays


def test_a_film_is_told_with_how_it_is_played() -> None:
    found = playing()
    assert (found.item.identity, found.item.kind, found.item.title) == (FILM["Id"], ItemKind.MOVIE, "Nosferatu")
    assert (found.item.year, found.item.duration_ms, found.item.state) == (1922, 5_640_000, None)
    assert found.item.images == (
        Image(ImageKind.POSTER, f"/Items/{FILM['Id']}/Images/Primary?tag=8a543e58fda6d2f374263a4dcd0d2fbd"),
    )
    assert (found.activity, found.position_ms) == (Activity.PLAYING, 1_200_000)
    assert (found.transcodes, found.bitrate, found.height) == (False, 4192, 1080)
    assert (found.volume, found.muted, found.shuffled, found.repeat) == (0.4, False, False, Repeat.OFF)


def test_what_the_app_does_not_tell_is_unknown() -> None:
    found = playing(FILM | {"MediaStreams": None}, {"IsPaused": True})
    assert (found.activity, found.position_ms) == (Activity.PAUSED, None)
    assert (found.bitrate, found.height) == (None, None)
    assert (found.volume, found.muted, found.shuffled, found.repeat) == (None, None, None, None)


@pytest.mark.parametrize(("mode", "repeat"), [("RepeatOne", Repeat.ONE), ("RepeatAll", Repeat.ALL), ("x", None)])
def test_what_comes_after_the_end_is_told(mode: str, repeat: Repeat | None) -> None:
    found = playing(state=STATE | {"RepeatMode": mode, "PlaybackOrder": "Shuffle", "IsMuted": True})
    assert (found.repeat, found.shuffled, found.muted) == (repeat, True, True)


@pytest.mark.parametrize(("level", "volume"), [(0, 0.0), (100, 1.0), (150, 1.0), (-5, 0.0), ("55", 0.55), (None, None)])
def test_volumes_are_shares(level: Json, volume: float | None) -> None:
    assert playing(state=STATE | {"VolumeLevel": level}).volume == volume


def test_of_a_conversion_its_own_measures_count() -> None:
    conversion = {"IsVideoDirect": False, "IsAudioDirect": True, "Bitrate": 2_000_000, "Height": 480}
    found = playing(state=STATE | {"PlayMethod": "Transcode"}, TranscodingInfo=conversion)
    assert (found.transcodes, found.bitrate, found.height) == (True, 2000, 480)


def test_what_is_only_packed_anew_is_no_conversion() -> None:
    found = playing(TranscodingInfo={"IsVideoDirect": True, "IsAudioDirect": True})
    assert (found.transcodes, found.bitrate, found.height) == (False, 4192, 1080)


def test_a_conversion_that_tells_nothing_of_itself_is_one() -> None:
    assert playing(state=STATE | {"PlayMethod": "Transcode"}).transcodes


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"Type": "TvChannel", "CurrentProgram": {"Name": "News"}}, ItemKind.VIDEO),
        ({"Type": "Trailer"}, ItemKind.VIDEO),
        ({"Type": "Movie", "ExtraType": "BehindTheScenes"}, ItemKind.VIDEO),
        ({"Type": "AudioBook", "MediaType": "Audio"}, ItemKind.TRACK),
        ({"Type": "Hologram"}, ItemKind.VIDEO),
        ({"Type": None}, ItemKind.VIDEO),
    ],
    ids=str,
)
def test_what_is_in_no_list_of_ours_is_shown_by_its_name(values: dict[str, Json], kind: ItemKind) -> None:
    found = playing(FILM | values).item
    assert (found.identity, found.kind, found.title) == (FILM["Id"], kind, "Nosferatu")
    assert found.images


def test_what_an_app_made_up_itself_has_a_name_at_least() -> None:
    assert playing({"Name": "A file on the phone"}).item.title == "A file on the phone"


@needs_fixtures
def test_a_genuine_track_is_played() -> None:
    raw = json.loads((FIXTURES / "jellyfin/items/zombie_christmas.json").read_bytes())
    item = playing(raw).item
    assert (item.kind, item.title) == (ItemKind.TRACK, "Zombie Christmas")
    assert (item.parent_title, item.grandparent_title) == ("This Is Christmas", "Emmy the Great & Tim Wheeler")
    assert item.state is None


# What is no list of sessions


@pytest.mark.parametrize("answer", [None, {}, {"Items": []}, "x", 5])
def test_no_list_is_not_the_same_as_nobody(answer: Json) -> None:
    with pytest.raises(Garbled):
        parse_clients(answer, CLIENT, ANN)
    assert parse_clients([], CLIENT, ANN) == ()


@given(st.dictionaries(st.sampled_from([*TELEVISION, "NowPlayingItem", "PlayState", "TranscodingInfo"]), ANYTHING))
def test_no_session_however_absurd_gets_past(values: dict[str, Json]) -> None:
    absurd = TELEVISION | {"NowPlayingItem": FILM, "PlayState": STATE} | values
    # Whatever becomes of it, nobody else is lost.
    assert "Bedroom" in {each.name for each in parse_clients([absurd, None, 5, OTHER], CLIENT, ANN)}


def _spoilt(value: Any) -> Iterator[Any]:  # noqa: ANN401  # JSON, whose keys are known here
    """Return a value with one part of it made absurd, in every way."""
    yield from ODDITIES
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from (value | {name: each} for each in _spoilt(inner))


def test_no_part_of_a_session_however_absurd_gets_past() -> None:
    whole = TELEVISION | {"NowPlayingItem": FILM, "PlayState": STATE, "TranscodingInfo": {"Height": 1, "Bitrate": 1}}
    for each in _spoilt(whole):
        assert "Bedroom" in {found.name for found in parse_clients([each, OTHER], CLIENT, ANN)}


# What is pushed


def test_a_message_tells_everybody() -> None:
    told = client_news({"MessageType": "Sessions", "Data": [TELEVISION]}, CLIENT, ANN)
    assert told == ClientNews(everything=(client(),))
    assert client_news({"MessageType": "Sessions", "Data": []}, CLIENT, ANN) == ClientNews(everything=())


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"MessageType": "Sessions"},
        {"MessageType": "Sessions", "Data": {}},
        {"MessageType": ["Sessions"], "Data": []},
        {"MessageType": "UserDataChanged", "Data": [TELEVISION]},
        {"MessageType": "KeepAlive"},
    ],
    ids=str,
)
def test_everything_else_is_no_news(message: dict[str, Json]) -> None:
    assert client_news(message, CLIENT, ANN) == ClientNews()
