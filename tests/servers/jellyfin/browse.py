"""What is there to watch? Pages of items, what is new, what goes on, what is like it, and search."""

from collections import Counter
from typing import Final

from aiohttp import web

from tests.servers.library import Kind, Title

from .call import Call, answer, result
from .items import is_missing
from .query import Query
from .routing import USER_QUERIES, Routes
from .shelf import MEDIA_TYPE_OF, TYPE_OF
from .wire import TICKS, Json, Object, guid, present

routes = Routes()

COUNTS: Final = {
    "MovieCount": Kind.MOVIE,
    "SeriesCount": Kind.SHOW,
    "EpisodeCount": Kind.EPISODE,
    "ArtistCount": None,
    "ProgramCount": None,
    "TrailerCount": None,
    "SongCount": Kind.TRACK,
    "AlbumCount": Kind.ALBUM,
    "MusicVideoCount": None,
    "BoxSetCount": Kind.COLLECTION,
    "BookCount": None,
    "ItemCount": None,
}


@routes.add("GET", "/Items")
@routes.add("GET", "/Users/{userId}/Items")
async def get_items(call: Call) -> web.Response:
    """Return a page of what is asked for; without any place to look, the libraries."""
    query = call.query
    nowhere = query.guid("parentId") is None and query.flag("recursive") is not True and not query.words("ids")
    if nowhere and not query.words("includeItemTypes") and not query.text("searchTerm"):
        writer = call.writer()
        views = [writer.view(view) for view in call.state.views(call.user_or_none())]
        return result(views[_span(call)], len(views))
    return page(call, find(call))


def find(call: Call) -> list[Title]:
    """Return all titles a call asks for; long lists are kept until the library changes, since clients page through."""
    state, query = call.state, Query(call.state, call.user_or_none(), call.query)
    if query.is_personal:
        return query.titles()
    paging = {"startindex", "limit", "fields", "apikey", "api_key"}
    asked = tuple(sorted((name, str(value)) for name, value in call.query.items() if name not in paging))
    key = state.shelf.revision, tuple(view.id for view in state.views(query.user)), asked
    if key not in state.results:
        while len(state.results) >= 8:
            del state.results[next(iter(state.results))]
        state.results[key] = query.titles()
    return state.results[key]


def page(call: Call, found: list[Title]) -> web.Response:
    """Return the page of a list that the query asks for."""
    behaviour = call.state.behaviour
    span = _span(call)
    found = [] if behaviour.empty_lists else found
    shown = found if behaviour.ignores_limit else found[span]
    writer = call.writer()
    total = len(shown) if call.query.flag("enableTotalRecordCount") is False else len(found)
    return result([writer.item(title) for title in shown], total if behaviour.totals else 0, span.start)


@routes.add("GET", "/Items/{itemId}", since=USER_QUERIES)
@routes.add("GET", "/Users/{userId}/Items/{itemId}")
async def get_item(call: Call) -> web.Response:
    writer = call.writer(everything=True)
    view = call.state.shelf.view(call.parts.guid("itemId") or "")
    if view is not None and call.state.may_see(call.user_or_none(), view):
        return answer(writer.view(view))
    return answer(writer.item(call.title()))


@routes.add("GET", "/Items/Latest", since=USER_QUERIES)
@routes.add("GET", "/Users/{userId}/Items/Latest")
async def get_latest(call: Call) -> web.Response:
    """Return what was added last: a bare list, in which several episodes become their series."""
    user = call.user()
    query = Query(call.state, user, call.query)
    played = call.query.flag("isPlayed") or False
    kinds = call.query.folded("includeItemTypes")
    grouped = call.query.flag("groupItems") is not False
    found: dict[int, list[Title]] = {}
    for title in sorted(_playable(call), key=lambda title: -title.added):
        if query.data(title).played is played and (not kinds or TYPE_OF[title.kind].lower() in kinds):
            found.setdefault(_group(call, title).number if grouped else title.number, []).append(title)
        if len(found) > (call.query.number("limit") or 20):
            found.popitem()
            break
    return answer([_latest(call, number, new) for number, new in found.items()])


@routes.add("GET", "/UserItems/Resume", since=USER_QUERIES)
@routes.add("GET", "/Users/{userId}/Items/Resume")
async def get_resumable(call: Call) -> web.Response:
    """Return what the user has begun, the last one first."""
    user = call.user()
    query = Query(call.state, user, call.query)
    hidden: set[int] = set()
    if call.query.flag("excludeActiveSessions"):
        playing = [session.playing for session in call.state.sessions.by_id.values() if session.user is user]
        hidden = {each.title.number for each in playing if each}
    begun = [title for title in query.everywhere() if query.data(title).position > 0 and title.number not in hidden]
    begun.sort(key=lambda title: -(query.data(title).last_played or 0))
    return page(call, begun)


@routes.add("GET", "/Items/{itemId}/Similar")
@routes.add("GET", "/Movies/{itemId}/Similar")
@routes.add("GET", "/Shows/{itemId}/Similar")
@routes.add("GET", "/Artists/{itemId}/Similar")
@routes.add("GET", "/Albums/{itemId}/Similar")
async def get_similar(call: Call) -> web.Response:
    title = call.title()
    genres = set(title.genres)
    alike = [
        other
        for other in call.state.shelf.titles.values()
        if other.kind is title.kind and other is not title and not genres.isdisjoint(other.genres)
    ]
    return page(call, alike)


