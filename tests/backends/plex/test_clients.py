"""Who plays on a Plex server is seen by its owner, and does what it is told, as far as players do that."""

from dataclasses import replace

from aiohttp import ClientTimeout
import pytest

from custom_components.reel.backends.clients import (
    Activity,
    Client,
    ClientChange,
    ClientNews,
    Clients,
    Command,
    Order,
    Repeat,
    follow,
)
from custom_components.reel.backends.errors import (
    CannotPlay,
    Cause,
    Garbled,
    Missing,
    NotAllowed,
    SignInRefused,
    Unreachable,
)
from custom_components.reel.backends.item import ImageKind, ItemKind
from custom_components.reel.backends.playing import PlayReport, PlayState
from custom_components.reel.backends.plex import clients as plex_clients
from custom_components.reel.backends.plex.client_news import client_news
from custom_components.reel.backends.plex.clients import PlexClients
from custom_components.reel.backends.plex.parse_clients import KEYS
from custom_components.reel.backends.plex.playing import PlexPlaying
from custom_components.reel.backends.plex.push import open_push
from custom_components.reel.backends.plex.wire import Wire
from tests.backends.conftest import CLIENT
from tests.backends.test_requests import PLEX, problems
from tests.servers.faults import Cut, Fault, Garbage, Hang, Status
from tests.servers.library import Kind, Title, make_library
from tests.servers.openapi import Document, Explained, needs_fixtures
from tests.servers.plex import Client as App, Playback, PlexServer
from tests.servers.plex.people import make_user

from .conftest import of

ALL_ORDERS = frozenset(Order) - {Order.MUTE, Order.MESSAGE}


@pytest.fixture
def television(den: PlexServer) -> App:
    return den.add_client("Living room")


@pytest.fixture
def seen(plex_wire: Wire, den: PlexServer) -> PlexClients:
    """Return the clients of the server, as its owner sees them."""
    return PlexClients(plex_wire, den.url(), den.token, den.identifier, den.owner.uuid)


@pytest.fixture
def film(den: PlexServer) -> Title:
    return of(den, Kind.MOVIE)[0]


class Remote:
    """Tells the one client there is what to do, with numbers that go up."""

    def __init__(self, clients: PlexClients) -> None:
        self.clients: Clients = clients
        self._number = 0

    async def tell(self, order: Order, *items: Title, **values: object) -> None:
        self._number += 1
        [client] = await self.clients.clients()
        keys = tuple(str(each.number) for each in items)
        command = replace(Command(order=order, items=keys), **values)  # type: ignore[arg-type]  # whatever it takes
        await self.clients.tell(client, command, self._number)


@pytest.fixture
def remote(seen: PlexClients, television: App) -> Remote:
    assert television.announces
    return Remote(seen)


def playback(den: PlexServer, app: App) -> Playback:
    found = den.machine.players.of(app)
    assert found is not None
    return found


def queue(den: PlexServer, app: App) -> list[int]:
    """Return the numbers of what a client is going to play, and has played."""
    return [entry.number for entry in den.machine.queues.queues[playback(den, app).queue or 0].entries]


# What is seen


async def test_where_nobody_is_nobody_is_seen(seen: PlexClients) -> None:
    assert await seen.clients() == ()


async def test_a_player_that_only_waits_is_seen(seen: PlexClients, television: App) -> None:
    [client] = await seen.clients()
    assert (client.identity, client.name, client.product, client.version) == (
        television.identifier,
        "Living room",
        "Plex for Android (TV)",
        television.version,
    )
    assert (client.playing, client.user, client.kinds) == (None, None, frozenset())
    assert (client.orders, client.keys) == (ALL_ORDERS, KEYS)


async def test_what_a_client_plays_is_told_as_far_as_one_can_show_it(
    seen: PlexClients, den: PlexServer, television: App
) -> None:
    episode = of(den, Kind.EPISODE)[0]
    season, show = den.machine.shelves.parents(episode)
    den.play(television, den.owner, episode.number, 60_000)
    [client] = await seen.clients()
    playing = client.playing
    assert playing is not None
    assert (client.device, client.user) == ("SHIELD Android TV", den.owner.username)
    assert (playing.activity, playing.position_ms, playing.bitrate, playing.height) == (
        Activity.PLAYING,
        60_000,
        4000,
        1080,
    )
    assert not playing.transcodes
    assert playing.session == playback(den, television).id
    assert (playing.volume, playing.muted, playing.shuffled, playing.repeat) == (None, None, None, None)
    item = playing.item
    assert (item.identity, item.kind, item.title) == (str(episode.number), ItemKind.EPISODE, episode.name)
    assert (item.parent_title, item.grandparent_title) == (season.name, show.name)
    assert (item.number, item.parent_number) == (episode.index, season.index)
    assert item.duration_ms == episode.seconds * 1000
    assert {image.kind for image in item.images} >= {ImageKind.POSTER, ImageKind.THUMB}


