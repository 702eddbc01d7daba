"""How is Home Assistant told what to do? As its own frontend tells it: onboarding, tokens and flows over HTTP."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import ClientError, ClientSession

from .errors import DemoError

LANGUAGE: Final = "en"
PAUSE: Final = 0.2

# JSON that Home Assistant sends.
type Json = Any


@dataclass(slots=True)
class Api:
    """The HTTP API of one Home Assistant; most of it needs `sign_in` first."""

    session: ClientSession
    url: str
    token: str = ""

    @property
    def client_id(self) -> str:
        """Who asks, as OAuth wants to know."""
        return f"{self.url}/"

    async def ask(self, method: str, path: str, words: Mapping[str, object] | None = None) -> Json:
        """Return the answer to a request; raises `DemoError` if it is a refusal, `ClientError` if there is none."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self.session.request(method, self.url + path, json=words, headers=headers) as response:
            if response.ok:
                return await response.json(content_type=None)
            why = " ".join((await response.text()).split())
            raise DemoError(f"Home Assistant refuses {method} {path}: {response.status} {why}")

    async def command(self, kind: str, **words: object) -> Json:
        """Return the answer to a command that only the WebSocket knows; raises `DemoError` if it is a refusal."""
        async with self.session.ws_connect(f"{self.url}/api/websocket") as socket:
            await socket.send_json({"type": "auth", "access_token": self.token})
            await socket.send_json({"id": 1, "type": kind, **words})
            async for message in socket:
                match message.json():
                    case {"type": "result", "success": True, "result": result}:
                        return result
                    case {"type": "result", "error": error}:
                        raise DemoError(f"Home Assistant refuses {kind}: {error}")
        raise DemoError(f"Home Assistant does not answer {kind}")

    async def until_up(self, check: Callable[[], None]) -> None:
        """Wait until anything is answered; `check` raises when there is nothing to wait for."""
        while True:
            check()
            with suppress(ClientError, DemoError):
                await self.ask("GET", "/manifest.json")
                return
            await asyncio.sleep(PAUSE)

    async def until_running(self) -> None:
        """Wait until everything has started."""
        while (await self.ask("GET", "/api/config"))["state"] != "RUNNING":  # noqa: ASYNC110  # HTTP tells no events
            await asyncio.sleep(PAUSE)

    async def sign_in(self, user: str, password: str) -> None:
        """Become a user, and make it the first one if there is none."""
        todo = await self._onboarding()
        code = await (self._make_owner(user, password) if "user" in todo else self._log_in(user, password))
        form = {"grant_type": "authorization_code", "code": code, "client_id": self.client_id}
        async with self.session.post(f"{self.url}/auth/token", data=form) as response:
            self.token = (await response.json())["access_token"]
        for step in todo - {"user"}:
            words = {"client_id": self.client_id, "redirect_uri": self.client_id} if step == "integration" else {}
            await self.ask("POST", f"/api/onboarding/{step}", words)

    async def _onboarding(self) -> set[str]:
        """Return the steps of onboarding that are still to be done."""
        # Once all are, Home Assistant has never heard of it.
        async with self.session.get(f"{self.url}/api/onboarding") as response:
            return {step["step"] for step in await response.json() if not step["done"]} if response.ok else set()

    async def _make_owner(self, user: str, password: str) -> str:
        words = {"name": user, "username": user, "password": password}
        answer = await self.ask(
            "POST", "/api/onboarding/users", {**words, "client_id": self.client_id, "language": LANGUAGE}
        )
        return str(answer["auth_code"])

    async def _log_in(self, user: str, password: str) -> str:
        flow = {"client_id": self.client_id, "handler": ["homeassistant", None], "redirect_uri": self.client_id}
        started = await self.ask("POST", "/auth/login_flow", flow)
        words = {"client_id": self.client_id, "username": user, "password": password}
        answer = await self.ask("POST", f"/auth/login_flow/{started['flow_id']}", words)
        if answer["type"] != "create_entry":
            raise DemoError(f"Home Assistant knows no user {user} with that password: start with --fresh.")
        return str(answer["result"])
