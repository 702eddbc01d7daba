"""Are the rules kept by which a Plex server remembers who saw what, and shows who watches now?"""

from collections.abc import AsyncIterator

from aiohttp import ClientSession
import pytest

from tests.servers.library import Kind, make_library
from tests.servers.plex import PlexServer, User
from tests.servers.plex.people import make_user
from tests.servers.plex.visit import CLIENT, Answer, Visit

NOW = 1_767_225_600
LIBRARY = "com.plexapp.plugins.library"


@pytest.fixture
async def plex() -> AsyncIterator[PlexServer]:
    async with PlexServer("Den", library=make_library(1), now=lambda: NOW) as plex:
        yield plex


@pytest.fixture
async def visit(plex: PlexServer) -> AsyncIterator[Visit]:
    async with ClientSession() as session:
        yield Visit(session, plex.url(), plex.token)


@pytest.fixture
def bo() -> User:
    return make_user(7, "bo@example.com", "bo")


@pytest.fixture
def guest(plex: PlexServer, visit: Visit, bo: User) -> Visit:
    return Visit(visit.session, plex.url(), plex.admit(bo))


async def item(visit: Visit, number: int) -> dict[str, object]:
    return (await visit.ask(f"/library/metadata/{number}")).listed()[0]


async def report(visit: Visit, number: int, state: str, time: int, duration: int) -> Answer:
    words = {"key": f"/library/metadata/{number}", "identifier": LIBRARY}
    return await visit.ask("/:/timeline", "POST", ratingKey=number, state=state, time=time, duration=duration, **words)


def numbers(answer: Answer) -> list[int]:
    return [int(str(one["ratingKey"])) for one in answer.listed()]


async def test_a_report_keeps_the_place_and_the_time_of_it(visit: Visit, plex: PlexServer) -> None:
    await report(visit, 2, "playing", 600_000, plex.titles[2].seconds * 1000)
    seen = await item(visit, 2)
    assert (seen["viewOffset"], seen["lastViewedAt"]) == (600_000, NOW)
    assert "viewCount" not in seen
    assert seen["updatedAt"] != NOW


