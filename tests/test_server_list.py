"""plex.tv is asked seldom, and being without it costs nothing."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_USER
from homeassistant.core import HomeAssistant
import pytest

from custom_components.reel.const import DOMAIN

from .house import PlexHouse, add_plex
from .servers.plex import PlexServer
from .test_init import pass_time, state

RESOURCES = "/api/v2/resources"


def reauths(hass: HomeAssistant) -> int:
    """Return how many sign-ins are asked for."""
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    return len([flow for flow in flows if flow["context"]["source"] == SOURCE_REAUTH])


async def test_plex_tv_is_asked_once_a_day_while_all_is_well(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    await add_plex(hass, plex, monkeypatch)
    plex.tv.traffic.clear()
    for _ in range(48):
        await pass_time(hass, freezer, 3600)
    assert 1 <= len(plex.tv.traffic.requests) <= 2


async def test_a_question_of_a_user_counts_for_the_day(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    entry = await add_plex(hass, plex, monkeypatch)
    asked = []
    for hours in 20, 20, 5:
        plex.tv.traffic.clear()
        for _ in range(hours):
            await pass_time(hass, freezer, 3600)
        asked.append(len(plex.tv.traffic.to(RESOURCES)))
        if len(asked) == 1:
            await hass.config_entries.subentries.async_init((entry.entry_id, "source"), context={"source": SOURCE_USER})
    assert asked == [0, 0, 1]


async def test_a_server_that_moved_is_found_again_through_plex_tv(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    await add_plex(hass, plex, monkeypatch)
    for door in ("local", "remote", "relay"):
        await plex.server.shut(door)
        plex.tv.withdraw(plex.server, door)
    await plex.server.open("new address")
    plex.tv.advertise(plex.server, "new address", local=True)
    await pass_time(hass, freezer, 301)
    assert state(hass, "sensor.den_status") == "connected"
    assert state(hass, "sensor.den_connection_quality") == "local"


async def test_an_outage_asks_plex_tv_ever_more_rarely(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    await add_plex(hass, plex, monkeypatch)
    for door in ("local", "remote", "relay"):
        await plex.server.shut(door)
    plex.tv.traffic.clear()
    for _ in range(60):
        await pass_time(hass, freezer, 61)
    assert 4 <= len(plex.tv.traffic.to(RESOURCES)) <= 6


async def test_a_working_server_does_not_mind_that_plex_tv_is_down(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    await add_plex(hass, plex, monkeypatch)
    await plex.tv.shut("local")
    for _ in range(30):
        await pass_time(hass, freezer, 3601)
    assert state(hass, "sensor.den_connection_quality") == "local"
    assert reauths(hass) == 0


async def test_a_new_access_token_is_taken_over_without_asking_anybody(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    entry = await add_plex(hass, plex, monkeypatch)
    plex.server.revoke(plex.token)
    new_token = plex.tv.give(plex.server, plex.user, owned=True)
    await plex.server.shut("local")
    await pass_time(hass, freezer, 301)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert [subentry.data["token"] for subentry in entry.subentries.values()] == [new_token]
    assert reauths(hass) == 0
    await pass_time(hass, freezer, 301)
    assert state(hass, "sensor.den_status") == "connected"


async def test_only_plex_tv_can_say_that_an_account_has_to_sign_in_again(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    await add_plex(hass, plex, monkeypatch)
    plex.server.revoke(plex.token)
    await plex.tv.shut("local")
    await plex.server.shut("local")
    await pass_time(hass, freezer, 301)
    assert state(hass, "sensor.den_status") == "needs_auth"
    assert reauths(hass) == 0
    await plex.tv.open("local")
    plex.tv.revoke(plex.user)
    await pass_time(hass, freezer, 86_401)
    assert reauths(hass) == 1


async def test_a_server_that_appears_later_is_offered_and_a_vanished_one_stays(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    entry = await add_plex(hass, plex, monkeypatch)
    async with PlexServer("Loft") as loft:
        plex.tv.give(loft, plex.user, owned=True)
        plex.tv.advertise(loft, "local", local=True)
        plex.tv.take(plex.server, plex.user)
        await pass_time(hass, freezer, 86_401)
        flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        assert [flow["context"]["source"] for flow in flows] == ["integration_discovery"]
        assert [subentry.title for subentry in entry.subentries.values()] == ["Den"]
