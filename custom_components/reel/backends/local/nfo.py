"""What does a .nfo file say? Those of Kodi, as Kodi, Jellyfin and others write them; anything else says nothing.

Pure, and never raises: such files come from anywhere. What defines entities of its own is not read at all.
"""

import codecs
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
import re
from typing import Final
from xml.etree.ElementTree import Element, ParseError, XMLParser

from ..item import ExternalId, File, Person, Provider

# A hundred times as long as the longest that a manager writes; the rest of those are somebody's ASCII art.
MOST_BYTES: Final = 1024 * 1024
# Minutes; a week.
_ENDLESS: Final = 10_080
# No video holds so many episodes.
_MOST_ROOTS: Final = 50
_MOST_PEOPLE: Final = 200
_MOST_WORDS: Final = 50
_LONGEST_TEXT: Final = 20_000

ROOTS: Final = frozenset({"movie", "tvshow", "season", "episodedetails", "artist", "album", "musicvideo", "video"})

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
# All of these are bounded: whatever is written, reading it takes time that grows with its length only.
_PROLOG: Final = re.compile(r"<\?[^<>]{0,500}\?>")
_FORBIDDEN: Final = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# XML knows five names, and HTML's are written all the same; a lone "&" is, too.
_LONE: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)")
_UNSPEAKABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ROOT: Final = re.compile(rf"<({'|'.join(sorted(ROOTS))})[\s>]", re.IGNORECASE)
_DATE: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_YEAR: Final = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
_NUMBER: Final = re.compile(r"-?\d{1,9}(?:[.,]\d{1,9})?")
_HOURS: Final = re.compile(r"(\d{1,3})\s*h(?:ours?|rs?)?\.?\s*(?:(\d{1,2})\s*m)?", re.IGNORECASE)

