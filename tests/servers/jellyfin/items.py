"""What does an item look like on the wire? BaseItemDto, as much of it as was asked for."""

from dataclasses import dataclass, field
from typing import Final

from tests.servers.library import Kind, Title

from .accounts import User
from .files import media_sources, media_streams
from .shelf import MEDIA_TYPE_OF, TYPE_OF, VIDEOS, View
from .state import State
from .user_data import untouched, user_data
from .wire import TICKS, UNSET_DATE, Json, Object, date, guid, present

EVERYTHING: Final = frozenset({"*"})
BLUR: Final = "00TI:j"
"""The hash of a picture that is one colour."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes titles for one user, with the extra fields that were asked for; names are in lower case."""

    state: State
    user: User | None
    fields: frozenset[str] = field(default=EVERYTHING)
    user_data: bool = True
    images: bool = True
    image_types: frozenset[str] = frozenset()

    def item(self, title: Title) -> Object:
        """Return an item."""
        item = self._head(title)
        if self.state.behaviour.sparse:
            return item
        item |= self._facts(title) | self._extras(title) | self._family(title)
        if self.images:
            item |= self._pictures(title)
        if self.user_data and self.user is not None:
            item["UserData"] = user_data(self.state, self.user, title)
        return item

    def view(self, view: View) -> Object:
        """Return a library."""
        mixed = self.state.behaviour.mixed_library and view.collection_type == "movies"
        # Playlists are everybody's own.
        personal = view.collection_type == "playlists"
        item = present(
            Name=view.name,
            ServerId=self.state.server_id,
            Id=view.id,
            Etag=guid(view.id, "etag"),
            DateCreated=UNSET_DATE,
            CanDelete=False,
            CanDownload=False,
            SortName=view.name.lower(),
            IsFolder=True,
            Type="UserView" if personal else "CollectionFolder",
            CollectionType=None if mixed else view.collection_type or None,
            ChildCount=sum(1 for _ in self.state.shelf.top(view)),
            DisplayPreferencesId=guid(view.id, "display"),
            LocationType="FileSystem",
            MediaType="Unknown",
            ImageTags={"Primary": guid(view.id, "Primary")},
            BackdropImageTags=[],
            ImageBlurHashes={"Primary": {guid(view.id, "Primary"): BLUR}},
        )
        if self.user is not None:
            item["UserData"] = untouched(self.state, view.id)
        return item | {"ChannelId": None}

    def _head(self, title: Title) -> Object:
        """Return what an item has in any case; ChannelId is the one null that is written."""
        return {
            "Name": title.name,
            "ServerId": self.state.server_id,
            "Id": self.state.shelf.id_of(title),
            "ChannelId": None,
            "IsFolder": title.kind not in MEDIA_TYPE_OF,
            "Type": TYPE_OF[title.kind],
            "LocationType": "Virtual" if is_missing(title) else "FileSystem",
            "MediaType": MEDIA_TYPE_OF.get(title.kind, "Unknown"),
        }

    def _facts(self, title: Title) -> Object:
        return present(
            PremiereDate=f"{title.year}-03-01T00:00:00.0000000Z",
            Container="mov,mp4,m4a,3gp,3g2,mj2" if title.kind in VIDEOS else None,
            CommunityRating=title.rating,
            OfficialRating="PG-13" if title.kind is Kind.MOVIE and title.rating is not None else None,
            RunTimeTicks=title.seconds * TICKS or None,
            ProductionYear=title.year,
            IndexNumber=title.index,
            ParentIndexNumber=self.state.shelf.parent_index(title),
            VideoType="VideoFile" if title.kind in VIDEOS else None,
            HasSubtitles=True if title.kind is Kind.MOVIE else None,
            Status="Ended" if title.kind is Kind.SHOW else None,
            AirDays=[] if title.kind is Kind.SHOW else None,
        )

    def _extras(self, title: Title) -> Object:
        """Return the fields that must be asked for."""
        made = self._texts(title) | self._counts(title)
        if title.kind in MEDIA_TYPE_OF and not is_missing(title):
            version = self.state.version
            if self._wants("mediasources"):
                made["MediaSources"] = list[Json](media_sources(title, self.state.shelf.id_of(title), version))
            if self._wants("mediastreams"):
                made["MediaStreams"] = media_streams(title, version)
        if title.kind in VIDEOS and self._wants("chapters"):
            made["Chapters"] = chapters(title)
        return made

    def _texts(self, title: Title) -> Object:
        shelf = self.state.shelf
        parent = shelf.parent(title)
        added = UNSET_DATE if self.state.behaviour.unset_dates else date(title.added)
        values: dict[str, Json] = {
            "Etag": guid("etag", int(shelf.saved(title) * TICKS)),
            "DateCreated": added,
            "CanDelete": bool(self.user and self.user.admin),
            "CanDownload": title.kind in MEDIA_TYPE_OF,
            "SortName": shelf.sort_name(title),
            "Path": title.path or None,
            "Overview": title.summary,
            "Genres": list(title.genres),
            "GenreItems": [{"Name": genre, "Id": guid("genre", genre)} for genre in title.genres],
            "ProviderIds": provider_ids(title),
            "ParentId": shelf.id_of(parent) if parent else shelf.view_of(title).id,
            "Taglines": [],
            "Tags": [],
            "Studios": [],
            "People": [],
            "PrimaryImageAspectRatio": shape(title),
            "Width": 320 if title.kind in VIDEOS else None,
            "Height": 180 if title.kind in VIDEOS else None,
        }
        asked = {name: "genres" if name == "GenreItems" else name.lower() for name in values}
        return present(**{name: value for name, value in values.items() if self._wants(asked[name])})

    def _counts(self, title: Title) -> Object:
        if title.kind in MEDIA_TYPE_OF:
            return {}
        shelf = self.state.shelf
        made: Object = {}
        if self._wants("childcount"):
            made["ChildCount"] = len(shelf.children(title))
        if self._wants("recursiveitemcount"):
            made["RecursiveItemCount"] = sum(1 for _ in shelf.leaves(title))
        return made

    def _family(self, title: Title) -> Object:
        """Return the names and ids of what a title belongs to."""
        up = list(self.state.shelf.ancestors(title))
        match title.kind:
            case Kind.SEASON:
                return self._series(up[0])
            case Kind.EPISODE:
                season = {"SeasonId": self.state.shelf.id_of(up[0]), "SeasonName": up[0].name}
                return self._series(up[1]) | season
            case Kind.ALBUM:
                return self._artist(up[0])
            case Kind.TRACK:
                album = present(
                    Album=up[0].name,
                    AlbumId=self.state.shelf.id_of(up[0]),
                    AlbumPrimaryImageTag=self._tag(up[0], "Primary"),
                )
                return album | self._artist(up[1])
        return {}

    def _series(self, show: Title) -> Object:
        show_id = self.state.shelf.id_of(show)
        backdrop = self._tag(show, "Backdrop")
        return present(
            SeriesName=show.name,
            SeriesId=show_id,
            SeriesPrimaryImageTag=self._tag(show, "Primary"),
            ParentBackdropItemId=show_id if backdrop else None,
            ParentBackdropImageTags=[backdrop] if backdrop else None,
            ParentLogoItemId=show_id if backdrop else None,
            ParentLogoImageTag=self._tag(show, "Logo"),
            ParentThumbItemId=show_id if backdrop else None,
            ParentThumbImageTag=self._tag(show, "Thumb"),
        )

    def _artist(self, artist: Title) -> Object:
        pair: Json = {"Name": artist.name, "Id": self.state.shelf.id_of(artist)}
        return {
            "Artists": [artist.name],
            "ArtistItems": [pair],
            "AlbumArtist": artist.name,
            "AlbumArtists": [pair],
        }

    def _pictures(self, title: Title) -> Object:
        tags = {kind: tag for kind in ("Primary", "Logo", "Thumb") if (tag := self._tag(title, kind))}
        backdrop = self._tag(title, "Backdrop")
        blurs: Object = {kind: {tag: BLUR} for kind, tag in tags.items()}
        if backdrop:
            blurs["Backdrop"] = {backdrop: BLUR}
        return {
            "ImageTags": dict[str, Json](tags),
            "BackdropImageTags": [backdrop] if backdrop else [],
            "ImageBlurHashes": blurs,
        }

    def _tag(self, title: Title, kind: str) -> str | None:
        if not self.images or (self.image_types and kind.lower() not in self.image_types):
            return None
        return image_tag(self.state, title, kind)

    def _wants(self, *names: str) -> bool:
        return "*" in self.fields or not self.fields.isdisjoint(names)