async def test_what_others_saw_is_not_taken_for_what_we_saw(
    seen: PlexClients, den: PlexServer, television: App, film: Title
) -> None:
    den.play(television, make_user(7, "bo@example.com"), film.number, 60_000)
    [client] = await seen.clients()
    assert client.playing is not None
    assert client.playing.item.state is None


@pytest.mark.parametrize(("kind", "expected"), [(Kind.TRACK, ItemKind.TRACK), (Kind.MOVIE, ItemKind.MOVIE)])
async def test_music_and_films_are_what_they_are(
    seen: PlexClients, den: PlexServer, television: App, kind: Kind, expected: ItemKind
) -> None:
    den.play(television, den.owner, of(den, kind)[0].number)
    [client] = await seen.clients()
    assert client.playing is not None
    assert client.playing.item.kind is expected
    assert (client.playing.height is None) is (kind is Kind.TRACK)


async def test_states_are_followed(seen: PlexClients, den: PlexServer, television: App, film: Title) -> None:
    den.play(television, den.owner, film.number)
    for change, activity in ((den.pause, Activity.PAUSED), (den.buffer, Activity.BUFFERING)):
        change(television)
        [client] = await seen.clients()
        assert client.playing is not None
        assert client.playing.activity is activity
    den.finish(television)
    [client] = await seen.clients()
    assert client.playing is None


async def test_a_conversion_is_seen_in_what_arrives(
    seen: PlexClients, den: PlexServer, television: App, film: Title
) -> None:
    den.play(television, den.owner, film.number, transcode=True).bandwidth = 1900
    [client] = await seen.clients()
    assert client.playing is not None
    assert (client.playing.transcodes, client.playing.height, client.playing.bitrate) == (True, 720, 1900)


async def test_a_client_that_keeps_its_place_to_itself_has_none(
    seen: PlexClients, den: PlexServer, television: App, film: Title
) -> None:
    television.tells_place = False
    den.play(television, den.owner, film.number, 60_000)
    [client] = await seen.clients()
    assert client.playing is not None
    assert client.playing.position_ms is None


async def test_a_client_that_plays_has_the_name_it_waits_under(
    seen: PlexClients, den: PlexServer, television: App, film: Title
) -> None:
    waiting = await seen.clients()
    den.play(television, den.owner, film.number)
    playing = await seen.clients()
    assert [(each.identity, each.name, each.orders) for each in waiting] == [
        (each.identity, each.name, each.orders) for each in playing
    ]


async def test_who_is_not_announced_is_seen_while_it_plays_and_cannot_be_told_anything(
    seen: PlexClients, den: PlexServer, film: Title
) -> None:
    browser = den.add_client("Chrome", product="Plex Web")
    browser.announces = False
    assert await seen.clients() == ()
    den.play(browser, den.owner, film.number)
    [client] = await seen.clients()
    assert (client.name, client.orders, client.keys) == ("Chrome", frozenset(), ())
    with pytest.raises(NotAllowed):
        await seen.tell(client, Command(order=Order.PAUSE), 1)
    assert browser.commands == []


async def test_we_ourselves_are_no_client(
    seen: PlexClients, plex_wire: Wire, den: PlexServer, television: App, film: Title
) -> None:
    report = PlayReport(identity=str(film.number), state=PlayState.PLAYING, position_ms=5, play_session="9f3c")
    await PlexPlaying(plex_wire, den.url(), den.token).report(report)
    assert len(den.machine.players.playbacks) == 1
    assert [client.identity for client in await seen.clients()] == [television.identifier]


