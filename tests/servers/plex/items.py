"""What does the server say about one title? Metadata elements, as thin or as full as the request wants them."""

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Final, Self

from aiohttp import web

from tests.servers.library import Kind, Title

from .behaviour import Behaviour
from .element import Element, Scalar
from .files import media
from .shelves import Section, Shelves
from .watching import Watching

TAGS: Final = {Kind.MOVIE: "Video", Kind.VIDEO: "Video", Kind.EPISODE: "Video", Kind.TRACK: "Track"}
TYPES: Final = {
    Kind.MOVIE: 1,
    Kind.SHOW: 2,
    Kind.SEASON: 3,
    Kind.EPISODE: 4,
    Kind.ARTIST: 8,
    Kind.ALBUM: 9,
    Kind.TRACK: 10,
    Kind.VIDEO: 1,
    Kind.COLLECTION: 18,
}
TYPE_NAMES: Final = {Kind.VIDEO: "movie"}
# What genuine lists sometimes lack, and what `omit_optional_fields` takes away from all.
OPTIONAL: Final = frozenset(
    {"updatedAt", "thumb", "art", "year", "summary", "duration", "audienceRating", "audienceRatingImage", "studio"}
    | {"originallyAvailableAt", "parentThumb", "grandparentThumb", "grandparentArt", "parentRatingKey", "contentRating"}
)
YEAR_ZERO: Final = 1900


@dataclass(frozen=True, slots=True)
class Wants:
    """How much a request wants to know."""

    full: bool = False
    """Everything, down to the streams: not a list, but one item."""
    guids: bool = False
    chapters: bool = False
    markers: bool = False
    section: bool = False
    """Say of every item which section it is from: needed where they are mixed."""
    fields: frozenset[str] = frozenset()
    without_fields: frozenset[str] = frozenset()
    without_elements: frozenset[str] = frozenset()

    @classmethod
    def of(cls, request: web.Request, *, full: bool = False, section: bool = False) -> Self:
        """Read it from the query."""
        said = request.query
        return cls(
            full=full,
            guids=full or said.get("includeGuids") == "1",
            chapters=said.get("includeChapters") == "1",
            markers=said.get("includeMarkers") == "1",
            section=full or section,
            fields=_names(said.get("includeFields")),
            without_fields=_names(said.get("excludeFields")),
            without_elements=_names(said.get("excludeElements")),
        )

    def trim(self, element: Element) -> Element:
        """Take away what was not asked for."""
        if self.fields:
            element.attributes = {name: value for name, value in element.attributes.items() if name in self.fields}
        for name in self.without_fields & element.attributes.keys():
            del element.attributes[name]
        if self.without_elements:
            element.children = [child for child in element.children if child.tag not in self.without_elements]
        return element