def is_missing(title: Title) -> bool:
    """Tell whether this is an episode the server knows of but has no file for."""
    return title.kind is Kind.EPISODE and not title.path


def image_tag(state: State, title: Title, kind: str) -> str | None:
    """Return the tag of a picture; not everything has one, as on real servers."""
    if title.number % 7 == 3:
        return None
    has: dict[str, tuple[Kind, ...]] = {
        "Primary": tuple(kind for kind in Kind if kind not in {Kind.TRACK, Kind.PLAYLIST}),
        "Backdrop": (Kind.MOVIE, Kind.SHOW, Kind.ARTIST),
        "Logo": (Kind.SHOW,),
        "Thumb": (Kind.SHOW,),
    }
    return guid(state.shelf.id_of(title), kind) if title.kind in has.get(kind, ()) else None


def shape(title: Title) -> float | None:
    """Return width by height of the primary picture."""
    match title.kind:
        case Kind.EPISODE | Kind.VIDEO:
            return 1.7777777777777777
        case Kind.MOVIE | Kind.SHOW | Kind.SEASON | Kind.COLLECTION:
            return 0.6666666666666666
        case Kind.ARTIST | Kind.ALBUM:
            return 1
    return None


def provider_ids(title: Title) -> Object:
    """Return the ids a title has elsewhere."""
    return present(
        Imdb=title.imdb,
        Tmdb=str(title.tmdb) if title.tmdb else None,
        Tvdb=str(title.tvdb) if title.tvdb else None,
    )


def chapters(title: Title) -> list[Json]:
    """Return a chapter for every fifth of a title."""
    return [
        {
            "StartPositionTicks": title.seconds * TICKS * part // 5,
            "Name": f"Chapter {part + 1}",
            "ImageDateModified": UNSET_DATE,
        }
        for part in range(5)
    ]
