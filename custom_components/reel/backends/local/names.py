"""What does the name of a file or folder say that it is? Films and their parts, episodes, seasons; pure functions."""

from dataclasses import dataclass
from datetime import date
import re
from typing import Final

from ..item import ExternalId
from .release import Title, height_in, ids_in, plain, tidy, title_in, without_junk

__all__ = [
    "EpisodeName",
    "FilmName",
    "SeasonName",
    "disc_number",
    "height_in",
    "is_extra",
    "is_extras_folder",
    "read_clip_date",
    "read_episode",
    "read_film",
    "read_season",
]

SPECIALS: Final = 0
_EDGE: Final = r"(?<![^\W_])"
# More than so many episodes are never in one file; what looks like it is a year or a resolution.
_LONGEST_RUN: Final = 30

_EXTRAS_FOLDERS: Final = frozenset(
    {
        "backdrops",
        "behind the scenes",
        "bonus",
        "bonus features",
        "clips",
        "deleted scenes",
        "extra",
        "extras",
        "featurette",
        "featurettes",
        "interviews",
        "making of",
        "other",
        "others",
        "proof",
        "sample",
        "samples",
        "scenes",
        "screens",
        "shorts",
        "special features",
        "theme-music",
        "trailer",
        "trailers",
    }
)
_EXTRA: Final = re.compile(
    r".*-(?:trailer|sample|behindthescenes|deleted(?:scene)?|featurette|interview|scene|short|other|clip|extra|promo)\d*"
    r"|.*[ ._](?:trailer|sample)\d*|(?:sample|trailer)\d*(?:-.*)?|theme",
    re.IGNORECASE,
)
_PART: Final = re.compile(
    r"[ ._\-(\[]*(?:(?:cd|dvd|dis[ck])[ ._-]?(\d{1,2})|(?:part|pt)(\d{1,2}))[)\]]?(?=$|[ ._\-(\[])", re.IGNORECASE
)
_DISC: Final = re.compile(r"(?:cd|dvd|dis[ck]|digital media|vinyl|lp)[ ._-]*(\d{1,2})\b.*", re.IGNORECASE)
_SUBTITLES: Final = frozenset({"subs", "sub", "subtitles", "untertitel", "vobsub"})


@dataclass(frozen=True, slots=True)
class FilmName:
    """What the name of a film's file or folder says."""

    title: Title
    part: int | None = None
    ids: tuple[ExternalId, ...] = ()


@dataclass(frozen=True, slots=True)
class EpisodeName:
    """What the name of an episode's file says; `first` None where it has no number."""

    show: Title
    season: int | None = None
    first: int | None = None
    last: int | None = None
    aired: str | None = None
    title: str = ""
    sure: bool = True
    """Whether it can be nothing but an episode, wherever it lies."""


@dataclass(frozen=True, slots=True)
class SeasonName:
    """What the name of a season's folder says; `show` is empty where it tells nothing but a number."""

    number: int
    show: Title
    sure: bool = True
    """Whether it can be nothing but a season."""


def is_extra(stem: str) -> bool:
    """Tell whether a file is a trailer, a sample or the like, and nothing to list."""
    return _EXTRA.fullmatch(stem) is not None


def is_extras_folder(name: str) -> bool:
    """Tell whether a folder below that of a film or show holds nothing to list."""
    return name.casefold() in _EXTRAS_FOLDERS


def is_subtitles_folder(name: str) -> bool:
    """Tell whether a folder holds the subtitles of what lies beside it."""
    return name.casefold() in _SUBTITLES


def disc_number(name: str) -> int | None:
    """Return the number of a folder that is one disc of several."""
    found = _DISC.fullmatch(name)
    return int(found[1]) if found else None


def read_film(stem: str) -> FilmName:
    """Return what the name of a film's file or folder says."""
    part = None
    for found in _PART.finditer(stem):
        # A number that a title begins with is no part, and what follows one tells how the file was made.
        if found.start() and (found.end() == len(stem) or without_junk(plain(stem[found.end() :])) in {"", "-"}):
            part = found
    link = " " if " " in stem else "."
    rest = stem if part is None else f"{stem[: part.start()]}{link}{stem[part.end() :]}"
    return FilmName(title_in(rest), int(part[1] or part[2]) if part else None, ids_in(stem))


