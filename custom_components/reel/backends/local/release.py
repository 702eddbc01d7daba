"""What in a name is about the film, and what about the file? Years, and what releases are marked with."""

from dataclasses import dataclass
import re
from typing import Final

from ..item import ExternalId, Provider

# What only ever says how a file was made; a title ends before it.
_STRONG: Final = (
    r"(?:480|540|576|720|1080|1440|2160|4320)[pi](?:[ .]?\d\dfps)?|4k|uhd|8k|(?:720|1280|1920|3840)x\d{3,4}",
    r"blu-?ray|bd[ .-]?(?:rip|remux|mux|25|50)|b[rd]-?rip|web-?(?:dl|rip|mux|hd)|hd-?(?:tv|rip|dvd|cam|ts)(?:rip)?",
    r"[pd]vd-?rip|dvd-?(?:scr|r|5|9|mux|full)|dvdscreener|pdtv|sdtv|dsr(?:ip)?|(?:vhs|tv|sat|ppv|vod|cam)-?rip|remux|hddvd",
    r"telesync|telecine|workprint|screener|[xh][ .]?26[3456]|hevc|avc|av1|xvid|divx|vp9|vc-?1|mpeg-?[24]",
    r"(?:10|8|12)[ -]?bits?|hi10p?|dts(?:-?(?:hd|x|es|ma))?|true-?hd|atmos|ddp?[ .]?(?:[257][ .][01])|ddp(?:a|[257])?",
    r"e-?ac-?3|ac-?3|(?:he-?)?aac(?:[ .]?[257][ .][01])?|flac(?:[ .]?[257][ .][01])?|opus|lpcm|hdr(?:10\+?)?|dovi",
    r"dolby[ .]?(?:vision|digital|atmos)|[257]\.[01]|h-?sbs|half-?(?:sbs|ou)|(?:19|2[34])[.,]\d{2,3}fps",
    r"amzn|dsnp|hmax|atvp",
)
# What does so only in front of the above, or after a year: all of these are in titles, too.
_WEAK: Final = (
    r"proper|repack\d?|rerip|real|internal|limited|extended|unrated|uncut|uncensored|remastered|restored|theatrical",
    r"director'?s|cut|edition|imax|criterion|special|ultimate|collector'?s|final|anniversary",
    r"\d{1,3}(?:st|nd|rd|th)|redux",  # codespell:ignore nd
    r"open[ .]matte|hybrid|multi(?:subs?)?|dual(?:[ .-]audio)?|dl|ml|dubbed|dub|subbed|subs?|hardsubs?",
    r"vost(?:fr|en)?|vff|vf2?",
    r"truefrench|nordic|german|french|english|eng|ger|fre|ita|italian|spanish|castellano|latino|esp|dutch|swedish|danish",
    r"norwegian|finnish|polish|pl|russian|rus|hindi|japanese|jpn|korean|chinese|web|complete|hd|sd|nf|it|dv|sdr|hlg|3d|sbs",
    r"cam|ts|tc|r5|bd|dvd|vhs|readnfo|retail|ntsc|pal|mkv|mp4|avi|read[ .]nfo|colou?ri[sz]ed|uncompressed|open|matte",
)
_EDGE: Final = r"(?<![^\W_])"
_END: Final = r"(?![^\W_])"
STRONG: Final = re.compile(rf"{_EDGE}(?:{'|'.join(_STRONG)}){_END}", re.IGNORECASE)
_WEAK_LAST: Final = re.compile(rf"(?:^|[ \-\[({{,+]+)(?:{'|'.join(_WEAK)})[ \-\[({{\])}},+]*$", re.IGNORECASE)
_ONLY_WEAK: Final = re.compile(rf"(?:[ \-\[({{\])}},+]*(?:{'|'.join(_WEAK)}){_END})*[ \-\[({{\])}},+]*", re.IGNORECASE)
_HEIGHTS: Final = (
    (re.compile(rf"{_EDGE}(?:4320p|8k){_END}", re.IGNORECASE), 4320),
    (re.compile(rf"{_EDGE}(?:4k|uhd|3840x\d+){_END}", re.IGNORECASE), 2160),
)
_HEIGHT: Final = re.compile(
    rf"{_EDGE}(?:\d{{3,4}}x)?(480|540|576|720|1080|1440|2160)[pi]?(?:\d\d)?{_END}", re.IGNORECASE
)

# Films are made since 1888, and none that is listed yet is of 2040 or later; 2049 is a title.
_YEAR: Final = r"(?:18[89]\d|19\d\d|20[0-3]\d)"
_YEAR_IN_BRACKETS: Final = re.compile(rf"[(\[{{]({_YEAR})(?: ?[-\u2013] ?(?:{_YEAR}|present)?)?[)\]}}]", re.IGNORECASE)
_BARE_YEAR: Final = re.compile(rf"(?<![\w(\[])({_YEAR})(?![\w)\]])")

_IDS: Final = re.compile(
    r"[\[{(](?P<provider>imdb|tmdb|tvdb)(?:id)?[-=:. ](?P<value>tt\d{5,10}|\d{1,10})[\]})]"
    r"|[\[{(](?P<bare>tt\d{6,10})[\]})]",
    re.IGNORECASE,
)
_BARE_IMDB: Final = re.compile(rf"{_EDGE}(tt\d{{7,10}}){_END}")
_EDITION: Final = re.compile(r"\{edition-([^}]*)\}", re.IGNORECASE)
_BRACES: Final = re.compile(r"\{[^}]*\}")
_ACRONYM: Final = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![^\W_]))?")
_GROUP: Final = re.compile(r"^\s*(?:\[[^\]]*\]|www\.\S+? -)\s*(?=\S)", re.IGNORECASE)
_LATER_ARTICLE: Final = re.compile(r"^(.*\S), (the|a|an|der|die|das|le|la|les|el|los|las)$", re.IGNORECASE)
# "the-matrix-1999-1080p", but not "9-1-1".
_LEAST_HYPHENS: Final = 3
_LINKS: Final = " -\u2013_,;:/+~"
_LINKERS: Final = re.compile(r"[._]+")