class Items:
    """Makes elements of the titles of one server."""

    def __init__(self, shelves: Shelves, watching: Watching, behaviour: Behaviour) -> None:
        self._shelves = shelves
        self._watching = watching
        self._behaviour = behaviour
        self._genres: dict[str, int] = {}

    def genre(self, tag: str) -> int:
        """Return the id of a genre on this server."""
        return self._genres.setdefault(tag, 1001 + len(self._genres))

    def describe(self, title: Title, account: int, wants: Wants) -> Element:
        """Return what the server says about a title to one user."""
        section = self._shelves.section_of(title)
        words = self._identity(title) | self._family(title)
        if wants.section:
            words |= {
                "librarySectionTitle": section.title,
                "librarySectionID": int(section.key),
                "librarySectionKey": f"/library/sections/{section.key}",
            }
        if title.kind is Kind.COLLECTION:
            words |= self._collection(title)
        else:
            words |= self._facts(title) | self._state(title, account) | self._pictures(title)
        if self._behaviour.omit_optional_fields and not wants.full:
            words = {name: value for name, value in words.items() if name not in OPTIONAL}
        return wants.trim(Element(TAGS.get(title.kind, "Directory"), words, self._details(title, wants), "Metadata"))

    def _identity(self, title: Title) -> dict[str, Scalar | None]:
        key = self._shelves.key(title.number)
        return {
            "ratingKey": key,
            "key": self.path(title) + ("" if title.seconds else "/children"),
            "guid": guid(self._shelves, title),
            "type": TYPE_NAMES.get(title.kind, str(title.kind)),
            "title": title.name,
        }

    def path(self, title: Title) -> str:
        """Return the path of a title itself."""
        where = "collections" if title.kind is Kind.COLLECTION else "metadata"
        return f"/library/{where}/{self._shelves.key(title.number)}"

    def picture(self, title: Title, kind: str) -> str:
        """Return the path of a picture; the version in it moves with the title."""
        return f"{self.path(title)}/{kind}/{self._shelves.updated(title)}"

    def _family(self, title: Title) -> dict[str, Scalar | None]:
        words: dict[str, Scalar | None] = {}
        for prefix, parent in zip(("parent", "grandparent"), self._shelves.parents(title), strict=False):
            words |= {
                f"{prefix}RatingKey": self._shelves.key(parent.number),
                f"{prefix}Key": self.path(parent),
                f"{prefix}Guid": guid(self._shelves, parent),
                f"{prefix}Title": parent.name,
                f"{prefix}Thumb": self.picture(parent, "thumb"),
            }
            if prefix == "parent":
                words["parentIndex"] = parent.index if title.kind in {Kind.EPISODE, Kind.TRACK} else 1
            else:
                words["grandparentArt"] = self.picture(parent, "art")
        return words

    def _facts(self, title: Title) -> dict[str, Scalar | None]:
        return {
            "contentRating": "PG-13" if title.kind in {Kind.MOVIE, Kind.SHOW, Kind.EPISODE} else None,
            "summary": title.summary,
            "index": 1 if title.kind in {Kind.SHOW, Kind.ARTIST} else title.index,
            "audienceRating": title.rating,
            "audienceRatingImage": None if title.rating is None else "themoviedb://image.rating",
            "year": None if title.kind is Kind.ARTIST else title.year,
            "duration": title.seconds * 1000 or None,
            "originallyAvailableAt": None if title.kind in {Kind.SEASON, Kind.ARTIST, Kind.TRACK} else air_date(title),
            "addedAt": title.added,
            "updatedAt": self._updated(title),
            "deletedAt": self._shelves.trashed.get(title.number),
        }

    def _updated(self, title: Title) -> int | None:
        return None if self._behaviour.omit_updated else self._shelves.said_updated(title)

    def _collection(self, title: Title) -> dict[str, Scalar | None]:
        """Return what is said of a collection; how much it holds is a text."""
        members = self._shelves.members(title.number)
        return {
            "subtype": TYPE_NAMES.get(members[0].kind, str(members[0].kind)) if members else "movie",
            "summary": title.summary,
            "index": title.number,
            "ratingCount": 1,
            "thumb": f"{self.path(title)}/composite/{self._shelves.updated(title)}?width=400&height=600",
            "addedAt": title.added,
            "updatedAt": self._updated(title),
            "childCount": str(len(members)),
            "minYear": str(min((one.year for one in members), default=title.year)),
            "maxYear": str(max((one.year for one in members), default=title.year)),
        }

    def _state(self, title: Title, account: int) -> dict[str, Scalar | None]:
        mark = self._watching.mark(account, title.number)
        if title.seconds:
            return {
                "viewCount": mark.count or None,
                "viewOffset": mark.offset or None,
                "lastViewedAt": mark.last,
                "userRating": mark.rating,
            }
        marks = [self._watching.mark(account, leaf.number) for leaf in self._shelves.leaves(title.number)]
        children = self._shelves.children(title.number)
        return {
            "leafCount": len(marks),
            "viewedLeafCount": sum(1 for leaf in marks if leaf.count),
            "childCount": len(children) if title.kind is Kind.SHOW else None,
            "skipChildren": True if title.kind is Kind.SHOW and len(children) == 1 else None,
            "viewCount": sum(leaf.count for leaf in marks) or None,
            "lastViewedAt": max((leaf.last for leaf in marks if leaf.last), default=None),
            "userRating": mark.rating,
        }

    def _pictures(self, title: Title) -> dict[str, Scalar | None]:
        top = [title, *self._shelves.parents(title)][-1]
        return {"thumb": self.picture(title, "thumb"), "art": self.picture(top, "art")}

    def _details(self, title: Title, wants: Wants) -> list[Element]:
        children = [media(title, streams=wants.full)] if title.path else []
        children += [Element("Image", words) for words in self._images(title)]
        children += [self._genre(tag, wants) for tag in title.genres]
        if wants.guids:
            children += [Element("Guid", {"id": text}) for text in external_ids(title)]
        if wants.full and title.rating is not None:
            words: dict[str, Scalar | None] = {"image": "themoviedb://image.rating", "value": title.rating}
            children.append(Element("Rating", words | {"type": "audience"}))
        if wants.chapters and title.path:
            children += _chapters(title)
        if wants.markers and title.kind is Kind.EPISODE:
            children += _markers(title)
        return children

    def _images(self, title: Title) -> list[dict[str, Scalar | None]]:
        if title.kind is Kind.COLLECTION or self._behaviour.omit_optional_fields:
            return []
        kinds = (("coverPoster", "thumb"), ("background", "art"))
        return [{"alt": title.name, "type": kind, "url": self.picture(title, name)} for kind, name in kinds]

    def _genre(self, tag: str, wants: Wants) -> Element:
        number = self.genre(tag)
        return Element("Genre", {"id": number, "filter": f"genre={number}", "tag": tag} if wants.full else {"tag": tag})


