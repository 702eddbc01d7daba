"""Whoever has an address of ours gets what it allows, over whatever connection works, and nothing else."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from aiohttp import ClientPayloadError
from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import slugify
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator
from yarl import URL

from custom_components.reel.backends.abilities import ABILITIES, Target
from custom_components.reel.backends.playing import HLS_TYPE
from custom_components.reel.capability import DAY, Grant, Use, read, sign
from custom_components.reel.const import DOMAIN
from custom_components.reel.links import links

from .backends.playback import PICKY
from .house import JellyfinHouse, PlexHouse, add_folder
from .page import Page, source_key
from .servers.faults import Cut, Fault, Status
from .servers.media import sample
from .test_catalog_services import add_read_jellyfin, add_read_plex, ask

FILM = sample("movie").read_bytes()
HUGE = 500_000_000

type Clients = Callable[..., Awaitable[TestClient[Any, Any]]]


@pytest.fixture(autouse=True)
async def own_place(
    hass: HomeAssistant, tmp_path: Path, hass_storage: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keep what is stored where nobody else finds it."""
    assert hass_storage is not None
    monkeypatch.setattr(hass.config, "cache_path", lambda *parts: str(tmp_path.joinpath("cache", *parts)))
    assert await async_setup_component(hass, "media_source", {})
    assert await async_setup_component(hass, DOMAIN, {})


@pytest.fixture
async def page(hass_ws_client: WebSocketGenerator, hass_client_no_auth: ClientSessionGenerator) -> Page:
    return await Page.open(hass_ws_client, hass_client_no_auth)


@pytest.fixture
async def den(hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch) -> str:
    """Add a Plex server, and return the way to its films."""
    await add_read_plex(hass, plex, monkeypatch)
    return "Den Movies"


@pytest.fixture
async def attic(hass: HomeAssistant, jellyfin: JellyfinHouse) -> str:
    """Add a Jellyfin server, and return the way to its films."""
    await add_read_jellyfin(hass, jellyfin)
    return "Attic Movies"


@pytest.fixture
async def folder(hass: HomeAssistant, films: Path) -> str:
    """Add a folder, and return the way to its films."""
    await add_folder(hass, films)
    await ask(hass, "sync", mode="full")
    return "films films"


@pytest.fixture(params=["den", "attic", "folder"])
def shelf(request: pytest.FixtureRequest) -> str:
    """Return the way to the films of a source, of each kind in turn."""
    way: str = request.getfixturevalue(request.param)
    return way


