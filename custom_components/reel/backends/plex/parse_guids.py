"""What is an item of Plex called elsewhere? Its present ids, and those that older agents wove into one."""

from collections.abc import Mapping
import re
from typing import Final

from ..item import ExternalId, Provider
from ..reading import objects, text
from ..transport import Json

_PROVIDERS: Final = {
    "imdb": Provider.IMDB,
    "tmdb": Provider.TMDB,
    "tvdb": Provider.TVDB,
    "mbid": Provider.MUSICBRAINZ,
}
# com.plexapp.agents.themoviedb://603?lang=en, …thetvdb://121361?lang=en, …hama://tvdb-70523?lang=en. Those of seasons
# and episodes go on with a slash: they name the show, and so nothing of their own.
_LEGACY: Final = re.compile(r"com\.plexapp\.agents\.(\w+)://(?:(imdb|tmdb|tvdb)-)?([\w-]+)(?:\?.*)?")
_AGENTS: Final = {"imdb": "imdb", "themoviedb": "tmdb", "thetvdb": "tvdb"}


def external_ids(entry: Mapping[str, Json]) -> tuple[ExternalId, ...]:
    """Return the ids that an item has in the databases that other servers use, too."""
    listed = entry.get("Guid")
    named = dict.fromkeys(text(each.get("id")) for each in objects(listed)) if listed else {_legacy(entry): None}
    return tuple(found for name in named if name is not None and (found := _external_id(name)) is not None)


def _external_id(name: str) -> ExternalId | None:
    scheme, _, value = name.partition("://")
    provider = _PROVIDERS.get(scheme)
    if provider is None or not value.isascii():
        return None
    match provider:
        case Provider.IMDB:
            plausible = value.startswith("tt") and value[2:].isdecimal()
        case Provider.MUSICBRAINZ:
            plausible = bool(value)
        case _:
            # Nothing is number 0: it stands for what was not found.
            plausible = value.isdecimal() and value.strip("0") != ""
    return ExternalId(provider, value) if plausible else None


def _legacy(entry: Mapping[str, Json]) -> str | None:
    """Return what an older agent called it, in the form of today."""
    guid = text(entry.get("guid"))
    if guid is None or not (match := _LEGACY.fullmatch(guid)):
        return None
    scheme = match[2] or _AGENTS.get(match[1])
    if scheme is None and match[3].startswith("tt"):
        # Agents that read files of Kodi.
        scheme = "imdb"
    return f"{scheme}://{match[3]}"
