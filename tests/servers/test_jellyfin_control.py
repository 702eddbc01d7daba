"""Do commands reach the apps they are for, and what do sessions show of it?"""

from dataclasses import replace

import pytest

from .jellyfin import TICKS, App
from .jellyfin.checked import CheckedJellyfinServer
from .jellyfin.visitor import Attic, Visitor, dig, open_attic
from .jellyfin.wire import Object
from .library import Kind, Title

MINUTE = 60 * TICKS


class Clock:
    """A time that only moves when told."""

    def __init__(self) -> None:
        self.time = 1_767_225_600.0

    def __call__(self) -> float:
        return self.time


def open_app(attic: Attic, whose: Visitor | None = None, device: str = "Living Room TV") -> App:
    user = (whose or attic.ada).user
    assert user is not None
    return attic.jellyfin.open_app(user, device)


def titles(attic: Attic, kind: Kind) -> list[Title]:
    return [title for title in attic.jellyfin.state.shelf.titles.values() if title.kind is kind]


async def session_of(attic: Attic, app: App) -> Object:
    sessions = (await attic.root.get("/Sessions")).items
    return next(session for session in sessions if session["Id"] == app.id)


async def play_state(attic: Attic, app: App) -> Object:
    state = (await session_of(attic, app))["PlayState"]
    assert isinstance(state, dict)
    return state


async def test_an_app_that_plays_is_seen() -> None:
    clock = Clock()
    async with open_attic(CheckedJellyfinServer(now=clock)) as attic:
        app, movie = open_app(attic), titles(attic, Kind.MOVIE)[0]
        assert "NowPlayingItem" not in await session_of(attic, app)
        app.play(movie, 10 * MINUTE)
        session = await session_of(attic, app)
        assert dig(session, "NowPlayingItem", "Id") == attic.jellyfin.id_of(movie)
        assert (session["DeviceName"], session["SupportsRemoteControl"]) == ("Living Room TV", True)
        assert (await play_state(attic, app))["PositionTicks"] == 10 * MINUTE


async def test_time_moves_on_unless_it_is_paused() -> None:
    clock = Clock()
    async with open_attic(CheckedJellyfinServer(now=clock)) as attic:
        app, movie = open_app(attic), titles(attic, Kind.MOVIE)[0]
        app.play(movie, 10 * MINUTE)
        clock.time += 60
        assert (await play_state(attic, app))["PositionTicks"] == 11 * MINUTE
        app.pause()
        clock.time += 60
        state = await play_state(attic, app)
        assert (state["PositionTicks"], state["IsPaused"]) == (11 * MINUTE, True)
        assert (await session_of(attic, app))["LastPausedDate"] == "2026-01-01T00:01:00.0000000Z"
        app.resume()
        clock.time += 1_000_000
        assert (await play_state(attic, app))["PositionTicks"] == movie.seconds * TICKS


async def test_an_app_that_stops_leaves_a_resume_point() -> None:
    clock = Clock()
    async with open_attic(CheckedJellyfinServer(now=clock)) as attic:
        app, movie = open_app(attic), titles(attic, Kind.MOVIE)[0]
        app.play(movie)
        app.seek(20 * MINUTE)
        clock.time += 60
        app.stop()
        (item,) = (await attic.ada.get("/UserItems/Resume")).items
        assert dig(item, "UserData", "PlaybackPositionTicks") == 21 * MINUTE


async def test_everybody_sees_their_own_sessions_and_administrators_all() -> None:
    async with open_attic() as attic:
        open_app(attic)
        open_app(attic, attic.root, "Bedroom")
        mine = {session["UserName"] for session in (await attic.ada.get("/Sessions")).items}
        everything = {session["UserName"] for session in (await attic.root.get("/Sessions")).items}
        assert (mine, everything) == ({"ada"}, {"ada", "root"})
        assert attic.ada.user is not None
        attic.ada.user.may_control_others = True
        assert len((await attic.ada.get("/Sessions")).items) == 4


async def test_sessions_can_be_picked() -> None:
    clock = Clock()
    async with open_attic(CheckedJellyfinServer(now=clock)) as attic:
        app = open_app(attic)
        clock.time += 100
        found = (await attic.ada.get("/Sessions", activeWithinSeconds=50)).items
        assert [session["DeviceName"] for session in found] == ["Home Assistant"]
        found = (await attic.ada.get("/Sessions", deviceId=app.session.device_id)).items
        assert [session["Id"] for session in found] == [app.id]
        found = (await attic.ada.get("/Sessions", controllableByUserId=attic.ada.id)).items
        assert [session["Id"] for session in found] == [app.id]
        app.close()
        assert (await attic.ada.get("/Sessions", controllableByUserId=attic.ada.id)).items == []


