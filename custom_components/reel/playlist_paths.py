"""What may be fetched by way of a playlist? What it leads to, and nothing else of its source."""

import re
from typing import Final
from urllib.parse import parse_qsl, unquote

from .backends.model import Kind
from .capability import Grant
from .links import first_playlist

# What a playlist of each kind of server names, from where it lies.
_LED_TO: Final = {
    Kind.PLEX: re.compile(r"session/[^/]+/[^?]+"),
    Kind.JELLYFIN: re.compile(r"(?:(?:main|live)\.m3u8|hls\d?/[^?]+|[^/]+/subtitles/\d+/[^?]+)", re.IGNORECASE),
}
# By these, a server is asked for something else, or asked as somebody else.
_TURNING: Final = frozenset({"itemid", "key", "params", "path", "ratingkey", "url", "userid"})
_TOKEN: Final = re.compile(r"api_?key|token", re.IGNORECASE)
# What Home Assistant adds to the addresses that it hands out.
_OURS: Final = re.compile(r"(?:^|(?<=&))authSig=[^&]*&?")


def path_below(grant: Grant, kind: Kind, tail: str, query: str) -> str | None:
    """Return the path at the source of what was asked for below a playlist, None where the playlist does not lead.

    `tail` and `query` are as they came, with all that is escaped in them.
    """
    if tail == first_playlist(grant):
        return grant.path
    led_to, query = _LED_TO.get(kind), _OURS.sub("", query).rstrip("&")
    if led_to is None or not _is_straight(tail) or led_to.fullmatch(tail) is None or not _is_plain(query):
        return None
    home = grant.path.partition("?")[0].rpartition("/")[0]
    return f"{home}/{tail}?{query}" if query else f"{home}/{tail}"


def _is_straight(tail: str) -> bool:
    """Tell whether a path goes down step by step, however it is read; what is escaped twice leads nowhere good."""
    steps = unquote(tail)
    if "%" in steps or "\\" in steps or "?" in steps or "#" in steps or not steps.isprintable():
        return False
    return not {"", ".", ".."}.intersection(steps.split("/")) and steps.count("/") == tail.count("/")


def _is_plain(query: str) -> bool:
    names = {name.lower() for name, _ in parse_qsl(query, keep_blank_values=True)}
    return not names & _TURNING and not any(_TOKEN.search(name) for name in names)
