"""Whoever has an address of ours gets what it allows: files, conversions in pieces, and pictures."""

from pathlib import Path
from urllib.parse import quote

from homeassistant.core import HomeAssistant
import pytest

from custom_components.reel.backends.abilities import ABILITIES, Target
from custom_components.reel.backends.playing import HLS_TYPE
from custom_components.reel.capability import read
from custom_components.reel.links import links

from .backends.playback import PICKY
from .house import JellyfinHouse, PlexHouse
from .page import Page
from .servers.faults import Fault, Status
from .servers.media import sample
from .viewing import film_of, first_film

FILM = sample("movie").read_bytes()


def found(films: Path, name: str) -> list[Path]:
    """Return the files of films in a folder that are called so."""
    return [*films.glob(f"Movies/*/{name}")]


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


async def test_it_is_shown_and_not_saved(page: Page, plex: PlexHouse, den: str) -> None:
    got = await page.get(await first_film(page, den))
    assert "Content-Disposition" not in got.headers
    assert "Set-Cookie" not in got.headers
    assert not plex.server.traffic.to("/library/parts/*")[-1].query


async def test_pages_of_others_may_play_it(page: Page, shelf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    film = await film_of(page, shelf)
    addresses = [await first_film(page, shelf), film["thumbnail"]]
    if not shelf.startswith("films"):
        monkeypatch.setitem(ABILITIES, Target.BROWSER, PICKY)
        playlist = await first_film(page, shelf)
        addresses += [playlist, *(each for each, _ in await page.pieces(playlist))]
    for address in addresses:
        for method in "GET", "HEAD":
            got = await page.get(address, method, origin="https://cast.example")
            assert (got.status, got.headers["Access-Control-Allow-Origin"]) == (200, "https://cast.example")
        got = await page.get(address, "OPTIONS", origin="https://cast.example", access_control_request_method="GET")
        assert (got.status, got.headers["Access-Control-Allow-Origin"]) == (200, "https://cast.example")


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
    # Plex burns them in, unless they are chosen.
    assert kinds == ({"video/mp2t"} if server.startswith("Den") else {"video/mp2t", "text/vtt"})
    assert {got.status for _, got in pieces} == {200}
    assert {inner.split("/")[4] for inner, _ in pieces} == {url.split("/")[4]}


async def test_a_piece_comes_in_parts(page: Page, server: str) -> None:
    (piece, whole), *_ = [each for each in await page.pieces(await first_film(page, server)) if ".ts" in each[0]]
    part = await page.get(piece, range="bytes=10-19")
    assert (part.status, part.body) == (206, whole.body[10:20])


# What goes wrong


async def test_what_a_server_refuses_is_told_to_the_player(page: Page, plex: PlexHouse, den: str) -> None:
    url = await first_film(page, den)
    told = {}
    for code in (404, 403, 500, 503, 302, 401):
        plex.server.fault = Fault(Status(code), paths="/library/parts/*")
        told[code] = (await page.get(url)).status
    assert told == {404: 404, 403: 403, 500: 503, 503: 503, 302: 502, 401: 502}


# Images


async def test_an_image_comes_in_the_sizes_that_there_are(page: Page, shelf: str) -> None:
    film = await film_of(page, shelf)
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
    page: Page, plex: PlexHouse, jellyfin: JellyfinHouse, server: str
) -> None:
    film, other = await film_of(page, server), await film_of(page, server, 1)
    for each in plex.server, jellyfin.server:
        each.traffic.clear()
    first = await page.get(film["thumbnail"])
    assert len(plex.server.traffic.to("/photo/*") + jellyfin.server.traffic.to("/items/*/images/*")) == 1
    for each in plex.server, jellyfin.server:
        for door in each.doors:
            await each.shut(door)
    again = await page.get(film["thumbnail"])
    assert (again.status, again.body) == (200, first.body)
    assert (await page.get(other["thumbnail"])).status in {502, 504}


async def test_what_is_no_image_is_not_shown_as_one(page: Page, films: Path, folder: str) -> None:
    film = await film_of(page, folder)
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
    film = await film_of(page, shelf)
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
