"""What does an address that a person typed mean?"""

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

# Names that never leave a house: mDNS, the usual names of routers, and the one reserved for homes.
_HOUSE_SUFFIXES: Final = (".local", ".lan", ".home", ".internal", ".home.arpa")


def is_private(address: str) -> bool:
    """Tell whether a host is in this house as far as its name tells: a private address, or a name without a domain."""
    host = address.lower().rstrip(".")
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(_HOUSE_SUFFIXES)


def guesses(typed: str, ports: Sequence[tuple[str, int]]) -> list[str]:
    """Return the URIs that somebody may have meant, the most likely first; raises ValueError if it can be none.

    A scheme or a port that was typed is kept, and so is a path. What is missing is taken from `ports`, pairs of a
    scheme and the port a server of this kind uses with it; then the ports of the web are tried.
    """
    text = typed.strip()
    schemed = (text if "://" in text else f"//{text}").rstrip("/")
    parts = urlsplit(schemed)
    if (
        parts.scheme not in {"", "http", "https"}
        or not parts.hostname
        or parts.username
        or parts.query
        or parts.fragment
    ):
        raise ValueError(typed)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if parts.port:
        schemes = [parts.scheme] if parts.scheme else ["http", "https"]
        return [f"{scheme}://{host}:{parts.port}{parts.path}" for scheme in schemes]
    own = [(scheme, f":{port}") for scheme, port in ports]
    web = [("https", ""), ("http", "")]
    # With a scheme people mean the port of the web; without, the port the server has at home.
    likely = [*web, *own] if parts.scheme else [*own, *web]
    return [f"{scheme}://{host}{port}{parts.path}" for scheme, port in likely if parts.scheme in {"", scheme}]
