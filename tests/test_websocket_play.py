"""A page of the frontend says itself what it plays, and is believed as far as its addresses go."""

from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from .cinema import Cinema, begin, far, open_cinema, settle
from .house import JellyfinHouse, PlexHouse
from .page import Page
from .test_init import pass_time


@pytest.fixture(autouse=True)
async def set_up(
    hass: HomeAssistant, tmp_path: Path, hass_storage: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(hass, tmp_path, hass_storage, monkeypatch)


@pytest.fixture(params=["plex", "jellyfin", "films"])
def house(request: pytest.FixtureRequest) -> PlexHouse | JellyfinHouse | Path:
    """Start a source of each kind."""
    found: PlexHouse | JellyfinHouse | Path = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def cinema(
    hass: HomeAssistant, house: PlexHouse | JellyfinHouse | Path, monkeypatch: pytest.MonkeyPatch
) -> Cinema:
    """Add a source of each kind."""
    return await open_cinema(hass, house, monkeypatch)


@pytest.fixture
async def page(hass_ws_client: WebSocketGenerator, hass_client_no_auth: ClientSessionGenerator) -> Page:
    return await Page.open(hass_ws_client, hass_client_no_auth)


async def told(
    hass: HomeAssistant, page: Page, url: str, state: str, position: object, name: str = "a"
) -> dict[str, Any]:
    """Let a page tell what it plays, and return the answer."""
    answer = await page.ask(type="reel/play/report", url=url, page=name, state=state, position=position)
    await settle(hass)
    return answer


async def test_what_a_page_plays_keeps_its_place(hass: HomeAssistant, cinema: Cinema, page: Page) -> None:
    url, _ = await page.resolve(cinema.content_id)
    half = far(cinema, 0.5)
    for state, position in (("playing", 0), ("playing", half - 0.5), ("paused", half + 0.25)):
        assert (await told(hass, page, url, state, position))["success"]
    assert (await cinema.item())["position"] == pytest.approx(half, abs=1)
    if cinema.has_server:
        assert cinema.place() == half * 1000 + 250
    await told(hass, page, url, "stopped", half + 1)
    assert await cinema.continues() == [cinema.film]
    if cinema.has_server:
        assert cinema.place() == half * 1000 + 1000
        assert cinema.plays() == (0 if cinema.plex else 1)


async def test_what_a_page_plays_to_the_end_is_watched_once(hass: HomeAssistant, cinema: Cinema, page: Page) -> None:
    url, _ = await page.resolve(cinema.content_id)
    for share in 0.0, 0.5, 0.91, 0.95, 1.0:
        await told(hass, page, url, "playing", far(cinema, share))
    await told(hass, page, url, "stopped", cinema.seconds)
    here = await cinema.item()
    assert (here["watched"], here["plays"], here["position"]) == (True, 1, 0)
    if cinema.has_server:
        assert (cinema.plays(), cinema.is_watched()) == (1, True)


async def test_a_page_that_falls_silent_has_stopped_where_it_was_and_may_go_on(
    hass: HomeAssistant,
    jellyfin: JellyfinHouse,
    page: Page,
    monkeypatch: pytest.MonkeyPatch,
    freezer: FrozenDateTimeFactory,
) -> None:
    attic = await open_cinema(hass, jellyfin, monkeypatch)
    url, _ = await page.resolve(attic.content_id)
    await told(hass, page, url, "playing", 0)
    await told(hass, page, url, "playing", 3000)
    await pass_time(hass, freezer, 20)
    assert jellyfin.server.traffic.to("/sessions/playing/stopped") == []
    await pass_time(hass, freezer, 20)
    assert len(jellyfin.server.traffic.to("/sessions/playing/stopped")) == 1
    assert attic.place() == 3_000_000
    await told(hass, page, url, "playing", 3040)
    await told(hass, page, url, "stopped", 3050)
    assert (attic.place(), attic.plays()) == (3_050_000, 1)


async def test_a_page_that_plays_something_else_has_stopped_what_it_played(
    hass: HomeAssistant, plex: PlexHouse, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    den = await open_cinema(hass, plex, monkeypatch)
    first, _ = await page.resolve(den.content_id)
    other, *_ = await den.others()
    second, _ = await page.resolve(den.content_id.replace(f"/{den.film}", f"/{other}"))
    await told(hass, page, first, "playing", 1000)
    await told(hass, page, second, "playing", 0)
    seen = [(each.query["ratingKey"], each.query["state"]) for each in plex.server.traffic.to("/:/timeline")]
    # Of two plays nobody promises which one is told of first.
    assert [state for item, state in seen if item == den.film] == ["playing", "stopped"]
    assert [state for item, state in seen if item == other] == ["playing"]
    assert den.place() == 1_000_000


async def test_pages_are_kept_apart(
    hass: HomeAssistant, plex: PlexHouse, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    den = await open_cinema(hass, plex, monkeypatch)
    urls = [(await page.resolve(den.content_id))[0] for _ in range(2)]
    for name, url in zip("ab", urls, strict=True):
        await told(hass, page, url, "playing", 1000, name)
    await told(hass, page, urls[0], "stopped", 1200, "a")
    assert [each.state for each in plex.server.machine.players.playbacks] == ["playing"]


async def test_a_page_that_only_stops_played_nothing(
    hass: HomeAssistant, plex: PlexHouse, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    den = await open_cinema(hass, plex, monkeypatch)
    url, _ = await page.resolve(den.content_id)
    assert (await told(hass, page, url, "stopped", 1000))["success"]
    assert plex.server.traffic.to("/:/timeline") == []


async def test_whoever_may_look_around_may_tell(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    hass_ws_client: WebSocketGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_read_only_user: MockUser,
    hass_read_only_access_token: str,
) -> None:
    assert not hass_read_only_user.is_admin
    den = await open_cinema(hass, plex, monkeypatch)
    socket = await hass_ws_client(hass, hass_read_only_access_token)
    page = Page(socket, await hass_client_no_auth(), [])
    url, _ = await page.resolve(den.content_id)
    assert (await told(hass, page, url, "playing", 1000))["success"]


@pytest.mark.parametrize("change", ["forged", "image", "foreign", "empty"])
async def test_only_our_own_addresses_count(
    hass: HomeAssistant, plex: PlexHouse, page: Page, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    den = await open_cinema(hass, plex, monkeypatch)
    url, _ = await page.resolve(den.content_id)
    address = {
        "forged": url.replace("/stream/", "/stream/A"),
        "image": (await page.browse(f"media-source://reel/{den.key}"))["children"][0].get("thumbnail") or "/x",
        "foreign": "http://plex.example/library/parts/1/film.mp4?X-Plex-Token=x",
        "empty": "",
    }[change]
    answer = await told(hass, page, address, "playing", 1000)
    assert answer["error"]["code"] == "not_found"
    assert plex.server.traffic.to("/:/timeline") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"position": -1},
        {"position": "12"},
        {"position": None},
        {"position": True},
        {"position": 1e300},
        {"state": "buffering"},
        {"page": ""},
        {"page": "x" * 65},
        {"page": 7},
        {"url": None},
        {"url": "/api/reel/stream/" + "A" * 20_000},
        {"more": 1},
    ],
)
async def test_nonsense_is_refused(page: Page, wrong: dict[str, object]) -> None:
    message: dict[str, object] = {"url": "/api/reel/stream/A/film.mp4", "page": "a", "state": "playing", "position": 1}
    answer = await page.ask(type="reel/play/report", **{**message, **wrong})
    assert answer["error"]["code"] == "invalid_format"
