"""What may be asked of a list? The types, filters, orders and fields that a section declares."""

from typing import Final

from tests.servers.library import Kind

from .element import Element
from .items import TYPES
from .shelves import Section

SORTS: Final = (
    ("titleSort", "Title", "asc"),
    ("year", "Year", "desc"),
    ("originallyAvailableAt", "Release Date", "desc"),
    ("duration", "Duration", "desc"),
    ("viewOffset", "Progress", "desc"),
    ("addedAt", "Date Added", "desc"),
    ("lastViewedAt", "Date Viewed", "desc"),
)
FIELDS: Final = (
    ("title", "Title", "string"),
    ("year", "Year", "integer"),
    ("addedAt", "Date Added", "date"),
    ("lastViewedAt", "Last Played", "date"),
    ("viewCount", "Plays", "integer"),
    ("unwatched", "Unplayed", "boolean"),
    ("genre", "Genre", "tag"),
)
OPERATORS: Final = {
    "tag": (("=", "is"), ("!=", "is not")),
    "integer": (("=", "is"), ("!=", "is not"), (">>=", "is greater than"), ("<<=", "is less than")),
    "string": (("=", "contains"), ("!=", "does not contain"), ("==", "is"), ("<=", "begins with"), (">=", "ends with")),
    "boolean": (("=0", "is false"), ("=1", "is true")),
    "date": (("<<=", "is before"), (">>=", "is after")),
}


def meta(section: Section, kind: Kind) -> Element:
    """Return what a section declares when a list of one kind is asked for."""
    types = [_type(section, one, active=one is kind) for one in section.kinds]
    fields = [
        Element("FieldType", {"type": name}, [Element("Operator", {"key": key, "title": text}) for key, text in signs])
        for name, signs in OPERATORS.items()
    ]
    return Element("Meta", {}, [*types, *fields], single=True)


def _type(section: Section, kind: Kind, *, active: bool) -> Element:
    path = f"/library/sections/{section.key}"
    filters = [
        Element(
            "Filter",
            {"filter": "genre", "filterType": "string", "key": f"{path}/genre", "title": "Genre", "type": "filter"},
        ),
        Element(
            "Filter",
            {
                "filter": "unwatched",
                "filterType": "boolean",
                "key": f"{path}/unwatched",
                "title": "Unplayed",
                "type": "filter",
            },
        ),
    ]
    words = {"key": f"{path}/all?type={TYPES[kind]}", "type": str(kind), "title": f"{kind.capitalize()}s"}
    return Element("Type", {**words, "active": active}, [*filters, *_sorts(path), *_fields(section, kind)])


def _sorts(path: str) -> list[Element]:
    made = []
    for key, title, direction in SORTS:
        words = {"defaultDirection": direction, "descKey": f"{key}:desc", "key": key, "title": title}
        if key == "titleSort":
            words |= {"default": "asc", "firstCharacterKey": f"{path}/firstCharacter"}
        made.append(Element("Sort", dict(words)))
    return made


def _fields(section: Section, kind: Kind) -> list[Element]:
    prefix = "" if section.type == "movie" else f"{kind}."
    return [Element("Field", {"key": f"{prefix}{key}", "title": title, "type": name}) for key, title, name in FIELDS]
