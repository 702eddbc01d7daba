"""Which of two connections is better?"""

from typing import Final

from .model import Connection, Health

LOCAL_BONUS: Final = -1000
RELAY_PENALTY: Final = 500
UNAVAILABLE_PENALTY: Final = 10_000
MS_PER_POINT: Final = 100


def priority(connection: Connection) -> int:
    """Return the static order, 0 first: local direct, local maybe relayed, remote direct, relay."""
    if connection.local:
        return 1 if connection.relay else 0
    return 3 if connection.relay else 2


def score(connection: Connection, health: Health, preference: int = 0) -> int:
    """Return how good a connection is, lower is better; `preference` is the user's say, 0 for none.

    What was never tested is not punished for it: only a failed test makes a connection unavailable.
    """
    return (
        preference
        + (LOCAL_BONUS if connection.local else 0)
        + (RELAY_PENALTY if connection.relay else 0)
        + (UNAVAILABLE_PENALTY if health.available is False else 0)
        + int(health.response_ms or 0) // MS_PER_POINT
    )
