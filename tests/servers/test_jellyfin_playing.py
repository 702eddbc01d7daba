"""What does playing leave behind? The rules that turn positions into resume points and watched titles."""

from dataclasses import replace

import pytest

from .jellyfin import TICKS
from .jellyfin.checked import CheckedJellyfinServer
from .jellyfin.visitor import Attic, Visitor, dig, open_attic
from .jellyfin.wire import Object
from .library import Kind, Title

NOW = 1_767_225_600.0
HOUR = 3600


def movie_of(attic: Attic, seconds: int = HOUR, kind: Kind = Kind.MOVIE) -> str:
    """Return the id of a title that is so long."""
    movie = attic.jellyfin.state.shelf.titles[_first(attic, kind).number]
    attic.jellyfin.change(replace(movie, seconds=seconds))
    return attic.jellyfin.id_of(movie)


def _first(attic: Attic, kind: Kind) -> Title:
    return next(title for title in attic.jellyfin.state.shelf.titles.values() if title.kind is kind)


async def report(visitor: Visitor, movie: str, *, start: int = 0, stop: float | None) -> None:
    """Play from a second to a second, as an app reports it."""
    body: dict[str, object] = {"ItemId": movie, "CanSeek": True}
    await visitor.post("/Sessions/Playing", body | {"PositionTicks": start * TICKS})
    end = {} if stop is None else {"PositionTicks": int(stop * TICKS)}
    await visitor.post("/Sessions/Playing/Stopped", body | end)


async def data_of(visitor: Visitor, movie: str) -> Object:
    return (await visitor.get(f"/UserItems/{movie}/UserData", userId=visitor.id)).object


@pytest.mark.parametrize(
    ("length", "stop", "position", "played"),
    [
        (HOUR, 0, 0, False),
        (HOUR, 179, 0, False),  # below 5 %
        (HOUR, 181, 181, False),
        (HOUR, 3239, 3239, False),
        (HOUR, 3241, 0, True),  # above 90 %
        (HOUR, 3600, 0, True),
        (299, 150, 0, True),  # too short to resume
        (299, 10, 0, False),
        (300, 150, 150, False),
        (0, 5, 0, True),  # nobody knows how long it is
    ],
)
async def test_where_it_stopped_decides(length: int, stop: int, position: int, *, played: bool) -> None:
    async with open_attic() as attic:
        movie = movie_of(attic, length)
        await report(attic.ada, movie, stop=stop)
        data = await data_of(attic.ada, movie)
        assert (data["PlaybackPositionTicks"], data["Played"]) == (position * TICKS, played)
        assert data["PlayCount"] == 1


async def test_a_stop_without_a_position_counts_as_watched_once_more() -> None:
    async with open_attic() as attic:
        movie = movie_of(attic)
        await report(attic.ada, movie, stop=None)
        data = await data_of(attic.ada, movie)
        assert (data["Played"], data["PlayCount"]) == (True, 2)


async def test_a_failed_play_changes_nothing() -> None:
    async with open_attic() as attic:
        movie = movie_of(attic)
        await attic.ada.post("/Sessions/Playing", {"ItemId": movie})
        await attic.ada.post("/Sessions/Playing/Progress", {"ItemId": movie, "PositionTicks": 1000 * TICKS})
        await attic.ada.post("/Sessions/Playing/Stopped", {"ItemId": movie, "PositionTicks": 0, "Failed": True})
        assert (await data_of(attic.ada, movie))["PlaybackPositionTicks"] == 1000 * TICKS


async def test_progress_moves_the_resume_point() -> None:
    async with open_attic(CheckedJellyfinServer(now=lambda: NOW)) as attic:
        movie = movie_of(attic)
        await attic.ada.post("/Sessions/Playing", {"ItemId": movie})
        for second in (600, 1200):
            await attic.ada.post("/Sessions/Playing/Progress", {"ItemId": movie, "PositionTicks": second * TICKS})
            assert (await data_of(attic.ada, movie))["PlaybackPositionTicks"] == second * TICKS
        data = await data_of(attic.ada, movie)
        assert data["LastPlayedDate"] == "2026-01-01T00:00:00.0000000Z"
        assert data["PlayedPercentage"] == pytest.approx(100 / 3)


async def test_playing_again_begins_unwatched() -> None:
    async with open_attic() as attic:
        movie = movie_of(attic)
        await attic.ada.post(f"/UserPlayedItems/{movie}")
        await attic.ada.post("/Sessions/Playing", {"ItemId": movie})
        data = await data_of(attic.ada, movie)
        assert (data["Played"], data["PlayCount"]) == (False, 2)


