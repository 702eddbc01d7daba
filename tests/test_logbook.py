"""The logbook reads like sentences."""

from typing import Any

from homeassistant.core import Event, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.reel.const import EVENT_REEL

from .house import PlexHouse
from .steps import add_quiet_plex


def told(kind: str, old: str | None, new: str | None, reason: str | None) -> dict[str, Any]:
    """Return an event of Reel."""
    return {
        "type": kind,
        "source": "Den",
        "device_id": None,
        "old_quality": old,
        "new_quality": new,
        "reason": reason,
    }


def added(kind: str, title: str, **more: object) -> dict[str, Any]:
    """Return an event of a newcomer."""
    return {"type": "item_added", "source": "Den", "device_id": None, "kind": kind, "title": title, **more}


async def describe(hass: HomeAssistant, event: dict[str, Any]) -> dict[str, str]:
    """Return what the logbook says of an event, as its component asks for it."""
    # The component itself needs no more of them than that they are there.
    hass.config.components |= {"frontend", "recorder"}
    assert await async_setup_component(hass, "logbook", {})
    await hass.async_block_till_done()
    _, described = hass.data["logbook"].external_events[EVENT_REEL]
    return dict(described(Event(EVENT_REEL, event)))


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (told("source_lost", "local", None, None), "cannot be reached any more"),
        (told("source_restored", "local", "relay", "restored"), "is back, over a relay"),
        (told("sign_in_needed", None, "local", None), "does not accept the sign-in any more"),
        (told("better_connection_found", "relay", "local", "upgrade"), "found something better than a relay"),
        (told("better_connection_found", "local", "local", "upgrade"), "found something faster"),
        (told("connection_changed", None, "local", "initial"), "is reached over its local connection"),
        (
            told("connection_changed", "local", "relay", "failover"),
            "is now reached over a relay, because its local connection failed",
        ),
        (
            told("connection_changed", "local", "local", "failover"),
            "is now reached over another local connection, because the one before failed",
        ),
        (told("connection_changed", "relay", "local", "upgrade"), "is now reached over its local connection"),
        (
            told("connection_changed", "remote", "remote", "upgrade"),
            "is now reached over another remote connection, because that is faster",
        ),
        (
            told("connection_changed", "local", "remote", "preference"),
            "is now reached over its remote connection, because its settings say so",
        ),
        (
            told("connection_changed", "relay", "relay", "rediscovery"),
            "is now reached over another relay, because its connections are not what they were",
        ),
        (added("movie", "Dune", year=2021), "has something new: Dune (2021)"),
        (added("video", "Dune"), "has something new: Dune"),
        (added("episode", "Now", year=2017, show="Dark"), "has something new: Dark: Now"),
        (added("album", "Nena", year=1983, artist="Nena"), "has something new: Nena: Nena"),
        ({"type": "sync_failed", "source": "Den", "reason": "busy"}, "could not be read to its end"),
    ],
)
async def test_what_happened_reads_like_a_sentence(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    event: dict[str, Any],
    expected: str,
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    # No entity: the frontend would put its name in the place of the source's.
    assert await describe(hass, event) == {"name": "Den", "message": expected}
