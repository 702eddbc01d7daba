"""A Jellyfin server of any version tells who plays, passes on what players are told, and says so when it changes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from custom_components.reel.backends.clients import (
    Activity,
    Client,
    ClientKind,
    ClientNews,
    Clients,
    Command,
    Order,
    Repeat,
    follow,
)
from custom_components.reel.backends.errors import (
    Busy,
    Garbled,
    Missing,
    NotAllowed,
    SignInRefused,
    SourceError,
    Unreachable,
)
from custom_components.reel.backends.item import ItemKind
from custom_components.reel.backends.jellyfin.client_news import client_news
from custom_components.reel.backends.jellyfin.clients import MOST_ITEMS, JellyfinClients
from custom_components.reel.backends.jellyfin.push import keep_alive, open_push
from custom_components.reel.backends.jellyfin.wire import Wire
from custom_components.reel.backends.push import Channel
from tests.backends.conftest import CLIENT, Time
from tests.backends.test_requests import problems
from tests.servers.faults import Cut, Fault, Garbage, Status
from tests.servers.jellyfin import TICKS, App, JellyfinServer, User
from tests.servers.library import Kind, Title
from tests.servers.openapi import FIXTURES, Document, needs_fixtures

from .conftest import LIBRARY, VERSIONS

every_version = pytest.mark.parametrize("version", VERSIONS)
MINUTE = 60
# The oldest that tells everybody.
TELLING = ["10.11.11", "12.0.0"]


@dataclass(slots=True)
class Attic:
    """A server, its administrator, and who watches its clients for her."""

    jellyfin: JellyfinServer
    root: User
    backend: JellyfinClients
    time: Time

    def titles(self, kind: Kind = Kind.MOVIE) -> list[Title]:
        """Return the titles of a kind."""
        return [title for title in self.jellyfin.state.shelf.titles.values() if title.kind is kind]

    def ids(self, *titles: Title) -> tuple[str, ...]:
        """Return the identities of titles."""
        return tuple(self.jellyfin.id_of(title) for title in titles)

    async def client(self) -> Client:
        """Return the only client there is."""
        (found,) = await self.backend.clients()
        return found

    async def tell(self, order: Order, **values: object) -> Client:
        """Tell the only client something, and return what became of it."""
        command = replace(Command(order=order), **values)  # type: ignore[arg-type]  # as tests say it
        await self.backend.tell(await self.client(), command, 1)
        return await self.client()

    def as_user(self, user: User) -> JellyfinClients:
        """Return who watches for somebody else."""
        token = self.jellyfin.sign_in(user, CLIENT.identifier)
        return replace(self.backend, token=token, user_id=user.id)


@pytest.fixture
async def attic(jellyfin_wire: Wire, time: Time, version: str) -> AsyncIterator[Attic]:
    """Return a server behind a proxy."""
    async with JellyfinServer(library=LIBRARY, version=version, base_path="/jellyfin", now=lambda: time.now) as server:
        root = server.add_user("root", admin=True)
        token = server.sign_in(root, CLIENT.identifier)
        yield Attic(server, root, JellyfinClients(jellyfin_wire, server.url(), token, root.id), time)


@pytest.fixture
def television(attic: Attic) -> App:
    """Return an app of the administrator."""
    return attic.jellyfin.open_app(attic.root)


# Who is there


@every_version
async def test_an_app_is_there_whether_it_plays_or_not(attic: Attic, television: App) -> None:
    clients: Clients = attic.backend
    attic.jellyfin.traffic.clear()
    (idle,) = await clients.clients()
    assert len(attic.jellyfin.traffic.requests) == 1
    assert (idle.name, idle.product, idle.version) == ("Living Room TV", "Android TV", "0.19.0")
    assert (idle.user, idle.kinds, idle.address, idle.playing) == ("root", frozenset(), television.id, None)
    film = attic.titles()[0]
    television.play(film, 10 * MINUTE * TICKS)
    attic.time.now += MINUTE
    busy = await attic.client()
    assert (busy.identity, busy.name) == (idle.identity, idle.name)
    assert busy.playing is not None
    assert (busy.playing.item.identity, busy.playing.item.title) == (*attic.ids(film), film.name)
    assert (busy.playing.activity, busy.playing.position_ms) == (Activity.PLAYING, 11 * MINUTE * 1000)
    assert (busy.playing.transcodes, busy.playing.bitrate, busy.playing.volume) == (False, 4192, 1.0)
    assert busy.playing.item.images
    television.pause()
    assert (await attic.tell(Order.STOP)).playing is None


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(Kind.EPISODE, ItemKind.EPISODE), (Kind.TRACK, ItemKind.TRACK), (Kind.VIDEO, ItemKind.VIDEO)],
)
async def test_whatever_is_played_is_told_with_what_it_belongs_to(
    attic: Attic, television: App, kind: Kind, expected: ItemKind
) -> None:
    title = attic.titles(kind)[0]
    television.play(title)
    playing = (await attic.client()).playing
    assert playing is not None
    assert (playing.item.kind, playing.item.title) == (expected, title.name)
    above = [each.name for each in attic.jellyfin.state.shelf.ancestors(title)]
    assert [playing.item.parent_title, playing.item.grandparent_title][: len(above)] == above


async def test_a_conversion_is_told_with_what_it_sends(attic: Attic, television: App) -> None:
    television.play(attic.titles()[0], method="Transcode")
    playing = (await attic.client()).playing
    assert playing is not None
    assert (playing.transcodes, playing.bitrate, playing.height) == (True, 2000, 180)


async def test_a_client_is_the_same_after_a_restart_of_its_server_and_for_another_user(attic: Attic) -> None:
    ann = attic.jellyfin.add_user("Ann")
    attic.jellyfin.open_app(attic.root)
    before = await attic.client()
    attic.jellyfin.restart()
    attic.jellyfin.open_app(ann)
    after = await attic.client()
    assert after.identity == before.identity
    assert (after.user, after.kinds) == ("Ann", frozenset({ClientKind.SHARED}))


async def test_two_apps_on_one_device_are_two_clients(attic: Attic) -> None:
    ann = attic.jellyfin.add_user("Ann")
    for user, app in ((attic.root, "Jellyfin Android TV"), (ann, "Findroid")):
        attic.jellyfin.open_app(user, "Shield", client=app, device_id="8f3e1d9b7c5a2046")
    found = await attic.backend.clients()
    assert len({client.identity for client in found}) == 2
    assert len({client.address for client in found}) == 2


async def test_a_user_sees_the_own_clients_and_a_key_all(attic: Attic, television: App) -> None:
    ann = attic.jellyfin.add_user("Ann")
    attic.jellyfin.open_app(ann, "Bedroom")
    own = await attic.as_user(ann).clients()
    assert [(client.name, client.kinds) for client in own] == [("Bedroom", frozenset())]
    assert television.id not in {client.address for client in own}
    by_key = replace(attic.backend, token=attic.jellyfin.make_api_key(), user_id=ann.id)
    assert {client.name: client.kinds for client in await by_key.clients()} == {
        "Living Room TV": {ClientKind.SHARED},
        "Bedroom": frozenset(),
    }


async def test_another_account_of_ours_is_no_client_even_while_it_reports(attic: Attic) -> None:
    ann = attic.jellyfin.add_user("Ann")
    attic.jellyfin.open_app(ann, "Home Assistant", client="Reel").play(attic.titles()[0])
    assert await attic.backend.clients() == ()


@pytest.mark.parametrize(("days", "count"), [(20, 1), (40, 0)])
async def test_an_idle_television_stays_and_one_that_is_gone_for_long_does_not(
    attic: Attic, days: int, count: int
) -> None:
    attic.jellyfin.open_app(attic.root)
    attic.time.now += days * 86_400
    assert len(await attic.backend.clients()) == count


async def test_a_client_that_lost_its_socket_is_there_and_can_be_told_nothing(attic: Attic, television: App) -> None:
    assert Order.PAUSE in (await attic.client()).orders
    television.close()
    found = await attic.client()
    assert (found.orders, found.keys) == (frozenset(), ())


# What it is told


@every_version
async def test_a_player_obeys(attic: Attic, television: App) -> None:
    film, other = attic.titles()[:2]
    playing = (await attic.tell(Order.PLAY_ITEMS, items=attic.ids(film, other), position_ms=90_000)).playing
    assert playing is not None
    assert (playing.item.identity, playing.position_ms) == (*attic.ids(film), 90_000)
    playing = (await attic.tell(Order.PAUSE)).playing
    assert playing is not None
    assert playing.activity is Activity.PAUSED
    playing = (await attic.tell(Order.PLAY)).playing
    assert playing is not None
    assert playing.activity is Activity.PLAYING
    playing = (await attic.tell(Order.SEEK, position_ms=600_000)).playing
    assert playing is not None
    assert playing.position_ms == 600_000
    for order, expected in ((Order.NEXT, other), (Order.PREVIOUS, film)):
        playing = (await attic.tell(order)).playing
        assert playing is not None
        assert playing.item.title == expected.name
    assert (await attic.tell(Order.STOP)).playing is None
    kinds = [name for name, _ in television.received]
    assert kinds == ["Play", "Playstate", "Playstate", "Playstate", "Playstate", "Playstate", "Playstate"]


@every_version
async def test_the_rest_of_a_player_obeys_too(attic: Attic, television: App) -> None:
    television.play(attic.titles()[0])
    await attic.tell(Order.VOLUME, level=0.355)
    await attic.tell(Order.MUTE, on=True)
    await attic.tell(Order.SHUFFLE, on=True)
    playing = (await attic.tell(Order.REPEAT, repeat=Repeat.ONE)).playing
    assert playing is not None
    assert (playing.volume, playing.muted, playing.shuffled, playing.repeat) == (0.36, True, True, Repeat.ONE)
    await attic.tell(Order.MUTE, on=False)
    await attic.tell(Order.REPEAT, repeat=Repeat.OFF)
    playing = (await attic.tell(Order.SHUFFLE, on=False)).playing
    assert playing is not None
    assert (playing.muted, playing.shuffled, playing.repeat) == (False, False, Repeat.OFF)


@every_version
async def test_messages_and_keys_arrive(attic: Attic, television: App) -> None:
    found = await attic.tell(Order.MESSAGE, text="Dinner is ready", title="Kitchen", seconds=2.5)
    assert {Order.MESSAGE, Order.NAVIGATE} <= found.orders
    await attic.tell(Order.MESSAGE, text="Again")
    for key in found.keys:
        await attic.tell(Order.NAVIGATE, key=key)
    commands = [data for _, data in television.received]
    assert commands[0]["Arguments"] == {"Header": "Kitchen", "Text": "Dinner is ready", "TimeoutMs": "2500"}
    assert commands[1]["Arguments"] == {"Text": "Again", "TimeoutMs": "5000"}
    assert tuple(data["Name"] for data in commands[2:]) == found.keys
    assert {"MoveUp", "Select", "Back", "GoHome", "VolumeUp"} <= set(found.keys)


@pytest.mark.parametrize(("order", "expected"), [(Order.PLAY_NEXT, [0, 2, 1]), (Order.PLAY_LAST, [0, 1, 2])])
async def test_items_are_queued_where_they_belong(
    attic: Attic, television: App, order: Order, expected: list[int]
) -> None:
    films = attic.titles()
    television.play(films[0], queue=films[:2])
    await attic.tell(order, items=attic.ids(films[2]))
    assert television.session.playing is not None
    assert television.session.playing.queue == [films[at] for at in expected]


@pytest.mark.parametrize("order", [Order.PLAY_ITEMS, Order.PLAY_NEXT, Order.PLAY_LAST])
async def test_more_than_fits_into_a_url_comes_in_portions_and_in_order(
    attic: Attic, television: App, order: Order
) -> None:
    first, *others = attic.titles()
    television.play(first)
    many = [others[at % len(others)] for at in range(MOST_ITEMS * 2 + 5)]
    await attic.tell(order, items=attic.ids(*many))
    assert television.session.playing is not None
    assert television.session.playing.queue == ([] if order is Order.PLAY_ITEMS else [first]) + many
    asked = [seen for seen in attic.jellyfin.traffic.requests if seen.path.endswith("/Playing")]
    assert len(asked) == 3
    assert all(len(seen.query["itemIds"]) < 7000 for seen in asked)


async def test_what_holds_others_means_all_of_them(attic: Attic, television: App) -> None:
    album = attic.titles(Kind.ALBUM)[0]
    await attic.tell(Order.PLAY_ITEMS, items=attic.ids(album))
    assert television.session.playing is not None
    assert television.session.playing.queue == list(attic.jellyfin.state.shelf.leaves(album))


@pytest.mark.parametrize("way", ["closed", "asleep", "switched off"])
async def test_nobody_says_that_a_command_went_nowhere(attic: Attic, television: App, way: str) -> None:
    television.play(attic.titles()[0])
    found = await attic.client()
    match way:
        case "closed":
            television.close()
        case "asleep":
            television.asleep = True
        case _:
            attic.jellyfin.behaviour.commands_work = False
    await attic.backend.tell(found, Command(order=Order.PAUSE), 1)
    playing = (await attic.client()).playing
    assert playing is not None
    assert playing.activity is Activity.PLAYING


async def test_a_client_that_is_gone_is_missing(attic: Attic, television: App) -> None:
    found = await attic.client()
    attic.jellyfin.restart()
    for order in Order:
        with pytest.raises(Missing):
            await attic.backend.tell(found, Command(order=order, items=("x",), text="x", key="Back"), 1)
    with pytest.raises(Missing):
        await attic.backend.tell(replace(found, address=None), Command(order=Order.PAUSE), 1)
    assert television.received == []


async def test_an_address_leads_nowhere_else(attic: Attic, television: App) -> None:
    found = replace(await attic.client(), address=f"{television.id}/Playing/Stop?x=")
    with pytest.raises(Missing):
        await attic.backend.tell(found, Command(order=Order.PAUSE), 1)


FAULTS = [
    (Status(401), SignInRefused),
    (Status(403), NotAllowed),
    (Status(503), Busy),
    (Cut(), Unreachable),
    (Garbage(), Garbled),
]


@pytest.mark.parametrize(("failure", "error"), FAULTS[:3], ids=str)
async def test_a_command_that_is_refused_says_why(
    attic: Attic, television: App, failure: Status, error: type[SourceError]
) -> None:
    found = await attic.client()
    attic.jellyfin.fault = Fault(failure)
    with pytest.raises(error):
        await attic.backend.tell(found, Command(order=Order.PAUSE), 1)
    assert television.received == []


async def test_a_server_that_dies_is_unreachable(attic: Attic, television: App) -> None:
    found = await attic.client()
    await attic.jellyfin.shut("local")
    with pytest.raises(Unreachable):
        await attic.backend.tell(found, Command(order=Order.PAUSE), 1)
    with pytest.raises(Unreachable):
        await attic.backend.clients()
    assert television.received == []


@pytest.mark.parametrize(("failure", "error"), FAULTS, ids=str)
async def test_a_list_that_is_refused_says_why(
    attic: Attic, failure: Status | Cut | Garbage, error: type[SourceError]
) -> None:
    attic.jellyfin.fault = Fault(failure)
    with pytest.raises(error):
        await attic.backend.clients()


# What is pushed


@dataclass(slots=True)
class Ear:
    """Listens to a server, and knows what it said of clients."""

    channel: Channel
    user: User
    known: dict[str, Client]

    async def hear(self) -> Client:
        """Return the only client there is as the next message tells it."""
        self.known, is_unclear = follow(self.known, await self.news())
        assert not is_unclear
        (found,) = self.known.values()
        return found

    async def news(self) -> ClientNews:
        """Return what the next message says that says anything of clients."""
        async with asyncio.timeout(5):
            async for message in self.channel.messages():
                if (told := client_news(message, CLIENT, self.user.id)) != ClientNews():
                    return told
        raise AssertionError

    async def settle(self) -> list[object]:
        """Return what came before the answer to a question asked now."""
        kinds: list[object] = []
        await self.channel.say({"MessageType": "KeepAlive"})
        async with asyncio.timeout(5):
            async for message in self.channel.messages():
                if message["MessageType"] == "KeepAlive":
                    break
                kinds.append(message["MessageType"])
        return kinds


async def listen(backend: JellyfinClients, user: User) -> AsyncIterator[Ear]:
    channel = await open_push(backend.wire, backend.uri, backend.token)
    alive = asyncio.create_task(keep_alive(channel))
    ear = Ear(channel, user, {})
    # The answer to what is said at first; whoever asks to be told is told nothing yet.
    assert set(await ear.settle()) <= {"ForceKeepAlive"}
    yield ear
    alive.cancel()
    await asyncio.gather(alive, return_exceptions=True)
    await channel.close()


@pytest.fixture
async def ear(attic: Attic) -> AsyncIterator[Ear]:
    """Return the administrator's ear."""
    async for ear in listen(attic.backend, attic.root):
        yield ear


