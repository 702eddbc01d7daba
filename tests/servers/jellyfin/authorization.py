"""Whose request is it? The token, in every place where this server looks for one."""

from collections.abc import Mapping
import re
from typing import Final
from urllib.parse import unquote

from .fields import Fields
from .state import State

PAIR: Final = re.compile(r'(\w+)="([^"]*)"')


def read_header(state: State, headers: Mapping[str, str]) -> dict[str, str]:
    """Return what the authorization header says: Client, Device, DeviceId, Version, Token."""
    own, old = headers.get("Authorization"), headers.get("X-Emby-Authorization")
    legacy = state.takes_legacy_authorization
    order = [own, old] if not state.version.prefers_old_header else [old, own]
    for text in order if legacy else [own]:
        if text is None:
            continue
        scheme, _, pairs = text.partition(" ")
        if scheme.lower() == "mediabrowser" or (legacy and scheme.lower() == "emby"):
            return {key: unquote(value) for key, value in PAIR.findall(pairs)}
    return {}


def find_token(state: State, headers: Mapping[str, str], query: Fields) -> str | None:
    """Return the token of a request, from the first place that has one."""
    legacy = state.takes_legacy_authorization
    places = [
        read_header(state, headers).get("Token"),
        headers.get("X-Emby-Token") if legacy else None,
        headers.get("X-MediaBrowser-Token") if legacy else None,
        query.text("ApiKey"),
        query.text("api_key") if legacy else None,
    ]
    return next((token for token in places if token), None)
