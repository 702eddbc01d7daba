"""What is there to watch and to hear? Items of all kinds of sources, in one form."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ItemKind(StrEnum):
    """What an item is."""

    MOVIE = "movie"
    SHOW = "show"
    SEASON = "season"
    EPISODE = "episode"
    ARTIST = "artist"
    ALBUM = "album"
    TRACK = "track"
    VIDEO = "video"
    """A home video, a clip, a music video: something to watch that belongs to nothing."""
    COLLECTION = "collection"
    PLAYLIST = "playlist"


PLAYABLE: Final = frozenset({ItemKind.MOVIE, ItemKind.EPISODE, ItemKind.TRACK, ItemKind.VIDEO})
# What is listed by what it holds, which belongs elsewhere.
LISTS: Final = frozenset({ItemKind.COLLECTION, ItemKind.PLAYLIST})


class Provider(StrEnum):
    """Who gives things of this world their numbers."""

    IMDB = "imdb"
    TMDB = "tmdb"
    TVDB = "tvdb"
    MUSICBRAINZ = "musicbrainz"


class ImageKind(StrEnum):
    """What a picture of an item shows."""

    POSTER = "poster"
    BACKDROP = "backdrop"
    THUMB = "thumb"
    """A still in the shape of the screen, as episodes have."""
    LOGO = "logo"


@dataclass(frozen=True, slots=True)
class ExternalId:
    """What an item is called elsewhere: the same film on two servers has the same."""

    provider: Provider
    value: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture, by what its own source calls it: a path or a tag, never with a token and never a whole URL."""

    kind: ImageKind
    reference: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who took part. `role` is whom an actor plays, `job` what others did ("director", "writer")."""

    name: str
    job: str = "actor"
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One version of an item, as far as lists tell."""

    identity: str
    """What its source calls it: a media source, a part, a path below the folder."""
    container: str | None = None
    bytes: int | None = None
    bitrate: int | None = None
    """Kilobits a second."""
    width: int | None = None
    height: int | None = None
    video: str | None = None
    audio: str | None = None
    """Codecs as servers call them: hevc, h264, aac."""
    channels: int | None = None
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserState:
    """What the account's user did with an item."""

    watched: bool = False
    plays: int = 0
    position_ms: int = 0
    """Where to go on, 0 for the beginning."""
    viewed_at: float | None = None
    """Seconds since 1970."""
    favorite: bool = False
    unwatched: int | None = None
    """Of what a show, season, artist or album holds, how much is not watched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to watch or hear, or what holds some of them, as lists tell it.

    `identity` and all that point to other items are the source's own and unique within the source only.
    """

    identity: str
    kind: ItemKind
    library: str
    """The identity of its library."""
    title: str
    sort_title: str | None = None
    original_title: str | None = None
    parent: str | None = None
    """The season of an episode, the show of a season, the album of a track, the artist of an album."""
    grandparent: str | None = None
    parent_title: str | None = None
    grandparent_title: str | None = None
    number: int | None = None
    """Of a season, episode or track within its parent; season 0 holds the specials."""
    last_number: int | None = None
    """Of a double episode."""
    parent_number: int | None = None
    """The season of an episode, the disc of a track."""
    year: int | None = None
    aired: str | None = None
    """Date as 2026-11-20."""
    added_at: float | None = None
    updated_at: float | None = None
    """Both by the source's clock, in seconds since 1970."""
    duration_ms: int | None = None
    rating: float | None = None
    """From 0 to 10."""
    content_rating: str | None = None
    studio: str | None = None
    summary: str | None = None
    tagline: str | None = None
    children: int | None = None
    """How many episodes, tracks or members it holds."""
    genres: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    """The few that lists tell; all of them come with the detail."""
    ids: tuple[ExternalId, ...] = ()
    images: tuple[Image, ...] = ()
    files: tuple[File, ...] = ()
    state: UserState | None = None
    """None where the source keeps none: what the catalog knows stays."""


class StreamKind(StrEnum):
    """What a stream inside a file carries."""

    VIDEO = "video"
    AUDIO = "audio"
    SUBTITLE = "subtitle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A track inside a file, or beside it."""

    identity: str
    kind: StreamKind
    file: str
    """The identity of its file."""
    codec: str | None = None
    language: str | None = None
    """As ISO 639 has it, two or three letters."""
    title: str | None = None
    channels: int | None = None
    width: int | None = None
    height: int | None = None
    default: bool = False
    forced: bool = False
    external: bool = False


class MarkerKind(StrEnum):
    """What a stretch of an item is."""

    INTRO = "intro"
    CREDITS = "credits"
    RECAP = "recap"
    PREVIEW = "preview"
    COMMERCIAL = "commercial"


@dataclass(frozen=True, slots=True)
class Marker:
    """A stretch that may be skipped."""

    kind: MarkerKind
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of a film."""

    title: str
    start_ms: int


@dataclass(frozen=True, slots=True)
class Detail:
    """What only a look at one item tells."""

    streams: tuple[Stream, ...] = ()
    markers: tuple[Marker, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    people: tuple[Person, ...] = ()
