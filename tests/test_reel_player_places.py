"""A Reel player begins where its user left off, and goes on when the source of what it plays goes away."""

from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.reel.backends.abilities import ABILITIES, Target
from custom_components.reel.const import DOMAIN

from .backends.playback import PICKY
from .house import NO_PUSH, JellyfinHouse, PlexHouse, add_plex
from .output import Output, add_output
from .reel_player import Shelf, Thing, add_attic, add_den, add_films, add_room
from .test_catalog_services import add_read_jellyfin, ask


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
async def den(hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Add a Plex server, and return what it has."""
    return await add_den(hass, plex, monkeypatch)


@pytest.fixture
async def attic(hass: HomeAssistant, jellyfin: JellyfinHouse) -> Shelf:
    """Add a Jellyfin server, and return what it has."""
    return await add_attic(hass, jellyfin)


@pytest.fixture
async def folder(hass: HomeAssistant, films: Path) -> Shelf:
    """Add a folder, and return what it has."""
    return await add_films(hass, films)


@pytest.fixture(params=["den", "attic", "folder"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Return what a source has, of each kind in turn."""
    found: Shelf = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=["den", "attic"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Return what a server has that has to convert all of it."""
    monkeypatch.setitem(ABILITIES, Target.GENERIC, PICKY)
    found: Shelf = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def output(hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator) -> Output:
    """Add the player of somebody else."""
    return await add_output(hass, hass_client_no_auth)


async def test_a_film_begins_where_it_was_left(hass: HomeAssistant, shelf: Shelf, output: Output) -> None:
    room, film = await add_room(hass, output), await shelf.film()
    output.length, half = film.seconds, film.seconds // 2
    await room.play(film.place)
    await room.advance(half)
    await room.call("media_stop")
    assert (room.state.state, room.queue) == ("idle", (1, 1))
    await room.call("media_play")
    assert output.commands[-1] == ("seek", pytest.approx(half, abs=1))
    assert room.state.attributes["media_position"] == pytest.approx(half, abs=1)
    await room.play(f"{film.place}?at=90")
    assert output.commands[-1][1] == 90


async def test_a_film_begins_at_its_beginning_where_that_is_wanted(
    hass: HomeAssistant, den: Shelf, output: Output
) -> None:
    room, film = await add_room(hass, output, resume=False), await den.film()
    output.length, half = film.seconds, film.seconds // 2
    await room.play(film.place)
    await room.advance(half)
    await room.call("media_stop")
    await room.play(film.place)
    assert output.position == 0


async def test_a_conversion_begins_where_it_is_to_and_leads_anywhere(
    hass: HomeAssistant, server: Shelf, output: Output
) -> None:
    room, film = await add_room(hass, output), await server.film()
    await room.play(f"{film.place}?at=1200")
    shown = room.state.attributes
    assert shown["media_position"] == 1200
    await room.advance(60)
    assert room.state.attributes["media_position"] == 1260
    await room.call("media_seek", seek_position=1800)
    assert room.state.attributes["media_position"] == 1800
    await room.call("media_seek", seek_position=300)
    assert room.state.attributes["media_position"] == 300


async def test_a_player_that_cannot_jump_begins_a_conversion_there(
    hass: HomeAssistant, den: Shelf, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Jellyfin's begin at the beginning, whoever asks.
    monkeypatch.setitem(ABILITIES, Target.GENERIC, PICKY)
    room, film = await add_room(hass, output), await den.film()
    output.can_seek = False
    await room.play(f"{film.place}?at=1200")
    assert room.state.attributes["media_position"] == 1200
    assert "seek" not in [name for name, *_ in output.commands]
    await room.settle()
    await room.entry.runtime_data.seek(1_800_000, None)
    await room.settle()
    assert room.state.attributes["media_position"] == 1800


# Sources that go


@pytest.fixture
async def twice(
    hass: HomeAssistant, plex: PlexHouse, jellyfin: JellyfinHouse, monkeypatch: pytest.MonkeyPatch
) -> tuple[Shelf, Shelf]:
    """Add two servers that have a film in common."""
    plex.server.fault = NO_PUSH
    film = plex.server.add_movie("Twice Told", year=1999, imdb="tt0099999")
    jellyfin.server.add(film)
    await add_plex(hass, plex, monkeypatch)
    await add_read_jellyfin(hass, jellyfin)
    return Shelf(hass, "Den"), Shelf(hass, "Attic")


async def shut(plex: PlexHouse) -> None:
    for door in ("local", "remote", "relay"):
        await plex.server.shut(door)


async def twice_told(shelf: Shelf) -> Thing:
    return next(each for each in await shelf.items(kinds="movie") if each.title == "Twice Told")


async def test_when_its_server_dies_a_film_goes_on_from_the_other_one_at_the_same_second(
    hass: HomeAssistant, twice: tuple[Shelf, Shelf], plex: PlexHouse, output: Output
) -> None:
    room, film = await add_room(hass, output), await twice_told(twice[0])
    output.length = film.seconds
    await room.play(film.place)
    assert room.state.attributes["media_content_id"] == film.place
    await room.advance(600)
    await shut(plex)
    await room.advance(60)
    assert output.traffic.failures
    assert room.is_playing
    copy = await twice_told(twice[1])
    assert room.state.attributes["media_content_id"] == copy.place
    assert room.state.attributes["media_position"] == pytest.approx(600, abs=2)
    assert (room.title, room.queue) == ("Twice Told", (1, 1))
    await room.finish()
    assert room.state.state == "idle"


async def test_a_film_goes_on_over_another_connection(
    hass: HomeAssistant, den: Shelf, plex: PlexHouse, output: Output
) -> None:
    room, film = await add_room(hass, output), await den.film()
    output.length = film.seconds
    await room.play(film.place)
    await room.advance(600)
    await plex.server.shut("local")
    await room.advance(60)
    assert room.is_playing
    assert room.state.attributes["media_position"] == pytest.approx(660, abs=2)
    assert len(output.played) == 1


async def test_a_film_that_nobody_else_has_ends_when_its_server_dies(
    hass: HomeAssistant, den: Shelf, plex: PlexHouse, output: Output
) -> None:
    room = await add_room(hass, output)
    first, second, *_ = await den.items(kinds="movie")
    await room.play(first.place)
    await room.play(second.place, enqueue="add")
    await room.advance(600)
    await shut(plex)
    await room.advance(60)
    assert (room.state.state, room.queue) == ("idle", (1, 2))
    with pytest.raises(HomeAssistantError, match="cannot be reached"):
        await room.call("media_play")
    await plex.server.open("local")
    await ask(hass, "test_connections")
    await room.call("media_play")
    assert output.commands[-1] == ("seek", pytest.approx(600, abs=2))


async def test_who_stops_at_the_device_means_it(
    hass: HomeAssistant, twice: tuple[Shelf, Shelf], output: Output
) -> None:
    room, film = await add_room(hass, output), await twice_told(twice[0])
    output.length = film.seconds
    await room.play(film.place)
    await room.advance(600)
    output.user_stops()
    await room.settle()
    assert (room.state.state, room.queue, len(output.played)) == ("idle", (1, 1), 1)
    await room.call("media_play")
    await room.advance(60)
    await room.call("turn_off")
    assert (room.state.state, len(output.played)) == ("off", 2)
    await room.call("turn_on")
    assert room.state.state == "idle"
