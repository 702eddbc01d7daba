"""How does Reel get its accounts? Through its real flows, with the answers a user of this house would give."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from .api import PAUSE, Api, Json
from .errors import DemoError
from .house import PASSWORD, USER, House

ENTRIES: Final = "/api/config/config_entries/entry"
FLOWS: Final = "/api/config/config_entries/flow"
SOURCE_FLOWS: Final = "/api/config/config_entries/subentries/flow"


@dataclass(frozen=True, slots=True)
class Wish:
    """Something to be done in a flow: what to choose in menus, and what to fill into forms."""

    what: str
    choices: tuple[str, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)


async def add_accounts(api: Api, house: House) -> None:
    """Add the accounts of the house and its player, unless an earlier demo did."""
    if await api.ask("GET", f"{ENTRIES}?domain=reel"):
        return
    servers = [server.identifier for server in (house.den, house.cabin)]
    await _add(api, house, Wish("a Plex account", ("plex",), {"servers": servers}))
    jellyfin = {"url": house.attic.url("wired"), "username": USER, "password": PASSWORD}
    entry = await _add(api, house, Wish("a Jellyfin account", ("jellyfin", "jellyfin_password"), jellyfin))
    await _add_address(api, house, entry)
    await _add(api, house, Wish("a folder", ("local",), {"path": str(house.folder)}))
    player = {"name": "Living room", "output": "media_player.projector"}
    await _add(api, house, Wish("a player", ("player",), player))


async def _add(api: Api, house: House, wish: Wish) -> str:
    """Add an account, and return the id of its entry."""
    done = await _Flow(api, house, FLOWS, wish).run({"handler": "reel"})
    return str(done["result"]["entry_id"])


async def _add_address(api: Api, house: House, entry: str) -> None:
    """Tell of the second address of the Jellyfin server, which no flow can find by itself."""
    (source,) = await api.command("config_entries/subentries/list", entry_id=entry)
    wish = Wish("another address", values={"extra_urls": [house.attic.url(door) for door in house.ways["attic"]]})
    words = {"handler": [entry, source["subentry_type"]], "subentry_id": source["subentry_id"]}
    await _Flow(api, house, SOURCE_FLOWS, wish).run(words)


class _Flow:
    """One way through a flow."""

    def __init__(self, api: Api, house: House, path: str, wish: Wish) -> None:
        self._api = api
        self._house = house
        self._path = path
        self._wish = wish

    async def run(self, words: Mapping[str, object]) -> Json:
        """Go from step to step, and return the last; raises `DemoError` if it is not the wished one."""
        step = await self._api.ask("POST", self._path, words)
        while step["type"] != "create_entry" and step.get("reason") != "reconfigure_successful":
            step = await self._next(step)
        return step

    async def _next(self, step: Json) -> Json:
        path = f"{self._path}/{step['flow_id']}"
        match step:
            case {"type": "menu", "menu_options": options}:
                choice = next((choice for choice in self._wish.choices if choice in options), None)
                return await self._api.ask("POST", path, {"next_step_id": choice})
            case {"type": "form", "errors": errors, "data_schema": fields} if not errors:
                names = {each["name"] for each in fields}
                values = {name: value for name, value in self._wish.values.items() if name in names}
                return await self._api.ask("POST", path, values)
            case {"type": "progress"}:
                for code in self._house.codes:
                    code.approve()
                await asyncio.sleep(PAUSE)
                return await self._api.ask("GET", path)
        raise DemoError(f"Reel did not add {self._wish.what}: {step}")
