"""Does every answer of the fake fit the document of its version, and does it look like genuine ones?"""

from collections.abc import Awaitable, Callable
import json

import pytest

from .jellyfin.checked import CheckedJellyfinServer
from .jellyfin.visitor import Attic, Visitor, dig, open_attic
from .jellyfin.wire import TICKS, Json
from .library import Kind, make_library
from .openapi import FIXTURES, needs_fixtures

VERSIONS = ["10.9.11", "10.10.7", "10.11.11", "12.0.0"]
FIELDS = (
    "Etag,DateCreated,Overview,Genres,ProviderIds,Path,MediaSources,MediaStreams,Chapters,ParentId,SortName,ChildCount"
)

LIBRARY = make_library(movies=12, shows=2, artists=1, videos=1, collections=1, playlists=1)

pytestmark = needs_fixtures

type Walk = Callable[[Attic, Visitor], Awaitable[None]]


def first(attic: Attic, kind: Kind) -> str:
    shelf = attic.jellyfin.state.shelf
    return shelf.id_of(next(title for title in shelf.titles.values() if title.kind is kind))


async def walk_browsing(attic: Attic, ada: Visitor) -> None:
    show, movie = first(attic, Kind.SHOW), first(attic, Kind.MOVIE)
    await ada.get("/UserViews", userId=ada.id)
    await ada.get("/Items")
    await ada.get("/Items", userId=ada.id, recursive="true", fields=FIELDS, sortBy="SortName,DateCreated")
    await ada.get("/Items/Counts", userId=ada.id)
    for kind in Kind:
        await ada.get(f"/Items/{first(attic, kind)}", userId=ada.id)
        await ada.get(f"/Items/{first(attic, kind)}/Ancestors", userId=ada.id)
    collection, playlist = first(attic, Kind.COLLECTION), first(attic, Kind.PLAYLIST)
    await ada.get("/Items", userId=ada.id, parentId=collection)
    await ada.get(f"/Playlists/{playlist}/Items", userId=ada.id, limit=1, enableImages="false")
    await ada.get("/Items/Latest", userId=ada.id, limit=5, fields=FIELDS)
    await ada.get("/Items/Suggestions", userId=ada.id, limit=5)
    await ada.get("/UserItems/Resume", userId=ada.id, mediaTypes="Video")
    await ada.get("/Shows/NextUp", userId=ada.id)
    await ada.get(f"/Shows/{show}/Seasons", userId=ada.id)
    await ada.get(f"/Shows/{show}/Episodes", userId=ada.id, fields=FIELDS)
    await ada.get(f"/Items/{movie}/Similar", userId=ada.id)
    await ada.get(f"/Items/{first(attic, Kind.TRACK)}/Ancestors", userId=ada.id)
    await ada.get("/Search/Hints", searchTerm="a", userId=ada.id)


async def walk_watching(attic: Attic, ada: Visitor) -> None:
    movie = first(attic, Kind.MOVIE)
    report = {
        "ItemId": movie,
        "PositionTicks": 900 * TICKS,
        "CanSeek": True,
        "PlayMethod": "Transcode",
        "VolumeLevel": 80,
    }
    queue = {"NowPlayingQueue": [{"Id": movie, "PlaylistItemId": "playlistItem0"}]}
    await ada.post(f"/Items/{movie}/PlaybackInfo", {"UserId": ada.id, "DeviceProfile": {"DirectPlayProfiles": []}})
    await ada.post("/Sessions/Playing", report | queue)
    await ada.post("/Sessions/Playing/Progress", report | queue | {"IsPaused": True})
    await ada.get("/Sessions")
    await ada.post("/Sessions/Playing/Ping", playSessionId="d41d8cd98f00b204e9800998ecf8427e")
    await ada.post("/Sessions/Playing/Stopped", {"ItemId": movie, "PositionTicks": 1200 * TICKS})
    await ada.get("/UserItems/Resume", userId=ada.id)
    for path in (f"/UserPlayedItems/{movie}", f"/UserFavoriteItems/{movie}"):
        await ada.post(path, userId=ada.id)
        assert (await ada.ask("DELETE", path, query={"userId": ada.id})).status == 200
    await ada.post(f"/UserItems/{movie}/Rating", userId=ada.id, likes="true")
    await ada.post(f"/UserItems/{movie}/UserData", {"PlaybackPositionTicks": 5 * TICKS}, userId=ada.id)
    await ada.get(f"/UserItems/{movie}/UserData", userId=ada.id)


async def walk_signing_in(attic: Attic, ada: Visitor) -> None:
    guest = attic.guest
    for path in (
        "/System/Info/Public",
        "/System/Ping",
        "/Users/Public",
        "/Branding/Configuration",
        "/QuickConnect/Enabled",
    ):
        await guest.get(path)
    await guest.post("/Users/AuthenticateByName", {"Username": "ada", "Pw": "correct horse"})
    attempt = (await guest.post("/QuickConnect/Initiate")).object
    await ada.post("/QuickConnect/Authorize", code=str(attempt["Code"]), userId=ada.id)
    await guest.get("/QuickConnect/Connect", secret=str(attempt["Secret"]))
    await guest.post("/Users/AuthenticateWithQuickConnect", {"Secret": attempt["Secret"]})


async def walk_administration(attic: Attic, ada: Visitor) -> None:
    root = attic.root
    await root.get("/System/Info")
    await ada.get("/System/Info")
    await ada.get("/System/Endpoint")
    await ada.get("/Users/Me")
    await root.get("/Users")
    await root.get(f"/Users/{ada.id}")
    await root.post("/Auth/Keys", app="Reel")
    (key,) = (await root.get("/Auth/Keys")).items
    assert (await root.ask("DELETE", f"/Auth/Keys/{key['AccessToken']}")).status == 204
    await root.get("/Library/MediaFolders")
    await root.get("/Library/VirtualFolders")


