"""A Jellyfin server of any version plays what it is asked for, keeps its token to itself, and hears how far it got."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
import json
from urllib.parse import urljoin

from aiohttp import ClientSession
import pytest
from yarl import URL

from custom_components.reel.backends.abilities import ABILITIES, Ability, Target
from custom_components.reel.backends.errors import (
    CannotPlay,
    Garbled,
    Missing,
    NotAllowed,
    Refusal,
    SignInRefused,
    Unreachable,
)
from custom_components.reel.backends.jellyfin.library import JellyfinLibrary
from custom_components.reel.backends.jellyfin.parse_ways import parse_way
from custom_components.reel.backends.jellyfin.playing import JellyfinPlaying
from custom_components.reel.backends.jellyfin.wire import Wire
from custom_components.reel.backends.playing import HLS_TYPE, Delivery, Player, PlayReport, PlayState, Question
from custom_components.reel.backends.transport import Json
from tests.backends.conftest import CLIENT, Time
from tests.backends.playback import PICKY, get, leaves
from tests.backends.test_requests import problems
from tests.servers.faults import Cut, Fault, Status
from tests.servers.jellyfin import TICKS, JellyfinServer, User
from tests.servers.jellyfin.sessions import Playing
from tests.servers.jellyfin.streams import SEGMENT, SEGMENT_SECONDS
from tests.servers.library import Kind, Title
from tests.servers.media import MATROSKA, sample
from tests.servers.openapi import FIXTURES, Document, Explained, needs_fixtures

from .conftest import LIBRARY, VERSIONS

BROWSER = ABILITIES[Target.BROWSER]
RELAY = 2000
HOUR = 3600


@dataclass(slots=True)
class Attic:
    """A server, its user, and who plays what it has."""

    jellyfin: JellyfinServer
    user: User
    playing: JellyfinPlaying

    def title(self, kind: Kind = Kind.MOVIE) -> Title:
        """Return a title of a kind."""
        return next(title for title in self.jellyfin.state.shelf.titles.values() if title.kind is kind)

    def asks(self, title: Title, ability: Ability = BROWSER) -> Question:
        """Return the question how a title is played."""
        return Question(identity=self.jellyfin.id_of(title), ability=ability)

    def report(self, state: PlayState, seconds: int, *, begins: bool = False) -> PlayReport:
        """Return a report of a film."""
        film = self.title()
        return PlayReport(
            identity=self.jellyfin.id_of(film),
            state=state,
            position_ms=seconds * 1000,
            duration_ms=film.seconds * 1000,
            play_session="0a1b2c",
            file=self.jellyfin.id_of(film),
            begins=begins,
        )


@pytest.fixture
async def attic(jellyfin_wire: Wire, time: Time, version: str) -> AsyncIterator[Attic]:
    """Return a server behind a proxy."""
    async with JellyfinServer(library=LIBRARY, version=version, base_path="/jellyfin", now=lambda: time.now) as server:
        user = server.add_user("Ann")
        token = server.sign_in(user, CLIENT.identifier)
        yield Attic(server, user, JellyfinPlaying(jellyfin_wire, server.url(), token, user.id))


# The file as it is


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("kind", "mime_type"), [(Kind.MOVIE, "video/mp4"), (Kind.EPISODE, "video/mp4"), (Kind.TRACK, "audio/mpeg")]
)
async def test_what_a_player_can_take_is_sent_as_it_is(attic: Attic, kind: Kind, mime_type: str) -> None:
    way = await attic.playing.way(attic.asks(attic.title(kind)))
    assert (way.delivery, way.mime_type, way.transcodes, way.start_ms) == (Delivery.FILE, mime_type, False, 0)
    assert way.play_session
    got = await get(attic.playing, way.path)
    assert (got.status, got.body) == (200, sample(kind).read_bytes())
    assert (got.headers["content-type"], got.headers["content-length"]) == (mime_type, str(len(got.body)))


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_file_has_an_address_for_those_who_know_no_headers(attic: Attic, session: ClientSession) -> None:
    address = attic.playing.address((await attic.playing.way(attic.asks(attic.title()))).path)
    assert address is not None
    async with session.get(URL(address, encoded=True), headers={"Range": "bytes=0-9"}) as answer:
        assert (answer.status, await answer.read()) == (206, sample("movie").read_bytes()[:10])
    assert attic.jellyfin.traffic.requests[-1].token == attic.playing.token


async def test_nothing_but_files_has_one(attic: Attic) -> None:
    way = await attic.playing.way(attic.asks(attic.title(), PICKY))
    film = f"/Videos/{attic.jellyfin.id_of(attic.title())}"
    others = (
        way.path,
        f"{film}/stream?static=false",
        f"{film}/stream",
        f"{film}/x?static=true",
        "/Users?static=true",
        "",
    )
    assert {path: attic.playing.address(path) for path in others} == dict.fromkeys(others)
    with pytest.raises(Missing):
        attic.playing.address("/Videos/../stream?static=true")


async def test_a_file_comes_in_parts_and_has_a_head(attic: Attic) -> None:
    way, whole = await attic.playing.way(attic.asks(attic.title())), sample("movie").read_bytes()
    part = await get(attic.playing, way.path, range="bytes=100-199")
    assert (part.status, part.body) == (206, whole[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole)}"
    beyond = await get(attic.playing, way.path, range="bytes=99999999-")
    assert (beyond.status, beyond.body) == (416, b"")
    other = await get(attic.playing, way.path, range="bytes=100-199", if_range='"other"')
    assert other.status == 200
    attic.jellyfin.traffic.clear()
    head = await get(attic.playing, way.path, "HEAD", range="bytes=1-2")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(whole)))
    assert [seen.method for seen in attic.jellyfin.traffic.requests] == ["HEAD"]


async def test_a_file_that_a_player_does_not_know_is_converted(attic: Attic) -> None:
    film = attic.title()
    attic.jellyfin.change(replace(film, path=film.path.replace(".mp4", ".mkv")))
    assert (await attic.playing.way(attic.asks(film))).delivery is Delivery.HLS
    way = await attic.playing.way(attic.asks(film, ABILITIES[Target.DLNA]))
    assert (way.delivery, way.mime_type) == (Delivery.FILE, "video/x-matroska")
    assert (await get(attic.playing, way.path)).body == MATROSKA.read_bytes()


async def test_the_version_that_was_asked_for_is_played(attic: Attic) -> None:
    question = attic.asks(attic.title())
    assert (await attic.playing.way(replace(question, file=question.identity))).file == question.identity
    with pytest.raises(CannotPlay) as caught:
        await attic.playing.way(replace(question, file="0" * 32))
    assert caught.value.reason is Refusal.INCOMPATIBLE


# Conversions


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_conversion_leads_to_segments_and_subtitles_and_nowhere_to_a_token(attic: Attic) -> None:
    film, token = attic.title(), attic.playing.token
    way = await attic.playing.way(attic.asks(film, PICKY))
    assert (way.delivery, way.mime_type, way.transcodes) == (Delivery.HLS, HLS_TYPE, True)
    master = await get(attic.playing, way.path)
    assert (master.status, master.headers["content-type"]) == (200, HLS_TYPE)
    assert "TYPE=SUBTITLES" in "\n".join(master.lines)
    found = await leaves(attic.playing, way.path)
    assert token not in f"{way}{master}{found}"
    assert "key=" not in f"{way}{master}{found}".lower()
    segments, words = [each for each in found if ".ts" in each], [each for each in found if ".vtt" in each]
    assert len(segments) == -(-film.seconds // SEGMENT_SECONDS)
    assert (await get(attic.playing, segments[-1])).body == SEGMENT.read_bytes()
    subtitles = await get(attic.playing, words[0])
    assert (subtitles.headers["content-type"].partition(";")[0], subtitles.body[:6]) == ("text/vtt", b"WEBVTT")


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_token_stands_in_headers_only(attic: Attic) -> None:
    way = await attic.playing.way(attic.asks(attic.title(), PICKY))
    for path in (await leaves(attic.playing, way.path))[:3]:
        await get(attic.playing, path)
    for seen in attic.jellyfin.traffic.requests:
        assert f'Token="{attic.playing.token}"' in seen.headers["Authorization"]
        assert attic.playing.token not in f"{seen.path} {seen.query} {seen.body!r}"
    assert attic.playing.token not in repr(attic.playing)


def test_the_token_is_cut_out_wherever_it_stands() -> None:
    answer: Json = {"PlaySessionId": "1", "MediaSources": [{"Id": "2", "TranscodingUrl": "/videos/1/qT8wPz/m.m3u8"}]}
    way = parse_way(answer, Question(identity="1"), "d", "qT8wPz")
    assert way.path == "/videos/1//m.m3u8"


async def test_nothing_is_converted_by_asking_how(attic: Attic) -> None:
    for ability in (PICKY, replace(PICKY, hls=False)):
        way = await attic.playing.way(attic.asks(attic.title(), ability))
        await get(attic.playing, way.path, "HEAD")
    assert attic.jellyfin.state.encodings == set()


async def test_a_conversion_ends_when_it_is_stopped(attic: Attic) -> None:
    way = await attic.playing.way(attic.asks(attic.title(), PICKY))
    await leaves(attic.playing, way.path)
    assert attic.jellyfin.state.encodings == {(CLIENT.identifier, way.play_session)}
    await attic.playing.stop(str(way.play_session))
    assert attic.jellyfin.state.encodings == set()
    await attic.playing.stop(str(way.play_session))


async def test_pieces_and_their_lists_have_heads_though_servers_answer_none(attic: Attic) -> None:
    way = await attic.playing.way(attic.asks(attic.title(), PICKY))
    master = await get(attic.playing, way.path, "HEAD")
    assert (master.status, master.headers["content-type"], master.body) == (200, HLS_TYPE, b"")
    main = urljoin(way.path, (await get(attic.playing, way.path)).lines[-1])
    segment = (await leaves(attic.playing, main))[0]
    for path, kind in ((main, HLS_TYPE), (segment, "video/mp2t")):
        head = await get(attic.playing, path, "HEAD")
        assert (head.status, head.headers["content-type"], head.body) == (200, kind, b"")


async def test_a_narrow_line_gets_what_fits_it(attic: Attic) -> None:
    question = attic.asks(attic.title())
    way = await attic.playing.way(replace(question, most_kbits=RELAY))
    assert (way.delivery, way.bitrate) == (Delivery.HLS, RELAY)
    assert "VideoBitrate=2000000" in way.path
    wide = await attic.playing.way(replace(question, most_kbits=20_000))
    assert (wide.delivery, wide.bitrate) == (Delivery.FILE, 4192)


async def test_a_player_that_fails_gets_a_conversion_that_copies_nothing(attic: Attic) -> None:
    way = await attic.playing.way(replace(attic.asks(attic.title()), force_transcode=True))
    assert way.delivery is Delivery.HLS
    said = json.loads(attic.jellyfin.traffic.to("*/PlaybackInfo")[0].body)
    copies = ("EnableDirectPlay", "EnableDirectStream", "AllowVideoStreamCopy", "AllowAudioStreamCopy")
    assert [said[name] for name in copies] == [False] * 4


async def test_a_playlist_is_of_the_whole_film_wherever_it_begins(attic: Attic) -> None:
    question = replace(attic.asks(attic.title(), PICKY), start_ms=600_000)
    assert (await attic.playing.way(question)).start_ms == 0


@pytest.mark.parametrize(
    ("kind", "target", "mime_type", "body"),
    [
        (Kind.TRACK, Target.SONOS, "audio/mpeg", sample("track").read_bytes()),
        (Kind.TRACK, Target.BROWSER, "audio/mpeg", sample("track").read_bytes()),
        (Kind.MOVIE, Target.DLNA, "video/mp2t", SEGMENT.read_bytes()),
    ],
)
async def test_music_and_what_knows_no_playlists_get_one_piece(
    attic: Attic, kind: Kind, target: Target, mime_type: str, body: bytes
) -> None:
    question = replace(attic.asks(attic.title(kind), ABILITIES[target]), force_transcode=True, start_ms=60_000)
    way = await attic.playing.way(question)
    assert (way.delivery, way.mime_type, way.start_ms) == (Delivery.STREAM, mime_type, 60_000)
    assert "StartTimeTicks=600000000" in way.path
    head = await get(attic.playing, way.path, "HEAD")
    got = await get(attic.playing, way.path, range="bytes=5-9")
    assert (head.status, got.status, got.headers["content-type"]) == (200, 200, mime_type)
    assert got.body == body
    assert attic.jellyfin.state.encodings == {(CLIENT.identifier, way.play_session)}


# What does not play


async def test_nothing_to_see_is_played_where_there_is_no_picture(attic: Attic) -> None:
    with pytest.raises(CannotPlay) as caught:
        await attic.playing.way(attic.asks(attic.title(), ABILITIES[Target.SONOS]))
    assert caught.value.reason is Refusal.INCOMPATIBLE


async def test_a_user_who_may_not_play_or_convert_is_told_so(attic: Attic) -> None:
    film = attic.title()
    attic.user.may_transcode = False
    with pytest.raises(CannotPlay) as caught:
        await attic.playing.way(attic.asks(film, PICKY))
    assert caught.value.reason is Refusal.INCOMPATIBLE
    attic.user.may_play = False
    with pytest.raises(CannotPlay) as caught:
        await attic.playing.way(attic.asks(film))
    assert caught.value.reason is Refusal.NOT_ALLOWED
    attic.jellyfin.fault = Fault(Status(403), "*/PlaybackInfo")
    with pytest.raises(CannotPlay) as caught:
        await attic.playing.way(attic.asks(film))
    assert caught.value.reason is Refusal.NOT_ALLOWED


async def test_a_server_that_is_busy_says_so(attic: Attic) -> None:
    attic.jellyfin.behaviour.full = True
    with pytest.raises(CannotPlay) as caught:
        await attic.playing.way(attic.asks(attic.title()))
    assert caught.value.reason is Refusal.TOO_MANY


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"ErrorCode": "OutOfPopcorn", "MediaSources": []}, CannotPlay),
        ({"PlaySessionId": "1", "MediaSources": []}, CannotPlay),
        ({"PlaySessionId": "1"}, CannotPlay),
        ({"MediaSources": []}, Garbled),
        ([], Garbled),
        ({"PlaySessionId": "1", "MediaSources": [{"SupportsDirectPlay": True}]}, Garbled),
        ({"PlaySessionId": "1", "MediaSources": [{"Id": "2", "TranscodingUrl": "http://else.example.org"}]}, Garbled),
    ],
)
def test_what_makes_no_sense_does_not_play(answer: Json, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse_way(answer, Question(identity="1"), "device", "token")


async def test_what_is_gone_is_missing(attic: Attic) -> None:
    with pytest.raises(Missing):
        await attic.playing.way(Question(identity="0" * 32))
    with pytest.raises(Missing):
        await attic.playing.way(attic.asks(attic.title(Kind.SHOW)))


async def test_other_failures_keep_their_meaning(attic: Attic) -> None:
    way = await attic.playing.way(attic.asks(attic.title(), PICKY))
    attic.jellyfin.fault = Fault(Cut())
    with pytest.raises(Unreachable):
        await get(attic.playing, way.path)
    attic.jellyfin.fault = None
    attic.jellyfin.revoke(attic.playing.token)
    with pytest.raises(SignInRefused):
        await get(attic.playing, way.path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/Users",
        "/Users/Me",
        "/Items/{id}",
        "/Items/{id}/Download",
        "/Items/{id}/File",
        "/Videos/ActiveEncodings?deviceId=1&playSessionId=2",
        "/Videos/{id}/../../Users/Me",
        "/Videos/{id}/%2e%2e/%2e%2e/Users/Me",
        "/Videos/../Users/Me",
        "/Videos/{id}/?x",
        "/Items/{id}/Images/..%2f..%2f..%2fUsers/Me",
        "/System/Logs/Log?name=log_20261120.log",
        "//else.example.org/Videos/{id}/stream",
        "http://else.example.org/Videos/{id}/stream",
        "@else.example.org/Videos/{id}/stream",
    ],
)
async def test_nothing_is_fetched_but_what_is_for_players(attic: Attic, path: str) -> None:
    path = path.replace("{id}", attic.jellyfin.id_of(attic.title()))
    for method in ("GET", "HEAD"):
        with pytest.raises(Missing):
            await get(attic.playing, path, method)
    assert attic.jellyfin.traffic.requests == []


async def test_pictures_come_in_the_size_that_is_asked_for(attic: Attic) -> None:
    library = JellyfinLibrary(attic.playing.wire, attic.playing.uri, attic.playing.token, attic.user.id)
    (item,) = await library.items([attic.jellyfin.id_of(attic.title())])
    path = attic.playing.image_path(item.images[0].reference, 100, 150)
    got = await get(attic.playing, path)
    assert [int.from_bytes(got.body[at : at + 4]) for at in (16, 20)] == [100, 150]
    known = await get(attic.playing, path, if_modified_since=got.headers["last-modified"])
    assert known.status == 304


# Reports


def now_playing(attic: Attic) -> Playing | None:
    (session,) = attic.jellyfin.state.sessions.by_id.values()
    return session.playing


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_play_is_seen_at_the_server_while_it_lasts(attic: Attic) -> None:
    film = attic.title()
    data, half = attic.user.watching(film.number), film.seconds // 2
    assert await attic.playing.report(attic.report(PlayState.PLAYING, 5, begins=True))
    (session,) = attic.jellyfin.state.sessions.by_id.values()
    assert session.playing
    assert (session.playing.title.number, session.playing.position, session.playing.paused) == (
        film.number,
        5 * TICKS,
        False,
    )
    assert (session.device_id, session.playing.method, data.plays) == (CLIENT.identifier, "DirectPlay", 1)
    await attic.playing.report(attic.report(PlayState.PAUSED, half))
    assert (session.playing.position, session.playing.paused, data.position) == (half * TICKS, True, half * TICKS)
    await attic.playing.report(attic.report(PlayState.STOPPED, half))
    assert now_playing(attic) is None
    assert (data.position, data.plays, data.played) == (half * TICKS, 1, False)
    said = [json.loads(seen.body) for seen in attic.jellyfin.traffic.requests]
    assert [each["PlaySessionId"] for each in said] == ["0a1b2c"] * 3


async def test_what_stops_always_says_where(attic: Attic) -> None:
    await attic.playing.report(attic.report(PlayState.STOPPED, 0))
    (seen,) = attic.jellyfin.traffic.requests
    assert json.loads(seen.body)["PositionTicks"] == 0
    assert not attic.user.watching(attic.title().number).played


async def test_a_play_that_is_told_in_one_report_counts(attic: Attic) -> None:
    film = attic.title()
    await attic.playing.report(attic.report(PlayState.STOPPED, film.seconds - 10, begins=True))
    data = attic.user.watching(film.number)
    assert (data.plays, data.played, data.position) == (1, True, 0)


@pytest.mark.parametrize(("delivery", "method"), [(Delivery.HLS, "Transcode"), (Delivery.STREAM, "Transcode")])
async def test_a_conversion_is_reported_as_such(attic: Attic, delivery: Delivery, method: str) -> None:
    await attic.playing.report(replace(attic.report(PlayState.PLAYING, 5), delivery=delivery))
    said = json.loads(attic.jellyfin.traffic.requests[0].body)
    assert (said["PlayMethod"], said["CanSeek"]) == (method, delivery is Delivery.HLS)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("share", "position", "watched"), [(0.02, False, False), (0.5, True, False), (0.95, False, True)]
)
async def test_the_key_of_nobody_keeps_the_place_of_its_user(
    attic: Attic, share: float, *, position: bool, watched: bool
) -> None:
    film = attic.title()
    playing = replace(attic.playing, token=attic.jellyfin.make_api_key(), by_api_key=True)
    seconds = int(film.seconds * share)
    for state in (PlayState.PLAYING, PlayState.STOPPED):
        assert await playing.report(attic.report(state, seconds, begins=state is PlayState.PLAYING))
    data = attic.user.watching(film.number)
    assert (data.position, data.played) == (seconds * TICKS if position else 0, watched)
    way = await playing.way(attic.asks(film, PICKY))
    assert await leaves(playing, way.path)


async def test_a_report_that_is_refused_is_told(attic: Attic) -> None:
    attic.jellyfin.fault = Fault(Status(403))
    with pytest.raises(NotAllowed):
        await attic.playing.report(attic.report(PlayState.PLAYING, 5))


# How it is asked

GAPS = (
    Explained(r"(?i)/videos/.*(m3u8|hls1).*: unknown$", "The document of 12.0 lost the controllers of HLS."),
    Explained(r"/Videos/ActiveEncodings: unknown$", "As above."),
)


@needs_fixtures
@pytest.mark.parametrize("version", ["10.9.11", "10.10.7", "10.11.11", "12.0.0"])
async def test_a_server_is_asked_as_the_document_of_every_version_says(attic: Attic, version: str) -> None:
    player: Player = attic.playing
    for kind in (Kind.MOVIE, Kind.TRACK):
        for ability in (PICKY, *ABILITIES.values()):
            question = attic.asks(attic.title(kind), ability)
            try:
                way = await player.way(replace(question, most_kbits=8000, start_ms=1000))
            except CannotPlay:
                assert ability == ABILITIES[Target.SONOS]
                continue
            await get(player, way.path)
            await player.stop(str(way.play_session))
    for state in PlayState:
        await player.report(attic.report(state, 5, begins=True))
        await player.report(attic.report(state, 15))
        await replace(attic.playing, by_api_key=True).report(attic.report(state, HOUR))
    document = Document.load(
        FIXTURES / f"jellyfin/openapi/jellyfin-openapi-{version}.json", explained=GAPS, ignore_case=True
    )
    assert len(attic.jellyfin.traffic.requests) > 40
    assert problems(document, attic.jellyfin.traffic, "/jellyfin") == []
