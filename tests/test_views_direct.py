"""Where a user wants it, files come straight from their server: players are led on to it, and nobody else sees how."""

from collections.abc import AsyncIterator

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from homeassistant.core import HomeAssistant
import pytest
from yarl import URL

from custom_components.reel.backends.abilities import ABILITIES, Target
from custom_components.reel.capability import Use

from .backends.playback import PICKY
from .house import JellyfinHouse, PlexHouse
from .page import Page, everything
from .servers.faults import Fault, Status
from .servers.media import sample
from .test_config_flow_jellyfin import self_signed_context
from .viewing import decide, film_of, first_film, granted

FILM = sample("movie").read_bytes()
SERVERS = pytest.mark.parametrize("shelf", ["den", "attic"], indirect=True)


@pytest.fixture
async def player() -> AsyncIterator[ClientSession]:
    """Return a player that can do no more than fetch."""
    async with ClientSession() as session:
        yield session


async def lead_on(hass: HomeAssistant, page: Page, shelf: str) -> str:
    """Return where a film is, of a source whose files players are to get from itself."""
    await decide(hass, shelf.split(maxsplit=1)[0], delivery="direct")
    return await first_film(page, shelf)


def token_of(location: str) -> str:
    """Return by what an address opens a server."""
    query = URL(location, encoded=True).query
    return query.get("X-Plex-Token") or query["ApiKey"]


@SERVERS
async def test_a_player_is_led_on_to_the_server(
    hass: HomeAssistant, page: Page, plex: PlexHouse, jellyfin: JellyfinHouse, shelf: str, player: ClientSession
) -> None:
    url = await lead_on(hass, page, shelf)
    assert url.startswith("/api/reel/stream/")
    server = plex.server if shelf.startswith("Den") else jellyfin.server
    asked = {"range": "bytes=100-199", "origin": "https://cast.example"}
    for got in await page.get(url, **asked), await page.get(url, "HEAD", **asked):
        assert (got.status, got.body) == (307, b"")
        assert got.headers["Location"].startswith(f"{server.url()}/")
        assert token_of(got.headers["Location"]) in server.traffic.tokens
        assert got.headers["Cache-Control"] == "no-store"
        assert got.headers["Referrer-Policy"] == "no-referrer"
        assert got.headers["Access-Control-Allow-Origin"] == "https://cast.example"
    there = URL((await page.get(url)).headers["Location"], encoded=True)
    async with player.get(there, headers={"Range": "bytes=100-199"}) as answer:
        assert (answer.status, await answer.read()) == (206, FILM[100:200])


@SERVERS
async def test_nothing_but_where_it_is_led_on_to_holds_the_token(
    hass: HomeAssistant, page: Page, shelf: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    got = await page.get(await lead_on(hass, page, shelf))
    token, home = token_of(got.headers["Location"]), str(URL(got.headers["Location"]).origin())
    told = [text for text in page.seen if text != repr(got.headers)]
    told += [f"{name}: {value}" for name, value in got.headers.items() if name != "Location"]
    told += [record.getMessage() for record in caplog.records if record.name.startswith(("custom_comp", "aiohttp.acc"))]
    told += [repr(state.as_dict()) for state in hass.states.async_all() if state.domain == "media_player"]
    assert [text for text in told if token in text] == []
    assert [text for text in told if home in text] == []


@SERVERS
async def test_only_files_are_got_there(
    hass: HomeAssistant, page: Page, shelf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await decide(hass, shelf.split(maxsplit=1)[0], delivery="direct")
    assert (await page.get((await film_of(page, shelf))["thumbnail"])).status == 200
    monkeypatch.setitem(ABILITIES, Target.BROWSER, PICKY)
    playlist = await first_film(page, shelf)
    assert {got.status for _, got in [(playlist, await page.get(playlist)), *await page.pieces(playlist)]} == {200}
    songs = [place for place, each in (await everything(page)).items() if each["media_class"] == "track"]
    url, mime_type = await page.resolve(songs[0])
    grant = await granted(hass, url)
    assert (mime_type, grant.use, grant.transcodes) == ("audio/mpeg", Use.STREAM, True)
    assert (await page.get(url)).status == 200


async def test_what_lies_in_a_folder_nobody_else_has(hass: HomeAssistant, page: Page, folder: str) -> None:
    got = await page.get(await lead_on(hass, page, folder))
    assert (got.status, got.body) == (200, FILM)


async def test_a_player_is_led_on_over_the_connection_that_works(
    hass: HomeAssistant, page: Page, plex: PlexHouse, den: str
) -> None:
    url = await lead_on(hass, page, den)
    await plex.server.shut("local")
    got = await page.get(url)
    assert (got.status, str(URL(got.headers["Location"]).origin())) == (307, plex.server.url("remote"))
    plex.server.doors["remote"].fault = Fault(Status(404), paths="/library/parts/*")
    assert (await page.get(url)).status == 404
    for door in "remote", "relay":
        await plex.server.shut(door)
    assert (await page.get(url)).status in {502, 504}


@SERVERS
async def test_nobody_is_led_on_without_an_address_of_ours(
    hass: HomeAssistant, page: Page, plex: PlexHouse, jellyfin: JellyfinHouse, shelf: str
) -> None:
    url = await lead_on(hass, page, shelf)
    for each in plex.server, jellyfin.server:
        each.traffic.clear()
    got = await page.get(url.replace(capability := url.split("/")[4], capability[::-1]))
    assert (got.status, "Location" in got.headers) == (403, False)
    assert plex.server.traffic.requests + jellyfin.server.traffic.requests == []


@SERVERS
async def test_who_comes_over_tls_is_not_led_to_where_everybody_reads_along(
    hass: HomeAssistant, page: Page, shelf: str, player: ClientSession
) -> None:
    url = await lead_on(hass, page, shelf)
    assert (await page.get(url)).status == 307
    server = TestServer(hass.http.app)
    await server.start_server(ssl=self_signed_context())
    async with player.get(f"{server.make_url('/')}{url[1:]}", allow_redirects=False, ssl=False) as answer:
        assert (answer.status, await answer.read()) == (200, FILM)
    await server.close()