async def test_it_takes_two_requests_and_no_token_in_an_address(seen: PlexClients, den: PlexServer) -> None:
    await seen.clients()
    assert [request.path for request in den.traffic.requests] == ["/status/sessions", "/clients"]
    assert all(den.token not in str(request.query) for request in den.traffic.requests)
    assert den.token not in repr(seen)


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_only_the_owner_sees_who_plays(plex_wire: Wire, den: PlexServer, television: App, status: int) -> None:
    den.behaviour.shared_status = status
    den.play(television, den.owner, 1)
    guest = PlexClients(plex_wire, den.url(), den.admit(make_user(7, "bo@example.com")), den.identifier)
    with pytest.raises(NotAllowed):
        await guest.clients()


async def test_a_server_without_a_list_of_players_still_tells_who_plays(
    seen: PlexClients, den: PlexServer, television: App, film: Title
) -> None:
    den.play(television, den.owner, film.number)
    den.fault = Fault(Status(404), "/clients")
    [client] = await seen.clients()
    assert client.playing is not None
    assert client.orders == frozenset()


async def test_a_server_that_dies_in_the_middle_is_unreachable(seen: PlexClients, den: PlexServer) -> None:
    den.fault = Fault(Cut(), "/clients")
    with pytest.raises(Unreachable):
        await seen.clients()
    den.fault = Fault(Garbage())
    with pytest.raises(Garbled):
        await seen.clients()
    await den.shut("local")
    with pytest.raises(Unreachable) as caught:
        await seen.clients()
    assert caught.value.cause is Cause.REFUSED


# What is told


@pytest.mark.parametrize(
    ("order", "values", "sent"),
    [
        (Order.PLAY, {}, ("play", {})),
        (Order.PAUSE, {}, ("pause", {})),
        (Order.STOP, {}, ("stop", {})),
        (Order.NEXT, {}, ("skipNext", {})),
        (Order.PREVIOUS, {}, ("skipPrevious", {})),
        (Order.SEEK, {"position_ms": 90_000}, ("seekTo", {"offset": "90000"})),
        (Order.SEEK, {"position_ms": -1}, ("seekTo", {"offset": "0"})),
        (Order.VOLUME, {"level": 0.296}, ("setParameters", {"volume": "30"})),
        (Order.VOLUME, {"level": 7.0}, ("setParameters", {"volume": "100"})),
        (Order.SHUFFLE, {"on": True}, ("setParameters", {"shuffle": "1"})),
        (Order.REPEAT, {"repeat": Repeat.OFF}, ("setParameters", {"repeat": "0"})),
        (Order.REPEAT, {"repeat": Repeat.ONE}, ("setParameters", {"repeat": "1"})),
        (Order.REPEAT, {"repeat": Repeat.ALL}, ("setParameters", {"repeat": "2"})),
    ],
)
@pytest.mark.parametrize(("kind", "media"), [(Kind.MOVIE, "video"), (Kind.TRACK, "music")])
async def test_a_command_goes_to_the_client_by_its_server(
    remote: Remote,
    den: PlexServer,
    television: App,
    order: Order,
    values: dict[str, object],
    sent: tuple[str, dict[str, str]],
    kind: Kind,
    media: str,
) -> None:
    den.play(television, den.owner, of(den, kind)[0].number, 60_000)
    await remote.tell(order, **values)
    [command] = television.commands
    words = {"type": media, "commandID": "1", "X-Plex-Target-Client-Identifier": television.identifier}
    assert (command.name, command.words) == (sent[0], words | sent[1])


async def test_a_client_does_as_it_is_told(remote: Remote, den: PlexServer, television: App, film: Title) -> None:
    playing = den.play(television, den.owner, film.number, 60_000)
    await remote.tell(Order.PAUSE)
    assert playing.state == "paused"
    await remote.tell(Order.PLAY)
    await remote.tell(Order.SEEK, position_ms=90_000)
    assert (playing.state, playing.offset) == ("playing", 90_000)
    await remote.tell(Order.VOLUME, level=0.3)
    assert television.volume == 30
    await remote.tell(Order.STOP)
    assert den.machine.players.of(television) is None


async def test_keys_are_pressed_and_no_others(remote: Remote, television: App) -> None:
    for key in KEYS:
        await remote.tell(Order.NAVIGATE, key=key)
    assert [command.name for command in television.commands] == list(KEYS)
    for key in ("", "explode", "../playback/stop"):
        with pytest.raises(NotAllowed):
            await remote.tell(Order.NAVIGATE, key=key)
    assert len(television.commands) == len(KEYS)