async def test_an_app_plays_what_it_is_told() -> None:
    async with open_attic(CheckedJellyfinServer(now=Clock())) as attic:
        app, movies = open_app(attic), titles(attic, Kind.MOVIE)
        ids = ",".join(attic.jellyfin.id_of(movie) for movie in movies[:3])
        query: dict[str, str | int] = {
            "playCommand": "PlayNow",
            "itemIds": ids,
            "startPositionTicks": MINUTE,
            "startIndex": 1,
        }
        await attic.ada.post(f"/Sessions/{app.id}/Playing", {}, **query)
        session = await session_of(attic, app)
        assert dig(session, "NowPlayingItem", "Name") == movies[1].name
        assert dig(session, "NowPlayingQueue", 2, "Id") == attic.jellyfin.id_of(movies[2])
        assert (await play_state(attic, app))["PositionTicks"] == MINUTE


@pytest.mark.parametrize(("command", "order"), [("PlayNext", [0, 2, 1]), ("PlayLast", [0, 1, 2])])
async def test_titles_are_queued_where_they_belong(command: str, order: list[int]) -> None:
    async with open_attic() as attic:
        app, movies = open_app(attic), titles(attic, Kind.MOVIE)
        app.play(movies[0], queue=movies[:2])
        item_id = attic.jellyfin.id_of(movies[2])
        await attic.ada.post(f"/Sessions/{app.id}/Playing", playCommand=command, itemIds=item_id)
        assert app.session.playing is not None
        assert app.session.playing.queue == [movies[at] for at in order]


@pytest.mark.parametrize(("wish", "count"), [(True, 6), (False, 1)])
async def test_an_episode_brings_the_rest_of_its_series_if_the_user_likes(*, wish: bool, count: int) -> None:
    async with open_attic() as attic:
        app, episode = open_app(attic), titles(attic, Kind.EPISODE)[2]
        app.session.user.plays_next_episode = wish
        item_id = attic.jellyfin.id_of(episode)
        await attic.ada.post(f"/Sessions/{app.id}/Playing", playCommand="PlayNow", itemIds=item_id)
        assert app.session.playing is not None
        assert len(app.session.playing.queue) == count


async def test_an_album_is_played_as_its_tracks() -> None:
    async with open_attic() as attic:
        app, album = open_app(attic), titles(attic, Kind.ALBUM)[0]
        item_id = attic.jellyfin.id_of(album)
        await attic.ada.post(f"/Sessions/{app.id}/Playing", playCommand="PlayNow", itemIds=item_id)
        assert app.session.playing is not None
        assert app.session.playing.queue == attic.jellyfin.state.shelf.children(album)


@pytest.mark.parametrize(
    ("command", "position", "paused"),
    [
        ("Pause", 600, True),
        ("pause", 600, True),
        ("PlayPause", 600, True),
        ("Unpause", 600, False),
        ("Seek", 42, False),
        ("Rewind", 570, False),
        ("FastForward", 630, False),
    ],
)
async def test_an_app_obeys(command: str, position: int, *, paused: bool) -> None:
    async with open_attic(CheckedJellyfinServer(now=Clock())) as attic:
        app = open_app(attic)
        app.play(titles(attic, Kind.MOVIE)[0], 10 * MINUTE)
        await attic.ada.post(f"/Sessions/{app.id}/Playing/{command}", seekPositionTicks=42 * TICKS)
        state = await play_state(attic, app)
        assert (state["PositionTicks"], state["IsPaused"]) == (position * TICKS, paused)


async def test_an_app_goes_through_its_queue() -> None:
    async with open_attic() as attic:
        app, tracks = open_app(attic), titles(attic, Kind.TRACK)[:2]
        app.play(tracks[0], queue=tracks)
        names = []
        for command in ("NextTrack", "PreviousTrack", "NextTrack", "NextTrack"):
            await attic.ada.post(f"/Sessions/{app.id}/Playing/{command}")
            names.append(app.session.playing.title.name if app.session.playing else None)
        assert names == [tracks[1].name, tracks[0].name, tracks[1].name, None]


async def test_a_stop_by_remote_control_leaves_a_resume_point() -> None:
    async with open_attic(CheckedJellyfinServer(now=Clock())) as attic:
        app, movie = open_app(attic), titles(attic, Kind.MOVIE)[0]
        app.play(movie, 20 * MINUTE)
        await attic.ada.post(f"/Sessions/{app.id}/Playing/Stop")
        assert app.session.playing is None
        assert app.session.user.watching(movie.number).position == 20 * MINUTE