async def test_songs_are_heard_but_never_resumed() -> None:
    async with open_attic() as attic:
        track = movie_of(attic, 400, Kind.TRACK)
        await report(attic.ada, track, stop=200)
        data = await data_of(attic.ada, track)
        assert (data["PlaybackPositionTicks"], data["Played"], data["PlayCount"]) == (0, True, 1)


async def test_the_session_shows_what_is_reported() -> None:
    async with open_attic() as attic:
        movie = movie_of(attic)
        body = {"ItemId": movie, "PositionTicks": "6000000000", "CanSeek": True, "VolumeLevel": 40, "IsMuted": True}
        streams = {"AudioStreamIndex": 1, "SubtitleStreamIndex": 2, "PlayMethod": "DirectStream", "IsPaused": True}
        await attic.ada.post("/Sessions/Playing", body | streams)
        (session,) = (await attic.ada.get("/Sessions")).items
        assert dig(session, "NowPlayingItem", "Id") == movie
        assert dig(session, "NowPlayingItem", "UserData") is None
        expected = {"PositionTicks": 600 * TICKS, "VolumeLevel": 40, "IsMuted": True, **streams}
        assert {name: dig(session, "PlayState", name) for name in expected} == expected
        await attic.ada.post("/Sessions/Playing/Stopped", {"ItemId": movie, "PositionTicks": 0})
        (session,) = (await attic.ada.get("/Sessions")).items
        assert "NowPlayingItem" not in session


async def test_reports_about_nothing_are_accepted() -> None:
    async with open_attic() as attic:
        unknown = {"ItemId": "0" * 32, "PositionTicks": 1}
        for path in ("", "/Progress", "/Stopped"):
            await attic.ada.post(f"/Sessions/Playing{path}", unknown)
        await attic.ada.post("/Sessions/Playing/Stopped", {})
        await attic.ada.post("/Sessions/Playing/Ping", playSessionId="d41d8cd98f00b204e9800998ecf8427e")
        assert (await attic.ada.ask("POST", "/Sessions/Playing/Ping")).status == 400


async def test_a_body_that_is_not_json_is_a_bad_request() -> None:
    async with open_attic() as attic:
        headers = {"Authorization": attic.ada.header(), "Content-Type": "application/json"}
        url = f"{attic.jellyfin.url()}/Sessions/Playing"
        async with attic.http.post(url, data=b"{", headers=headers) as response:
            assert response.status == 400


async def test_marking_a_series_marks_its_episodes() -> None:
    async with open_attic() as attic:
        show = _first(attic, Kind.SHOW)
        show_id = attic.jellyfin.id_of(show)
        data = (await attic.ada.post(f"/UserPlayedItems/{show_id}", datePlayed="2025-05-04T20:15:00Z")).object
        assert (data["Played"], data["UnplayedItemCount"]) == (True, 0)
        episode = attic.jellyfin.id_of(next(attic.jellyfin.state.shelf.leaves(show)))
        assert (await data_of(attic.ada, episode))["LastPlayedDate"] == "2025-05-04T20:15:00.0000000Z"
        gone = await attic.ada.ask("DELETE", f"/UserPlayedItems/{show_id}")
        assert gone.object["UnplayedItemCount"] == 8
        assert "LastPlayedDate" not in await data_of(attic.ada, episode)


async def test_favourites_and_ratings_come_and_go() -> None:
    async with open_attic() as attic:
        movie = movie_of(attic)
        assert (await attic.ada.post(f"/UserFavoriteItems/{movie}")).object["IsFavorite"] is True
        assert (await attic.ada.ask("DELETE", f"/UserFavoriteItems/{movie}")).object["IsFavorite"] is False
        assert (await attic.ada.post(f"/UserItems/{movie}/Rating", likes="false")).object["Likes"] is False
        assert "Likes" not in (await attic.ada.ask("DELETE", f"/UserItems/{movie}/Rating")).object


async def test_user_data_change_only_where_something_is_said() -> None:
    async with open_attic() as attic:
        movie = movie_of(attic)
        await attic.ada.post(f"/UserFavoriteItems/{movie}")
        path = f"/UserItems/{movie}/UserData"
        data = (await attic.ada.post(path, {"PlaybackPositionTicks": 42, "PlayCount": 7})).object
        assert (data["PlaybackPositionTicks"], data["PlayCount"], data["IsFavorite"]) == (42, 7, True)
        data = (await attic.ada.post(path, {"Played": True, "LastPlayedDate": "2026-01-01T00:00:00Z"})).object
        assert (data["PlaybackPositionTicks"], data["Played"]) == (42, True)
        assert data["LastPlayedDate"] == "2026-01-01T00:00:00.0000000Z"


