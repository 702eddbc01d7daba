"""Options: what a Reel player does by itself, and the flow in which its user decides that."""

from dataclasses import dataclass
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigEntry, ConfigFlowResult, OptionsFlowWithReload
from homeassistant.helpers.selector import BooleanSelector
import probatio as vol

from .backends.item import MarkerKind
from .const import CONF_NEXT_EPISODE, CONF_RESUME, CONF_SKIP_CREDITS, CONF_SKIP_INTRO
from .player.markers import AFTER, BEFORE

_NAMES: Final = (CONF_RESUME, CONF_NEXT_EPISODE, CONF_SKIP_INTRO, CONF_SKIP_CREDITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerOptions:
    """What a Reel player does by itself."""

    resume: bool = True
    next_episode: bool = True
    skip_intro: bool = False
    skip_credits: bool = False

    @classmethod
    def of(cls, entry: ConfigEntry[Any]) -> Self:
        """Return what its user decided."""
        return cls(**{name: entry.options[name] for name in _NAMES if name in entry.options})

    @property
    def skipped(self) -> frozenset[MarkerKind]:
        """What is skipped."""
        none = frozenset[MarkerKind]()
        return (BEFORE if self.skip_intro else none) | (AFTER if self.skip_credits else none)


def form(options: PlayerOptions) -> vol.Schema:
    """Return what may be decided, as it is now."""
    return vol.Schema({vol.Required(name, default=getattr(options, name)): BooleanSelector() for name in _NAMES})


class PlayerOptionsFlow(OptionsFlowWithReload):
    """Asks what a Reel player does by itself."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for all of it."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        return self.async_show_form(step_id="init", data_schema=form(PlayerOptions.of(self.config_entry)))
