"""What did a user do with an item, on the wire? UserItemDataDto, of a title or of everything below it."""

from tests.servers.library import Kind, Title

from .accounts import User
from .shelf import MEDIA_TYPE_OF
from .state import State
from .watching import UNTOUCHED, UserData
from .wire import TICKS, ZERO_ID, Object, dashed, date, present


def user_data(state: State, user: User, title: Title) -> Object:
    """Return what a user did with a title, or with everything below it."""
    known = user.data.get(title.number, UNTOUCHED)
    return present(
        Rating=known.rating,
        PlaybackPositionTicks=known.position,
        PlayCount=known.plays,
        IsFavorite=known.favorite,
        Likes=known.likes,
        LastPlayedDate=date(known.last_played),
        Key=_key(state, title),
        ItemId=_item_id(state, state.shelf.id_of(title)),
        **_progress(state, user, title, known),
    )


def untouched(state: State, item_id: str) -> Object:
    """Return the user data of a library: nobody watches one."""
    return present(
        PlaybackPositionTicks=0,
        PlayCount=0,
        IsFavorite=False,
        Played=False,
        Key=dashed(item_id),
        ItemId=_item_id(state, item_id),
    )


def _progress(state: State, user: User, title: Title, known: UserData) -> Object:
    """Return whether it was played; of what only contains, how much of it."""
    if title.kind in MEDIA_TYPE_OF:
        runtime = title.seconds * TICKS
        percent = known.position / runtime * 100 if known.position and runtime else None
        return present(Played=known.played, PlayedPercentage=percent)
    leaves = list(state.shelf.leaves(title))
    played = sum(1 for leaf in leaves if user.data.get(leaf.number, UNTOUCHED).played)
    return present(
        Played=bool(leaves) and played == len(leaves),
        UnplayedItemCount=len(leaves) - played,
        PlayedPercentage=played / len(leaves) * 100 if played else None,
    )


def _key(state: State, title: Title) -> str:
    """Return what user data hang on: an id of a provider that outlives a rescan, else one of Jellyfin's own."""
    up = list(state.shelf.ancestors(title))
    if title.kind is Kind.EPISODE and up[1].tvdb:
        return f"{up[1].tvdb}{up[0].index or 0:03}{title.index or 0:03}"
    provider = title.tmdb or title.tvdb or title.imdb
    return str(provider) if provider else dashed(state.shelf.id_of(title))


def _item_id(state: State, item_id: str) -> str | None:
    """Return the id as this version writes it: not at all, as zeros, or right."""
    if state.behaviour.zero_user_data_ids or state.version.forgets_items_of_user_data:
        return ZERO_ID
    return item_id if state.version.names_items_of_user_data else None