# Season and episode, as most write it: S01E02, s1e2-e3, S01E01E02, S01E01-S01E02, S01E01-02.
_S_E: Final = re.compile(
    rf"{_EDGE}s(?P<season>\d{{1,4}})[ .\-_]*(?:episode|ep?)[ .\-_]*(?P<first>\d{{1,4}})"
    r"(?P<more>(?: ?[-+&,~] ?| )?(?:s\d{1,4}[ .]?)?ep?[ .]?\d{1,4}(?!\d)|-\d{1,3}(?![\dpix]))*(?:v\d)?(?![\dpx])",
    re.IGNORECASE,
)
_N_X_N: Final = re.compile(
    rf"{_EDGE}(?P<season>\d{{1,2}})x(?P<first>\d{{2,3}})"
    r"(?P<more>(?: ?- ?\d{1,2}x\d{2,3}|-\d{2,3}(?![\dpi])|x\d{2,3})*)(?![^\W_])",
    re.IGNORECASE,
)
_WORDS: Final = re.compile(
    rf"{_EDGE}(?:season|series|staffel|saison|temporada|stagione|seizoen)[ .]?(?P<season>\d{{1,4}})[ ,.\-]*"
    r"(?:episode|episodio|[eé]pisode|folge|cap[ií]tulo|aflevering|ep?)[ .]?(?P<first>\d{1,4})(?P<more>)(?!\d)",
    re.IGNORECASE,
)
_S_DASH: Final = re.compile(
    rf"{_EDGE}(?:s|season )(?P<season>\d{{1,2}}) ?- ?(?P<first>\d{{1,4}})"
    r"(?P<more>-\d{1,4}(?![\dpi]))?(?:v\d)?(?![^\W_])",
    re.IGNORECASE,
)
_DATE: Final = re.compile(
    r"(?<!\d)(?:(?P<y>(?:19|20)\d\d)[ .\-_](?P<m>\d\d)[ .\-_](?P<d>\d\d)"
    r"|(?P<D>\d\d)[.\-](?P<M>\d\d)[.\-](?P<Y>(?:19|20)\d\d))(?!\d)"
)
_COMPACT_DATE: Final = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?!\d)")
_SPECIAL: Final = re.compile(
    rf"{_EDGE}(?:sp|special|ova|oad|ona|ncop|nced)[ .\-]*(?P<first>\d{{1,3}})(?:v\d)?(?![^\W_])", re.IGNORECASE
)
_E: Final = re.compile(
    rf"{_EDGE}(?:episodes?|episodio|part|pt|teil|partie|parte|[eé]pisode|folge|cap[ií]tulo|chapter|aflevering|eps?|e)"
    r"[ .]*(?P<first>\d{1,4})(?P<more>(?: ?[-+&] ?(?:ep?[ .]?)?\d{1,4}(?![\dpi])|ep?\d{1,4})?)(?:v\d)?(?![^\W_])",
    re.IGNORECASE,
)
_AFTER_DASH: Final = re.compile(r" - (?P<first>\d{1,4})(?P<more>(?:[-~]\d{1,4})?)(?:v\d)?(?= |$|\[|\()")
_LEADING: Final = re.compile(r"^#?(?P<first>\d{1,3})(?P<more>(?:-\d{1,3})?)(?:v\d)?(?= ?[-.)] ?| |$)")
_TRAILING: Final = re.compile(r"(?<=\S )#?(?P<first>\d{1,4})(?P<more>)(?:v\d)?$")
_THREE: Final = re.compile(rf"{_EDGE}(?P<season>\d{{1,2}})(?P<first>\d\d)(?P<more>)(?![^\W_])")
_NUMBERS: Final = re.compile(r"(?:ep?[ .]?|x|[-~+&] ?)(\d{1,4})(?!\d|x)", re.IGNORECASE)
_FANSUB: Final = re.compile(r"^\[[^\]]+\].+ - \d{2,4}(?:v\d)?(?= |$|\[|\()")
_BRACKETS: Final = re.compile(r"\[[^\]]*\]|\((?:[^()]*\b(?:\d{3,4}p|bd|tv|web)\b[^()]*)\)", re.IGNORECASE)
_SURE: Final = (_S_E, _N_X_N, _WORDS)
_WEAK: Final = (_SPECIAL, _S_DASH, _E, _AFTER_DASH)


def read_episode(stem: str, season: int | None = None) -> EpisodeName:
    """Return what the name of a file says, which lies in a show, in the folder of a season if that is given."""
    text = plain(stem)
    for pattern in _SURE:
        if found := pattern.search(text):
            return _numbered(text, found, sure=True)
    if dated := _dated(text, season):
        return dated
    bare = " ".join(_BRACKETS.sub(" ", text).split())
    is_fansub = _FANSUB.match(text) is not None
    for pattern in (*_WEAK, *(() if is_fansub else (_LEADING,))):
        if found := pattern.search(bare):
            return _numbered(bare, found, season, sure=is_fansub, special=pattern is _SPECIAL)
    return _guessed(bare, season)


