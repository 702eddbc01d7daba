"""When is a request worth asking again at the same address?"""

from collections.abc import Awaitable, Callable
from typing import Final

from ..connection.model import Clock
from .errors import Busy, SourceError, Unreachable

TRIES: Final = 3
FIRST_PAUSE: Final = 0.1
PATIENCE: Final = 30.0

# A server that is merely busy is asked again; when the connection fails, another one is the better answer.
WHEN_BUSY: Final = (Busy,)
# A service with one address has no other connection.
WHEN_UNANSWERED: Final = (Busy, Unreachable)


async def retry[T](ask: Callable[[], Awaitable[T]], clock: Clock, when: tuple[type[SourceError], ...] = WHEN_BUSY) -> T:
    """Return the first answer of three tries; raises the last error, or the first one that asking again cannot mend.

    Pauses double from 100 ms; a server that names its own is waited for, within 30 s in all. Only for what is harmless
    to ask twice.
    """
    ends = clock.monotonic() + PATIENCE
    for number in range(TRIES - 1):
        try:
            return await ask()
        except when as error:
            pause = max(FIRST_PAUSE * 2**number, getattr(error, "retry_after", None) or 0.0)
            if clock.monotonic() + pause > ends:
                raise
            await clock.sleep(pause)
    return await ask()