_URLS: Final = (
    (Provider.IMDB, re.compile(r"imdb\.com/title/(tt\d{5,10})", re.IGNORECASE)),
    (Provider.TMDB, re.compile(r"themoviedb\.org/(?:movie|tv)/(\d{1,10})", re.IGNORECASE)),
    (
        Provider.TVDB,
        re.compile(r"thetvdb\.com/(?:[^\s?]{0,80}\?[^\s]{0,80}?\b(?:series)?id=|series/)(\d{1,10})", re.IGNORECASE),
    ),
)
_FORMS: Final = {
    Provider.IMDB: re.compile(r"tt\d{5,10}"),
    Provider.TMDB: re.compile(r"[1-9]\d{0,9}"),
    Provider.TVDB: re.compile(r"[1-9]\d{0,9}"),
    Provider.MUSICBRAINZ: re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
}
_ID_TAGS: Final = {
    "imdbid": Provider.IMDB,
    "imdb_id": Provider.IMDB,
    "imdb": Provider.IMDB,
    "tmdbid": Provider.TMDB,
    "tmdb": Provider.TMDB,
    "tvdbid": Provider.TVDB,
    "tvdb": Provider.TVDB,
    "musicbrainzartistid": Provider.MUSICBRAINZ,
    "musicbrainzalbumid": Provider.MUSICBRAINZ,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What is written about one thing. `root` is what it was written as, "" where it was nothing but an address."""

    root: str
    title: str | None = None
    original_title: str | None = None
    sort_title: str | None = None
    year: int | None = None
    aired: str | None = None
    added_at: float | None = None
    summary: str | None = None
    tagline: str | None = None
    genres: tuple[str, ...] = ()
    studio: str | None = None
    rating: float | None = None
    content_rating: str | None = None
    ids: tuple[ExternalId, ...] = ()
    people: tuple[Person, ...] = ()
    duration_ms: int | None = None
    season: int | None = None
    episode: int | None = None
    file: File | None = None
    """What was found out about the file; its identity is empty."""


def read_notes(raw: bytes) -> tuple[Notes, ...]:
    """Return what the bytes of a .nfo file say: of one thing, or of every episode that its video holds."""
    if len(raw) > MOST_BYTES:
        return ()
    text = _decoded(raw)
    if not _FORBIDDEN.search(text):
        roots = [each for each in _roots(text) if each.tag.lower() in ROOTS][:_MOST_ROOTS]
        if roots:
            addresses = _ids_in_addresses(text.replace(_elements(text), " "))
            return tuple([_notes(each, addresses) for each in roots])
    ids = _ids_in_addresses(text)
    return (Notes(root="", ids=ids),) if ids else ()


def _decoded(raw: bytes) -> str:
    """Return bytes as text, whatever they say about themselves."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _decoded_as(raw, encoding) or ""
    declared = _DECLARED.search(raw[:500])
    # What claims to be UTF-16 and begins with readable letters is not.
    names = [declared[1].decode()] if declared and not declared[1].lower().startswith(b"utf-16") else []
    for encoding in (*names, "utf-8"):
        if (text := _decoded_as(raw, encoding)) is not None:
            return text
    return raw.decode("cp1252", errors="replace")


def _decoded_as(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except LookupError, ValueError:
        return None


def _roots(text: str) -> list[Element]:
    """Return the elements of a text, which may be several, and end in something else."""
    plain = _LONE.sub("&amp;", _UNSPEAKABLE.sub("", _PROLOG.sub("", text)))
    for attempt in dict.fromkeys((plain, _elements(plain))):
        # What could do harm, entities, was refused before.
        parser = XMLParser()  # noqa: S314
        try:
            parser.feed(f"<all>{attempt}</all>")
            return list(parser.close())
        except ParseError, ValueError, RecursionError, MemoryError:
            continue
    return []


def _elements(text: str) -> str:
    """Return a text from where the first element that counts begins to where the last of its name ends."""
    begin = _ROOT.search(text)
    if begin is None:
        return ""
    end = text.lower().rfind(f"</{begin[1].lower()}>")
    return text[begin.start() : end + len(begin[1]) + 3] if end > begin.start() else ""


def _notes(element: Element, addresses: tuple[ExternalId, ...]) -> Notes:
    # Of elements that may only be there once the first counts.
    only: dict[str, str] = {}
    for child in element:
        if text := _text(child):
            only.setdefault(child.tag.lower(), text)
    aired = _first_date(only, "premiered", "aired", "releasedate", "airdate", "release_date")
    file = _file(element)
    return Notes(
        root=element.tag.lower(),
        title=only.get("title") or only.get("name"),
        original_title=only.get("originaltitle"),
        sort_title=only.get("sorttitle") or only.get("sortname"),
        year=_year(only.get("year")) or _year(aired),
        aired=aired,
        added_at=_moment(only.get("dateadded")),
        summary=only.get("plot") or only.get("outline") or only.get("review") or only.get("biography"),
        tagline=only.get("tagline"),
        genres=_words(element, "genre"),
        studio=next(iter(_words(element, "studio") or _words(element, "label")), None),
        rating=_rating(element, only.get("rating")),
        content_rating=only.get("mpaa") or only.get("contentrating") or only.get("certification"),
        ids=_ids(element, only, addresses),
        people=_people(element),
        duration_ms=(file.duration_ms if file else None) or _runtime(only.get("runtime")),
        season=_whole(only.get("season") or only.get("seasonnumber")),
        episode=_whole(only.get("episode")),
        file=file,
    )


def _text(element: Element | None) -> str | None:
    if element is None or not element.text:
        return None
    return element.text.strip()[:_LONGEST_TEXT] or None


def _named(element: Element, tag: str) -> Iterator[Element]:
    return (each for each in element if each.tag.lower() == tag)


def _find(element: Element | None, tag: str) -> Element | None:
    return None if element is None else next(_named(element, tag), None)


def _words(element: Element, tag: str) -> tuple[str, ...]:
    """Return the texts of all elements of a name; some write several into one."""
    texts = [text for each in _named(element, tag) if (text := _text(each))]
    words = (word.strip() for text in texts for word in re.split(r" ?[/|;] ?|, ", text))
    return tuple(dict.fromkeys(word for word in words if word))[:_MOST_WORDS]


def _number(text: str | None) -> float | None:
    found = _NUMBER.match(text.strip()) if text else None
    return float(found[0].replace(",", ".")) if found else None


def _whole(text: str | None) -> int | None:
    number = _number(text)
    return int(number) if number is not None and number >= 0 else None


def _year(text: str | None) -> int | None:
    found = _YEAR.search(text) if text else None
    return int(found[1]) if found else None


def _first_date(only: Mapping[str, str], *tags: str) -> str | None:
    for tag in tags:
        if found := _DATE.match(only.get(tag, "")):
            try:
                day = date(int(found[1]), int(found[2]), int(found[3]))
            except ValueError:
                continue
            # What was never aired is said to have been in the year 1.
            if _year(found[1]):
                return day.isoformat()
    return None


def _moment(text: str | None) -> float | None:
    """Return a moment that was written down by the clock on the wall."""
    try:
        return datetime.fromisoformat(text).timestamp() if text and _year(text) else None
    except ValueError, OverflowError, OSError:
        return None


def _runtime(text: str | None) -> int | None:
    """Return a playing time in milliseconds, which is written in minutes, or as 1h 30min."""
    hours = _HOURS.match(text) if text else None
    minutes = int(hours[1]) * 60 + int(hours[2] or 0) if hours else _number(text)
    return int(minutes * 60_000) if minutes and 0 < minutes < _ENDLESS else None


def _rating(element: Element, plain: str | None) -> float | None:
    """Return the rating that is marked as the one to use, else the first, from 0 to 10."""
    found = sorted(
        (each for all_of in _named(element, "ratings") for each in _named(all_of, "rating")),
        key=lambda each: each.get("default", "").lower() != "true",
    )
    for each in found:
        if (rating := _scaled(_text(_find(each, "value")), each.get("max"))) is not None:
            return rating
    only = _find(element, "rating")
    return _scaled(plain, only.get("max") if only is not None else None)


def _scaled(text: str | None, maximum: str | None) -> float | None:
    value, top = _number(text), _number(maximum) or 10.0
    if value is None or top <= 0 or not isfinite(value):
        return None
    rating = round(value * 10 / top, 2)
    # Nobody rates with 0: it is written where nobody rated.
    return rating if 0 < rating <= 10 else None  # noqa: PLR2004  # the scale itself


def _ids(element: Element, only: Mapping[str, str], addresses: tuple[ExternalId, ...]) -> tuple[ExternalId, ...]:
    told = [(each.get("type", "").lower(), _text(each)) for each in _named(element, "uniqueid")]
    told += [(tag, only.get(tag)) for tag in _ID_TAGS]
    plain = only.get("id")
    told.append(("imdb" if plain and plain.startswith("tt") else "tvdb" if _is_series(element) else "", plain))
    known = {"themoviedb": Provider.TMDB, "thetvdb": Provider.TVDB, **_ID_TAGS}
    ids = [ExternalId(known[kind], text.lower()) for kind, text in told if text and kind in known]
    return _proper([*ids, *addresses])


def _is_series(element: Element) -> bool:
    return element.tag.lower() in {"tvshow", "episodedetails"}


def _proper(ids: Iterable[ExternalId]) -> tuple[ExternalId, ...]:
    """Return the first id of each provider that can be one."""
    found: dict[Provider, ExternalId] = {}
    for each in ids:
        if _FORMS[each.provider].fullmatch(each.value):
            found.setdefault(each.provider, each)
    return tuple(found.values())


def _ids_in_addresses(text: str) -> tuple[ExternalId, ...]:
    found = ((provider, pattern.search(text)) for provider, pattern in _URLS)
    return _proper(ExternalId(provider, match[1].lower()) for provider, match in found if match)


def _people(element: Element) -> tuple[Person, ...]:
    people = [
        Person(name, role=_text(_find(each, "role")))
        for each in _named(element, "actor")
        if (name := _text(_find(each, "name")))
    ]
    for tag, job in (("director", "director"), ("credits", "writer"), ("writer", "writer")):
        people += [Person(name, job) for name in _words(element, tag)]
    return tuple(dict.fromkeys(people))[:_MOST_PEOPLE]


def _file(element: Element) -> File | None:
    """Return what somebody's player found out about the file."""
    details = _find(_find(element, "fileinfo"), "streamdetails")
    if details is None:
        return None
    video, audio = _find(details, "video"), _find(details, "audio")
    seconds = _number(_text(_find(video, "durationinseconds")))
    return File(
        identity="",
        width=_whole(_text(_find(video, "width"))) or None,
        height=_whole(_text(_find(video, "height"))) or None,
        video=_lower(_text(_find(video, "codec"))),
        audio=_lower(_text(_find(audio, "codec"))),
        channels=_whole(_text(_find(audio, "channels"))) or None,
        duration_ms=int(seconds * 1000) if seconds and seconds > 0 else None,
    )


def _lower(text: str | None) -> str | None:
    return text.lower() if text else None