@pytest.mark.parametrize(
    ("capabilities", "orders"),
    [
        ((), set()),
        (("timeline", "mirror"), set()),
        (("navigation",), {Order.NAVIGATE}),
        (("timeline", "playback"), ALL_ORDERS - {Order.NAVIGATE, Order.PLAY_NEXT, Order.PLAY_LAST}),
        (("playqueues",), set()),
        (("playback", "playqueues"), ALL_ORDERS - {Order.NAVIGATE}),
    ],
)
async def test_a_client_is_told_what_it_says_it_obeys(
    seen: PlexClients, television: App, capabilities: tuple[str, ...], orders: set[Order]
) -> None:
    television.capabilities = capabilities
    [client] = await seen.clients()
    assert client.orders == orders
    for order in set(Order) - orders:
        with pytest.raises(NotAllowed):
            await seen.tell(client, Command(order=order), 2)
    assert television.commands == []


async def test_a_client_that_ignores_us_is_no_error(
    remote: Remote, den: PlexServer, television: App, film: Title
) -> None:
    playing = den.play(television, den.owner, film.number)
    den.behaviour.commands_without_effect = den.behaviour.players_answer_ok = True
    await remote.tell(Order.PAUSE)
    assert (playing.state, len(television.commands)) == ("playing", 1)


async def test_a_client_that_is_gone_is_missing(seen: PlexClients, television: App) -> None:
    [client] = await seen.clients()
    television.announces = False
    with pytest.raises(Missing):
        await seen.tell(client, Command(order=Order.PAUSE), 1)


@pytest.mark.parametrize("failure", [Hang(), Status(502), Status(504)])
async def test_a_client_that_does_not_answer_its_server_is_missing(
    seen: PlexClients, den: PlexServer, television: App, failure: Hang | Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plex_clients, "PATIENCE", ClientTimeout(total=0.05))
    [client] = await seen.clients()
    assert client.identity == television.identifier
    den.fault = Fault(failure, "/player/*")
    with pytest.raises(Missing):
        await seen.tell(client, Command(order=Order.PAUSE), 1)


async def test_a_client_that_refuses_us_does_not_mean_that_we_are_signed_out(
    remote: Remote, den: PlexServer, television: App
) -> None:
    assert television.commands == []
    den.fault = Fault(Status(401), "/player/*")
    with pytest.raises(NotAllowed):
        await remote.tell(Order.PAUSE)


async def test_a_server_that_is_gone_cannot_hand_anything_on(
    seen: PlexClients, den: PlexServer, television: App
) -> None:
    [client] = await seen.clients()
    assert client.identity == television.identifier
    await den.shut("local")
    with pytest.raises(Unreachable):
        await seen.tell(client, Command(order=Order.PAUSE), 1)


# What is played


async def test_an_item_is_played_from_a_position(remote: Remote, den: PlexServer, television: App, film: Title) -> None:
    await remote.tell(Order.PLAY_ITEMS, film, position_ms=300_000)
    playing = playback(den, television)
    assert (playing.title, playing.offset, playing.visitor.name) == (film, 300_000, den.owner.username)
    words = television.commands[-1].words
    assert (words["machineIdentifier"], words["type"]) == (den.identifier, "video")
    assert f"{words['protocol']}://{words['address']}:{words['port']}" == den.url()


async def test_a_client_gets_a_token_that_ends_and_never_ours(
    remote: Remote, den: PlexServer, television: App, film: Title
) -> None:
    await remote.tell(Order.PLAY_ITEMS, film)
    words = television.commands[-1].words
    assert words["token"].startswith("transient-")
    assert den.token not in words.values()
    assert all(den.token not in request.query.values() for request in den.traffic.requests)


async def test_without_such_a_token_a_client_has_to_do_with_its_own(
    remote: Remote, den: PlexServer, television: App, film: Title
) -> None:
    den.fault = Fault(Status(403), "/security/token")
    await remote.tell(Order.PLAY_ITEMS, film)
    assert "token" not in television.commands[-1].words
    assert playback(den, television).title == film


async def test_several_items_are_played_one_after_the_other(remote: Remote, den: PlexServer, television: App) -> None:
    first, second, third = of(den, Kind.EPISODE)[4:7]
    await remote.tell(Order.PLAY_ITEMS, third, first, second)
    assert playback(den, television).title == third
    assert queue(den, television) == [third.number, first.number, second.number]
    await remote.tell(Order.NEXT)
    assert playback(den, television).title == first