async def test_from_ninety_percent_on_it_is_watched_once_and_stands_in_the_history(
    visit: Visit, plex: PlexServer
) -> None:
    duration = plex.titles[2].seconds * 1000
    await report(visit, 2, "playing", duration * 9 // 10, duration)
    await report(visit, 2, "playing", duration * 95 // 100, duration)
    await report(visit, 2, "stopped", duration, duration)
    seen = await item(visit, 2)
    assert seen["viewCount"] == 1
    assert "viewOffset" not in seen
    history = (await visit.ask("/status/sessions/history/all")).listed()
    assert [(line["ratingKey"], line["accountID"], line["viewedAt"]) for line in history] == [("2", 1, NOW)]


async def test_without_a_duration_nothing_is_ever_watched(visit: Visit, plex: PlexServer) -> None:
    await report(visit, 2, "stopped", plex.titles[2].seconds * 1000, 0)
    seen = await item(visit, 2)
    assert "viewCount" not in seen
    assert seen["viewOffset"] == plex.titles[2].seconds * 1000


async def test_a_last_report_without_a_session_counts_all_the_same(visit: Visit) -> None:
    await report(visit, 2, "stopped", 600_000, 5_000_000)
    assert (await item(visit, 2))["viewOffset"] == 600_000
    assert (await visit.ask("/status/sessions")).container["size"] == 0


async def test_progress_of_zero_does_not_clear_the_place_but_unscrobble_does(visit: Visit) -> None:
    for time in (600_000, 0):
        await visit.ask("/:/progress", key=2, identifier=LIBRARY, state="stopped", time=time)
    assert (await item(visit, 2))["viewOffset"] == 600_000
    await visit.ask("/:/unscrobble", key=2, identifier=LIBRARY)
    assert not {"viewOffset", "viewCount", "lastViewedAt"} & (await item(visit, 2)).keys()


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_scrobbling_twice_counts_twice_and_writes_no_history(visit: Visit, method: str) -> None:
    for _ in range(2):
        assert (await visit.ask("/:/scrobble", method, key=2, identifier=LIBRARY)).status == 200
    assert (await item(visit, 2))["viewCount"] == 2
    assert (await visit.ask("/status/sessions/history/all")).container["size"] == 0


async def test_scrobbling_a_show_marks_all_episodes_and_one_can_be_taken_back(visit: Visit, plex: PlexServer) -> None:
    show = next(title for title in plex.titles.values() if title.kind is Kind.SHOW)
    leaves = list(plex.machine.shelves.leaves(show.number))
    await visit.ask("/:/scrobble", key=show.number, identifier=LIBRARY)
    assert (await item(visit, show.number))["viewedLeafCount"] == len(leaves)
    await visit.ask("/:/unscrobble", key=leaves[0].number, identifier=LIBRARY)
    assert (await item(visit, show.number))["viewedLeafCount"] == len(leaves) - 1


@pytest.mark.parametrize("path", ["scrobble", "unscrobble", "progress", "rate"])
async def test_unknown_keys_are_missing_and_unclear_words_are_bad(visit: Visit, path: str) -> None:
    assert (await visit.ask(f"/:/{path}", key=99_999, identifier=LIBRARY, rating=1)).status == 404
    assert (await visit.ask(f"/:/{path}", key=2)).status == 400


async def test_ratings_come_and_go(visit: Visit) -> None:
    await visit.ask("/:/rate", "PUT", key=2, identifier=LIBRARY, rating=7.5)
    assert (await item(visit, 2))["userRating"] == 7.5
    await visit.ask("/:/rate", "PUT", key=2, identifier=LIBRARY, rating=-1)
    assert "userRating" not in await item(visit, 2)
    assert (await visit.ask("/:/rate", "PUT", key=2, identifier=LIBRARY, rating="good")).status == 400


async def test_every_user_has_a_place_of_their_own(visit: Visit, guest: Visit, plex: PlexServer, bo: User) -> None:
    plex.set_mark(bo, 2, offset=60_000)
    assert "viewOffset" not in await item(visit, 2)
    assert (await item(guest, 2))["viewOffset"] == 60_000
    await guest.ask("/:/scrobble", key=2, identifier=LIBRARY)
    assert (plex.mark(bo, 2).count, plex.mark(plex.owner, 2).count) == (1, 0)


async def test_what_is_begun_or_next_is_on_deck_until_it_is_taken_off(visit: Visit, plex: PlexServer) -> None:
    show = next(title for title in plex.titles.values() if title.kind is Kind.SHOW)
    first, second, *_ = plex.machine.shelves.leaves(show.number)
    plex.set_mark(plex.owner, first.number, count=1, last=NOW)
    plex.set_mark(plex.owner, 2, offset=60_000, last=NOW - 10)
    for path in ("/library/onDeck", "/hubs/continueWatching/items"):
        assert numbers(await visit.ask(path)) == [second.number, 2]
    assert numbers(await visit.ask("/hubs/sections/1/continueWatching/items")) == [2]
    assert (await visit.ask("/actions/removeFromContinueWatching", "PUT", ratingKey=2)).status == 200
    assert numbers(await visit.ask("/library/onDeck")) == [second.number]
    assert (await item(visit, 2))["viewOffset"] == 60_000


async def test_reports_open_and_close_a_session(visit: Visit, plex: PlexServer) -> None:
    product = Visit(visit.session, visit.url, visit.token, {"X-Plex-Product": "Reel", "X-Plex-Device-Name": "Kitchen"})
    await report(product, 2, "playing", 1000, 5_000_000)
    await report(product, 2, "paused", 2000, 5_000_000)
    [session] = (await visit.ask("/status/sessions")).listed()
    player, user = session["Player"], session["User"]
    assert isinstance(player, dict)
    assert isinstance(user, dict)
    assert (player["title"], player["product"], player["state"]) == ("Kitchen", "Reel", "paused")
    assert player["machineIdentifier"] == CLIENT
    assert (user["id"], user["title"], session["viewOffset"]) == ("1", plex.owner.username, 2000)
    await report(product, 3, "playing", 0, 5_000_000)
    [session] = (await visit.ask("/status/sessions")).listed()
    assert (session["ratingKey"], session["sessionKey"]) == ("3", "2")
    await report(product, 3, "stopped", 0, 5_000_000)
    assert (await visit.ask("/status/sessions")).container["size"] == 0


async def test_one_installation_can_play_several_things_in_sessions_it_names(visit: Visit) -> None:
    for session, number in (("kitchen", 2), ("bedroom", 3)):
        headers = {"X-Plex-Session-Identifier": session}
        await report(Visit(visit.session, visit.url, visit.token, headers), number, "playing", 1000, 5_000_000)
    sessions = (await visit.ask("/status/sessions")).listed()
    assert [(one["Session"]["id"], one["ratingKey"]) for one in sessions] == [("kitchen", "2"), ("bedroom", "3")]  # type: ignore[index]  # an object in JSON


async def test_unclear_reports_are_bad(visit: Visit) -> None:
    assert (await report(visit, 2, "dancing", 0, 0)).status == 400
    assert (await report(visit, 99_999, "playing", 0, 0)).status == 404
    assert (await visit.ask("/:/timeline", state="playing")).status == 400


async def test_a_session_can_be_ended_by_the_owner_who_pays(visit: Visit, plex: PlexServer) -> None:
    await report(visit, 2, "playing", 0, 5_000_000)
    [session] = (await visit.ask("/status/sessions")).listed()
    known = session["Session"]
    assert isinstance(known, dict)
    path = "/status/sessions/terminate"
    plex.behaviour.plex_pass = False
    assert (await visit.ask(path, "POST", sessionId=str(known["id"]))).status == 401
    plex.behaviour.plex_pass = True
    assert (await visit.ask(path, "POST", sessionId="")).status == 403
    assert (await visit.ask(path, "POST", sessionId="nobody")).status == 404
    assert (await visit.ask(path, "POST", sessionId=str(known["id"]), reason="Bedtime")).status == 200
    ended = (await report(visit, 2, "stopped", 0, 5_000_000)).container
    assert ended["terminationText"] == "Bedtime"


async def test_sessions_may_lag_behind(visit: Visit, plex: PlexServer) -> None:
    client = plex.add_client("Living room")
    plex.behaviour.late_sessions = 1
    plex.play(client, plex.owner, 2)
    sizes = [(await visit.ask("/status/sessions")).container["size"] for _ in range(2)]
    assert sizes == [0, 1]


async def test_some_players_do_not_say_where_they_are(visit: Visit, plex: PlexServer) -> None:
    client = plex.add_client("Living room")
    client.tells_place = False
    plex.play(client, plex.owner, 2, 60_000)
    [session] = (await visit.ask("/status/sessions")).listed()
    assert "viewOffset" not in session


async def test_a_conversion_shows_in_its_session_and_in_the_list_of_them(visit: Visit, plex: PlexServer) -> None:
    plex.play(plex.add_client("Bedroom"), plex.owner, 2, 60_000, transcode=True)
    [session] = (await visit.ask("/status/sessions")).listed()
    [listed] = (await visit.ask("/transcode/sessions")).listed("TranscodeSession")
    assert session["TranscodeSession"] == listed
    assert (await visit.ask("/")).container["transcoderActiveVideoSessions"] == 1


async def test_history_is_sorted_and_filtered(visit: Visit, guest: Visit, plex: PlexServer, bo: User) -> None:
    client = plex.add_client("Living room")
    track = next(title for title in plex.titles.values() if title.kind is Kind.TRACK)
    for user, number in ((plex.owner, 2), (bo, track.number)):
        plex.play(client, user, number)
        plex.finish(client, plex.titles[number].seconds * 1000)
    path = "/status/sessions/history/all"
    assert numbers(await visit.ask(path, sort="viewedAt:desc")) == [track.number, 2]
    assert numbers(await visit.ask(path, accountID=1)) == [2]
    assert numbers(await visit.ask(path, librarySectionID=3)) == [track.number]
    assert numbers(await visit.ask(f"{path}?viewedAt%3E={NOW + 1}")) == []
    assert numbers(await guest.ask(path)) == [track.number]
