"""Buttons: what a user may ask of a source."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import ReelConfigEntry, ReelCoordinator
from .entity import ReelEntity
from .services import refresh_servers
from .sync_services import sync_now

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ReelButtonDescription(ButtonEntityDescription):
    """A button, what it asks of a source, and of which sources that can be asked."""

    press_fn: Callable[[ReelCoordinator], Awaitable[object]]
    exists_fn: Callable[[ReelCoordinator], bool] = lambda _: True


BUTTONS: Final = (
    ReelButtonDescription(
        key="test_connections",
        translation_key="test_connections",
        entity_category=EntityCategory.DIAGNOSTIC,
        press_fn=lambda coordinator: coordinator.test(),
    ),
    ReelButtonDescription(
        key="refresh_servers",
        translation_key="refresh_servers",
        entity_category=EntityCategory.DIAGNOSTIC,
        press_fn=refresh_servers,
        exists_fn=lambda coordinator: coordinator.is_discovered,
    ),
    ReelButtonDescription(
        key="sync",
        translation_key="sync",
        entity_category=EntityCategory.DIAGNOSTIC,
        press_fn=sync_now,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: ReelConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the buttons of every source of an account."""
    for key, coordinator in entry.runtime_data.coordinators.items():
        buttons = [ReelButton(coordinator, each) for each in BUTTONS if each.exists_fn(coordinator)]
        async_add_entities(buttons, config_subentry_id=key)


class ReelButton(ReelEntity, ButtonEntity):
    """Asks something of a source now, even while it is offline and waits for its next check."""

    entity_description: ReelButtonDescription

    @override
    async def async_press(self) -> None:
        """Ask; the other entities tell the result."""
        await self.entity_description.press_fn(self.coordinator)