@every_version
async def test_all_that_a_client_does_is_pushed_without_a_request(attic: Attic, ear: Ear) -> None:
    attic.jellyfin.traffic.clear()
    television = attic.jellyfin.open_app(attic.root)
    assert (await ear.hear()).playing is None
    film = attic.titles()[0]
    television.play(film)
    playing = (await ear.hear()).playing
    assert playing is not None
    assert playing.item.title == film.name
    television.seek(600 * TICKS)
    playing = (await ear.hear()).playing
    assert playing is not None
    assert playing.position_ms == 600_000
    television.pause()
    playing = (await ear.hear()).playing
    assert playing is not None
    assert playing.activity is Activity.PAUSED
    television.stop()
    assert (await ear.hear()).playing is None
    assert attic.jellyfin.traffic.requests == []
    assert tuple(ear.known.values()) == await attic.backend.clients()


@every_version
async def test_a_user_is_told_of_own_clients_since_10_11_and_hears_the_rest_always(attic: Attic, version: str) -> None:
    ann = attic.jellyfin.add_user("Ann")
    async for ear in listen(attic.as_user(ann), ann):
        attic.jellyfin.open_app(ann).play(attic.titles()[0])
        attic.jellyfin.open_app(attic.root, "Bedroom")
        if version in TELLING:
            assert (await ear.hear()).user == "Ann"
        attic.jellyfin.mark(ann, attic.titles()[1])
        async with asyncio.timeout(5):
            while "UserDataChanged" not in await ear.settle():
                pass


