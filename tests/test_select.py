"""The user prefers a connection, and the source follows at once."""

from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.reel.backends.naming import host_of, labels, shown_uri
from custom_components.reel.connection.model import Connection

from .house import PlexHouse, add_folder
from .steps import add_quiet_plex
from .test_init import pass_time, state

ENTITY = "select.den_preferred_connection"
HASH = "0123456789abcdef0123456789abcdef"


def options(hass: HomeAssistant) -> list[str]:
    """Return what can be chosen."""
    found = hass.states.get(ENTITY)
    assert found is not None
    return list(found.attributes["options"])


async def choose(hass: HomeAssistant, option: str) -> None:
    """Choose as a user does."""
    await hass.services.async_call("select", "select_option", {"entity_id": ENTITY, "option": option}, blocking=True)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_every_connection_can_be_chosen_by_its_quality_and_place(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    doors = plex.server.doors
    assert options(hass) == ["automatic"] + [
        f"{quality} · 127.0.0.1:{doors[quality].port}" for quality in ("local", "remote", "relay")
    ]
    assert state(hass, ENTITY) == "automatic"


async def test_a_preferred_connection_is_used_at_once_and_given_back(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    remote = options(hass)[2]
    seen = []
    for option in remote, "automatic":
        await choose(hass, option)
        seen.append((state(hass, ENTITY), state(hass, "sensor.den_connection_quality")))
    assert seen == [(remote, "remote"), ("automatic", "local")]


async def test_a_connection_that_is_down_can_be_preferred_and_is_used_once_it_is_back(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await plex.server.shut("remote")
    await choose(hass, options(hass)[2])
    seen = [state(hass, "sensor.den_connection_quality")]
    await plex.server.open("remote")
    await pass_time(hass, freezer, 301)
    seen.append(state(hass, "sensor.den_connection_quality"))
    assert seen == ["local", "remote"]


async def test_the_choice_survives_a_reload(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await add_quiet_plex(hass, plex, monkeypatch)
    relay = options(hass)[3]
    await choose(hass, relay)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state(hass, ENTITY) == relay


async def test_what_is_no_connection_cannot_be_chosen(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    with pytest.raises(ServiceValidationError):
        await choose(hass, "http://192.0.2.1:32400")


async def test_a_folder_has_nothing_to_choose(hass: HomeAssistant, films: Path) -> None:
    await add_folder(hass, films)
    assert hass.states.async_entity_ids("select") == []


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        (f"https://192-168-1-10.{HASH}.plex.direct:32400", "192.168.1.10"),
        (f"https://2001-db8--7.{HASH}.plex.direct:32400", "2001:db8::7"),
        ("https://media.example.org/jellyfin", "media.example.org"),
        (f"https://den.{HASH}.plex.direct:32400", f"den.{HASH}.plex.direct"),
    ],
)
def test_a_name_of_plex_direct_is_shown_as_the_address_it_carries(uri: str, expected: str) -> None:
    assert host_of(Connection.at(uri)) == expected


def test_labels_tell_as_much_as_it_takes_to_tell_connections_apart() -> None:
    uris = [
        f"https://192-168-1-10.{HASH}.plex.direct:32400",
        "http://192.168.1.10:32400",
        "https://media.example.org",
        "https://proxy.example.org/one",
        "https://proxy.example.org/two",
        "http://[2001:db8::7]:32400",
    ]
    assert labels([Connection.at(uri) for uri in uris]) == {
        "remote · 192.168.1.10:32400 · https": uris[0],
        "remote · 192.168.1.10:32400 · http": uris[1],
        "remote · media.example.org:443": uris[2],
        "remote · https://proxy.example.org/one": uris[3],
        "remote · https://proxy.example.org/two": uris[4],
        "remote · [2001:db8::7]:32400": uris[5],
    }


def test_a_shown_uri_opens_no_door() -> None:
    assert (
        shown_uri("https://ada:secret@media.example.org:8920/jf?api_key=abc#x") == "https://media.example.org:8920/jf"
    )