@pytest.fixture(params=["den", "attic"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the way to the films of a server that has to convert them."""
    monkeypatch.setitem(ABILITIES, Target.BROWSER, PICKY)
    way: str = request.getfixturevalue(request.param)
    return way


def found(films: Path, name: str) -> list[Path]:
    """Return the files of films in a folder that are called so."""
    return [*films.glob(f"Movies/*/{name}")]


async def first_film(page: Page, shelf: str) -> str:
    """Return where the first film of a shelf plays."""
    shown = await page.walk(*shelf.split())
    url, _ = await page.resolve(shown["children"][0]["media_content_id"])
    return url


# Files


async def test_a_film_is_found_and_comes_whole(page: Page, shelf: str) -> None:
    url = await first_film(page, shelf)
    assert url.startswith("/api/reel/stream/")
    got = await page.get(url)
    assert (got.status, got.body) == (200, FILM)
    assert got.headers["Content-Type"] == "video/mp4"
    assert got.headers["Content-Length"] == str(len(FILM))
    assert got.headers["Accept-Ranges"] == "bytes"
    assert got.headers["Cache-Control"] == "no-store"
    assert got.headers["Referrer-Policy"] == "no-referrer"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Encoding" not in got.headers


PARTS = (
    ("bytes=0-0", 0, 1),
    ("bytes=100-199", 100, 200),
    ("bytes=1000-", 1000, len(FILM)),
    ("bytes=-500", len(FILM) - 500, len(FILM)),
    (f"bytes=10-{len(FILM) * 2}", 10, len(FILM)),
)


async def test_any_part_comes(page: Page, shelf: str) -> None:
    url = await first_film(page, shelf)
    for asked, start, end in PARTS:
        got = await page.get(url, range=asked)
        assert (got.status, got.body) == (206, FILM[start:end])
        assert got.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(FILM)}"
        assert got.headers["Content-Length"] == str(end - start)


async def test_a_part_is_of_the_same_edition_or_else_all_comes(page: Page, shelf: str) -> None:
    url = await first_film(page, shelf)
    tag = (await page.get(url, "HEAD")).headers["ETag"]
    assert (await page.get(url, range="bytes=5-9", if_range=tag)).status == 206
    other = await page.get(url, range="bytes=5-9", if_range='"another"')
    assert (other.status, other.body) == (200, FILM)
    assert (await page.get(url, if_none_match=tag)).status == 304


async def test_a_part_beyond_the_end_is_none(page: Page, shelf: str) -> None:
    got = await page.get(await first_film(page, shelf), range=f"bytes={len(FILM)}-")
    assert (got.status, got.headers["Content-Range"]) == (416, f"bytes */{len(FILM)}")


async def test_the_head_tells_what_a_whole_answer_tells(page: Page, shelf: str) -> None:
    url = await first_film(page, shelf)
    head, whole = await page.get(url, "HEAD"), await page.get(url)
    assert (head.status, head.body) == (200, b"")
    assert {**head.headers, "Date": ""} == {**whole.headers, "Date": ""}


async def test_pages_of_others_may_play_it(page: Page, den: str) -> None:
    got = await page.get(await first_film(page, den), origin="https://cast.example")
    assert got.headers["Access-Control-Allow-Origin"] == "https://cast.example"


# Conversions


async def test_a_film_that_has_to_be_converted_comes_in_pieces(page: Page, server: str) -> None:
    shown = await page.walk(*server.split())
    url, mime_type = await page.resolve(shown["children"][0]["media_content_id"])
    assert mime_type == HLS_TYPE
    assert url.startswith("/api/reel/hls/")
    head = await page.get(url, "HEAD")
    assert (head.status, head.headers["Content-Type"]) == (200, HLS_TYPE)
    pieces = await page.pieces(url)
    assert len(pieces) >= 3
    kinds = {got.headers["Content-Type"].partition(";")[0] for _, got in pieces}
    assert kinds <= {"video/mp2t", "text/vtt"}
    assert {got.status for _, got in pieces} == {200}
    assert {inner.split("/")[4] for inner, _ in pieces} == {url.split("/")[4]}


async def test_a_piece_comes_in_parts(page: Page, server: str) -> None:
    (piece, whole), *_ = [each for each in await page.pieces(await first_film(page, server)) if ".ts" in each[0]]
    part = await page.get(piece, range="bytes=10-19")
    assert (part.status, part.body) == (206, whole.body[10:20])


ASTRAY = (
    "",
    "start.m3u8x",
    "../start.m3u8",
    "..%2Fstart.m3u8",
    "%2e%2e/%2e%2e/library/sections",
    "%252e%252e/library/sections",
    "session/../../../../library/sections",
    "session/%2e%2e/%2e%2e/decision",
    "session/x%2F..%2F..%2Fdecision",
    "session//etc",
    "session/x/base/index.m3u8?X-Plex-Token=abc",
    "session/x/base/index.m3u8?path=/library/metadata/3",
    "session/x/base/index.m3u8%3Fpath=3",
    "session/x/base/index.m3u8%23",
    "session/x\\..\\..\\decision",
    "session/x%5C..%5Cdecision",
    "session/%00",
    "decision?path=/library/metadata/3",
    "stop?session=1",
    "stream?static=true&mediaSourceId=3",
    "stream.mp4?static=true",
    "master.m3u8/x",
    "x/Subtitles/0/Stream.vtt?itemId=6af2d30e671ebc9deaa134b9f0a1e248",
    "hls1/main/0.ts?ApiKey=abc",
    "hls1/../../../Users",
    "Images/Primary",
    "library/sections",
    "http://example.com/x.ts",
    "//example.com/x.ts",
)


async def test_a_playlist_leads_nowhere_else(page: Page, plex: PlexHouse, jellyfin: JellyfinHouse, server: str) -> None:
    home = (await first_film(page, server)).rpartition("/")[0]
    for each in plex.server, jellyfin.server:
        each.traffic.clear()
    statuses = {tail: (await page.get(f"{home}/{tail}")).status for tail in ASTRAY}
    assert {tail: status for tail, status in statuses.items() if status not in {400, 403, 404}} == {}
    assert not plex.server.traffic.requests
    assert not jellyfin.server.traffic.requests


async def test_the_first_playlist_is_of_what_was_granted_whatever_is_asked_of_it(page: Page, server: str) -> None:
    url = await first_film(page, server)
    known = await page.get(url)
    other = await page.get(f"{url.partition('?')[0]}?path=%2Flibrary%2Fmetadata%2F3&itemId=3&offset=5")
    assert (other.status, other.body) == (200, known.body)


# Whom it lets in


GRANT: Final = Grant(use=Use.STREAM, source="den", item="2", path="/library/parts/2/2/x.mp4", expires=0)

BAD: Mapping[str, Callable[[str], str]] = {
    "nothing": lambda _: "",
    "rubbish": lambda _: "x",
    "dots": lambda _: "..",
    "dots escaped": lambda _: "%2e%2e",
    "none": lambda _: "None",
    "signature alone": lambda text: text[:43],
    "body alone": lambda text: text[43:],
    "cut off": lambda text: text[:-1],
    "longer": lambda text: f"{text}A",
    "padded": lambda text: f"{text}=",
    "twice": lambda text: text * 2,
    "first changed": lambda text: ("A" if text[0] != "A" else "B") + text[1:],
    "last changed": lambda text: text[:-2] + ("A" if text[-2] != "A" else "B") + text[-1],
    "middle changed": lambda text: text[:60] + ("A" if text[60] != "A" else "B") + text[61:],
    "upper case": str.upper,
    "space": lambda text: f"{text}%20",
    "zero": lambda text: f"{text}%00",
    "escaped slash": lambda text: f"{text}%2F",
    "very long": lambda _: "A" * 7000,
    "umlaut": lambda text: f"{text}%C3%A4",
    "unsigned": lambda _: urlsafe_b64encode(bytes(32) + b"[]").rstrip(b"=").decode(),
    "of another house": lambda _: sign(bytes(32), replace(GRANT, expires=2**40)),
}


async def test_without_a_capability_of_ours_nothing_comes(page: Page, plex: PlexHouse, den: str) -> None:
    film = (await page.walk(*den.split()))["children"][0]
    url, _ = await page.resolve(film["media_content_id"])
    plex.server.traffic.clear()
    spoilt = {
        (use, name): f"/api/reel/{use}/{spoil(address.split('/')[4])}/400"
        for use, address in (("stream", url), ("hls", url), ("image", film["thumbnail"]))
        for name, spoil in BAD.items()
    }
    for method in "GET", "HEAD":
        statuses = {which: (await page.get(address, method)).status for which, address in spoilt.items()}
        assert {which: status for which, status in statuses.items() if status not in {400, 403, 404}} == {}
    assert not plex.server.traffic.requests


async def test_a_capability_is_good_for_one_use(page: Page, den: str) -> None:
    film = (await page.walk(*den.split()))["children"][0]
    url, _ = await page.resolve(film["media_content_id"])
    for use in "stream", "hls", "image":
        for known, address in (("stream", url), ("image", film["thumbnail"])):
            got = await page.get(f"/api/reel/{use}/{address.split('/')[4]}/400")
            assert got.status == (200 if use == known else 403)


async def test_a_capability_expires(page: Page, den: str, freezer: FrozenDateTimeFactory) -> None:
    film = (await page.walk(*den.split()))["children"][0]
    url, _ = await page.resolve(film["media_content_id"])
    freezer.tick(DAY - 60)
    assert (await page.get(url, "HEAD")).status == 200
    freezer.tick(120)
    assert (await page.get(url, "HEAD")).status == 403
    assert (await page.get(film["thumbnail"])).status == 200
    freezer.tick(14 * DAY)
    assert (await page.get(film["thumbnail"])).status == 403


async def test_a_capability_outlives_a_restart(
    hass: HomeAssistant, page: Page, den: str, hass_storage: dict[str, Any]
) -> None:
    url = await first_film(page, den)
    before = await links(hass)
    del hass.data["reel.links"]
    after = await links(hass)
    assert before is not after
    assert hass_storage["reel.links"]["data"]["secret"]
    assert (await page.get(url)).status == 200


async def test_what_belongs_to_a_removed_source_is_not_there(hass: HomeAssistant, page: Page, den: str) -> None:
    url = await first_film(page, den)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (await page.get(url)).status == 404


async def test_a_film_that_is_gone_is_not_there(page: Page, films: Path, folder: str) -> None:
    url = await first_film(page, folder)
    for film in found(films, "*.mp4"):
        film.unlink()
    assert (await page.get(url)).status == 404


async def signed(hass: HomeAssistant, source: str, path: str) -> str:
    """Return an address of ours that must never be given out."""
    secret = (await links(hass))._secret
    grant = replace(GRANT, source=source_key(hass, source), path=path, expires=2**40)
    assert read(secret, sign(secret, grant), 0) == grant
    return f"/api/reel/stream/{sign(secret, grant)}/film.mp4"


@pytest.mark.usefixtures("folder")
async def test_even_a_signed_path_does_not_leave_its_folder(hass: HomeAssistant, page: Page, films: Path) -> None:
    (films.parent / "secret.mp4").write_text("secret")
    (films / "link.mp4").symlink_to(films.parent / "secret.mp4")
    for path in (
        "/../../reel.db",
        "/Movies/../../secret.mp4",
        "/%2e%2e/secret.mp4",
        "/link.mp4",
        "//secret.mp4",
        f"/{films.parent}/secret.mp4",
        "/notes.nfo",
        "/",
        "",
    ):
        got = await page.get(await signed(hass, "films", path))
        assert (path, got.status, b"secret" in got.body) == (path, 404, False)


@pytest.mark.usefixtures("den")
async def test_even_a_signed_path_reaches_only_what_is_for_players(
    hass: HomeAssistant, page: Page, plex: PlexHouse
) -> None:
    plex.server.traffic.clear()
    for path in (
        "/myplex/account",
        "/:/prefs",
        "/library/parts/../../myplex/account",
        "//example.com/",
        "@example.com/",
        "/photo/:/transcode?url=http://example.com/x",
    ):
        assert (path, (await page.get(await signed(hass, "Den", path))).status) == (path, 404)
    assert not plex.server.traffic.requests


# Those who leave


async def test_whoever_leaves_or_sleeps_takes_no_more_than_was_read(
    hass: HomeAssistant, page: Page, films: Path, folder: str, aiohttp_client: Clients
) -> None:
    url = await first_film(page, folder)
    film = next(each for each in found(films, "[!.]*.mp4") if slugify(each.parent.name[:8]) in url)
    os.truncate(film, HUGE)
    # As Home Assistant serves.
    client = await aiohttp_client(hass.http.app, server_kwargs={"handler_cancellation": True})
    answer = await client.get(URL(url, encoded=True))
    assert answer.headers["Content-Length"] == str(HUGE)
    await answer.content.readexactly(100_000)
    assert is_open(film)
    answer.close()
    async with asyncio.timeout(5):
        while is_open(film):  # noqa: ASYNC110  # nobody tells when a file is closed
            await asyncio.sleep(0.01)


def is_open(path: Path) -> bool:
    """Tell whether somebody here has a file open."""
    links = (each for each in Path("/proc/self/fd").iterdir() if each.is_symlink())
    return any(os.path.realpath(each) == str(path) for each in links)


# When connections fail


async def test_the_next_part_comes_over_another_connection(page: Page, plex: PlexHouse, den: str) -> None:
    url = await first_film(page, den)
    first = await page.get(url, range="bytes=0-49999")
    await plex.server.shut("local")
    plex.server.traffic.clear()
    rest = await page.get(url, range="bytes=50000-")
    assert (first.status, rest.status) == (206, 206)
    assert first.body + rest.body == FILM
    assert {seen.door for seen in plex.server.traffic.to("/library/parts/*")} == {"remote"}


async def test_a_stream_that_breaks_ends_and_the_player_can_go_on(page: Page, plex: PlexHouse, den: str) -> None:
    url = await first_film(page, den)
    plex.server.doors["local"].fault = Fault(Cut(), paths="/library/parts/*")
    with pytest.raises(ClientPayloadError):
        await page.get(url)
    await plex.server.shut("local")
    assert (await page.get(url)).body == FILM


async def test_without_any_connection_that_is_said(page: Page, plex: PlexHouse, den: str) -> None:
    url = await first_film(page, den)
    for door in "local", "remote", "relay":
        await plex.server.shut(door)
    assert (await page.get(url)).status in {502, 504}


async def test_what_a_server_refuses_is_told_to_the_player(page: Page, plex: PlexHouse, den: str) -> None:
    url = await first_film(page, den)
    told = {}
    for code in (404, 403, 500, 503, 302, 401):
        plex.server.fault = Fault(Status(code), paths="/library/parts/*")
        told[code] = (await page.get(url)).status
    assert told == {404: 404, 403: 403, 500: 503, 503: 503, 302: 502, 401: 502}


# Images


async def test_an_image_comes_in_the_sizes_that_there_are(page: Page, shelf: str) -> None:
    film = (await page.walk(*shelf.split()))["children"][0]
    home = film["thumbnail"].rpartition("/")[0]
    for size in 200, 400, 800:
        got = await page.get(f"{home}/{size}")
        assert (got.status, got.headers["Content-Type"]) == (200, "image/png")
        assert got.headers["Cache-Control"] == "public, max-age=86400"
        assert (await page.get(f"{home}/{size}", "HEAD")).headers["Content-Length"] == str(len(got.body))
        known = await page.get(f"{home}/{size}", if_none_match=got.headers["ETag"])
        assert (known.status, known.body) == (304, b"")
    for odd in "0", "100", "0400", "400.png", "4000", "-400", "", "%34%30%30%30":
        assert (await page.get(f"{home}/{odd}")).status == 404


async def test_an_image_is_fetched_once_and_shown_while_its_source_is_offline(
    page: Page, plex: PlexHouse, den: str
) -> None:
    film = (await page.walk(*den.split()))["children"][0]
    plex.server.traffic.clear()
    first = await page.get(film["thumbnail"])
    for door in "local", "remote", "relay":
        await plex.server.shut(door)
    again = await page.get(film["thumbnail"])
    assert (again.status, again.body) == (200, first.body)
    assert len(plex.server.traffic.to("/photo/*")) == 1
    other = (await page.walk(*den.split()))["children"][1]
    assert (await page.get(other["thumbnail"])).status in {502, 504}


async def test_what_is_no_image_is_not_shown_as_one(page: Page, films: Path, folder: str) -> None:
    film = (await page.walk(*folder.split()))["children"][0]
    for poster in found(films, "poster.png"):
        poster.write_text("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    assert (await page.get(film["thumbnail"])).status == 404


# Secrets


async def test_no_token_and_no_address_is_told(
    hass: HomeAssistant,
    page: Page,
    plex: PlexHouse,
    jellyfin: JellyfinHouse,
    shelf: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    film = (await page.walk(*shelf.split()))["children"][0]
    url = await first_film(page, shelf)
    await page.get(url)
    await page.get(film["thumbnail"])
    await no_secrets(hass, page, plex, jellyfin, caplog)


async def test_no_token_stands_in_playlists(
    hass: HomeAssistant,
    page: Page,
    plex: PlexHouse,
    jellyfin: JellyfinHouse,
    server: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    await page.pieces(await first_film(page, server))
    await no_secrets(hass, page, plex, jellyfin, caplog)


async def no_secrets(
    hass: HomeAssistant, page: Page, plex: PlexHouse, jellyfin: JellyfinHouse, caplog: pytest.LogCaptureFixture
) -> None:
    """Search all that was told, and all that can be read of the capabilities in it."""
    secret = (await links(hass))._secret
    told = [*page.seen, *(record.getMessage() for record in caplog.records if record.name.startswith("custom_comp"))]
    told += [repr(read(secret, text.split("/")[4], 0)) for text in page.seen if text.startswith("/api/reel/")]
    tokens = {plex.token, plex.user.token, *plex.server.traffic.tokens, *jellyfin.server.traffic.tokens}
    addresses = {door.url for each in (plex.server, jellyfin.server) for door in each.doors.values()}
    for word in (tokens | addresses) - {None, ""}:
        assert not [text for text in told if word in text or quote(word, safe="") in text]
