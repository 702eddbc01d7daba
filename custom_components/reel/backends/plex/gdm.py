"""Which Plex servers announce themselves on the LAN? Plex calls this GDM ("Good Day, Mate")."""

from typing import Final

from ..lan import Call, Found
from ..model import Kind

GROUP: Final = ("239.0.0.250", 32414)
_PORTS: Final = range(1, 65_536)
_WORDS: Final = b"M-SEARCH * HTTP/1.0\r\n\r\n"


def gdm_call(address: tuple[str, int] = GROUP) -> Call:
    """Return the question for Plex servers."""
    return Call(_WORDS, address, read_answer)


def read_answer(data: bytes, sender: str) -> Found | None:
    """Return the server that answered, at the address the answer came from; None for anything else."""
    status, _, rest = data.decode(errors="replace").partition("\r\n")
    # Values hold colons, too: only the first one ends a name.
    fields = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest.splitlines())
    }
    identity, port = fields.get("resource-identifier"), fields.get("port", "")
    if "200 OK" not in status or fields.get("content-type") != "plex/media-server" or not identity:
        return None
    if not port.isascii() or not port.isdecimal() or int(port) not in _PORTS:
        return None
    return Found(Kind.PLEX, identity, fields.get("name") or "Plex Media Server", f"http://{sender}:{port}")
