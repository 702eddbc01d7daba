"""A Plex server sends the file where the player can take it, converts where not, and hears how far it got."""

from collections.abc import AsyncIterator
from dataclasses import replace
import socket
from typing import override
from urllib.parse import parse_qs, urljoin

from aiohttp import ClientSession, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
import pytest
from yarl import URL

from custom_components.reel.backends.abilities import ABILITIES, Ability, Target
from custom_components.reel.backends.errors import (
    Busy,
    CannotPlay,
    Cause,
    Missing,
    NotAllowed,
    Refusal,
    SignInRefused,
    Unreachable,
)
from custom_components.reel.backends.playing import HLS_TYPE, Delivery, Player, PlayReport, PlayState, Question, Way
from custom_components.reel.backends.plex.library import PlexLibrary
from custom_components.reel.backends.plex.playing import PlexPlaying
from custom_components.reel.backends.plex.versions import parse_versions
from custom_components.reel.backends.plex.wire import Wire
from custom_components.reel.backends.transport import Json
from tests.backends.conftest import CLIENT
from tests.backends.playback import PICKY, get, leaves
from tests.backends.test_requests import PLEX, problems
from tests.servers.faults import Cut, Fault, Status
from tests.servers.library import Kind, Title
from tests.servers.media import MATROSKA, SUBTITLES, sample
from tests.servers.openapi import Document, Explained, needs_fixtures
from tests.servers.plex import PlexServer
from tests.servers.plex.stream_routes import SEGMENT

from .conftest import of

BROWSER = ABILITIES[Target.BROWSER]
RELAY = 2000


@pytest.fixture
def playing(plex_wire: Wire, den: PlexServer) -> PlexPlaying:
    """Return who plays what the server has, at home."""
    return PlexPlaying(plex_wire, den.url(), den.token)


@pytest.fixture
async def abroad(playing: PlexPlaying, den: PlexServer) -> PlexPlaying:
    """Return who plays the same from elsewhere."""
    return replace(playing, uri=(await den.open("remote")).url, local=False)


@pytest.fixture
def film(den: PlexServer) -> Title:
    return of(den, Kind.MOVIE)[0]


@pytest.fixture
def song(den: PlexServer) -> Title:
    return of(den, Kind.TRACK)[0]


def asks(title: Title, ability: Ability = BROWSER) -> Question:
    return Question(identity=str(title.number), ability=ability)


def wishes(way: Way) -> dict[str, str]:
    return {name: value for name, [value] in parse_qs(way.path.partition("?")[2]).items()}


# The file as it is


@pytest.mark.parametrize(
    ("kind", "mime_type"), [(Kind.MOVIE, "video/mp4"), (Kind.EPISODE, "video/mp4"), (Kind.TRACK, "audio/mpeg")]
)
async def test_what_a_player_can_take_is_sent_as_it_is(
    playing: PlexPlaying, den: PlexServer, kind: Kind, mime_type: str
) -> None:
    way = await playing.way(asks(of(den, kind)[0]))
    assert (way.delivery, way.mime_type, way.transcodes, way.start_ms) == (Delivery.FILE, mime_type, False, 0)
    got = await get(playing, way.path)
    assert (got.status, got.body) == (200, sample(kind).read_bytes())
    assert (got.headers["content-type"], got.headers["content-length"]) == (mime_type, str(len(got.body)))


async def test_the_way_to_a_file_takes_one_request(playing: PlexPlaying, den: PlexServer, film: Title) -> None:
    await playing.way(asks(film))
    assert len(den.traffic.requests) == 1


async def test_the_token_stands_in_headers_only(playing: PlexPlaying, den: PlexServer, film: Title) -> None:
    for question in (asks(film), asks(film, PICKY)):
        way = await playing.way(question)
        await get(playing, way.path)
        assert den.token not in repr(way)
    assert len(den.traffic.requests) == 5
    for seen in den.traffic.requests:
        assert seen.headers["X-Plex-Token"] == den.token
        assert den.token not in f"{seen.path} {seen.query}"
    assert den.token not in repr(playing)


async def test_a_file_has_an_address_for_those_who_know_no_headers(
    playing: PlexPlaying, session: ClientSession, film: Title
) -> None:
    address = playing.address((await playing.way(asks(film))).path)
    assert address is not None
    async with session.get(URL(address, encoded=True), headers={"Range": "bytes=0-9"}) as answer:
        assert (answer.status, await answer.read()) == (206, sample("movie").read_bytes()[:10])


