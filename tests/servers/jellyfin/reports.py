"""What did somebody watch? Reports of players, and what users mark by hand."""

from aiohttp import web

from tests.servers.library import Title

from . import playing as player
from .accounts import User
from .call import Call, answer, done
from .routing import USER_QUERIES, Routes
from .sessions import Playing
from .shelf import MEDIA_TYPE_OF
from .user_data import user_data

routes = Routes()


@routes.add("POST", "/Sessions/Playing")
async def report_start(call: Call) -> web.Response:
    playing = _playing(call)
    if playing is not None:
        player.start(call.state, call.session(), playing)
    return done()


@routes.add("POST", "/Sessions/Playing/Progress")
async def report_progress(call: Call) -> web.Response:
    playing = _playing(call)
    if playing is not None:
        known = call.body.number("PositionTicks") is not None
        player.progress(call.state, call.session(), playing, known=known)
    return done()


@routes.add("POST", "/Sessions/Playing/Stopped")
async def report_stop(call: Call) -> web.Response:
    session = call.session()
    item_id = call.body.guid("ItemId")
    playing = session.playing.title if session.playing else None
    title = call.state.shelf.find(item_id) if item_id else playing
    if title is not None:
        ticks, failed = call.body.number("PositionTicks"), call.body.flag("Failed") is True
        player.stop(call.state, session, title, ticks, failed=failed)
    return done()


@routes.add("POST", "/Sessions/Playing/Ping")
async def ping(call: Call) -> web.Response:
    if call.query.text("playSessionId") is None:
        raise web.HTTPBadRequest
    call.session().checked_in = call.state.now()
    return done()


@routes.add("POST", "/UserPlayedItems/{itemId}", since=USER_QUERIES)
@routes.add("POST", "/Users/{userId}/PlayedItems/{itemId}")
async def mark_played(call: Call) -> web.Response:
    """Mark a title, and everything below it."""
    user, title = call.user(), call.title()
    when = call.query.date("datePlayed")
    for each in _marked(call, title):
        user.watching(each.number).mark(call.state.now(), when)
        call.state.watched(user, each)
    return _data(call, user, title)


@routes.add("DELETE", "/UserPlayedItems/{itemId}", since=USER_QUERIES)
@routes.add("DELETE", "/Users/{userId}/PlayedItems/{itemId}")
async def mark_unplayed(call: Call) -> web.Response:
    user, title = call.user(), call.title()
    for each in _marked(call, title):
        user.watching(each.number).unmark()
        call.state.watched(user, each)
    return _data(call, user, title)


@routes.add("POST DELETE", "/UserFavoriteItems/{itemId}", since=USER_QUERIES)
@routes.add("POST DELETE", "/Users/{userId}/FavoriteItems/{itemId}")
async def mark_favorite(call: Call) -> web.Response:
    user, title = call.user(), call.title()
    user.watching(title.number).favorite = call.request.method == "POST"
    call.state.watched(user, title)
    return _data(call, user, title)


@routes.add("POST DELETE", "/UserItems/{itemId}/Rating", since=USER_QUERIES)
@routes.add("POST DELETE", "/Users/{userId}/Items/{itemId}/Rating")
async def rate(call: Call) -> web.Response:
    user, title = call.user(), call.title()
    user.watching(title.number).likes = call.query.flag("likes") if call.request.method == "POST" else None
    call.state.watched(user, title)
    return _data(call, user, title)


@routes.add("GET", "/UserItems/{itemId}/UserData", since=USER_QUERIES)
@routes.add("GET", "/Users/{userId}/Items/{itemId}/UserData")
async def get_user_data(call: Call) -> web.Response:
    return _data(call, call.user(), call.title())


@routes.add("POST", "/UserItems/{itemId}/UserData", since=USER_QUERIES)
@routes.add("POST", "/Users/{userId}/Items/{itemId}/UserData")
async def change_user_data(call: Call) -> web.Response:
    """Change only what is said."""
    user, title, said = call.user(), call.title(), call.body
    data = user.watching(title.number)
    ticks, plays = said.number("PlaybackPositionTicks"), said.number("PlayCount")
    played, favorite, when = said.flag("Played"), said.flag("IsFavorite"), said.date("LastPlayedDate")
    data.position = data.position if ticks is None else ticks
    data.plays = data.plays if plays is None else plays
    data.played = data.played if played is None else played
    data.favorite = data.favorite if favorite is None else favorite
    data.last_played = data.last_played if when is None else when
    call.state.watched(user, title)
    return _data(call, user, title)


def _playing(call: Call) -> Playing | None:
    """Return what a report says; one about an unknown item is accepted and means nothing."""
    said, state, session = call.body, call.state, call.session()
    title = state.shelf.find(said.guid("ItemId") or "")
    if title is None:
        return None
    volume = said.number("VolumeLevel")
    session.volume = session.volume if volume is None else volume
    session.muted = said.flag("IsMuted") is True
    queue = [state.shelf.find(each.guid("Id") or "") for each in said.inners("NowPlayingQueue")]
    return Playing(
        title=title,
        position=said.number("PositionTicks") or 0,
        reported=state.now(),
        paused=said.flag("IsPaused") is True,
        can_seek=said.flag("CanSeek") is True,
        method=said.text("PlayMethod") or "DirectPlay",
        media_source=said.text("MediaSourceId"),
        audio=said.number("AudioStreamIndex"),
        subtitle=said.number("SubtitleStreamIndex"),
        repeat=said.text("RepeatMode") or "RepeatNone",
        order=said.text("PlaybackOrder") or "Default",
        queue=[title for title in queue if title],
    )


def _marked(call: Call, title: Title) -> list[Title]:
    return [title] if title.kind in MEDIA_TYPE_OF else list(call.state.shelf.leaves(title))


def _data(call: Call, user: User, title: Title) -> web.Response:
    return answer(user_data(call.state, user, title))
