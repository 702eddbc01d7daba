"""What is an item, all told? What names say, what its .nfo says better, and what is known of its files."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from ..item import File, Image, Item, ItemKind, Person, Stream, StreamKind
from .artwork import marks_of
from .draft import Draft
from .files import BLU_RAY, DVD
from .languages import language_of
from .names import read_film
from .nfo import MOST_BYTES, Notes, read_notes
from .paths import real
from .release import height_in
from .tree import Entry

# What lists carry; all of them come with the detail.
_LISTED: Final = 8
_CONTAINERS: Final = {BLU_RAY: "bluray", DVD: "dvd"}
# What may describe what; "" is an address of a page about it.
_ROOTS: Final = {
    ItemKind.MOVIE: {"movie", ""},
    ItemKind.SHOW: {"tvshow", ""},
    ItemKind.SEASON: {"season"},
    ItemKind.EPISODE: {"episodedetails", ""},
    ItemKind.ARTIST: {"artist"},
    ItemKind.ALBUM: {"album"},
    ItemKind.VIDEO: {"movie", "musicvideo", "video"},
}
_FORCED: Final = frozenset({"forced", "foreign"})

type Known = Callable[[str], File | None]


class Builder:
    """Makes items of drafts. Reads their .nfo files, each at most once for all that it has a say in. Blocks."""

    def __init__(self, root: Path, library: str, titles: Callable[[str], Draft | None], known: Known) -> None:
        self._root = root
        self._library = library
        self._draft = titles
        self._known = known
        self._titles: dict[str, str] = {}

    def item(self, draft: Draft) -> Item:
        """Return the item that a draft is."""
        found = self._read(draft)
        notes = _joined(found, draft)
        files = tuple([self.file(each, notes) for each in draft.media])
        aired = notes.aired or draft.aired
        return Item(
            identity=draft.identity,
            kind=draft.kind,
            library=self._library,
            title=notes.title or draft.title,
            sort_title=notes.sort_title,
            original_title=notes.original_title,
            parent=draft.parent,
            grandparent=draft.grandparent,
            parent_title=self._title(draft.parent),
            grandparent_title=self._title(draft.grandparent),
            number=draft.number if draft.number is not None else notes.episode,
            last_number=draft.last_number,
            parent_number=draft.parent_number,
            year=notes.year or draft.year,
            aired=aired,
            added_at=notes.added_at or draft.added_at or _added(draft),
            updated_at=max((each.modified_ns / 1e9 for each in draft.entries), default=None),
            duration_ms=_duration(draft, files) or notes.duration_ms,
            rating=notes.rating,
            content_rating=notes.content_rating,
            studio=notes.studio,
            summary=notes.summary,
            tagline=notes.tagline,
            children=draft.children,
            genres=notes.genres,
            people=(*([Person(draft.artist, "artist")] if draft.artist else ()), *notes.people[:_LISTED]),
            ids=tuple({each.provider: each for each in (*draft.ids, *notes.ids)}.values()),
            images=tuple([Image(kind, entry.path) for kind, entry in draft.pictures.items()]),
            files=files,
        )

    def people(self, draft: Draft) -> tuple[Person, ...]:
        """Return all who took part."""
        return _joined(self._read(draft), draft).people

    def file(self, entry: Entry, notes: Notes) -> File:
        """Return a file with what is known of it: by looking inside, else by what is written, else by its name."""
        named = File(
            identity=entry.path,
            container=_CONTAINERS.get(entry.suffix, entry.suffix.removeprefix(".")),
            bytes=entry.bytes,
            height=height_in(entry.stem),
        )
        known = self._known(entry.path)
        if known is not None and known.bytes == entry.bytes:
            return known if known.height is not None else replace(known, height=named.height)
        told = notes.file
        if told is None:
            return named
        return replace(told, identity=named.identity, container=named.container, bytes=named.bytes)

    def _title(self, identity: str | None) -> str | None:
        """Return what something is called that others belong to."""
        if identity is None:
            return None
        if identity not in self._titles:
            draft = self._draft(identity)
            notes = _joined(self._read(draft), draft) if draft else None
            self._titles[identity] = (notes.title if notes else None) or (draft.title if draft else "")
        return self._titles[identity] or None

    def _read(self, draft: Draft) -> tuple[Notes, ...]:
        """Return what the best of the .nfo files of a draft says that says anything of its kind."""
        wanted = _ROOTS.get(draft.kind, set())
        for entry in draft.notes:
            found = tuple([each for each in read_notes(self._bytes(entry)) if each.root in wanted])
            if found:
                return found
        return ()

    def _bytes(self, entry: Entry) -> bytes:
        if entry.bytes > MOST_BYTES:
            return b""
        try:
            with (self._root / real(entry.path)).open("rb") as file:
                return file.read(MOST_BYTES + 1)
        except OSError:
            # It was there a moment ago. The next walk finds it changed.
            return b""


def _joined(found: Sequence[Notes], draft: Draft) -> Notes:
    """Return as one what is written of an item, which several episodes in one video may be."""
    if not found:
        return Notes(root="")
    last = draft.last_number if draft.last_number is not None else draft.number
    mine = [
        each
        for each in found
        if draft.number is None or last is None or each.episode is None or draft.number <= each.episode <= last
    ]
    # Where no number fits, the numbers are those of another order.
    first, *others = mine or found[:1]
    if not others:
        return first
    titles = [each.title for each in mine if each.title]
    summaries = [each.summary for each in mine if each.summary]
    return replace(first, title=" / ".join(titles) or None, summary="\n\n".join(summaries) or None)


def _added(draft: Draft) -> float | None:
    """Return when an item came: with the first of its versions."""
    return min((each.added_at for each in draft.media if each.added_at > 0), default=None)


def _duration(draft: Draft, files: Sequence[File]) -> int | None:
    """Return how long an item plays: its parts one after the other, or the first of its versions."""
    known = [each.duration_ms for each in files if each.duration_ms]
    if draft.kind is ItemKind.MOVIE and len(known) == len(files) > 1:
        parts = {read_film(each.stem).part for each in draft.media}
        if None not in parts and len(parts) == len(files):
            return sum(known)
    return known[0] if known else None


def subtitle(entry: Entry, media: Sequence[Entry]) -> Stream:
    """Return a file with subtitles as a stream of the film that it is called after."""
    film = max(
        (each for each in media if entry.stem.casefold().startswith(each.stem.casefold())),
        key=lambda each: len(each.stem),
        default=media[0],
    )
    words = marks_of(entry, film.stem)
    languages = [language for word in words if (language := language_of(word))]
    folded = {word.casefold() for word in words}
    rest = [word for word in words if language_of(word) is None and word.casefold() not in _FORCED | {"default"}]
    return Stream(
        identity=entry.path,
        kind=StreamKind.SUBTITLE,
        file=film.path,
        codec=entry.suffix.removeprefix("."),
        language=languages[0] if languages else None,
        title=" ".join(rest) or None,
        default="default" in folded,
        forced=bool(folded & _FORCED),
        external=True,
    )
