"""What is on a Jellyfin server? From its lists to our items, however odd they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
import re
from typing import Final

from ..errors import Garbled
from ..item import PLAYABLE, ExternalId, Item, ItemKind, Provider, UserState
from ..listing import IdPage, Page
from ..reading import flag, mapping, number, objects, text
from ..transport import Json
from .parse_files import parse_files
from .parse_images import parse_images
from .times import day, milliseconds, moment

TYPES: Final[Mapping[ItemKind, str]] = {
    ItemKind.MOVIE: "Movie",
    ItemKind.SHOW: "Series",
    ItemKind.SEASON: "Season",
    ItemKind.EPISODE: "Episode",
    ItemKind.ARTIST: "MusicArtist",
    ItemKind.ALBUM: "MusicAlbum",
    ItemKind.TRACK: "Audio",
    ItemKind.VIDEO: "Video,MusicVideo",
    ItemKind.COLLECTION: "BoxSet",
    ItemKind.PLAYLIST: "Playlist",
}
_KINDS: Final = {name: kind for kind, names in TYPES.items() for name in names.split(",")}
# The names of these are made of numbers, to sort by; ours come in fields.
_SORTED_BY_NUMBER: Final = frozenset({ItemKind.SEASON, ItemKind.EPISODE, ItemKind.TRACK})
# Of shows and artists it is an average, or made up.
_WITH_DURATION: Final = PLAYABLE | {ItemKind.ALBUM, ItemKind.PLAYLIST}
_WITH_CHILDREN: Final = frozenset({ItemKind.SHOW, ItemKind.SEASON, ItemKind.ALBUM})
_HIGHEST_RATING: Final = 10.0
# Numbers inside a name are padded to ten digits so that they sort.
_PADDED: Final = re.compile(r"(?<!\d)(?=\d{10}(?!\d))0+(?=\d)")
_MUSICBRAINZ: Final = {
    ItemKind.ARTIST: "musicbrainzartist",
    ItemKind.ALBUM: "musicbrainzalbum",
    ItemKind.TRACK: "musicbrainztrack",
}


@dataclass(frozen=True, slots=True)
class Entries:
    """A stretch of a list as it came."""

    raw: tuple[Mapping[str, Json], ...]
    size: int
    total: int | None


def parse_entries(answer: Json, start: int = 0, asked: int | None = None) -> Entries:
    """Return a stretch of a list; raises `Garbled` where there is none, which is not the same as an empty one.

    What comes beyond the number asked for is a server that knows no pages: it sent everything from the first on.
    """
    page = mapping(answer)
    items = page.get("Items")
    if not isinstance(items, list):
        raise Garbled
    total = number(page.get("TotalRecordCount"))
    if asked is not None and len(items) > asked:
        total, items = len(items), items[start:]
    elif total is not None and start and start >= total > 0:
        items = []
    # A server that does not count says 0, or how many it sent.
    told = total if total is not None and total >= start + len(items) and (total or not items) else None
    return Entries(tuple(objects(items)), len(items), told)


def parse_page(answer: Json, library: str, start: int, asked: int) -> Page:
    """Return a stretch of a library, without what is none of our kinds."""
    entries = parse_entries(answer, start, asked)
    return Page(tuple(parse_items(entries.raw, library)), entries.size, entries.total)


def parse_id_page(answer: Json, kind: ItemKind, start: int, asked: int) -> IdPage:
    """Return the identities of a stretch of a library."""
    entries = parse_entries(answer, start, asked)
    found = (text(raw.get("Id")) for raw in entries.raw if kind_of(raw) is kind)
    return IdPage(tuple(identity for identity in found if identity), entries.size, entries.total)


def parse_items(raw: Iterable[Mapping[str, Json]], library: str) -> list[Item]:
    """Return those that are items."""
    return [item for each in raw if (item := parse_item(each, library))]


def kind_of(raw: Mapping[str, Json]) -> ItemKind | None:
    """Return what something is; None for what is not listed: folders, extras, episodes that nobody has."""
    name = raw.get("Type")
    kind = _KINDS.get(name) if isinstance(name, str) else None
    if raw.get("ExtraType") or (kind in PLAYABLE and raw.get("LocationType") == "Virtual"):
        return None
    return kind


def parse_item(raw: Mapping[str, Json], library: str) -> Item | None:
    """Return an item; None for what is none, or has no identity."""
    kind, identity = kind_of(raw), text(raw.get("Id"))
    if kind is None or identity is None:
        return None
    parent, parent_title, grandparent, grandparent_title = _family(raw, kind)
    year = number(raw.get("ProductionYear"))
    return Item(
        identity=identity,
        kind=kind,
        library=library,
        title=text(raw.get("Name")) or "",
        sort_title=None if kind in _SORTED_BY_NUMBER else _sort_title(raw.get("SortName")),
        original_title=text(raw.get("OriginalTitle")),
        parent=parent,
        grandparent=grandparent,
        parent_title=parent_title,
        grandparent_title=grandparent_title,
        number=number(raw.get("IndexNumber")),
        last_number=number(raw.get("IndexNumberEnd")),
        parent_number=number(raw.get("ParentIndexNumber")),
        year=year if year and year > 0 else None,
        aired=day(raw.get("PremiereDate")),
        added_at=moment(raw.get("DateCreated")),
        duration_ms=milliseconds(raw.get("RunTimeTicks")) or None if kind in _WITH_DURATION else None,
        rating=_rating(raw.get("CommunityRating")),
        content_rating=text(raw.get("OfficialRating")),
        studio=_first_name(raw.get("Studios")),
        summary=text(raw.get("Overview")),
        tagline=_first_text(raw.get("Taglines")),
        children=_children(raw, kind),
        genres=_texts(raw.get("Genres")),
        ids=_ids(raw.get("ProviderIds"), kind),
        images=parse_images(raw, kind),
        files=parse_files(raw) if kind in PLAYABLE else (),
        state=parse_state(raw.get("UserData")),
    )


def parse_state(value: Json) -> UserState | None:
    """Return what a user did with an item; None where nothing is told."""
    if not isinstance(value, Mapping):
        return None
    unwatched = number(value.get("UnplayedItemCount"))
    return UserState(
        watched=flag(value.get("Played")),
        plays=max(number(value.get("PlayCount")) or 0, 0),
        position_ms=milliseconds(value.get("PlaybackPositionTicks")) or 0,
        viewed_at=moment(value.get("LastPlayedDate")),
        favorite=flag(value.get("IsFavorite")),
        unwatched=max(unwatched, 0) if unwatched is not None else None,
    )


def parents_of(raw: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the identities of what an item belongs to, the closest first."""
    kind = kind_of(raw)
    if kind is None:
        return ()
    parent, _, grandparent, _ = _family(raw, kind)
    return tuple(identity for identity in (parent, grandparent) if identity)


