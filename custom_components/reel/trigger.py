"""Purpose triggers: automations that start with what happens to a source."""

from typing import Any, ClassVar, Final, cast, override

from homeassistant.const import ATTR_DEVICE_ID, CONF_OPTIONS, CONF_TARGET, CONF_TYPE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.target import TargetSelection
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
import probatio as vol

from .backends.item import ItemKind
from .catalog_notice import CatalogHappening
from .connection.change import Reason
from .connection.model import Quality
from .connection.notice import Happening
from .const import DOMAIN, EVENT_REEL
from .targeting import targeted_devices

CONF_FROM: Final = "from"
CONF_TO: Final = "to"
CONF_REASONS: Final = "reasons"
CONF_KINDS: Final = "kinds"
CONF_LIBRARY: Final = "library"

# The first connection after a start is no change to most people; whoever wants to hear of it says so.
USUAL_REASONS: Final = [reason for reason in Reason if reason is not Reason.INITIAL]

_TARGET: Final = {vol.Required(CONF_TARGET): cv.TARGET_FIELDS}
_QUALITIES: Final = vol.All(cv.ensure_list, [vol.Coerce(Quality)])
SCHEMA: Final = vol.Schema({**_TARGET, vol.Optional(CONF_OPTIONS, default={}): {}})
CHANGE_SCHEMA: Final = vol.Schema(
    {
        **_TARGET,
        vol.Optional(CONF_OPTIONS, default={}): {
            vol.Optional(CONF_FROM, default=[]): _QUALITIES,
            vol.Optional(CONF_TO, default=[]): _QUALITIES,
            vol.Optional(CONF_REASONS, default=USUAL_REASONS): vol.All(cv.ensure_list, [vol.Coerce(Reason)]),
        },
    }
)
ADDED_SCHEMA: Final = vol.Schema(
    {
        **_TARGET,
        vol.Optional(CONF_OPTIONS, default={}): {
            vol.Optional(CONF_KINDS, default=[]): vol.All(cv.ensure_list, [vol.Coerce(ItemKind)]),
            vol.Optional(CONF_LIBRARY): cv.string,
        },
    }
)


class ReelTrigger(Trigger):
    """Starts with things that happen to the sources of a target, whichever of their entities are enabled.

    It listens to Reel's event on the bus, so it may be attached long before an account is loaded.
    """

    happenings: ClassVar[frozenset[Happening | CatalogHappening]]
    schema: ClassVar[vol.Schema] = SCHEMA
    description: ClassVar[str]
    """What a trace says beside the name of the source."""

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Return the validated options and target."""
        return cast("ConfigType", cls.schema(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._options: dict[str, Any] = config.options or {}
        self._target = TargetSelection(config.target or {})

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        """Run the action for everything that happens from now on."""
        if not self._target.has_any_target:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_target")

        @callback
        def heard(event: Event[dict[str, Any]]) -> None:
            told = dict(event.data)
            if self.matches(told) and told[ATTR_DEVICE_ID] in targeted_devices(self._hass, self._target):
                run_action(told, f"{self.description} {told['source']}", event.context)

        return self._hass.bus.async_listen(EVENT_REEL, heard)

    def matches(self, told: dict[str, Any]) -> bool:
        """Tell whether what happened is what is waited for."""
        return told[CONF_TYPE] in self.happenings


class ConnectionChanged(ReelTrigger):
    """A source is reached another way; coming back from an outage is such a change, too, with its own reason."""

    happenings = frozenset({Happening.CONNECTION_CHANGED, Happening.SOURCE_RESTORED})
    schema = CHANGE_SCHEMA
    description = "a new connection of"

    @override
    def matches(self, told: dict[str, Any]) -> bool:
        """Tell whether the change is between the right qualities and has the right reason."""
        return (
            super().matches(told)
            and told["reason"] in self._options[CONF_REASONS]
            and self._is_wanted(CONF_FROM, told["old_quality"])
            and self._is_wanted(CONF_TO, told["new_quality"])
        )

    def _is_wanted(self, option: str, quality: Quality | None) -> bool:
        wanted = self._options[option]
        return not wanted or quality in wanted


class BetterConnectionFound(ReelTrigger):
    """A source is reached over something better than before."""

    happenings = frozenset({Happening.BETTER_CONNECTION_FOUND})
    description = "a better connection of"


class SourceLost(ReelTrigger):
    """Nothing leads to a source any more."""

    happenings = frozenset({Happening.SOURCE_LOST})
    description = "the loss of"


class SourceRestored(ReelTrigger):
    """A source that was lost is back."""

    happenings = frozenset({Happening.SOURCE_RESTORED})
    description = "the return of"


class SignInNeeded(ReelTrigger):
    """A source does not accept our credentials any more."""

    happenings = frozenset({Happening.SIGN_IN_NEEDED})
    description = "the refused sign-in of"


class ItemAdded(ReelTrigger):
    """A source has something that it did not have before."""

    happenings = frozenset({CatalogHappening.ITEM_ADDED})
    schema = ADDED_SCHEMA
    description = "something new at"

    @override
    def matches(self, told: dict[str, Any]) -> bool:
        """Tell whether it is of the right kind and in the right library, by the name people give it."""
        if not super().matches(told):
            return False
        kinds, library = self._options[CONF_KINDS], self._options.get(CONF_LIBRARY)
        is_right_library = library is None or library.casefold() == str(told.get("library", "")).casefold()
        return is_right_library and (not kinds or told["kind"] in kinds)


class SyncFailed(ReelTrigger):
    """The catalog of a source could not be brought in step."""

    happenings = frozenset({CatalogHappening.SYNC_FAILED})
    description = "the failed sync of"


TRIGGERS: Final[dict[str, type[Trigger]]] = {
    Happening.CONNECTION_CHANGED: ConnectionChanged,
    Happening.BETTER_CONNECTION_FOUND: BetterConnectionFound,
    Happening.SOURCE_LOST: SourceLost,
    Happening.SOURCE_RESTORED: SourceRestored,
    Happening.SIGN_IN_NEEDED: SignInNeeded,
    CatalogHappening.ITEM_ADDED: ItemAdded,
    CatalogHappening.SYNC_FAILED: SyncFailed,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers, by the name that follows the domain."""
    return TRIGGERS
