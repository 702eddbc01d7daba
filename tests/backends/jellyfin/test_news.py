"""What do messages of the push channel say of items, to whom, and in which versions?"""

import asyncio
from dataclasses import replace

import pytest

from custom_components.reel.backends.item import UserState
from custom_components.reel.backends.jellyfin.library import JellyfinLibrary
from custom_components.reel.backends.jellyfin.news import NOTHING, news
from custom_components.reel.backends.jellyfin.push import open_push
from custom_components.reel.backends.jellyfin.wire import Wire
from custom_components.reel.backends.listing import News
from custom_components.reel.backends.push import Channel
from custom_components.reel.backends.transport import Json
from tests.servers.jellyfin import TICKS
from tests.servers.library import Kind

from .conftest import VERSIONS, Den

every_version = pytest.mark.parametrize("version", VERSIONS)
ANN = "a5d3f6c2b1e04987b6f0c4d2e8a97135"
FILM = "dd954bbf54398e247d803186d3585b79"
SHOW = "70b7288088b42d318f75dbcc41fd0091"


async def opened(den: Den) -> Channel:
    assert isinstance(den.backend, JellyfinLibrary)
    return await open_push(den.backend.wire, den.backend.uri, den.backend.token)


async def next_news(channel: Channel, user_id: str) -> News:
    """Return what the first message says that says anything of items."""
    async with asyncio.timeout(5):
        async for message in channel.messages():
            if told := news(message, user_id):
                return told
    raise AssertionError


@every_version
async def test_what_came_went_and_changed_is_told_by_identity(den: Den) -> None:
    channel = await opened(den)
    first, second, episode = den.titles(Kind.MOVIE)[0], den.titles(Kind.MOVIE)[1], den.titles(Kind.EPISODE)[0]
    season, _ = den.jellyfin.state.shelf.ancestors(episode)
    gone = den.jellyfin.id_of(second)
    den.jellyfin.change(replace(first, name="Renamed"))
    den.jellyfin.remove(second)
    new = den.jellyfin.add(replace(episode, name="New"))
    told = await next_news(channel, den.user.id)
    assert told.changed == set(den.ids(first, new, season)) | {den.jellyfin.view_id("movies")}
    assert told.removed == {gone}
    assert not told.libraries
    assert not told.states
    found = await den.backend.items(sorted(told.changed))
    assert {item.identity for item in found} == set(den.ids(first, new, season))
    await channel.close()


@every_version
async def test_what_was_watched_is_told_whole(den: Den) -> None:
    channel = await opened(den)
    episode = den.titles(Kind.EPISODE)[0]
    season, _ = den.jellyfin.state.shelf.ancestors(episode)
    den.jellyfin.mark(den.user, episode)
    told = await next_news(channel, den.user.id)
    watched, around = (told.states[identity] for identity in den.ids(episode, season))
    assert watched == UserState(watched=True, plays=1, viewed_at=den.time.now)
    assert (around.watched, around.unwatched) == (False, 2)
    assert told.changed == frozenset()
    await channel.close()


async def test_progress_is_not_told_but_the_end_is(den: Den) -> None:
    channel = await opened(den)
    app = den.jellyfin.open_app(den.user)
    app.play(den.titles(Kind.MOVIE)[0])
    (state,) = (await next_news(channel, den.user.id)).states.values()
    assert state.position_ms == 0
    app.seek(1200 * TICKS)
    app.stop()
    (state,) = (await next_news(channel, den.user.id)).states.values()
    assert state.position_ms == 1_200_000
    await channel.close()


async def test_an_api_key_hears_nothing(den: Den, jellyfin_wire: Wire) -> None:
    channel = await open_push(jellyfin_wire, den.jellyfin.url(), den.jellyfin.make_api_key())
    witness = await opened(den)
    den.jellyfin.mark(den.user, den.titles(Kind.MOVIE)[0])
    den.jellyfin.change(den.titles(Kind.MOVIE)[1])
    await next_news(witness, den.user.id)
    await next_news(witness, den.user.id)
    await channel.say({"MessageType": "KeepAlive"})
    async for message in channel.messages():
        assert news(message, den.user.id) == NOTHING
        if message["MessageType"] == "KeepAlive":
            break
    await channel.close()
    await witness.close()


def library_changed(**lists: Json) -> dict[str, Json]:
    return {"MessageType": "LibraryChanged", "Data": {"IsEmpty": False, **lists}}


def test_a_file_that_was_replaced_is_asked_for_and_not_taken_for_gone() -> None:
    told = news(library_changed(ItemsAdded=[FILM], ItemsRemoved=[FILM, SHOW]), ANN)
    assert told == News(changed=frozenset({FILM}), removed=frozenset({SHOW}))


def test_a_folder_that_is_gone_itself_is_not_asked_for() -> None:
    told = news(library_changed(ItemsRemoved=[FILM, SHOW], FoldersRemovedFrom=[SHOW]), ANN)
    assert told == News(removed=frozenset({FILM, SHOW}))


def test_all_libraries_are_named_always_and_count_only_where_nothing_else_is_told() -> None:
    assert news(library_changed(ItemsUpdated=[FILM], CollectionFolders=[SHOW]), ANN).libraries == frozenset()
    assert news(library_changed(CollectionFolders=[SHOW]), ANN) == News(libraries=frozenset({SHOW}))


def test_identities_are_written_as_in_lists() -> None:
    dashed = "DD954BBF-5439-8e24-7d80-3186d3585b79"
    assert news(library_changed(ItemsUpdated=[dashed]), ANN).changed == {FILM}


def user_data(user_id: Json, *entries: Json) -> dict[str, Json]:
    return {"MessageType": "UserDataChanged", "Data": {"UserId": user_id, "UserDataList": list(entries)}}


def test_only_our_own_user_counts_however_written() -> None:
    entry: Json = {"ItemId": FILM, "Played": True}
    assert news(user_data("a5d3f6c2-b1e0-4987-b6f0-c4d2e8a97135", entry), ANN).states.keys() == {FILM}
    assert news(user_data(SHOW, entry), ANN) == NOTHING
    assert news(user_data(None, entry), ANN) == NOTHING


def test_data_of_no_item_are_nobodys() -> None:
    assert news(user_data(ANN, {"ItemId": "0" * 32, "Played": True}, {"Played": True}, None), ANN) == NOTHING


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"MessageType": "LibraryChanged"},
        {"MessageType": "LibraryChanged", "Data": None},
        {"MessageType": "LibraryChanged", "Data": []},
        {"MessageType": "LibraryChanged", "Data": {"ItemsAdded": "x", "ItemsRemoved": [None, {}, True]}},
        {"MessageType": "UserDataChanged", "Data": {"UserId": ANN, "UserDataList": "x"}},
        {"MessageType": "Sessions", "Data": []},
        {"MessageType": "ForceKeepAlive", "Data": 60},
        {"MessageType": ["LibraryChanged"], "Data": {}},
        {"MessageType": "UserUpdated", "Data": {"Id": ANN}},
    ],
)
def test_everything_else_is_no_news(message: dict[str, Json]) -> None:
    assert news(message, ANN) == NOTHING