@pytest.mark.parametrize(
    ("kind", "media"),
    [(Kind.SHOW, "video"), (Kind.SEASON, "video"), (Kind.ALBUM, "music"), (Kind.ARTIST, "music")],
)
async def test_what_holds_others_means_all_of_them(
    remote: Remote, den: PlexServer, television: App, kind: Kind, media: str
) -> None:
    title = of(den, kind)[0]
    await remote.tell(Order.PLAY_ITEMS, title)
    assert queue(den, television) == [leaf.number for leaf in den.machine.shelves.leaves(title.number)]
    assert television.commands[-1].words["type"] == media


async def test_a_collection_is_played(remote: Remote, den: PlexServer, television: App) -> None:
    collection = of(den, Kind.COLLECTION)[0]
    await remote.tell(Order.PLAY_ITEMS, collection)
    leaves = [leaf.number for member in collection.members for leaf in den.machine.shelves.leaves(member)]
    assert queue(den, television) == leaves


@pytest.mark.parametrize(("kind", "media"), [(Kind.MOVIE, "video"), (Kind.TRACK, "music")])
async def test_a_playlist_is_played(
    seen: PlexClients, den: PlexServer, television: App, kind: Kind, media: str
) -> None:
    numbers = [title.number for title in of(den, kind)[:3]]
    playlist = den.add_playlist("Sunday", numbers)
    [client] = await seen.clients()
    await seen.tell(client, Command(order=Order.PLAY_ITEMS, items=(str(playlist.number),)), 1)
    assert queue(den, television) == numbers
    assert television.commands[-1].words["type"] == media


async def test_what_is_gone_cannot_be_played_and_the_rest_can(
    remote: Remote, seen: PlexClients, den: PlexServer, television: App, film: Title
) -> None:
    [client] = await seen.clients()
    for items in (("99999",), ("99999", "99998"), (), ("",), ("1/../2",), ("a\0b",)):
        with pytest.raises(CannotPlay):
            await seen.tell(client, Command(order=Order.PLAY_ITEMS, items=items), 1)
    assert television.commands == []
    await remote.tell(Order.PLAY_ITEMS, replace(film, number=99_999), film)
    assert queue(den, television) == [film.number]


async def test_a_key_means_what_its_own_server_has(plex_wire: Wire, seen: PlexClients, television: App) -> None:
    async with PlexServer("Cabin", library=make_library(2)) as cabin:
        app = cabin.add_client("Living room")
        elsewhere = PlexClients(plex_wire, cabin.url(), cabin.token, cabin.identifier)
        title = of(cabin, Kind.MOVIE)[0]
        for remote in (Remote(seen), Remote(elsewhere)):
            await remote.tell(Order.PLAY_ITEMS, title)
        here, there = television.commands[-1].words, app.commands[-1].words
        assert here["key"] == there["key"]
        assert (here["machineIdentifier"], there["machineIdentifier"]) == (seen.server, cabin.identifier)


# What comes next


async def test_items_are_put_behind_what_plays_or_behind_everything(
    remote: Remote, den: PlexServer, television: App
) -> None:
    one, two, three, four, five, six = of(den, Kind.TRACK)[:6]
    await remote.tell(Order.PLAY_ITEMS, one, two)
    await remote.tell(Order.PLAY_NEXT, three)
    assert queue(den, television) == [each.number for each in (one, three, two)]
    await remote.tell(Order.PLAY_LAST, four, five)
    await remote.tell(Order.PLAY_LAST, six)
    assert queue(den, television) == [each.number for each in (one, three, two, four, five, six)]
    assert playback(den, television).title == one
    commands = [command for command in television.commands if command.name == "refreshPlayQueue"]
    assert [command.words["type"] for command in commands] == ["music"] * 3
    numbers = [int(command.words["commandID"]) for command in television.commands]
    assert numbers == sorted(set(numbers))


async def test_where_nothing_comes_after_the_end_of_a_queue_is_where_it_is_put(
    remote: Remote, den: PlexServer, television: App, film: Title
) -> None:
    await remote.tell(Order.PLAY_ITEMS, film)
    await remote.tell(Order.PLAY_LAST, of(den, Kind.SEASON)[0])
    leaves = den.machine.shelves.leaves(of(den, Kind.SEASON)[0].number)
    assert queue(den, television) == [film.number, *(leaf.number for leaf in leaves)]
    assert den.traffic.to("/playQueues/*/move") == []


