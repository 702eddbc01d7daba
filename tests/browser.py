"""What does a browser do in front of Home Assistant's flows, and what is it told? All of it over HTTP."""

from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant

from custom_components.reel.const import DOMAIN

FLOWS: Final = "/api/config/config_entries/flow"
SUBENTRY_FLOWS: Final = "/api/config/config_entries/subentries/flow"

type Step = dict[str, Any]


@dataclass(slots=True)
class Browser:
    """Goes through flows as a person does, and keeps every answer with the step that it shows."""

    hass: HomeAssistant
    client: TestClient[Any, Any]
    told: list[tuple[str, str]] = field(default_factory=list)

    async def begin(self, kind: str) -> Step:
        """Begin to add an account of a kind."""
        return await self.choose(await self._ask("POST", FLOWS, {"handler": DOMAIN}), kind)

    async def choose(self, step: Step, way: str) -> Step:
        """Choose an entry of a menu."""
        return await self.fill_in(step, next_step_id=way)

    async def fill_in(self, step: Step, **values: Any) -> Step:  # noqa: ANN401  # whatever a form asks
        """Submit a form."""
        return await self._ask("POST", f"{FLOWS}/{step['flow_id']}", values)

    async def look(self, flow_id: str) -> Step:
        """Look at a flow, once it went as far as it goes by itself."""
        await self.hass.async_block_till_done(wait_background_tasks=True)
        return await self._ask("GET", f"{FLOWS}/{flow_id}")

    async def reconfigure(self, entry_id: str, subentry_id: str) -> Step:
        """Look at the settings of a source."""
        values = {"handler": [entry_id, "source"], "subentry_id": subentry_id}
        return await self._ask("POST", SUBENTRY_FLOWS, values)

    async def _ask(self, method: str, path: str, values: dict[str, Any] | None = None) -> Step:
        response = await self.client.request(method, path, json=values)
        text = await response.text()
        assert response.ok, text
        await self.hass.async_block_till_done()
        step: Step = await response.json()
        self.told.append((step.get("step_id") or step["type"], text))
        return step
