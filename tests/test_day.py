"""A day in a house whose network is no better than most: who is told what, and when?

In the morning the local connection goes, at noon all that is left is a relay, and in the evening everything is back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
import logging
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.util import dt as dt_util
import pytest

from custom_components.reel.const import EVENT_REEL

from .house import NO_PUSH, PlexHouse, add_plex
from .test_init import pass_time
from .test_logbook import describe
from .test_repairs import troubles

MIDNIGHT: Final = datetime(2026, 11, 20, tzinfo=UTC)
# Seconds. Some checks are skipped by the jumps: that changes no event, and a day takes seconds.
STEP: Final = 300
STEPS_A_DAY: Final = 24 * 3600 // STEP
# Whatever is due a whole number of steps after an answer is due by then, not just about to be.
A_MOMENT: Final = 0.1
# A push channel that breaks was noticed by then, and the schedule has not come to a check yet.
AT_ONCE: Final = 5

DOORS: Final = {
    "09:00": {"local": "shut"},
    "12:00": {"remote": "shut"},
    "18:00": {"local": "open", "remote": "open"},
}
PUSH, NO_PUSH_AT_ALL = ("09:00", "12:00"), ("09:05", "12:00")
"""When the two losses are noticed: at once, with the next check, or by a look for changes that comes before it."""

type Told = tuple[str, str, str | None, str | None, str | None]
"""When, what, the quality before and now, and why."""


def hour(at: datetime) -> str:
    """Return the time of the day, down to the step."""
    minutes = int((at - MIDNIGHT).total_seconds()) // STEP * STEP // 60
    return f"{minutes // 60:02}:{minutes % 60:02}"


@dataclass(slots=True)
class Day:
    """A simulated day, and what was seen in its course."""

    hass: HomeAssistant
    house: PlexHouse
    freezer: FrozenDateTimeFactory
    events: list[Event[dict[str, Any]]] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    repairs: list[tuple[str, list[str]]] = field(default_factory=list)

    async def begin(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Add the account at midnight, and write down what happens from now on."""
        self.hass.bus.async_listen(EVENT_REEL, self.note_event)
        self.hass.bus.async_listen(EVENT_STATE_CHANGED, self.note_state)
        self.freezer.move_to(MIDNIGHT)
        await add_plex(self.hass, self.house, monkeypatch)
        self.house.tv.traffic.clear()

    async def pass_by(self) -> None:
        """Let all of it pass, and the doors of the server open and close."""
        for _ in range(STEPS_A_DAY):
            doors = DOORS.get(hour(dt_util.utcnow()), {})
            for door, action in doors.items():
                await getattr(self.house.server, action)(door)
            if doors:
                await self.pass_time(AT_ONCE)
            await self.pass_time(A_MOMENT + (STEP - AT_ONCE if doors else STEP))

    async def pass_time(self, seconds: float) -> None:
        """Let some of it pass, and look at the repairs."""
        await pass_time(self.hass, self.freezer, seconds)
        if (now := troubles(self.hass)) != (self.repairs[-1][1] if self.repairs else []):
            self.repairs.append((hour(dt_util.utcnow()), now))

    @callback
    def note_event(self, event: Event[dict[str, Any]]) -> None:
        """Keep an event of Reel."""
        self.events.append(event)

    @callback
    def note_state(self, event: Event[EventStateChangedData]) -> None:
        """Keep a state that is known."""
        state = event.data["new_state"]
        if state is not None and state.state != "unknown":
            self.states.append(state)

    def told(self) -> list[Told]:
        """Return what happened, as automations heard of it."""
        return [(hour(event.time_fired), *_words(event.data, "type")) for event in self.events]

    def shown(self, entity: str) -> list[Told]:
        """Return what happened, as an event entity showed it."""
        states = [state for state in self.states if state.entity_id == entity]
        return [(hour(state.last_updated), *_words(state.attributes, "event_type")) for state in states]

    def history(self, entity: str) -> list[tuple[str, str]]:
        """Return the states of an entity, each with the time it began."""
        return [(hour(state.last_changed), state.state) for state in self.states if state.entity_id == entity]

    async def lines(self) -> list[tuple[str, str]]:
        """Return what the logbook says."""
        entries = [(hour(event.time_fired), await describe(self.hass, event.data)) for event in self.events]
        return [(at, f"{entry['name']} {entry['message']}") for at, entry in entries]


def _words(data: Mapping[str, Any], kind: str) -> tuple[str, str | None, str | None, str | None]:
    return data[kind], data["old_quality"], data["new_quality"], data["reason"]


@pytest.fixture
def day(hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory) -> Day:
    """Return a day that has not begun yet."""
    # Time jumps here, and a jump is no silence.
    monkeypatch.setattr("custom_components.reel.backends.push.HEARTBEAT", 1e9)
    # In debug mode the loop takes every jump for a callback that took so long, and says so.
    hass.loop.set_debug(False)
    return Day(hass, plex, freezer)


@pytest.mark.parametrize("noticed", [pytest.param(PUSH, id="push"), pytest.param(NO_PUSH_AT_ALL, id="no push")])
async def test_a_day_of_losses_and_returns_is_told_step_by_step(
    day: Day, noticed: tuple[str, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    day.house.server.fault = NO_PUSH if noticed == NO_PUSH_AT_ALL else None
    await day.begin(monkeypatch)
    await day.pass_by()
    morning, noon = noticed
    happened = [
        (morning, "connection_changed", "local", "remote", "failover"),
        (noon, "connection_changed", "remote", "relay", "failover"),
        ("18:05", "connection_changed", "relay", "local", "upgrade"),
        ("18:05", "better_connection_found", "relay", "local", "upgrade"),
    ]
    assert day.told() == [("00:00", "connection_changed", None, "local", "initial"), *happened]
    assert day.shown("event.den_connection") == happened
    assert await day.lines() == [
        ("00:00", "Den is reached over its local connection"),
        (morning, "Den is now reached over its remote connection, because its local connection failed"),
        (noon, "Den is now reached over a relay, because its remote connection failed"),
        ("18:05", "Den is now reached over its local connection"),
        ("18:05", "Den found something better than a relay"),
    ]
    assert day.history("sensor.den_status") == [("00:00", "offline"), ("00:00", "connected")]
    assert day.history("sensor.den_connection_quality") == [
        ("00:00", "local"),
        (morning, "remote"),
        (noon, "relay"),
        ("18:05", "local"),
    ]
    # An hour on the relay is worth a word; by midnight nothing is left of it.
    assert day.repairs == [("13:05", ["only_relay"]), ("18:05", [])]
    assert troubles(day.hass) == []
    # Never offline, so there was no emergency: plex.tv is asked once, when what it said is a day old.
    assert [seen.path for seen in day.house.tv.traffic.requests] == ["/api/v2/resources"]
    # A source that changes its way is no news for the log.
    reel = [record for record in caplog.records if record.name.startswith("custom_components.reel")]
    assert [record.getMessage() for record in reel if record.levelno >= logging.INFO] == []
