"""What does a media player show of an item? Titles and numbers, in the words of Home Assistant."""

from collections.abc import Mapping
from typing import Final

from homeassistant.components.media_player.const import MediaType

from ..backends.item import Item, ItemKind

# The frontend shows what belongs to an episode or a track by these names of its kinds.
_TYPES: Final[Mapping[ItemKind, MediaType]] = {
    ItemKind.MOVIE: MediaType.MOVIE,
    ItemKind.EPISODE: MediaType.TVSHOW,
    ItemKind.TRACK: MediaType.MUSIC,
}


def shown(item: Item | None) -> Mapping[str, str | int | None]:
    """Return what a media player shows of an item by the names of its attributes; of none, nothing in all of them."""
    episode = item if item and item.kind is ItemKind.EPISODE else None
    track = item if item and item.kind is ItemKind.TRACK else None
    return {
        "media_content_type": _TYPES.get(item.kind, MediaType.VIDEO) if item else None,
        "media_title": item.title if item else None,
        "media_duration": round(item.duration_ms / 1000) if item and item.duration_ms else None,
        "media_series_title": episode.grandparent_title if episode else None,
        "media_season": _number(episode.parent_number) if episode else None,
        "media_episode": _number(episode.number) if episode else None,
        "media_album_name": track.parent_title if track else None,
        "media_artist": track.grandparent_title if track else None,
        "media_album_artist": track.grandparent_title if track else None,
        "media_track": track.number if track else None,
    }


def _number(number: int | None) -> str | None:
    return None if number is None else str(number)