def _guessed(text: str, season: int | None) -> EpisodeName:
    """Return what is left to try: 102 in the folder of season 1, and a number at the end."""
    short = without_junk(text)
    three = next((each for each in _THREE.finditer(short) if int(each["season"]) == season), None)
    if three is not None:
        return _numbered(text, three, sure=False)
    trailing = _TRAILING.search(short)
    if trailing and not 1888 <= int(trailing["first"]) <= 2039:  # noqa: PLR2004  # years of films
        return _numbered(short, trailing, season, sure=False)
    return EpisodeName(title_in(text), season, title=short or text, sure=False)


def _numbered(
    text: str, found: re.Match[str], season: int | None = None, *, sure: bool, special: bool = False
) -> EpisodeName:
    first = int(found["first"])
    more = [int(each) for each in _NUMBERS.findall(found[0][found.start("first") - found.start() :])]
    last = max(more, default=first)
    own = SPECIALS if special else found.groupdict().get("season")
    rest = tidy(_BRACKETS.sub(" ", text[found.end() :]))
    return EpisodeName(
        title_in(text[: found.start()]) if tidy(text[: found.start()]) else Title(""),
        season if own is None else int(own),
        first,
        last if first < last <= first + _LONGEST_RUN else None,
        title=_episode_title(rest),
        sure=sure,
    )


def _episode_title(rest: str) -> str:
    """Return the title of an episode out of what follows its number."""
    title = without_junk(rest)
    return (
        ""
        if re.fullmatch(r"(?:v\d|part ?\d+|pt ?\d+|cd ?\d+|proper|repack|\(?\d{4}\)?)?", title, re.IGNORECASE)
        else title
    )


def _dated(text: str, season: int | None) -> EpisodeName | None:
    for found in _DATE.finditer(text):
        if aired := _date(found):
            return EpisodeName(
                title_in(text[: found.start()]) if tidy(text[: found.start()]) else Title(""),
                int(aired[:4]) if season is None else season,
                aired=aired,
                title=_episode_title(tidy(text[found.end() :])),
                sure=False,
            )
    return None


def _date(found: re.Match[str]) -> str | None:
    named = found.groupdict()
    year, month, day = (int(named[each] or named.get(each.swapcase()) or 0) for each in "ymd")
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def read_clip_date(stem: str) -> str | None:
    """Return the day in the name of a home video: "2024-07-13 Beach", "VID_20240713_120000"."""
    matches = (each for pattern in (_DATE, _COMPACT_DATE) for each in pattern.finditer(stem))
    return next((found for each in matches if (found := _date(each))), None)


_SEASON_WORDS: Final = (
    r"season|series|staffel|saison|temporada|stagione|seizoen|s[aä]song|s[æe]son|sezon|sezona|kausi|[eé]vad|book|сезон"
)
_SEASON: Final = re.compile(
    rf"(?:(?:{_SEASON_WORDS})[ ._-]*(?P<a>\d{{1,4}})|s(?P<b>\d{{1,4}})|(?P<d>\d{{1,2}})[.]? ?(?:{_SEASON_WORDS}))"
    r"(?:[ ._\-(\[:].*)?",
    re.IGNORECASE,
)
_PACK: Final = re.compile(
    rf"(?P<show>.+?)[ ._\-(\[]+(?:s|(?:{_SEASON_WORDS})[ ._]*)(?P<season>\d{{1,4}})(?![^\W_]| ?- ?\d)(?P<rest>.*)",
    re.IGNORECASE,
)
_SPECIALS: Final = re.compile(
    r"(?:season[ ._-]*0+|s0+|specials?|sp|sonderfolgen|especiales|sp[eé]ciaux|speciali|ovas?|oads?|onas?)"
    r"(?:[ ._\-(\[].*)?",
    re.IGNORECASE,
)


def read_season(name: str) -> SeasonName | None:
    """Return which season a folder holds, None where it is none: "Season 1", "S01", "Staffel 2", "Specials"."""
    if _SPECIALS.fullmatch(name):
        return SeasonName(SPECIALS, Title(""))
    if re.fullmatch(r"\d{1,2}", name):
        return SeasonName(int(name), Title(""), sure=False)
    if found := _SEASON.fullmatch(name):
        number = next(int(found[each]) for each in ("a", "b", "d") if found[each])
        return SeasonName(number, Title(""))
    return _pack(name)


def _pack(name: str) -> SeasonName | None:
    """Return the season of a folder that is called after its show, too: "Fargo.S02.1080p"."""
    found = _PACK.fullmatch(plain(name))
    if not found or not tidy(found["show"]):
        return None
    return SeasonName(int(found["season"]), title_in(found["show"]))
