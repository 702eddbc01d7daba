"""What a status means: one table for every kind of server."""

import pytest

from custom_components.reel.backends.errors import (
    Busy,
    Cause,
    Garbled,
    Missing,
    NotAllowed,
    SignInRefused,
    SourceError,
    Unreachable,
)
from custom_components.reel.backends.plex.wire import Wire as PlexWire
from custom_components.reel.backends.transport import Reply, accept
from tests.servers.faults import Fault, Status
from tests.servers.plex import PlexServer

from .anybody import Anybody, says

MEANINGS = {
    302: Garbled,
    304: Garbled,
    400: Garbled,
    401: SignInRefused,
    403: NotAllowed,
    404: Missing,
    405: Garbled,
    409: Garbled,
    422: Garbled,
    429: Busy,
    500: Busy,
    501: Busy,
    502: Unreachable,
    503: Busy,
    504: Unreachable,
    520: Busy,
}


@pytest.mark.parametrize(("status", "error"), MEANINGS.items())
async def test_a_status_means_one_error(
    plex: PlexServer, plex_wire: PlexWire, status: int, error: type[SourceError]
) -> None:
    plex.fault = Fault(Status(status))
    with pytest.raises(error) as caught:
        await plex_wire.ask("GET", plex.url(), "/", token=plex.token)
    assert type(caught.value) is error


@pytest.mark.parametrize("status", [200, 201, 204, 206])
def test_a_success_is_handed_on(status: int) -> None:
    reply = Reply(status, {}, b"")
    assert accept(reply) is reply


@pytest.mark.parametrize("status", [100, 199, 300, 600, 999, 0])
def test_a_status_from_outside_the_world_is_garbled(status: int) -> None:
    with pytest.raises(Garbled):
        accept(Reply(status, {}, b""))


@pytest.mark.parametrize("status", [502, 504])
def test_a_proxy_that_finds_nobody_behind_it_is_no_way_in(status: int) -> None:
    with pytest.raises(Unreachable) as caught:
        accept(Reply(status, {}, b""))
    assert caught.value.cause is Cause.GATEWAY


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_busy_server_tells_when_to_come_back(plex: PlexServer, plex_wire: PlexWire, status: int) -> None:
    plex.fault = Fault(Status(status, retry_after=7))
    with pytest.raises(Busy) as caught:
        await plex_wire.ask("GET", plex.url(), "/identity")
    assert caught.value.retry_after == 7


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "0"}, 0),
        ({"retry-after": "120"}, 120),
        ({"Retry-After": ""}, None),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "1.5"}, None),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
    ],
)
def test_only_seconds_are_understood(header: dict[str, str], seconds: float | None) -> None:
    with pytest.raises(Busy) as caught:
        accept(Reply(503, header, b""))
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("body", "error"), [(b'{"errors":[{"code":1022,"message":"Invalid token"}]}', SignInRefused), (b"{}", Garbled)]
)
async def test_plex_may_refuse_a_token_as_unprocessable(
    plex_wire: PlexWire, body: bytes, error: type[SourceError]
) -> None:
    async with Anybody(says(body, status=422)) as server:
        with pytest.raises(error):
            await plex_wire.ask("GET", server.url(), "/api/v2/user", token="qT8wPz5sVx1nLk7yRb3J")
