"""What may be fetched by way of a playlist? What it leads to, and nothing else of its source."""

import re
from typing import Final
from urllib.parse import parse_qsl, unquote

from .backends.model import Kind
from .capability import Grant
from .links import first_playlist

# What a playlist of each kind of server names, from where it lies; and in a Plex one, of which play.
_LED_TO: Final = {
    Kind.PLEX: re.compile(r"session/(?P<play>[^/]+)/[^?]+"),
    Kind.JELLYFIN: re.compile(
        r"(?P<play>)(?:(?:main|live)\.m3u8|hls\d?/[^?]+|[^/]+/subtitles/\d+/[^?]+)", re.IGNORECASE
    ),
}
# By these, a server is asked for something else, or asked as somebody else.
_TURNING: Final = frozenset({"itemid", "key", "params", "path", "ratingkey", "url", "userid"})
_TOKEN: Final = re.compile(r"api_?key|token", re.IGNORECASE)
# By these, it is told which play is meant.
_PLAYS: Final = frozenset({"playsessionid", "session", "transcodesessionid", "x-plex-session-identifier"})
# What Home Assistant adds to the addresses that it hands out.
_OURS: Final = re.compile(r"(?:^|(?<=&))authSig=[^&]*&?")


def path_below(grant: Grant, kind: Kind, tail: str, query: str) -> str | None:
    """Return the path at the source of what was asked for below a playlist, None where the playlist does not lead.

    `tail` and `query` are as they came, with all that is escaped in them.
    """
    if tail == first_playlist(grant):
        return grant.path
    query = _OURS.sub("", query).rstrip("&")
    led_to = _LED_TO[kind].fullmatch(tail) if kind in _LED_TO and _is_straight(tail) else None
    if led_to is None or unquote(led_to["play"]) not in {"", grant.play_session} or not _is_plain(grant, query):
        return None
    home = grant.path.partition("?")[0].rpartition("/")[0]
    return f"{home}/{tail}?{query}" if query else f"{home}/{tail}"


def _is_straight(tail: str) -> bool:
    """Tell whether a path goes down step by step, however it is read; what is escaped twice leads nowhere good."""
    steps = unquote(tail)
    if "%" in steps or "\\" in steps or "?" in steps or "#" in steps or not steps.isprintable():
        return False
    return not {"", ".", ".."}.intersection(steps.split("/")) and steps.count("/") == tail.count("/")


def _is_plain(grant: Grant, query: str) -> bool:
    """Tell whether a query asks for a part of the same play, as ourselves."""
    asked = [(name.lower(), value) for name, value in parse_qsl(query, keep_blank_values=True)]
    # Some take a semicolon for what divides parameters.
    if ";" in query or any(name in _TURNING or _TOKEN.search(name) for name, _ in asked):
        return False
    return all(value == grant.play_session for name, value in asked if name in _PLAYS)
