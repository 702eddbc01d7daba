"""The demo's command line: start it, disturb one that runs, or give it something new to watch."""

import argparse
import asyncio
from pathlib import Path
import signal
import sys
from typing import Final

from aiohttp import ClientError, ClientSession

from .accounts import add_accounts
from .api import Api
from .control import LINK, Control
from .errors import DemoError
from .house import PASSWORD, USER, House
from .launch import HomeAssistant
from .memory import remembering
from .place import Place
from .ports import HOST, Ports
from .ways import State

ROOT: Final = Path(__file__).parents[2]


def main() -> int:
    """Do what the command line says; return its exit code."""
    options = _options()
    work = {"run": run, "door": disturb, "add": add}[options.command](options)
    try:
        asyncio.run(work)
    except DemoError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except asyncio.CancelledError:
        sys.stdout.write("Stopped.\n")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/develop", description="Run Reel in a made-up house.")
    parser.add_argument("--port", type=int, default=8123, help="Home Assistant's port; the next ten are taken, too")
    parser.add_argument("--config", type=Path, default=ROOT / ".demo", help="where everything is kept")
    parser.add_argument("--fresh", action="store_true", help="forget what an earlier demo left")
    parser.set_defaults(command="run")
    commands = parser.add_subparsers()
    door = commands.add_parser("door", help="shut, open or slow a way into a source of a running demo")
    door.add_argument("source", help="den, cabin, attic, shelf or plex.tv")
    door.add_argument("way", help="such as local, remote or relay")
    door.add_argument("state", choices=list(State))
    door.set_defaults(command="door")
    new = commands.add_parser("add", help="let a source of a running demo have a film, until it is started anew")
    new.add_argument("source", help="den, cabin, attic or shelf")
    new.add_argument("name", help='such as "Dune"; of one name there is one film, wherever it is added')
    new.set_defaults(command="add")
    return parser.parse_args()


async def disturb(options: argparse.Namespace) -> None:
    """Change a way of the demo that runs."""
    await _control(options.port, f"ways/{options.source}/{options.way}", state=options.state)


async def add(options: argparse.Namespace) -> None:
    """Add a film to a source of the demo that runs."""
    await _control(options.port, f"titles/{options.source}", name=options.name)


async def _control(port: int, path: str, **words: str) -> None:
    url = f"http://{HOST}:{Ports(port).control}/api/{path}"
    try:
        async with ClientSession() as session, session.post(url, json=words) as response:
            if not response.ok:
                raise DemoError(await response.text())
    except ClientError as error:
        raise DemoError(f"No demo runs at port {port}.") from error


async def run(options: argparse.Namespace) -> None:
    """Run the demo until it is told to stop."""
    _stop_when_told()
    ports, place = Ports(options.port), Place(options.config.resolve())
    ports.require_free()
    place.prepare(ports.home_assistant, fresh=options.fresh)
    async with House(ports, place.media) as house, Control(house, ports) as control:
        plex_tv, link = house.tv.url("internet"), control.url + LINK
        with remembering(house.attic, place.memory):
            house.turn_on()
            async with HomeAssistant(place, port=ports.home_assistant, plex_tv=plex_tv, link=link) as home_assistant:
                await _settle(home_assistant, house)
                _announce(home_assistant, control)
                await home_assistant.watch()


def _stop_when_told() -> None:
    """Let Ctrl-C, a polite kill and a closed terminal end this task, which closes everything on its way out."""
    task = asyncio.current_task()
    assert task is not None
    for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(told, task.cancel)


async def _settle(home_assistant: HomeAssistant, house: House) -> None:
    """Bring Home Assistant to where its user would have brought it."""
    async with ClientSession() as session:
        api = Api(session, home_assistant.url)
        await api.until_up(home_assistant.require_alive)
        try:
            await api.sign_in(USER, PASSWORD)
            await api.until_running()
            await add_accounts(api, house)
        except ClientError as error:
            home_assistant.require_alive()
            raise DemoError(f"Home Assistant does not answer: {error}") from error


def _announce(home_assistant: HomeAssistant, control: Control) -> None:
    lines = (
        f"Home Assistant   {home_assistant.url}   (user {USER}, password {PASSWORD})",
        f"Control page     {control.url}   (or: scripts/develop door den local down, add den Dune)",
        f"Log              {home_assistant.log}",
        "Ctrl-C stops everything.\n",
    )
    sys.stdout.write("\n".join(lines))
    # Whoever reads this from a pipe waits for it.
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