async def test_nothing_but_files_has_one(playing: PlexPlaying, film: Title) -> None:
    for path in ((await playing.way(asks(film, PICKY))).path, playing.image_path("/x", 1, 1), "/identity", "", "/"):
        assert playing.address(path) is None
    for path in "/library/parts/../../identity", "/library/parts/%2e%2e/x", "/library/parts/..\\x":
        with pytest.raises(Missing):
            playing.address(path)


async def test_a_file_comes_in_parts_of_one_edition(playing: PlexPlaying, film: Title) -> None:
    way, whole = await playing.way(asks(film)), sample("movie").read_bytes()
    part = await get(playing, way.path, range="bytes=100-199")
    assert (part.status, part.body) == (206, whole[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole)}"
    same = await get(playing, way.path, range="bytes=100-199", if_range=part.headers["etag"])
    assert same.status == 206
    other = await get(playing, way.path, range="bytes=100-199", if_range='"other"')
    assert (other.status, other.body) == (200, whole)
    beyond = await get(playing, way.path, range="bytes=99999999-")
    assert (beyond.status, beyond.body, beyond.headers["content-range"]) == (416, b"", f"bytes */{len(whole)}")
    known = await get(playing, way.path, if_none_match=part.headers["etag"])
    assert (known.status, known.body) == (304, b"")


