"""What the sources have is found in the media browser, all of it, and plays as its player can take it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from homeassistant.components.media_source import Unresolvable, async_resolve_media
from homeassistant.components.media_source.models import MediaSourceItem
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.reel.backends.abilities import ABILITIES, Target
from custom_components.reel.capability import Grant, Use
from custom_components.reel.const import DOMAIN
from custom_components.reel.links import links
from custom_components.reel.media_source import ReelMediaSource

from .backends.playback import PICKY
from .house import JellyfinHouse, PlexHouse, add_folder
from .page import ROOT, Page, everything, source_key
from .servers.library import Kind
from .servers.media import sample
from .test_catalog_services import add_read_jellyfin, add_read_plex, ask

PLAYABLE = {Kind.MOVIE, Kind.EPISODE, Kind.TRACK}


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


async def granted(hass: HomeAssistant, url: str) -> Grant:
    """Return what an address allows."""
    grant = (await links(hass)).read(url.split("/")[4], *Use)
    assert grant is not None
    return grant


def playable(folder: Path) -> list[Path]:
    """Return what lies in a folder to be played."""
    return [each for each in folder.rglob("*.mp[34]") if each.name[0] != "."]


def titles(found: Mapping[str, Any]) -> list[str]:
    return [each["title"] for each in found["children"]]


# Looking around


async def test_everything_of_a_plex_server_is_found(
    hass: HomeAssistant, plex: PlexHouse, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_read_plex(hass, plex, monkeypatch)
    assert titles(await page.browse()) == ["Recently added", "Den"]
    key = source_key(hass, "Den")
    found = await everything(page, f"{ROOT}/{key}")
    wanted = {plex.server.key(each.number) for each in plex.server.titles.values() if each.kind in PLAYABLE}
    assert set(found) == {f"{ROOT}/{key}/{each}" for each in wanted}
    assert {each["media_content_type"] for each in found.values()} == {"video/mp4", "audio/mpeg"}
    assert {each["media_class"] for each in found.values()} == {"movie", "episode", "track"}
    assert not [each for each in found.values() if each["can_expand"]]
    show = (await page.walk("Den", "TV Shows"))["children"][0]
    assert (show["media_class"], show["can_play"], show["can_expand"]) == ("tv_show", False, True)
    assert show["thumbnail"].startswith("/api/reel/image/")


async def test_everything_of_a_jellyfin_server_is_found(
    hass: HomeAssistant, jellyfin: JellyfinHouse, page: Page
) -> None:
    await add_read_jellyfin(hass, jellyfin)
    key = source_key(hass, "Attic")
    found = await everything(page, f"{ROOT}/{key}")
    shelf = jellyfin.server.state.shelf
    wanted = {jellyfin.server.id_of(each) for each in shelf.titles.values() if each.kind in PLAYABLE}
    assert set(found) == {f"{ROOT}/{key}/{each}" for each in wanted}


async def test_films_of_any_name_are_found_in_a_folder_and_play(hass: HomeAssistant, films: Path, page: Page) -> None:
    odd = ("100% Öl? (2001)", "a+b & c=d#e (1999)", "零 (2020)", "café %2F %25 (2004)", "'quoted' \"twice\" (2002)")
    for name in odd:
        film = films / "Movies" / name / f"{name}.mp4"
        film.parent.mkdir()
        film.write_bytes(sample("movie").read_bytes())
    await add_folder(hass, films)
    await ask(hass, "sync", mode="full")
    found = await everything(page, f"{ROOT}/{source_key(hass, 'films')}")
    assert len(found) == len(playable(films))
    for name in odd:
        (place,) = [each for each in found if name in unquote(each)]
        url, mime_type = await page.resolve(place)
        got = await page.get(url)
        assert (mime_type, got.status, got.body) == ("video/mp4", 200, sample("movie").read_bytes())


async def test_a_long_list_is_shown_in_parts_and_nothing_is_lost(
    hass: HomeAssistant, plex: PlexHouse, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(400):
        plex.server.add_movie(f"{'SB'[number % 2]}{'a long way to go ' * 8}{number:03}")
    plex.server.add_movie("Über alles")
    plex.server.add_movie("1999")
    await add_read_plex(hass, plex, monkeypatch)
    shelf = await page.walk("Den", "Movies")
    assert titles(shelf)[0] == "#"
    assert {"S", "U"} < set(titles(shelf))
    assert titles(shelf)[1:] == sorted(titles(shelf)[1:])
    parts = await page.walk("Den", "Movies", "S")
    assert len(parts["children"]) == 2
    found = await everything(page, shelf["media_content_id"])
    assert len(found) == len([each for each in plex.server.titles.values() if each.kind is Kind.MOVIE])


async def test_a_source_that_is_offline_is_shown_and_marked(
    hass: HomeAssistant, plex: PlexHouse, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_read_plex(hass, plex, monkeypatch)
    shelf = await page.walk("Den", "Movies")
    for door in "local", "remote", "relay":
        await plex.server.shut(door)
    await ask(hass, "test_connections")
    assert titles(await page.browse())[-1] == "Den (offline)"
    assert titles(await page.walk("Den", "Movies")) == titles(shelf)
    answer = await page.ask(
        type="media_source/resolve_media", media_content_id=shelf["children"][0]["media_content_id"]
    )
    assert answer["error"]["message"].startswith("Den cannot be reached over any of its connections")


async def test_a_place_that_is_none_is_said_to_be_none(
    hass: HomeAssistant, plex: PlexHouse, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_read_plex(hass, plex, monkeypatch)
    key = source_key(hass, "Den")
    for place in (
        "x", "home", "home/x", f"{key}/", f"{key}/99999", f"{key}/library/99", f"{key}/library/", f"{key}/a/b/c",
        f"{key}/library/1?kind=x", f"{key}/library/1?start=-1&count=2", f"{key}/library/1?start=1", "..", "%2e%2e/x",
    ):  # fmt: skip
        for command in "browse", "resolve":
            answer = await page.ask(type=f"media_source/{command}_media", media_content_id=f"{ROOT}/{place}")
            assert answer["error"]["code"] == f"{command}_media_failed", (command, place, answer)


# Search


async def test_a_film_is_found_by_name_everywhere_and_below_a_place(
    hass: HomeAssistant, plex: PlexHouse, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = plex.server.add_movie("Ölands Zürich Témoin", year=1999)
    await add_read_plex(hass, plex, monkeypatch)
    key = source_key(hass, "Den")
    place = f"{ROOT}/{key}/{plex.server.key(film.number)}"
    library = (await page.walk("Den", "Movies"))["media_content_id"]
    for where in ROOT, f"{ROOT}/{key}", library:
        (found, *_) = await page.search("olands zur", where)
        assert (found["title"], found["media_content_id"]) == ("Ölands Zürich Témoin (1999)", place)
    assert await page.search("olands zur", media_filter_classes=["movie"])
    assert not await page.search("olands zur", media_filter_classes=["tv_show", "music"])
    assert not await page.search("olands zur", (await page.walk("Den", "TV Shows"))["media_content_id"])


# Playing


@pytest.mark.parametrize(
    ("platform", "target"),
    [("cast", Target.CAST), ("dlna_dmr", Target.DLNA), ("sonos", Target.SONOS), ("vlc_telnet", Target.GENERIC)],
)
async def test_it_plays_as_its_player_can_take_it(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, platform: str, target: Target
) -> None:
    await add_read_plex(hass, plex, monkeypatch)
    entity = er.async_get(hass).async_get_or_create("media_player", platform, "1").entity_id
    film = next(each for each in plex.server.titles.values() if each.kind is Kind.MOVIE)
    place = f"{ROOT}/{source_key(hass, 'Den')}/{plex.server.key(film.number)}"
    if target is Target.SONOS:
        with pytest.raises(Unresolvable) as refused:
            await async_resolve_media(hass, place, entity)
        assert refused.value.translation_key == "play_incompatible"
        return
    as_it_is = await async_resolve_media(hass, place, entity)
    assert (as_it_is.mime_type, (await granted(hass, as_it_is.url)).use) == ("video/mp4", Use.STREAM)
    for other in Target:
        # Only what this player is said to take matters.
        monkeypatch.setitem(ABILITIES, other, PICKY if other is target else ABILITIES[other])
    converted = await granted(hass, (await async_resolve_media(hass, place, entity)).url)
    assert (converted.use, converted.transcodes, converted.item) == (Use.HLS, True, plex.server.key(film.number))
    assert converted.play_session


async def test_over_a_relay_a_film_is_converted_to_what_fits(
    hass: HomeAssistant, plex: PlexHouse, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_read_plex(hass, plex, monkeypatch)
    place = (await page.walk("Den", "Movies"))["children"][0]["media_content_id"]
    for door in "local", "remote":
        await plex.server.shut(door)
    await ask(hass, "test_connections")
    grant = await granted(hass, (await page.resolve(place))[0])
    assert (grant.use, "maxVideoBitrate=2000" in grant.path) == (Use.HLS, True)


async def test_the_copy_that_can_be_reached_plays(
    hass: HomeAssistant, plex: PlexHouse, jellyfin: JellyfinHouse, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = plex.server.add_movie("Twice Told", year=1999, imdb="tt0099999")
    jellyfin.server.add(film)
    await add_read_plex(hass, plex, monkeypatch)
    await add_read_jellyfin(hass, jellyfin)
    place = f"{ROOT}/{source_key(hass, 'Den')}/{plex.server.key(film.number)}"
    assert (await granted(hass, (await page.resolve(place))[0])).source == source_key(hass, "Den")
    for door in "local", "remote", "relay":
        await plex.server.shut(door)
    # Nobody has noticed yet.
    url, _ = await page.resolve(place)
    assert (await granted(hass, url)).source == source_key(hass, "Attic")
    assert (await page.get(url)).status == 200


async def test_a_film_that_is_gone_says_so(
    hass: HomeAssistant, plex: PlexHouse, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = plex.server.add_movie("Soon Gone")
    await add_read_plex(hass, plex, monkeypatch)
    plex.server.remove(film.number)
    answer = await page.ask(
        type="media_source/resolve_media",
        media_content_id=f"{ROOT}/{source_key(hass, 'Den')}/{plex.server.key(film.number)}",
    )
    assert answer["error"]["message"].startswith("The server of Den has no such item any more")
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_home_leads_to_what_is_new(
    hass: HomeAssistant, plex: PlexHouse, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    plex.server.add_movie("Brand New", year=2026)
    await add_read_plex(hass, plex, monkeypatch)
    assert titles(await page.walk("Recently added"))[0] == "Brand New (2026)"


async def test_addresses_of_images_stay_the_same(
    hass: HomeAssistant, plex: PlexHouse, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_read_plex(hass, plex, monkeypatch)
    first, again = [(await page.walk("Den", "Movies"))["children"] for _ in range(2)]
    assert [each["thumbnail"] for each in first] == [each["thumbnail"] for each in again]


async def test_a_picture_of_an_item_can_be_had(
    hass: HomeAssistant, plex: PlexHouse, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_read_plex(hass, plex, monkeypatch)
    place = (await page.walk("Den", "Movies"))["children"][0]["media_content_id"]
    item = MediaSourceItem.from_uri(hass, place, None)
    if not hasattr(item, "async_get_image"):
        return
    image = await ReelMediaSource(hass).async_get_media_image(item)
    assert image.mime_type == "image/png"
    for door in "local", "remote", "relay":
        await plex.server.shut(door)
    assert (await ReelMediaSource(hass).async_get_media_image(item)).content == image.content