PROFILE = {
    "MaxStreamingBitrate": 120_000_000,
    "DirectPlayProfiles": [{"Type": "Video", "Container": "mp4,mkv", "VideoCodec": "h264", "AudioCodec": "aac"}],
    "TranscodingProfiles": [{"Type": "Video", "Container": "ts", "Protocol": "hls", "VideoCodec": "h264"}],
}


async def source_of(visitor: Visitor, movie: str, **body: object) -> Object:
    answer = (await visitor.post(f"/Items/{movie}/PlaybackInfo", {"UserId": visitor.id, **body})).object
    source = dig(answer, "MediaSources", 0)
    assert isinstance(source, dict)
    return source


@pytest.mark.parametrize(
    ("body", "direct"),
    [
        ({}, True),
        ({"DeviceProfile": PROFILE}, True),
        ({"DeviceProfile": PROFILE | {"DirectPlayProfiles": [{"Type": "Video", "Container": "webm"}]}}, False),
        ({"DeviceProfile": PROFILE | {"DirectPlayProfiles": []}}, False),
        ({"DeviceProfile": PROFILE | {"MaxStreamingBitrate": 1_000_000}}, False),
        ({"MaxStreamingBitrate": 1_000_000}, False),
        ({"EnableDirectPlay": False, "EnableDirectStream": False}, False),
    ],
)
async def test_a_file_is_played_as_it_is_if_the_player_takes_it(body: dict[str, object], *, direct: bool) -> None:
    async with open_attic() as attic:
        source = await source_of(attic.ada, movie_of(attic), **body)
        assert source["SupportsDirectPlay"] is direct
        assert ("TranscodingUrl" in source) is not direct


@pytest.mark.parametrize(("version", "name"), [("10.10.7", "api_key"), ("10.11.11", "ApiKey"), ("12.0.0", "ApiKey")])
async def test_the_transcoders_url_holds_the_token_and_dashes(version: str, name: str) -> None:
    async with open_attic(CheckedJellyfinServer(version=version, base_path="/jf")) as attic:
        source = await source_of(attic.ada, movie_of(attic), MaxStreamingBitrate=1_000_000)
        url = str(source["TranscodingUrl"])
        assert f"{name}={attic.ada.token}" in url
        assert url.startswith("/videos/")
        assert url.count("-", 0, url.index("?")) == 4
        assert source["TranscodingSubProtocol"] == "hls"
        # The token is in the URL: no header is needed, and the base path is ours to add.
        assert (await attic.guest.ask("GET", url, headers={})).status == 200


@pytest.mark.parametrize(("switch", "code"), [("may_play", "NotAllowed"), ("may_transcode", "NoCompatibleStream")])
async def test_what_may_not_be_played_is_an_error_inside_200(switch: str, code: str) -> None:
    async with open_attic() as attic:
        setattr(attic.ada.user, switch, False)
        body = {"DeviceProfile": PROFILE | {"DirectPlayProfiles": []}}
        answer = (await attic.ada.post(f"/Items/{movie_of(attic)}/PlaybackInfo", body)).object
        assert (answer["MediaSources"], answer["ErrorCode"]) == ([], code)


async def test_every_play_has_its_own_session() -> None:
    async with open_attic() as attic:
        path = f"/Items/{movie_of(attic)}/PlaybackInfo"
        first, second = [(await attic.ada.post(path)).object["PlaySessionId"] for _ in range(2)]
        assert first != second


async def test_folders_cannot_be_played() -> None:
    async with open_attic() as attic:
        show = attic.jellyfin.id_of(_first(attic, Kind.SHOW))
        assert (await attic.ada.ask("POST", f"/Items/{show}/PlaybackInfo", {})).status == 404


async def test_intros_and_credits_can_be_picked() -> None:
    async with open_attic() as attic:
        episode = _first(attic, Kind.EPISODE)
        path = f"/MediaSegments/{attic.jellyfin.id_of(episode)}"
        (intro,) = (await attic.ada.get(path, includeSegmentTypes="Intro")).items
        assert (intro["StartTicks"], intro["EndTicks"]) == (30 * TICKS, 90 * TICKS)
        assert (await attic.ada.get(f"/MediaSegments/{movie_of(attic)}")).items == []
