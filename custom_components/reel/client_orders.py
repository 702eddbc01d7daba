"""How is a client told something for Home Assistant? And if it does not obey, how is that told to who asked?"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from .backends.clients import Client, Command, Order
from .backends.errors import Missing, Offline, SourceError
from .client_obedience import is_excused, is_obeyed
from .client_watch import ClientWatch
from .const import DOMAIN
from .coordinator import ReelCoordinator
from .errors import playing_key
from .wires import clients, clock

# Seconds. A television that has to fetch what it is to play takes longer than one that halts.
PATIENCE: Final = 5.0
PATIENCE_TO_PLAY: Final = 15.0
# After which shares of that the server is asked, if it did not say anything by itself.
ASK_WITH_PUSH: Final = (0.4, 0.6)
ASK_WITHOUT_PUSH: Final = (0.1, 0.2, 0.3, 0.4)
# What does no harm when it is done twice.
_REPEATABLE: Final = frozenset(
    {Order.PLAY, Order.PAUSE, Order.STOP, Order.SEEK, Order.VOLUME, Order.MUTE, Order.SHUFFLE, Order.REPEAT}
)


async def order(source: ReelCoordinator, client: Client, command: Command) -> None:
    """Tell a client something, and wait until it is seen to obey; raises `HomeAssistantError` for one that does not."""
    before = await _present(source, client)
    if command.order not in before.orders:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="client_cannot", translation_placeholders={"client": client.name}
        )
    if command.order is Order.SEEK:
        source.clients.forget_place(client.identity)
    await _tell(source, before, command)
    if not await _is_seen(source.clients, before, command):
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="client_did_not_follow",
            translation_placeholders={"client": client.name},
        )


async def _present(source: ReelCoordinator, client: Client) -> Client:
    """Return a client as it is now; raises `HomeAssistantError` for one that is not there."""
    watch = source.clients
    if client.identity not in watch.listed and not await watch.read():
        raise _refusal(source, Offline())
    found = watch.listed.get(client.identity)
    if found is None:
        raise _gone(client)
    return found


async def _tell(source: ReelCoordinator, client: Client, command: Command) -> None:
    number = _numbers(source.hass).next(clock(source.hass).wall())
    try:
        await source.connector.run(
            lambda way: clients(source.hass, source.source, way).tell(client, command, number),
            repeatable=command.order in _REPEATABLE,
        )
    except Missing as error:
        await source.clients.read()
        raise _gone(client) from error
    except SourceError as error:
        raise _refusal(source, error) from error


def _gone(client: Client) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key="client_gone", translation_placeholders={"client": client.name}
    )


def _refusal(source: ReelCoordinator, error: SourceError) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=playing_key(error),
        translation_placeholders={"source": source.name},
    )


async def _is_seen(watch: ClientWatch, before: Client, command: Command) -> bool:
    """Wait until a client is seen to obey, and ask its server if that says nothing; tell whether it was."""

    def is_done() -> bool:
        return is_obeyed(command, before, watch.clients.get(before.identity))

    patience = PATIENCE_TO_PLAY if command.order is Order.PLAY_ITEMS else PATIENCE
    for share in ASK_WITH_PUSH if watch.is_told else ASK_WITHOUT_PUSH:
        if await _comes_true(watch, is_done, share * patience):
            return True
        await watch.read()
    return is_done() or is_excused(command, watch.clients.get(before.identity))


async def _comes_true(watch: ClientWatch, is_done: Callable[[], bool], seconds: float) -> bool:
    news = asyncio.Event()
    stop_listening = watch.async_add_listener(news.set)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not is_done():
                    news.clear()
                    await news.wait()
    finally:
        stop_listening()
    return is_done()


class _Numbers:
    """Counts commands upwards, over restarts, too: clients ignore what is not numbered higher than what they know."""

    def __init__(self) -> None:
        self._last = 0

    def next(self, now: float) -> int:
        """Return the next number."""
        # Seconds, since milliseconds are more than some clients can count to. The number between two commands is for a
        # question that has to come before the second.
        self._last = max(self._last + 2, int(now))
        return self._last


@singleton(HassKey[_Numbers](f"{DOMAIN}.numbers"))
@callback
def _numbers(hass: HomeAssistant) -> _Numbers:
    return _Numbers()
