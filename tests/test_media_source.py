"""What the sources have is found in the media browser, all of it, and plays as its player can take it."""

from collections.abc import Mapping
from contextlib import suppress
import json
from pathlib import Path
import re
from typing import Any
from urllib.parse import unquote

from homeassistant.components.media_source import Unresolvable, async_resolve_media
from homeassistant.components.media_source.models import MediaSourceItem
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.reel.account import written
from custom_components.reel.backends.abilities import ABILITIES, Target
from custom_components.reel.capability import Grant, Use
from custom_components.reel.connection.model import Connection, Origin
from custom_components.reel.media_source import ReelMediaSource

from .backends.playback import PICKY
from .house import JellyfinHouse, PlexHouse, add_folder
from .page import ROOT, Page, everything, source_key
from .servers.jellyfin import JellyfinServer
from .servers.library import Kind, make_library
from .servers.media import sample
from .servers.server import FakeServer
from .test_catalog_services import add_read_jellyfin, add_read_plex, ask, items_of
from .viewing import decide, film_of, granted

pytestmark = pytest.mark.usefixtures("media")

PLAYABLE = {Kind.MOVIE, Kind.EPISODE, Kind.TRACK}


def playable(folder: Path) -> list[Path]:
    """Return what lies in a folder to be played."""
    return [each for each in folder.rglob("*.mp[34]") if each.name[0] != "."]


def titles(found: Mapping[str, Any]) -> list[str]:
    return [each["title"] for each in found["children"]]


async def go_offline(hass: HomeAssistant, *servers: FakeServer, folder: Path) -> None:
    """Let nothing be reached, and let that be noticed."""
    for each in servers:
        for door in each.doors:
            await each.shut(door)
    if await hass.async_add_executor_job(folder.exists):
        await hass.async_add_executor_job(folder.rename, folder.with_name("away"))
    await ask(hass, "test_connections")


# Looking around


@pytest.mark.parametrize("shelf", ["den", "attic"], indirect=True)
async def test_home_comes_first_then_sources_and_in_them_libraries(page: Page, shelf: str) -> None:
    source = shelf.split(maxsplit=1)[0]
    assert titles(await page.browse()) == ["Recently added", source]
    assert len((await page.walk("Recently added"))["children"]) > 10
    assert [each["children_media_class"] for each in (await page.walk(source))["children"]] == [
        "movie",
        "tv_show",
        "artist",
    ]