@dataclass(frozen=True, slots=True)
class Title:
    """What something is called, and what else stood there."""

    text: str
    year: int | None = None
    rest: str = ""
    """What came after."""

    @property
    def label(self) -> str:
        """How it is told from others of its name."""
        return f"{self.text} ({self.year})" if self.year else self.text


def ids_in(name: str) -> tuple[ExternalId, ...]:
    """Return the ids that a name carries: {tmdb-949}, [imdbid-tt0113277], (tt0113277)."""
    found: dict[Provider, str] = {}
    for match in _IDS.finditer(name):
        provider = Provider((match["provider"] or "imdb").lower())
        value = (match["value"] or match["bare"]).lower()
        if value.startswith("tt") == (provider is Provider.IMDB):
            found.setdefault(provider, value)
    if not found and (bare := _BARE_IMDB.search(name)):
        found[Provider.IMDB] = bare[1]
    return tuple(ExternalId(provider, value) for provider, value in found.items())


def height_in(name: str) -> int | None:
    """Return how many lines a picture has by the name of its file."""
    for pattern, height in _HEIGHTS:
        if pattern.search(name):
            return height
    found = _HEIGHT.search(name)
    return int(found[1]) if found else None


def plain(name: str) -> str:
    """Return a name without ids and with blanks for what stands in for them."""
    text = _BRACES.sub(" ", _BARE_IMDB.sub(" ", _IDS.sub(" ", _EDITION.sub(" ", name)))).strip()
    if " " not in text:
        kept = _ACRONYM.sub(lambda found: found[0].replace(".", "\0"), text)
        # A blank also after the dot that ends an acronym, so that what follows it is a word of its own.
        text = re.sub(r"\0(?=[^\W_]{2})", "\0 ", _LINKERS.sub(" ", kept)).replace("\0", ".")
    if " " not in text and text.count("-") >= _LEAST_HYPHENS:
        text = text.replace("-", " ")
    return " ".join(text.replace("_", " ").split())


def title_in(name: str) -> Title:
    """Return the title in the name of a film, show or album, with its year."""
    text = _without_group(plain(name))
    strong = next((each for each in STRONG.finditer(text) if each.start()), None)
    end = strong.start() if strong else len(text)
    for title in (_by_bracketed_year(text), _by_bare_year(text, end, strong is not None)):
        if title is not None:
            return title
    head = text[:end]
    while strong and (weak := _WEAK_LAST.search(head)) and tidy(head[: weak.start()]):
        head = head[: weak.start()]
    return Title(_upright(tidy(head) or tidy(text) or text or name), None, text[end:])


def without_junk(text: str) -> str:
    """Return a text up to where it begins to tell how the file was made."""
    strong = STRONG.search(text)
    head = text[: strong.start()] if strong else text
    while strong and (weak := _WEAK_LAST.search(head)):
        head = head[: weak.start()]
    return tidy(head)


def tidy(text: str) -> str:
    """Return a text without what linked it to its neighbours."""
    found = text.strip(_LINKS).lstrip(".").lstrip(_LINKS)
    for opening, closing in ("()", "[]", "{}"):
        while found.endswith(opening) or (found.endswith(closing) and found.count(opening) < found.count(closing)):
            found = found[:-1].rstrip(_LINKS)
        while found.startswith(closing) or (found.startswith(opening) and found.count(opening) > found.count(closing)):
            found = found[1:].lstrip(_LINKS)
    return found


def _without_group(text: str) -> str:
    """Return a name without who released it, where that stands in front."""
    while (
        (group := _GROUP.match(text)) and re.match(r"[^(\[]", text[group.end() :]) and not _YEAR_IN_BRACKETS.match(text)
    ):
        text = text[group.end() :]
    return text


def _by_bracketed_year(text: str) -> Title | None:
    found = [each for each in _YEAR_IN_BRACKETS.finditer(text) if tidy(text[: each.start()])]
    if found:
        title, year = text[: found[-1].start()], int(found[-1][1])
        return Title(_upright(without_junk(title) or tidy(title)), year, text[found[-1].end() :])
    first = _YEAR_IN_BRACKETS.match(text)
    if first and (title := without_junk(text[first.end() :])):
        return Title(_upright(title), int(first[1]))
    return None


def _by_bare_year(text: str, end: int, is_release: bool) -> Title | None:  # noqa: FBT001  # private
    found = [each for each in _BARE_YEAR.finditer(text, 0, end) if tidy(text[: each.start()])]
    if not found:
        return None
    after = text[found[-1].end() : end]
    # "Class of 1999 II" is one title: a bare year ends one only where nothing but how it was made can follow.
    if not is_release and not _ONLY_WEAK.fullmatch(after) and not after.startswith((" -", " [", " (")):
        return None
    return Title(_upright(tidy(text[: found[-1].start()])), int(found[-1][1]), text[found[-1].end() :])


def _upright(title: str) -> str:
    """Return "The Matrix" for "Matrix, The"."""
    found = _LATER_ARTICLE.match(title)
    return f"{found[2]} {found[1]}" if found else title
