"""Whether the DNS of a house hides its addresses is asked of Home Assistant's own resolver."""

import socket

from homeassistant.core import HomeAssistant
import pytest

from custom_components.reel.rebinding import resolves

HIDDEN = "192-168-1-10.0123456789abcdef0123456789abcdef.plex.direct"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ([(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.168.1.10", 0))], True),
        ([], False),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), False),
        (TimeoutError(), False),
    ],
)
async def test_a_name_resolves_or_does_not(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    answer: object,
    expected: bool,  # noqa: FBT001
) -> None:
    async def getaddrinfo(host: str, port: int | None) -> object:
        assert (host, port) == (HIDDEN, None)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(hass.loop, "getaddrinfo", getaddrinfo)
    assert await resolves(hass, HIDDEN) is expected