async def walk_controlling(attic: Attic, ada: Visitor) -> None:
    assert ada.user is not None
    app = attic.jellyfin.open_app(ada.user)
    movie = first(attic, Kind.MOVIE)
    here = f"/Sessions/{app.id}"
    await ada.post(f"{here}/Playing", playCommand="PlayNow", itemIds=movie, startPositionTicks=600 * TICKS)
    await ada.post(f"{here}/Playing/Seek", seekPositionTicks=900 * TICKS)
    await ada.post(f"{here}/Command", {"Name": "SetVolume", "Arguments": {"Volume": "50"}})
    await ada.post(f"{here}/Command/Mute")
    await ada.post(f"{here}/Message", {"Text": "Dinner", "Header": "Kitchen", "TimeoutMs": 5000})
    await ada.post(f"{here}/Viewing", itemType="Movie", itemId=movie, itemName="x")
    await ada.post("/Sessions/Capabilities/Full", {"PlayableMediaTypes": ["Video"], "SupportsMediaControl": True})
    await ada.post("/Sessions/Capabilities", playableMediaTypes="Video", supportsMediaControl="true")
    await ada.get("/Sessions", controllableByUserId=ada.id)


async def walk_streaming(attic: Attic, ada: Visitor) -> None:
    movie, track = first(attic, Kind.MOVIE), first(attic, Kind.TRACK)
    await attic.guest.get(f"/Items/{movie}/Images/Primary", maxWidth=50)
    await attic.guest.get(f"/Videos/{movie}/stream", static="true")
    await attic.guest.get(f"/Audio/{track}/stream.mp3", static="true")
    await ada.get(f"/Audio/{track}/universal", userId=ada.id)
    await ada.get(f"/Items/{movie}/Download")
    await ada.get(f"/Videos/{movie}/master.m3u8", mediaSourceId=movie)
    await ada.get(f"/Videos/{movie}/main.m3u8", mediaSourceId=movie)
    await ada.get(f"/Videos/{movie}/hls1/main/0.ts", runtimeTicks=0, actualSegmentLengthTicks=6 * TICKS)
    stop = {"deviceId": ada.device_id, "playSessionId": "d41d8cd98f00b204e9800998ecf8427e"}
    assert (await ada.ask("DELETE", "/Videos/ActiveEncodings", query=stop)).status == 204


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "walk", [walk_browsing, walk_watching, walk_signing_in, walk_administration, walk_controlling, walk_streaming]
)
async def test_answers_and_the_requests_of_the_tests_fit_the_document(walk: Walk, version: str) -> None:
    async with open_attic(CheckedJellyfinServer(library=LIBRARY, version=version)) as attic:
        await walk(attic, attic.ada)
        assert attic.jellyfin.complaints == []


@pytest.mark.parametrize("version", VERSIONS[1:])
async def test_media_segments_fit_the_document(version: str) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        segments = await attic.ada.get(f"/MediaSegments/{first(attic, Kind.EPISODE)}")
        assert [segment["Type"] for segment in segments.items] == ["Intro", "Outro"]


async def test_a_request_the_document_does_not_know_is_noticed() -> None:
    async with open_attic() as attic:
        await attic.ada.get("/Items", userID=attic.ada.id, limits=5)
        assert attic.jellyfin.complaints == ["GET /Items unknown in the query: limits"]


def shape_of(item: Json) -> dict[str, type]:
    assert isinstance(item, dict)
    return {name: type(value) for name, value in item.items() if value is not None}


@pytest.mark.parametrize(
    ("kind", "name"), [(Kind.TRACK, "zombie_christmas"), (Kind.ARTIST, "ash"), (Kind.ALBUM, "infest")]
)
async def test_an_item_looks_like_a_genuine_one(kind: Kind, name: str) -> None:
    genuine = shape_of(json.loads((FIXTURES / f"jellyfin/items/{name}.json").read_bytes()))
    async with open_attic(CheckedJellyfinServer(version="10.9.11")) as attic:
        made = shape_of((await attic.ada.get(f"/Items/{first(attic, kind)}")).object)
    common = made.keys() & genuine.keys()
    assert {name: made[name] for name in common} == {name: genuine[name] for name in common}
    assert {
        "Name",
        "Id",
        "ServerId",
        "Type",
        "IsFolder",
        "MediaType",
        "UserData",
        "ImageTags",
        "LocationType",
    } <= common


async def test_user_data_look_like_genuine_ones() -> None:
    genuine = json.loads((FIXTURES / "jellyfin/items/ash.json").read_bytes())
    async with open_attic(CheckedJellyfinServer(version="10.9.11")) as attic:
        made = (await attic.ada.get(f"/Items/{first(attic, Kind.TRACK)}")).object
    assert shape_of(made["UserData"]) == shape_of(genuine["UserData"])


async def test_a_stream_looks_like_a_genuine_one() -> None:
    genuine = json.loads((FIXTURES / "jellyfin/items/zombie_christmas.json").read_bytes())["MediaSources"][0]
    async with open_attic(CheckedJellyfinServer(version="10.9.11")) as attic:
        made = (await attic.ada.get(f"/Items/{first(attic, Kind.TRACK)}")).object["MediaSources"]
    assert shape_of(dig(made, 0)) == shape_of(genuine)