async def test_general_commands_change_the_player() -> None:
    async with open_attic() as attic:
        app = open_app(attic)
        app.play(titles(attic, Kind.MOVIE)[0])
        path = f"/Sessions/{app.id}/Command"
        await attic.ada.post(path, {"Name": "SetVolume", "Arguments": {"Volume": 50}})
        await attic.ada.post(f"{path}/Mute")
        await attic.ada.post(f"{path}/VolumeUp")
        await attic.ada.post(path, {"Name": "SetAudioStreamIndex", "Arguments": {"Index": "1"}})
        await attic.ada.post(path, {"Name": "SetSubtitleStreamIndex", "Arguments": {"Index": "2"}})
        await attic.ada.post(path, {"Name": "SetRepeatMode", "Arguments": {"RepeatMode": "RepeatAll"}})
        await attic.ada.post(path, {"Name": "SetShuffleQueue", "Arguments": {"ShuffleMode": "Shuffle"}})
        state = await play_state(attic, app)
        assert (state["VolumeLevel"], state["IsMuted"]) == (55, True)
        assert (state["AudioStreamIndex"], state["SubtitleStreamIndex"]) == (1, 2)
        assert (state["RepeatMode"], state["PlaybackOrder"]) == ("RepeatAll", "Shuffle")


async def test_everything_an_app_is_told_can_be_looked_up() -> None:
    async with open_attic() as attic:
        app = open_app(attic)
        await attic.ada.post(f"/Sessions/{app.id}/Message", {"Text": "Dinner", "TimeoutMs": 5000})
        await attic.ada.post(f"/Sessions/{app.id}/Viewing", itemType="Movie", itemId="0" * 32, itemName="x")
        await attic.ada.post(f"/Sessions/{app.id}/System/GoHome")
        names = [data["Name"] for kind, data in app.received if kind == "GeneralCommand"]
        assert names == ["DisplayMessage", "DisplayContent", "GoHome"]
        _, message = app.received[0]
        assert message["Arguments"] == {"Text": "Dinner", "TimeoutMs": "5000"}
        assert message["ControllingUserId"] == attic.ada.id


async def test_an_unknown_session_is_not_found() -> None:
    async with open_attic() as attic:
        for path in ("Playing/Stop", "Command/Mute"):
            assert (await attic.ada.ask("POST", f"/Sessions/{'0' * 32}/{path}")).status == 404


async def test_an_incomplete_command_is_a_bad_request() -> None:
    async with open_attic() as attic:
        app = open_app(attic)
        for path in ("Playing", "Playing/Dance", "Command", "Command/Dance", "Message"):
            assert (await attic.ada.ask("POST", f"/Sessions/{app.id}/{path}", {})).status == 400


@pytest.mark.parametrize("cause", ["closed", "asleep", "switched off"])
async def test_a_command_that_does_not_arrive_is_accepted_all_the_same(cause: str) -> None:
    async with open_attic() as attic:
        app = open_app(attic)
        app.play(titles(attic, Kind.MOVIE)[0])
        if cause == "closed":
            app.close()
        app.asleep = cause == "asleep"
        attic.jellyfin.behaviour.commands_work = cause != "switched off"
        assert (await attic.ada.ask("POST", f"/Sessions/{app.id}/Playing/Pause")).status == 204
        assert (await play_state(attic, app))["IsPaused"] is False
        assert (await session_of(attic, app))["SupportsRemoteControl"] is (cause != "closed")


async def test_an_app_says_what_it_can() -> None:
    async with open_attic() as attic:
        full = {"PlayableMediaTypes": ["Video"], "SupportedCommands": ["Mute"], "SupportsMediaControl": True}
        await attic.ada.post("/Sessions/Capabilities/Full", full)
        (session,) = (await attic.ada.get("/Sessions")).items
        assert {name: dig(session, "Capabilities", name) for name in full} == full
        # Without a websocket there is nobody to hear a command.
        assert (session["SupportsMediaControl"], session["SupportsRemoteControl"]) == (True, False)
        await attic.ada.post("/Sessions/Capabilities", playableMediaTypes="Audio,Video", supportedCommands="")
        (session,) = (await attic.ada.get("/Sessions")).items
        assert session["PlayableMediaTypes"] == ["Audio", "Video"]


async def test_an_app_says_what_its_user_looks_at() -> None:
    async with open_attic() as attic:
        movie = titles(attic, Kind.MOVIE)[0]
        await attic.ada.post("/Sessions/Viewing", itemId=attic.jellyfin.id_of(movie))
        (session,) = (await attic.ada.get("/Sessions")).items
        assert dig(session, "NowViewingItem", "Name") == movie.name
        assert (await attic.ada.ask("POST", "/Sessions/Viewing")).status == 400


async def test_a_title_that_vanishes_while_it_plays_is_still_shown() -> None:
    async with open_attic() as attic:
        app, movie = open_app(attic), titles(attic, Kind.MOVIE)[0]
        added = attic.jellyfin.add(replace(movie, name="Fleeting"))
        app.play(added)
        attic.jellyfin.remove(added)
        assert dig(await session_of(attic, app), "NowPlayingItem", "Name") == "Fleeting"