@pytest.mark.parametrize("version", TELLING)
async def test_a_key_is_told_of_all_clients(attic: Attic) -> None:
    key = replace(attic.backend, token=attic.jellyfin.make_api_key())
    async for ear in listen(key, attic.root):
        attic.jellyfin.open_app(attic.jellyfin.add_user("Ann"))
        assert (await ear.hear()).kinds == {ClientKind.SHARED}


@pytest.mark.parametrize("version", ["10.11.11"])
async def test_a_queue_of_thousands_of_songs_does_not_end_the_channel(attic: Attic, ear: Ear) -> None:
    television = attic.jellyfin.open_app(attic.root)
    await ear.hear()
    song = attic.titles(Kind.TRACK)[0]
    television.play(song, queue=[song] * 4000)
    playing = (await ear.hear()).playing
    assert playing is not None
    assert playing.item.title == song.name


# How it is asked


@needs_fixtures
@pytest.mark.parametrize("version", ["10.9.11", "10.10.7", "10.11.11", "12.0.0"])
async def test_a_server_is_asked_as_the_document_of_every_version_says(attic: Attic, television: App) -> None:
    ids = attic.ids(*attic.titles()[:2])
    for order in Order:
        await attic.tell(order, items=ids, position_ms=1000, text="x", title="y", key="Back", level=0.5)
    assert television.received
    document = Document.load(
        FIXTURES / f"jellyfin/openapi/jellyfin-openapi-{attic.jellyfin.state.version.text}.json", ignore_case=True
    )
    assert len(attic.jellyfin.traffic.requests) > 40
    assert problems(document, attic.jellyfin.traffic, "/jellyfin") == []
