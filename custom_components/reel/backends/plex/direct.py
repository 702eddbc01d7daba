"""What address does a plex.direct name carry?

Routers that guard against DNS rebinding do not resolve such a name to an address of the house. It need not be resolved:
the address stands in it, and the certificate is checked against the name all the same.
"""

from dataclasses import replace
from ipaddress import ip_address
import re
from typing import Final

from ..transport import Request

# 192-168-1-10.<hash of the certificate>.plex.direct; an IPv6 address has dashes where its colons would be.
_NAME: Final = re.compile(r"(?P<address>[0-9a-f-]+)\.[0-9a-f]{32}\.plex\.direct", re.IGNORECASE)


def address_in(name: str) -> str | None:
    """Return the address that a plex.direct name stands for, None for any other name."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    dashed = found["address"]
    for separator in (".", ":"):
        try:
            return str(ip_address(dashed.replace("-", separator)))
        except ValueError:
            continue
    return None


def by_address(request: Request) -> Request | None:
    """Return the same request to the address in its name, None if its name carries none.

    The server is asked for the name, and its certificate must be for it: only the question where it lives is skipped.
    """
    name = request.url.host or ""
    address = address_in(name)
    if address is None:
        return None
    headers = {**request.headers, "Host": request.url.authority}
    hostname = name if request.url.scheme in {"https", "wss"} else None
    return replace(request, url=request.url.with_host(address), headers=headers, server_hostname=hostname)