@pytest.mark.parametrize("order", [Order.PLAY_NEXT, Order.PLAY_LAST])
async def test_where_nothing_plays_it_is_played_at_once(
    remote: Remote, den: PlexServer, television: App, film: Title, order: Order
) -> None:
    await remote.tell(order, film)
    assert playback(den, television).title == film


async def test_a_queue_that_its_server_forgot_does_not_mean_that_the_client_is_gone(
    remote: Remote, den: PlexServer, television: App, film: Title
) -> None:
    await remote.tell(Order.PLAY_ITEMS, film)
    den.machine.queues.queues.clear()
    for order in (Order.PLAY_NEXT, Order.PLAY_LAST):
        with pytest.raises(CannotPlay):
            await remote.tell(order, film)
    assert playback(den, television).title == film


async def test_most_players_speak_xml(remote: Remote, den: PlexServer, television: App, film: Title) -> None:
    den.behaviour.players_speak_xml = True
    track = of(den, Kind.TRACK)[0]
    await remote.tell(Order.PLAY_ITEMS, film)
    await remote.tell(Order.PLAY_NEXT, track)
    assert queue(den, television) == [film.number, track.number]


async def test_a_player_that_does_not_tell_its_queue_cannot_be_given_more(
    remote: Remote, den: PlexServer, television: App, film: Title
) -> None:
    den.play(television, den.owner, film.number)
    with pytest.raises(Garbled):
        await remote.tell(Order.PLAY_NEXT, film)
    den.behaviour.players_answer_ok = True
    with pytest.raises(Garbled):
        await remote.tell(Order.PLAY_NEXT, film)
    assert playback(den, television).queue is None


# What is pushed


async def test_what_a_client_does_is_heard_and_followed(
    seen: PlexClients, plex_wire: Wire, den: PlexServer, television: App, film: Title
) -> None:
    channel = await open_push(plex_wire, den.url(), den.token)
    messages = channel.messages()

    async def heard() -> ClientNews:
        return client_news(await anext(messages), CLIENT.identifier)

    known: dict[str, Client] = {client.identity: client for client in await seen.clients()}
    den.play(television, den.owner, film.number, 1000)
    known, is_unclear = follow(known, await heard())
    assert is_unclear
    known = {client.identity: client for client in await seen.clients()}
    den.pause(television, 2000)
    news = await heard()
    change = ClientChange(
        client=television.identifier, item=str(film.number), activity=Activity.PAUSED, position_ms=2000
    )
    assert news == ClientNews(changes=(change,))
    known, is_unclear = follow(known, news)
    playing = known[television.identifier].playing
    assert playing is not None
    assert (is_unclear, playing.activity, playing.position_ms) == (False, Activity.PAUSED, 2000)
    den.finish(television, 3000)
    known, is_unclear = follow(known, await heard())
    assert (is_unclear, known[television.identifier].playing) == (False, None)
    await channel.close()


# What the makers say of it

GAPS = (
    Explained(r"^GET /(clients|player/.*): unknown$", "The document knows nothing of players."),
    Explained(r"/metadata/{ids} unknown in the query: (includeFields|excludeElements)$", "All lists know them."),
)


@needs_fixtures
async def test_a_server_is_asked_as_its_document_says(
    remote: Remote, den: PlexServer, television: App, film: Title
) -> None:
    collection, playlist = of(den, Kind.COLLECTION)[0], den.add_playlist("Sunday", [film.number])
    await remote.tell(Order.PLAY_ITEMS, replace(film, number=playlist.number))
    for order, title in ((Order.PLAY_ITEMS, collection), (Order.PLAY_NEXT, film), (Order.PLAY_LAST, film)):
        await remote.tell(order, title)
    assert len(queue(den, television)) > 2
    assert problems(Document.load(PLEX, explained=GAPS), den.traffic) == []


async def test_a_token_that_is_worth_nothing_any_more_is_not_our_business(seen: PlexClients, den: PlexServer) -> None:
    # The connection finds that out by a question that every user may ask.
    den.revoke(den.token)
    with pytest.raises(NotAllowed):
        await seen.clients()
    with pytest.raises(SignInRefused):
        await seen.wire.ask("GET", seen.uri, "/", token=seen.token)