async def test_the_head_of_a_file_is_found_out_by_its_first_byte(
    playing: PlexPlaying, den: PlexServer, film: Title
) -> None:
    way = await playing.way(asks(film))
    den.traffic.requests.clear()
    head = await get(playing, way.path, "HEAD", range="bytes=7-9")
    whole = await get(playing, way.path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers == whole.headers
    seen = den.traffic.requests[0]
    assert (seen.method, seen.headers["Range"]) == ("GET", "bytes=0-0")
    assert (await get(playing, way.path, "HEAD", if_none_match=head.headers["etag"])).status == 304


async def test_a_file_that_a_player_does_not_know_is_converted(playing: PlexPlaying, den: PlexServer) -> None:
    film = den.add_movie("Amber Zoo")
    matroska = replace(film, path=film.path.replace(".mp4", ".mkv"))
    den.machine.shelves.put(matroska, 0)
    assert (await playing.way(asks(film))).delivery is Delivery.HLS
    way = await playing.way(asks(film, ABILITIES[Target.DLNA]))
    assert (way.delivery, way.mime_type) == (Delivery.FILE, "video/x-matroska")
    assert (await get(playing, way.path)).body == MATROSKA.read_bytes()


async def test_the_version_that_was_asked_for_is_played(playing: PlexPlaying, den: PlexServer, film: Title) -> None:
    item = (await PlexLibrary(playing.wire, playing.uri, den.token).items([str(film.number)]))[0]
    (file,) = item.files
    assert (await playing.way(replace(asks(film), file=file.identity))).file == file.identity
    with pytest.raises(CannotPlay) as caught:
        await playing.way(replace(asks(film), file="1"))
    assert caught.value.reason is Refusal.INCOMPATIBLE


def versions(**part: Json) -> Json:
    stream: Json = {"streamType": 1, "codec": "h264", "bitDepth": part.pop("bits", 8)}
    media: Json = {
        "container": "mp4",
        "videoCodec": "h264",
        "audioCodec": "aac",
        "bitrate": 4000,
        "Part": [{"id": 7, "key": "/library/parts/7/1/file.mp4", "Stream": [stream], **part}],
    }
    item: Json = {"ratingKey": "1", "type": "movie", "title": "Amber Zoo", "Media": [media]}
    return {"MediaContainer": {"size": 1, "Metadata": [item]}}


@pytest.mark.parametrize(
    ("part", "most", "suits"),
    [
        ({}, None, True),
        ({}, 4000, True),
        ({}, 3999, False),
        ({"bits": 10}, None, False),
        ({"bits": None}, None, True),
        ({"key": "http://else.example.org/film.mp4"}, None, False),
        ({"key": None}, None, False),
    ],
)
def test_what_suits_is_told_by_what_is_in_the_file(part: dict[str, Json], most: int | None, *, suits: bool) -> None:
    (version,) = parse_versions(versions(**part)).all
    assert version.suits(BROWSER, most, sound=False) is suits


# Conversions


async def test_a_conversion_is_a_playlist_that_leads_to_segments(playing: PlexPlaying, film: Title) -> None:
    way = await playing.way(asks(film, PICKY))
    assert (way.delivery, way.mime_type, way.transcodes) == (Delivery.HLS, HLS_TYPE, True)
    master = await get(playing, way.path, range="bytes=0-3", if_none_match="*")
    assert (master.status, master.headers["content-type"]) == (200, HLS_TYPE)
    segments = await leaves(playing, way.path)
    assert len(segments) == -(-film.seconds // 4)
    got = await get(playing, segments[-1])
    assert (got.headers["content-type"], got.body) == ("video/mp2t", SEGMENT.read_bytes())
    part = await get(playing, segments[-1], range="bytes=188-375")
    assert (part.status, part.body) == (206, SEGMENT.read_bytes()[188:376])


async def test_nothing_is_converted_by_asking_how(playing: PlexPlaying, den: PlexServer, film: Title) -> None:
    way = await playing.way(asks(film, PICKY))
    head = await get(playing, way.path, "HEAD")
    assert (head.status, head.headers) == (200, {"content-type": HLS_TYPE})
    assert [seen.path.rpartition("/")[2] for seen in den.traffic.requests] == [str(film.number), "decision"]


async def test_a_conversion_ends_when_it_is_stopped(playing: PlexPlaying, film: Title) -> None:
    way = await playing.way(asks(film, PICKY))
    inner = urljoin(way.path, (await get(playing, way.path)).lines[-1])
    assert (await get(playing, inner)).status == 200
    assert way.play_session
    await playing.stop(way.play_session)
    with pytest.raises(Missing):
        await get(playing, inner)
    await playing.stop(way.play_session)


async def test_two_plays_of_one_film_do_not_know_of_each_other(playing: PlexPlaying, film: Title) -> None:
    first, second = [await playing.way(asks(film, PICKY)) for _ in range(2)]
    assert first.play_session != second.play_session
    inner = [urljoin(way.path, (await get(playing, way.path)).lines[-1]) for way in (first, second)]
    await playing.stop(str(first.play_session))
    with pytest.raises(Missing):
        await get(playing, inner[0])
    assert (await get(playing, inner[1])).status == 200


async def test_a_narrow_line_gets_what_fits_it(abroad: PlexPlaying, film: Title) -> None:
    way = await abroad.way(replace(asks(film), most_kbits=RELAY))
    said = wishes(way)
    assert (way.delivery, way.bitrate) == (Delivery.HLS, RELAY)
    assert (said["maxVideoBitrate"], said["location"]) == (str(RELAY), "wan")
    wide = await abroad.way(replace(asks(film), most_kbits=20_000))
    assert (wide.delivery, wide.bitrate) == (Delivery.FILE, 4000)


async def test_a_conversion_begins_at_whole_seconds(playing: PlexPlaying, film: Title) -> None:
    way = await playing.way(replace(asks(film, PICKY), start_ms=600_900))
    assert (wishes(way)["offset"], way.start_ms) == ("600", 600_000)
    assert len(await leaves(playing, way.path)) == -(-(film.seconds - 600) // 4)


@pytest.mark.parametrize(("force", "copies"), [(False, "1"), (True, "0")])
async def test_a_conversion_copies_what_it_may(playing: PlexPlaying, film: Title, *, force: bool, copies: str) -> None:
    way = await playing.way(replace(asks(film, BROWSER if force else PICKY), force_transcode=force))
    said = wishes(way)
    assert way.delivery is Delivery.HLS
    assert (said["directPlay"], said["directStream"], said["directStreamAudio"]) == ("0", copies, copies)
    assert (said["location"], said["protocol"], said["hasMDE"]) == ("lan", "hls", "1")
    assert said["session"] == said["X-Plex-Session-Identifier"] == way.play_session


async def test_the_transcoder_hears_what_the_player_can_take(playing: PlexPlaying, film: Title) -> None:
    way = await playing.way(replace(asks(film, ABILITIES[Target.CAST]), force_transcode=True))
    said = wishes(way)
    profile = said["X-Plex-Client-Profile-Extra"]
    assert "protocol=hls&container=mpegts&videoCodec=h264&audioCodec=aac,mp3" in profile
    assert "name=video.bitDepth&value=8" in profile
    assert "name=video.height&value=1080" in profile
    assert "subtitleCodec=webvtt" in profile
    assert (said["videoResolution"], said["X-Plex-Client-Profile-Name"]) == ("1920x1080", "generic")


@pytest.mark.parametrize(
    ("kind", "target", "mime_type", "ending"),
    [
        (Kind.TRACK, Target.SONOS, "audio/mpeg", "start.mp3"),
        (Kind.TRACK, Target.BROWSER, "audio/mpeg", "start.mp3"),
        (Kind.MOVIE, Target.DLNA, "video/x-matroska", "start.mkv"),
    ],
)
async def test_music_and_what_knows_no_playlists_get_one_piece(
    playing: PlexPlaying, den: PlexServer, kind: Kind, target: Target, mime_type: str, ending: str
) -> None:
    way = await playing.way(replace(asks(of(den, kind)[0], ABILITIES[target]), force_transcode=True))
    assert (way.delivery, way.mime_type, way.transcodes) == (Delivery.STREAM, mime_type, True)
    assert ending in way.path
    den.traffic.requests.clear()
    assert (await get(playing, way.path, "HEAD")).headers == {"content-type": mime_type}
    assert den.traffic.requests == []
    got = await get(playing, way.path, range="bytes=5-9")
    assert (got.status, got.body) == (200, sample(kind).read_bytes())
    assert "content-length" not in got.headers


async def test_a_song_is_not_converted_to_more_than_the_line_carries(playing: PlexPlaying, song: Title) -> None:
    question = replace(asks(song, PICKY), most_kbits=96)
    assert wishes(await playing.way(question))["musicBitrate"] == "96"
    assert wishes(await playing.way(replace(question, most_kbits=RELAY)))["musicBitrate"] == "320"


# What does not play


async def test_nothing_to_see_is_played_where_there_is_no_picture(playing: PlexPlaying, film: Title) -> None:
    with pytest.raises(CannotPlay) as caught:
        await playing.way(asks(film, ABILITIES[Target.SONOS]))
    assert caught.value.reason is Refusal.INCOMPATIBLE


async def test_what_only_contains_does_not_play(playing: PlexPlaying, den: PlexServer) -> None:
    with pytest.raises(CannotPlay):
        await playing.way(asks(of(den, Kind.SHOW)[0]))


async def test_what_is_gone_is_missing(playing: PlexPlaying) -> None:
    with pytest.raises(Missing):
        await playing.way(Question(identity="99999"))


@pytest.mark.parametrize(
    ("code", "said", "reason"),
    [
        (2000, "Neither direct play nor conversion is available.", Refusal.INCOMPATIBLE),
        (2001, "Not enough bandwidth for any playback of this item.", Refusal.TOO_MANY),
        (2002, "Number of allowed streams has been reached.", Refusal.TOO_MANY),
        (2003, "/data/Movies/Amber Zoo.mp4 is unplayable.", Refusal.FAILED),
        (2000, "You need a Remote Watch Pass to play this.", Refusal.REMOTE_PASS),
        (4005, "No conversion profile found.", Refusal.INCOMPATIBLE),
        (4000, "Conversion failed.", Refusal.FAILED),
    ],
)
async def test_a_server_that_will_not_convert_is_understood(
    playing: PlexPlaying, den: PlexServer, film: Title, code: int, said: str, reason: Refusal
) -> None:
    den.behaviour.verdict = (code, said)
    with pytest.raises(CannotPlay) as caught:
        await playing.way(asks(film, PICKY))
    assert (caught.value.reason, caught.value.said) == (reason, said)
    assert said not in f"{caught.value} {caught.value!r}"


async def test_nobody_plays_abroad_without_a_pass(abroad: PlexPlaying, den: PlexServer, film: Title) -> None:
    den.behaviour.plays_abroad = False
    way = await abroad.way(asks(film))
    with pytest.raises(CannotPlay) as caught:
        await get(abroad, way.path)
    assert caught.value.reason is Refusal.REMOTE_PASS
    with pytest.raises(CannotPlay) as caught:
        await abroad.way(asks(film, PICKY))
    assert caught.value.reason is Refusal.REMOTE_PASS


@pytest.mark.parametrize(
    ("status", "reason"),
    [(402, Refusal.REMOTE_PASS), (403, Refusal.NOT_ALLOWED), (509, Refusal.TOO_MANY)],
)
async def test_a_file_that_is_not_sent_is_explained(
    playing: PlexPlaying, den: PlexServer, film: Title, status: int, reason: Refusal
) -> None:
    way = await playing.way(asks(film))
    den.fault = Fault(Status(status), "/library/parts/*")
    with pytest.raises(CannotPlay) as caught:
        await get(playing, way.path)
    assert caught.value.reason is reason


async def test_a_user_who_may_not_convert_is_told_so(playing: PlexPlaying, den: PlexServer, film: Title) -> None:
    den.fault = Fault(Status(403), "*/decision")
    with pytest.raises(CannotPlay) as caught:
        await playing.way(asks(film, PICKY))
    assert caught.value.reason is Refusal.NOT_ALLOWED


async def test_other_failures_keep_their_meaning(playing: PlexPlaying, den: PlexServer, film: Title) -> None:
    way = await playing.way(asks(film))
    den.fault = Fault(Status(503))
    with pytest.raises(Busy):
        await get(playing, way.path)
    den.fault = Fault(Cut())
    with pytest.raises(Unreachable) as caught:
        await get(playing, way.path)
    assert caught.value.cause is Cause.BROKEN
    den.fault = None
    den.revoke(den.token)
    with pytest.raises(SignInRefused):
        await get(playing, way.path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/status/sessions",
        "/:/scrobble?identifier=com.plexapp.plugins.library&key=1",
        "/library/sections/all/refresh",
        "/library/metadata/1",
        "/library/parts/../../status/sessions",
        "/library/parts/%2e%2e/%2e%2e/status/sessions",
        "/video/:/transcode/universal/../../../../status/sessions",
        "/video/:/transcode/segmented/start.m3u8",
        "//else.example.org/library/parts/1",
        "http://else.example.org/library/parts/1",
        "/photo/:/transcode?url=http%3A%2F%2Felse.example.org%2Fx&width=1&height=1",
        "/photo/:/transcode?url=%2F%2Felse.example.org%2Fx&width=1&height=1",
        "/photo/:/transcode?url=%2Flibrary%2Fmetadata%2F1&url=http%3A%2F%2Felse.example.org&width=1&height=1",
        "/photo/:/transcode?width=1&height=1",
        "/photo/:/transcode",
    ],
)
async def test_nothing_is_fetched_but_what_is_for_players(playing: PlexPlaying, den: PlexServer, path: str) -> None:
    for method in ("GET", "HEAD"):
        with pytest.raises(Missing):
            await get(playing, path, method)
    assert den.traffic.requests == []


# Pictures and subtitles


async def test_pictures_come_in_the_size_that_is_asked_for(playing: PlexPlaying, den: PlexServer, film: Title) -> None:
    item = (await PlexLibrary(playing.wire, playing.uri, den.token).items([str(film.number)]))[0]
    path = playing.image_path(item.images[0].reference, 120, 180)
    assert den.token not in path
    got = await get(playing, path)
    assert got.headers["content-type"] == "image/png"
    assert [int.from_bytes(got.body[at : at + 4]) for at in (16, 20)] == [120, 180]
    assert "format=png" in playing.image_path("/library/metadata/1/clearLogo/7", 1, 1)


async def test_subtitles_beside_a_film_can_be_fetched(playing: PlexPlaying, den: PlexServer, film: Title) -> None:
    detail = await PlexLibrary(playing.wire, playing.uri, den.token).detail(str(film.number))
    (beside,) = [stream for stream in detail.streams if stream.external]
    assert (await get(playing, f"/library/streams/{beside.identity}")).body == SUBTITLES.read_bytes()


# Reports


def report(title: Title, state: PlayState, seconds: int, session: str | None = "0a1b2c") -> PlayReport:
    return PlayReport(
        identity=str(title.number),
        state=state,
        position_ms=seconds * 1000,
        duration_ms=title.seconds * 1000,
        play_session=session,
    )


async def test_a_play_is_seen_at_the_server_while_it_lasts(playing: PlexPlaying, den: PlexServer, film: Title) -> None:
    half = film.seconds // 2
    assert await playing.report(report(film, PlayState.PLAYING, 5))
    (playback,) = den.machine.players.playbacks
    assert (playback.id, playback.client.identifier) == ("0a1b2c", CLIENT.identifier)
    assert (playback.title.number, playback.state, playback.offset) == (film.number, "playing", 5000)
    assert await playing.report(report(film, PlayState.PAUSED, half))
    assert (playback.state, playback.offset) == ("paused", half * 1000)
    assert await playing.report(report(film, PlayState.STOPPED, half))
    assert den.machine.players.playbacks == []
    assert (den.mark(den.owner, film.number).offset, den.mark(den.owner, film.number).count) == (half * 1000, 0)


async def test_two_players_of_one_house_do_not_end_each_other(playing: PlexPlaying, den: PlexServer) -> None:
    for session, title in zip(("a", "b"), of(den, Kind.MOVIE)[:1] + of(den, Kind.EPISODE)[:1], strict=True):
        await playing.report(report(title, PlayState.PLAYING, 5, session))
    assert [playback.id for playback in den.machine.players.playbacks] == ["a", "b"]


async def test_what_was_seen_to_its_end_is_watched(playing: PlexPlaying, den: PlexServer, film: Title) -> None:
    await playing.report(report(film, PlayState.PLAYING, 5))
    await playing.report(report(film, PlayState.STOPPED, film.seconds - 10))
    assert den.mark(den.owner, film.number).count == 1


async def test_a_late_report_of_a_play_that_is_over_keeps_the_place(
    playing: PlexPlaying, den: PlexServer, film: Title
) -> None:
    await playing.report(report(film, PlayState.STOPPED, 700, None))
    assert den.mark(den.owner, film.number).offset == 700_000


async def test_a_play_that_was_ended_at_the_server_may_not_go_on(
    playing: PlexPlaying, den: PlexServer, film: Title
) -> None:
    await playing.report(report(film, PlayState.PLAYING, 5))
    den.machine.players.kick(den.machine.players.playbacks[0], "Bed time")
    assert not await playing.report(report(film, PlayState.PLAYING, 15))
    assert await playing.report(report(film, PlayState.STOPPED, 15))


async def test_a_report_needs_no_answer(playing: PlexPlaying, den: PlexServer, film: Title) -> None:
    den.fault = Fault(Status(200))
    assert await playing.report(report(film, PlayState.PLAYING, 5))


async def test_a_report_of_what_is_gone_is_missing(playing: PlexPlaying, den: PlexServer, film: Title) -> None:
    with pytest.raises(Missing):
        await playing.report(report(replace(film, number=99999), PlayState.PLAYING, 5))
    den.fault = Fault(Status(403))
    with pytest.raises(NotAllowed):
        await playing.report(report(film, PlayState.PLAYING, 5))


# How it is asked


class Nobody(AbstractResolver):
    """A router that tells no address of the house."""

    @override
    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:
        raise OSError(f"{host} is not resolved")

    @override
    async def close(self) -> None:
        pass


@pytest.fixture
async def unresolved() -> AsyncIterator[ClientSession]:
    async with ClientSession(connector=TCPConnector(resolver=Nobody())) as session:
        yield session


async def test_a_name_that_nobody_resolves_is_streamed_from_by_its_address(
    unresolved: ClientSession, den: PlexServer, film: Title
) -> None:
    name = f"127-0-0-1.0123456789abcdef0123456789abcdef.plex.direct:{den.doors['local'].port}"
    playing = PlexPlaying(Wire(unresolved, CLIENT), f"http://{name}", den.token)
    way = await playing.way(asks(film))
    assert (await get(playing, way.path)).body == sample("movie").read_bytes()
    assert den.traffic.requests[-1].headers["Host"] == name


GAPS = (
    Explained(r"^GET /:/timeline: unknown$", "It may be posted, too; clients always got it."),
    Explained(r"unknown in the query: (session|fastSeek|maxVideoBitrate)$", "All clients say so."),
    Explained(r"unknown in the query: X-Plex-[\w-]+$", "What is a header may stand in the query."),
    Explained(r"/transcode/universal/stop: unknown$", "The document knows no end."),
    Explained(r"path extension \$: 'mp3' is not one of", "It knows playlists only, but the protocol http as well."),
)


@needs_fixtures
async def test_a_server_is_asked_as_its_document_says(
    playing: PlexPlaying, den: PlexServer, film: Title, song: Title
) -> None:
    player: Player = playing
    for question in (asks(film), asks(film, PICKY), asks(song), asks(song, PICKY)):
        way = await player.way(replace(question, most_kbits=8000, start_ms=1000))
        await get(player, way.path)
        await player.stop(str(way.play_session))
    await player.report(report(film, PlayState.PLAYING, 5))
    await get(player, player.image_path("/library/metadata/1/thumb/1", 100, 150))
    assert problems(Document.load(PLEX, explained=GAPS), den.traffic) == []
