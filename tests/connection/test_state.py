"""What is learnt of a connection tells why it fails."""

import pytest

from custom_components.reel.connection.errors import Cause, ForeignServer, SourceError, Unreachable
from custom_components.reel.connection.probe import Attempt
from custom_components.reel.connection.state import SourceState, learn, suspect

from .simulation import LOCAL


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (None, None),
        (Unreachable(Cause.CERTIFICATE), Cause.CERTIFICATE),
        (ForeignServer(), Cause.FOREIGN),
        (SourceError(), Cause.UNUSABLE),
    ],
)
def test_an_attempt_leaves_its_cause(error: SourceError | None, cause: Cause | None) -> None:
    assert learn(SourceState(), [Attempt(LOCAL, error=error)], 1.0).health_of(LOCAL).cause is cause


def test_a_request_that_failed_leaves_its_cause() -> None:
    assert suspect(SourceState(), LOCAL, 1.0, Cause.SILENT).health_of(LOCAL).cause is Cause.SILENT
