"""The steps of Home Assistant's config flow that lead to a Reel player, or to another output for it."""

from typing import Any, Final

from homeassistant.components.media_player.const import DOMAIN as MEDIA_PLAYER
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    TextSelector,
)
import probatio as vol

from .account_flow import AccountFlow
from .const import CONF_KIND, CONF_OUTPUT, DOMAIN, KIND_PLAYER
from .player_output import lasting_name, output_of

_CAN_PLAY: Final = "media_player.MediaPlayerEntityFeature.PLAY_MEDIA"


def player_form(outputs: EntitySelector) -> vol.Schema:
    """Return the questions that a new Reel player asks."""
    return vol.Schema({vol.Required(CONF_NAME): TextSelector(), vol.Required(CONF_OUTPUT): outputs})


def output_form(outputs: EntitySelector) -> vol.Schema:
    """Return the question that remains of a player that is known."""
    return vol.Schema({vol.Required(CONF_OUTPUT): outputs})


@callback
def outputs(hass: HomeAssistant) -> EntitySelector:
    """Return the choice of a media player: any that plays what it is given, and is none of ours."""
    known = er.async_get(hass).entities.values()
    own = [each.entity_id for each in known if (each.platform, each.domain) == (DOMAIN, MEDIA_PLAYER)]
    wanted = EntityWithDeviceFilterSelectorConfig(domain=MEDIA_PLAYER, supported_features=[_CAN_PLAY])
    return EntitySelector(EntitySelectorConfig(filter=wanted, exclude_entities=own))


class PlayerFlow(AccountFlow):
    """Adds a Reel player, or gives it another output. There is one per output at the most."""

    async def async_step_player(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for its name and its output."""
        if user_input is not None:
            output = lasting_name(self.hass, user_input[CONF_OUTPUT])
            await self.async_set_unique_id(output)
            self._abort_if_unique_id_configured(reload_on_update=False)
            data = {CONF_KIND: KIND_PLAYER, CONF_OUTPUT: output}
            return self.async_create_entry(title=user_input[CONF_NAME], data=data)
        return self._form("player", player_form(outputs(self.hass)), user_input)

    async def async_step_player_output(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for another output."""
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            output = lasting_name(self.hass, user_input[CONF_OUTPUT])
            others = self.hass.config_entries.async_entries(DOMAIN)
            if any(each.unique_id == output for each in others if each is not entry):
                return self.async_abort(reason="already_configured")
            return self.async_update_reload_and_abort(entry, unique_id=output, data_updates={CONF_OUTPUT: output})
        known = output_of(self.hass, entry.data[CONF_OUTPUT])
        return self._form(
            "player_output", output_form(outputs(self.hass)), {CONF_OUTPUT: known} if known else None, name=entry.title
        )