@routes.add("GET", "/Items/Suggestions", since=USER_QUERIES)
@routes.add("GET", "/Users/{userId}/Suggestions")
async def get_suggestions(call: Call) -> web.Response:
    kinds, media = call.query.folded("type"), call.query.folded("mediaType")
    found = [
        title
        for title in _playable(call)
        if (not kinds or TYPE_OF[title.kind].lower() in kinds)
        and (not media or MEDIA_TYPE_OF[title.kind].lower() in media)
    ]
    return page(call, found)


@routes.add("GET", "/Artists")
@routes.add("GET", "/Artists/AlbumArtists")
async def get_artists(call: Call) -> web.Response:
    """Return the artists, also those without a folder."""
    query = Query(call.state, call.user_or_none(), call.query, named_artists=True)
    return page(call, [title for title in query.everywhere() if title.kind is Kind.ARTIST])


@routes.add("GET", "/Items/{itemId}/Ancestors")
async def get_ancestors(call: Call) -> web.Response:
    """Return all that a title stands in, with everything about it, up to the root of all libraries."""
    title = call.title()
    writer = call.writer(everything=True)
    up = [writer.item(each) for each in call.state.shelf.ancestors(title)]
    view = call.state.shelf.view_of(title)
    library = writer.view(view)
    if title.kind is Kind.PLAYLIST:
        # The folder behind everybody's view has an id of its own.
        library |= {"Id": guid(view.id, "folder"), "Type": "ManualPlaylistsFolder"}
    root: Object = {"Name": "Media Folders", "Id": guid(call.state.server_id, "root"), "Type": "UserRootFolder"}
    return answer([*up, library, library | root])


@routes.add("GET", "/Items/Counts")
async def get_counts(call: Call) -> web.Response:
    """Return how many titles there are of the kinds that are counted; seasons, videos and playlists are not."""
    query = Query(call.state, call.user_or_none(), call.query)
    titles = [] if call.state.behaviour.empty_lists else query.everywhere()
    there = Counter(title.kind for title in titles if not is_missing(title))
    counts: Object = {name: there[kind] if kind else 0 for name, kind in COUNTS.items()}
    return answer(counts)


@routes.add("GET", "/Search/Hints")
async def get_hints(call: Call) -> web.Response:
    if call.query.text("searchTerm") is None:
        raise web.HTTPBadRequest
    found = Query(call.state, call.user_or_none(), call.query).titles()
    hints: list[Json] = [_hint(call, title) for title in found[_span(call)]]
    return answer({"SearchHints": hints, "TotalRecordCount": len(found)})


def _span(call: Call) -> slice[int, int | None, None]:
    """Return which part of a list the query asks for."""
    start, limit = call.query.number("startIndex") or 0, call.query.number("limit")
    return slice(start, None if limit is None else start + limit)


def _playable(call: Call) -> list[Title]:
    query = Query(call.state, call.user_or_none(), call.query)
    return [title for title in query.everywhere() if title.kind in MEDIA_TYPE_OF]


def _group(call: Call, title: Title) -> Title:
    """Return what a new title is shown as: an episode as its series, a track as its album."""
    up = list(call.state.shelf.ancestors(title))
    match title.kind:
        case Kind.EPISODE:
            return up[1]
        case Kind.TRACK:
            return up[0]
    return title


def _latest(call: Call, number: int, new: list[Title]) -> Object:
    """Return a new title; of several new episodes, their series and how many there are."""
    shelf, writer = call.state.shelf, call.writer()
    group = shelf.titles[number]
    if group.kind is Kind.SHOW and len(new) == 1:
        return writer.item(new[0])
    item = writer.item(group)
    return item | {"ChildCount": len(new)} if group.kind is not new[0].kind else item


def _hint(call: Call, title: Title) -> Object:
    """Return a search hint."""
    item = call.writer(everything=True).item(title)
    tags = item.get("ImageTags")
    pictures = tags if isinstance(tags, dict) else {}
    return present(
        ItemId=item["Id"],
        Id=item["Id"],
        Name=title.name,
        IndexNumber=title.index,
        ProductionYear=title.year,
        ParentIndexNumber=item.get("ParentIndexNumber"),
        PrimaryImageTag=pictures.get("Primary"),
        ThumbImageTag=pictures.get("Thumb"),
        ThumbImageItemId=item["Id"] if "Thumb" in pictures else None,
        Type=item["Type"],
        IsFolder=item["IsFolder"],
        RunTimeTicks=title.seconds * TICKS or None,
        MediaType=item["MediaType"],
        Series=item.get("SeriesName"),
        Album=item.get("Album"),
        AlbumId=item.get("AlbumId"),
        AlbumArtist=item.get("AlbumArtist"),
        Artists=item.get("Artists", []),
        PrimaryImageAspectRatio=item.get("PrimaryImageAspectRatio"),
    )
