"""Much that disappears at once is a disk that is not mounted, until somebody says otherwise."""

from homeassistant.core import HomeAssistant
import pytest

from custom_components.reel.coordinator import ReelCoordinator
from custom_components.reel.sync.model import Mode

from .house import PlexHouse
from .steps import add_quiet_plex
from .test_init import state
from .test_repairs import Fix, fix, troubles

__all__ = ["fix"]

MANY = 120


async def lose_many(hass: HomeAssistant, house: PlexHouse, monkeypatch: pytest.MonkeyPatch) -> ReelCoordinator:
    """Let a server that was read lose most of its films, and read it once more."""
    films = [house.server.add_movie(f"Film {number}") for number in range(MANY)]
    entry = await add_quiet_plex(hass, house, monkeypatch)
    (den,) = entry.runtime_data.coordinators.values()
    for film in films:
        house.server.remove(film.number)
    await read(hass, den)
    return den


async def read(hass: HomeAssistant, source: ReelCoordinator) -> None:
    """Read a source whole."""
    await source.catalog.sync(Mode.FULL)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_what_disappears_is_kept_until_somebody_lets_go_of_it(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, fix: Fix
) -> None:
    await lose_many(hass, plex, monkeypatch)
    assert (state(hass, "sensor.den_movies"), troubles(hass)) == (str(MANY + 20), ["mass_disappearance"])
    form = await fix()
    assert form["description_placeholders"] == {"name": "Den", "items": str(MANY)}
    done = await fix(form["flow_id"])
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (done["type"], state(hass, "sensor.den_movies"), troubles(hass)) == ("create_entry", "20", [])


async def test_a_second_full_sync_that_agrees_is_believed(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    den = await lose_many(hass, plex, monkeypatch)
    await read(hass, den)
    assert (state(hass, "sensor.den_movies"), troubles(hass)) == ("20", [])


async def test_a_server_that_lists_nothing_for_a_while_loses_nothing(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(MANY):
        plex.server.add_movie(f"Film {number}")
    entry = await add_quiet_plex(hass, plex, monkeypatch)
    (den,) = entry.runtime_data.coordinators.values()
    seen = []
    for is_empty in (True, False):
        plex.server.behaviour.empty_lists = is_empty
        await read(hass, den)
        seen.append((state(hass, "sensor.den_movies"), troubles(hass)))
    assert seen == [(str(MANY + 20), ["mass_disappearance"]), (str(MANY + 20), [])]
