"""What comes next? Seasons, episodes, and the next one of every series that was begun."""

from aiohttp import web

from tests.servers.library import Kind, Title

from .browse import page
from .call import Call
from .items import is_missing
from .query import Query
from .routing import Routes

routes = Routes()


@routes.add("GET", "/Shows/{itemId}/Seasons")
async def get_seasons(call: Call) -> web.Response:
    special = call.query.flag("isSpecialSeason")
    seasons = [
        season for season in call.state.shelf.children(_show(call)) if special is None or (season.index == 0) is special
    ]
    return page(call, _beside(call, seasons))


@routes.add("GET", "/Shows/{itemId}/Episodes")
async def get_episodes(call: Call) -> web.Response:
    shelf = call.state.shelf
    show = _show(call)
    season_id, season = call.query.guid("seasonId"), call.query.number("season")
    missing = call.query.flag("isMissing")
    episodes = [
        episode
        for each in shelf.children(show)
        if season_id in {None, shelf.id_of(each)} and season in {None, each.index}
        for episode in shelf.children(each)
        if missing is None or is_missing(episode) is missing
    ]
    return page(call, _beside(call, _from(call, episodes)))


@routes.add("GET", "/Shows/NextUp")
async def get_next_up(call: Call) -> web.Response:
    """Return the next episode of every series the user has begun; of one series, also the very first."""
    shelf, user = call.state.shelf, call.user()
    query = Query(call.state, user, call.query)
    series_id = call.query.guid("seriesId")
    shows = [call.title(series_id)] if series_id else [title for title in query.everywhere() if title.kind is Kind.SHOW]
    cutoff = call.query.date("nextUpDateCutoff") or 0
    found: list[tuple[float, Title]] = []
    for show in shows:
        episodes = [each for each in shelf.leaves(show) if _season_index(call, each) and not is_missing(each)]
        last = max((query.data(each).last_played or 0 for each in episodes), default=0)
        following = _next(call, query, episodes)
        if following is not None and (series_id or last) and last >= cutoff:
            found.append((last, following))
    found.sort(key=lambda pair: -pair[0])
    return page(call, [title for _, title in found])


@routes.add("GET", "/Shows/Upcoming")
async def get_upcoming(call: Call) -> web.Response:
    return page(call, [])


def _next(call: Call, query: Query, episodes: list[Title]) -> Title | None:
    """Return the first unwatched episode after the last watched one."""
    seen = [at for at, episode in enumerate(episodes) if query.data(episode).played]
    rest = [each for each in episodes[seen[-1] + 1 if seen else 0 :] if not query.data(each).played]
    following = rest[0] if rest else None
    resumable = call.query.flag("enableResumable") is not False
    return None if following and not resumable and query.data(following).position else following


def _show(call: Call) -> Title:
    title = call.title()
    if title.kind is not Kind.SHOW:
        raise web.HTTPNotFound
    return title


def _season_index(call: Call, episode: Title) -> int:
    season = call.state.shelf.parent(episode)
    return (season.index or 0) if season else 0


def _from(call: Call, titles: list[Title]) -> list[Title]:
    """Return the titles from `startItemId` on."""
    first = call.query.guid("startItemId")
    ids = [call.state.shelf.id_of(title) for title in titles]
    return titles[ids.index(first) :] if first in ids else titles


def _beside(call: Call, titles: list[Title]) -> list[Title]:
    """Return the title of `adjacentTo`, the one before and the one after it."""
    middle = call.query.guid("adjacentTo")
    ids = [call.state.shelf.id_of(title) for title in titles]
    if middle not in ids:
        return titles
    at = ids.index(middle)
    return titles[max(at - 1, 0) : at + 2]