type _Family = tuple[str | None, str | None, str | None, str | None]


def _family(raw: Mapping[str, Json], kind: ItemKind) -> _Family:
    """Return identity and title of what contains an item, and of what contains that."""
    match kind:
        case ItemKind.SEASON:
            return text(raw.get("SeriesId")), text(raw.get("SeriesName")), None, None
        case ItemKind.EPISODE:
            season = text(raw.get("SeasonId")), text(raw.get("SeasonName"))
            return *season, text(raw.get("SeriesId")), text(raw.get("SeriesName"))
        case ItemKind.ALBUM:
            return *_artist(raw), None, None
        case ItemKind.TRACK:
            return text(raw.get("AlbumId")), text(raw.get("Album")), *_artist(raw)
    return None, None, None, None


def _artist(raw: Mapping[str, Json]) -> tuple[str | None, str | None]:
    """Return who made an album; whoever only sings along on one track does not count."""
    for artist in objects(raw.get("AlbumArtists")):
        return text(artist.get("Id")), text(artist.get("Name"))
    return None, text(raw.get("AlbumArtist"))


def _children(raw: Mapping[str, Json], kind: ItemKind) -> int | None:
    if kind in {ItemKind.COLLECTION, ItemKind.PLAYLIST}:
        return number(raw.get("ChildCount"))
    return number(raw.get("RecursiveItemCount")) if kind in _WITH_CHILDREN else None


def _sort_title(value: Json) -> str | None:
    found = text(value)
    return _PADDED.sub("", found) if found else None


def _rating(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = float(value)
    except ValueError, OverflowError:
        return None
    # Nobody rated what has a rating of 0.
    return found if isfinite(found) and 0 < found <= _HIGHEST_RATING else None


def _texts(value: Json) -> tuple[str, ...]:
    """Return the texts of a list, each once."""
    if not isinstance(value, list) or not value:
        return ()
    return tuple(dict.fromkeys(found for each in value if (found := text(each))))


def _first_text(value: Json) -> str | None:
    return next(iter(_texts(value)), None)


def _first_name(value: Json) -> str | None:
    return next((found for each in objects(value) if (found := text(each.get("Name")))), None)


def _ids(value: Json, kind: ItemKind) -> tuple[ExternalId, ...]:
    """Return what an item is called elsewhere; a film and the collection it is in may have the same number."""
    if not isinstance(value, Mapping) or not value:
        return ()
    known = {name.lower(): found for name, each in value.items() if (found := text(each))}
    asked = (
        (Provider.IMDB, "imdb"),
        (Provider.TMDB, "tmdb"),
        (Provider.TVDB, "tvdb"),
        (Provider.MUSICBRAINZ, _MUSICBRAINZ.get(kind, "")),
    )
    # Several artists in one, joined by slashes, are none of them.
    return tuple(ExternalId(provider, known[name]) for provider, name in asked if "/" not in known.get(name, "/"))