async def test_what_was_begun_and_what_comes_next_comes_before_all_else(
    hass: HomeAssistant, plex: PlexHouse, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    film, episode = items_of(plex, Kind.MOVIE)[0], items_of(plex, Kind.EPISODE)[0]
    plex.server.set_mark(plex.user, film.number, offset=film.seconds * 300)
    plex.server.set_mark(plex.user, episode.number, count=1)
    await add_read_plex(hass, plex, monkeypatch)
    assert titles(await page.browse()) == ["Continue watching", "Next up", "Recently added", "Den"]
    assert titles(await page.walk("Continue watching")) == [f"{film.name} ({film.year})"]
    (following,) = titles(await page.walk("Next up"))
    assert " · S1 E2 · " in following


async def test_one_goes_from_shows_to_episodes_and_from_artists_to_songs(page: Page, shelf: str) -> None:
    opened: dict[str, list[str]] = {}
    for library in (await page.walk(shelf.split(maxsplit=1)[0]))["children"]:
        place = library
        while not place["can_play"]:
            place = await page.browse(place["media_content_id"])
            opened.setdefault(library["children_media_class"], []).append(place["media_class"])
            place = place["children"][-1 if library["children_media_class"] == "tv_show" else 0]
        opened[library["children_media_class"]].append(place["media_class"])
    assert opened == {
        "movie": ["directory", "movie"],
        "tv_show": ["directory", "tv_show", "season", "episode"],
        "artist": ["directory", "directory", "artist", "album", "track"],
    }


async def test_collections_and_playlists_lead_to_what_they_hold(hass: HomeAssistant, page: Page) -> None:
    library = make_library(4, movies=6, videos=2, collections=1, playlists=1)
    async with JellyfinServer(name="Attic", library=library) as server:
        await add_read_jellyfin(hass, JellyfinHouse(server, server.add_user("ada", "correct horse")))
        for kind, way in ((Kind.COLLECTION, "Collections"), (Kind.PLAYLIST, "Playlists")):
            (list_,) = library.of(kind)
            held = (await page.walk("Attic", way, list_.name))["children"]
            assert [each["media_content_id"].rpartition("/")[2] for each in held] == [
                server.id_of(library.titles[number]) for number in list_.members
            ]
        for door in server.doors:
            await server.shut(door)


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


async def test_who_continues_in_a_page_is_led_to_where_they_left(
    hass: HomeAssistant, plex: PlexHouse, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = items_of(plex, Kind.MOVIE)[0]
    plex.server.set_mark(plex.user, film.number, offset=film.seconds * 500)
    await add_read_plex(hass, plex, monkeypatch)
    (line,) = (await page.walk("Continue watching"))["children"]
    assert line["media_content_id"].endswith(f"/{plex.server.key(film.number)}?at={film.seconds // 2}")
    url, _ = await page.resolve(line["media_content_id"])
    assert url.endswith(f"#t={film.seconds // 2}")
    # From its own place in the library it begins at the beginning.
    url, _ = await page.resolve(line["media_content_id"].partition("?")[0])
    assert "#" not in url


async def test_films_of_any_name_are_found_in_a_folder_and_play(hass: HomeAssistant, films: Path, page: Page) -> None:
    odd = (
        f"{'零' * 60} (2021)",
        "100% Öl? (2001)",
        "a+b & c=d#e (1999)",
        "零 (2020)",
        "café %2F %25 (2004)",
        "'quoted' \"twice\" (2002)",
    )
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
    hass: HomeAssistant, plex: PlexHouse, jellyfin: JellyfinHouse, films: Path, page: Page, shelf: str
) -> None:
    source, library = shelf.split()
    before = await page.walk(source, library)
    known, songs = titles(before), len(await everything(page, (await page.walk(source))["media_content_id"]))
    await go_offline(hass, plex.server, jellyfin.server, folder=films)
    assert titles(await page.browse())[-1] == f"{source} (offline)"
    assert titles(await page.walk(source, library)) == known
    assert len(await everything(page, (await page.walk(source))["media_content_id"])) == songs
    assert await page.search(known[0].partition(" (")[0])
    answer = await page.ask(
        type="media_source/resolve_media", media_content_id=before["children"][0]["media_content_id"]
    )
    assert answer["error"]["message"].startswith(f"{source} cannot be reached over any of its connections")


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


async def test_a_film_of_any_kind_of_source_is_found(page: Page, shelf: str) -> None:
    film = await film_of(page, shelf, 1)
    title = film["title"].partition(" (")[0]
    for where in (
        ROOT,
        film["media_content_id"].rpartition("/")[0],
        (await page.walk(*shelf.split()))["media_content_id"],
    ):
        found = await page.search(title, where)
        assert film["media_content_id"] in [each["media_content_id"] for each in found]


# Playing


TARGETS = [
    ("cast", Target.CAST),
    ("dlna_dmr", Target.DLNA),
    ("sonos", Target.SONOS),
    ("browser_mod", Target.BROWSER),
    ("vlc_telnet", Target.GENERIC),
]


@pytest.mark.parametrize(("platform", "target"), TARGETS)
async def test_it_plays_as_its_player_can_take_it(
    hass: HomeAssistant, page: Page, den: str, monkeypatch: pytest.MonkeyPatch, platform: str, target: Target
) -> None:
    entity = er.async_get(hass).async_get_or_create("media_player", platform, "1").entity_id
    place = (await film_of(page, den))["media_content_id"]
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
    assert (converted.use, converted.transcodes, converted.item) == (Use.HLS, True, place.rpartition("/")[2])
    assert converted.play_session


@pytest.mark.parametrize(("platform", "target"), TARGETS)
async def test_a_jellyfin_server_hears_what_the_player_can_take(
    hass: HomeAssistant, page: Page, jellyfin: JellyfinHouse, attic: str, platform: str, target: Target
) -> None:
    entity = er.async_get(hass).async_get_or_create("media_player", platform, "1").entity_id
    songs = [place for place, each in (await everything(page)).items() if each["media_class"] == "track"]
    for place in (await film_of(page, attic))["media_content_id"], songs[0]:
        jellyfin.server.traffic.clear()
        with suppress(Unresolvable):
            await async_resolve_media(hass, place, entity)
        (asked,) = jellyfin.server.traffic.to("/items/*/playbackinfo")
        profile, ability = json.loads(asked.body)["DeviceProfile"], ABILITIES[target]
        taken = {each["Type"]: set(each["Container"].split(",")) for each in profile["DirectPlayProfiles"]}
        wanted = {"Video": set(ability.containers), "Audio": set(ability.sounds)}
        assert taken == {kind: containers for kind, containers in wanted.items() if containers}
        protocols = {each["Protocol"] for each in profile["TranscodingProfiles"] if each["Type"] == "Video"}
        assert protocols == ({"hls" if ability.hls else "http"} if ability.containers else set())
        assert [each["Method"] for each in profile["SubtitleProfiles"]] == (["Hls"] if ability.vtt else [])


@pytest.mark.parametrize(("platform", "target"), TARGETS)
async def test_what_lies_in_a_folder_is_played_as_it_is(
    hass: HomeAssistant, page: Page, folder: str, platform: str, target: Target
) -> None:
    entity = er.async_get(hass).async_get_or_create("media_player", platform, "1").entity_id
    everywhere = await everything(page)
    for place in (await film_of(page, folder))["media_content_id"], *everywhere:
        if everywhere[place]["media_class"] != "track" and target is Target.SONOS:
            continue
        played = await async_resolve_media(hass, place, entity)
        grant = await granted(hass, played.url)
        assert (grant.use, grant.transcodes, grant.file) == (Use.STREAM, False, unquote(grant.path)[1:])


async def resolved_over(hass: HomeAssistant, page: Page, shelf: str) -> tuple[Grant, int | None]:
    """Return what is played over the connection there is now, and how many bits a second the server was told."""
    grant = await granted(hass, (await page.resolve((await film_of(page, shelf))["media_content_id"]))[0])
    told = re.search(r"(?:maxVideoBitrate=|VideoBitrate=)(\d+)", grant.path)
    return grant, int(told[1]) if told else None


async def test_over_a_narrow_line_a_film_is_converted_to_what_fits(
    hass: HomeAssistant, plex: PlexHouse, page: Page, den: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for door in "local", "remote":
        await plex.server.shut(door)
        await ask(hass, "test_connections")
        grant, told = await resolved_over(hass, page, den)
        # The film has 4 Mbit/s.
        if door == "local":
            assert (grant.use, told) == (Use.STREAM, None)
            with monkeypatch.context() as patch:
                patch.setitem(ABILITIES, Target.BROWSER, PICKY)
                assert (await resolved_over(hass, page, den))[1] == 12_000
        else:
            assert (grant.use, told) == (Use.HLS, 2_000)


async def test_through_the_internet_a_jellyfin_server_is_told_what_fits(
    hass: HomeAssistant, jellyfin: JellyfinHouse, page: Page, attic: str
) -> None:
    for local, most in ((False, 12_000_000), (True, None)):
        way = Connection.at(jellyfin.server.url(), local=local, origin=Origin.USER)
        await decide(hass, "Attic", connections=written([way]))
        await ask(hass, "test_connections")
        jellyfin.server.traffic.clear()
        await resolved_over(hass, page, attic)
        (asked,) = jellyfin.server.traffic.to("/items/*/playbackinfo")
        assert json.loads(asked.body).get("MaxStreamingBitrate") == most


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


async def test_addresses_of_images_stay_the_same(page: Page, shelf: str) -> None:
    first, again = [(await page.walk(*shelf.split()))["children"] for _ in range(2)]
    assert [each["thumbnail"] for each in first] == [each["thumbnail"] for each in again]


async def test_a_picture_of_an_item_can_be_had(
    hass: HomeAssistant, plex: PlexHouse, jellyfin: JellyfinHouse, page: Page, shelf: str
) -> None:
    item = MediaSourceItem.from_uri(hass, (await film_of(page, shelf))["media_content_id"], None)
    if not hasattr(item, "async_get_image"):
        return
    image = await ReelMediaSource(hass).async_get_media_image(item)
    assert image.mime_type == "image/png"
    for server in plex.server, jellyfin.server:
        for door in server.doors:
            await server.shut(door)
    assert (await ReelMediaSource(hass).async_get_media_image(item)).content == image.content