def listing_words(section: Section, kind: Kind | None = None) -> dict[str, Scalar | None]:
    """Return what stands around a list of the items of one section."""
    what = {"movie": "Movies", "show": "Shows", "artist": "Artists"}[section.type]
    return {
        "allowSync": True,
        "art": f"/:/resources/{section.type}-fanart.jpg",
        "content": "secondary",
        "identifier": "com.plexapp.plugins.library",
        "librarySectionID": int(section.key),
        "librarySectionTitle": section.title,
        "librarySectionUUID": section.uuid,
        "mediaTagPrefix": "/system/bundle/media/flags/",
        "mediaTagVersion": 1734362201,
        "thumb": f"/:/resources/{section.type}.png",
        "title1": section.title,
        "title2": f"All {what}",
        "viewGroup": TYPE_NAMES.get(kind or section.kinds[0], str(kind or section.kinds[0])),
    }


def guid(shelves: Shelves, title: Title) -> str:
    """Return the id Plex gives a work: the same film has the same on all servers, and after every rescan."""
    if title.kind is Kind.COLLECTION:
        return f"collection://{sha256(title.name.encode()).hexdigest()[:24]}"
    if title.kind is Kind.VIDEO:
        return f"com.plexapp.agents.none://{sha256(title.path.encode()).hexdigest()[:40]}?lang=xn"
    names = [f"{one.name} {one.index}" for one in (title, *shelves.parents(title))]
    digest = sha256(f"{title.kind} {title.imdb or title.tvdb or names}".encode()).hexdigest()
    return f"plex://{title.kind}/{digest[:24]}"


def external_ids(title: Title) -> list[str]:
    """Return the ids of a title elsewhere."""
    known = (("imdb", title.imdb), ("tmdb", title.tmdb), ("tvdb", title.tvdb))
    return [f"{where}://{number}" for where, number in known if number is not None]


def air_date(title: Title) -> str:
    """Return some day in a title's year."""
    return (date(max(title.year, YEAR_ZERO), 1, 1) + timedelta(days=title.number % 365)).isoformat()


def _names(text: str | None) -> frozenset[str]:
    return frozenset(name for name in (text or "").split(",") if name)


def _chapters(title: Title) -> list[Element]:
    quarter = title.seconds * 250
    return [
        Element(
            "Chapter",
            {
                "id": title.number * 10 + index,
                "filter": f"thumb={title.number * 10 + index}",
                "index": index,
                "startTimeOffset": quarter * (index - 1),
                "endTimeOffset": quarter * index,
                "tag": f"Chapter {index}",
            },
        )
        for index in range(1, 5)
    ]


def _markers(title: Title) -> list[Element]:
    end = title.seconds * 1000
    intro: dict[str, Scalar | None] = {"type": "intro", "startTimeOffset": 30_000, "endTimeOffset": 75_000}
    ending: dict[str, Scalar | None] = {"type": "credits", "startTimeOffset": end - 45_000, "endTimeOffset": end}
    return [
        Element("Marker", {"id": title.number * 10 + index} | words, [_attributes(index)])
        for index, words in enumerate((intro, ending | {"final": True}))
    ]


def _attributes(index: int) -> Element:
    return Element("Attributes", {"id": index + 1, "version": 4 + index}, single=True)
