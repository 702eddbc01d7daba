"""What Jellyfin really lists, in tables; and what it never should."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
import json
from math import isfinite

from hypothesis import given, strategies as st
import pytest

from custom_components.reel.backends.errors import Garbled, SourceError
from custom_components.reel.backends.item import ExternalId, Image, ImageKind, Item, ItemKind, Provider, UserState
from custom_components.reel.backends.jellyfin.news import news
from custom_components.reel.backends.jellyfin.parse import parse_libraries
from custom_components.reel.backends.jellyfin.parse_detail import parse_detail, parse_markers
from custom_components.reel.backends.jellyfin.parse_items import parse_entries, parse_item, parse_page, parse_state
from custom_components.reel.backends.jellyfin.times import day, milliseconds, moment, server_clock, written
from custom_components.reel.backends.model import Library
from custom_components.reel.backends.reading import mapping
from custom_components.reel.backends.transport import Json, Reply
from tests.backends.test_hostile import spoilt
from tests.servers.openapi import FIXTURES, needs_fixtures

FILM = "dd954bbf54398e247d803186d3585b79"


def item(**values: Json) -> Item:
    found = parse_item({"Id": FILM, "Type": "Movie", "Name": "Amber Ballad", **values}, "movies")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2024-11-28T18:01:52.4030928Z", 1_732_816_912.403092),
        ("2024-11-28T18:01:52Z", 1_732_816_912.0),
        ("2024-11-28T18:01:52", 1_732_816_912.0),
        ("2024-11-28T19:01:52+01:00", 1_732_816_912.0),
        ("0001-01-01T00:00:00.0000000Z", None),
        ("0001-01-01T00:00:00", None),
        ("9999-12-31T23:59:59.9999999Z", 253_402_300_799.999999),
        ("yesterday", None),
        ("", None),
        (None, None),
        (5, None),
        (["2024-11-28"], None),
    ],
)
def test_dates_are_read_as_they_come(text: Json, seconds: float | None) -> None:
    found = moment(text)
    assert found == (pytest.approx(seconds) if seconds is not None else None)


def test_days_are_read_as_they_come() -> None:
    assert day("2011-11-21T00:00:00.0000000Z") == "2011-11-21"
    assert [day(value) for value in ("0001-01-01T00:00:00.0000000Z", "2011-13-21", "", None, 7)] == [None] * 5


def test_ticks_are_milliseconds_also_from_text() -> None:
    assert [milliseconds(value) for value in (2_249_317_010, "2249317010", 0)] == [224_931, 224_931, 0]
    oddities: list[Json] = [-1, None, True, [], "x", 10**30, float("inf")]
    assert [milliseconds(value) for value in oddities] == [None] * 7


def test_what_is_written_is_what_was_meant() -> None:
    assert written(1_732_816_912.9) == "2024-11-28T18:01:52Z"
    assert server_clock({"date": "Thu, 28 Nov 2024 18:01:52 GMT"}) == 1_732_816_912
    assert [server_clock({"Date": value}) for value in ("", "now", "Thu, 99 Nov 2024 18:01:52 GMT")] == [None] * 3
    assert server_clock({}) is None
    assert server_clock({"Date": "Thu, 28 Nov 2024 18:01:52 -0000"}) == 1_732_816_912


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("yesterday when i was mad [disc 0000000002]", "yesterday when i was mad [disc 2]"),
        ("alien 0000000003", "alien 3"),
        ("0000000000", "0"),
        ("00000000012", "00000000012"),
        ("2001", "2001"),
        ("1234567890", "1234567890"),
        ("", None),
    ],
)
def test_names_to_sort_by_lose_their_padding(name: str, title: str | None) -> None:
    assert item(SortName=name).sort_title == title


def test_numbers_stand_for_themselves_where_names_are_made_of_them() -> None:
    assert item(Type="Episode", SortName="0001 - 0008 - Zombie Christmas").sort_title is None


@pytest.mark.parametrize(
    ("value", "rating"), [(7.1, 7.1), ("7.1", 7.1), (10, 10.0), (0, None), (11, None), ("NaN", None), (True, None)]
)
def test_ratings_are_from_0_to_10(value: Json, rating: float | None) -> None:
    assert item(CommunityRating=value).rating == rating


def test_external_ids_are_those_of_this_kind_of_item() -> None:
    ids: Json = {"IMDB": "tt0012345", "tmdb": 123, "Tvdb": "", "TmdbCollection": "9", "MusicBrainzAlbum": "x"}
    assert item(ProviderIds=ids).ids == (ExternalId(Provider.IMDB, "tt0012345"), ExternalId(Provider.TMDB, "123"))
    both: Json = {"MusicBrainzArtist": "99164692-c02d-407c-81c9-25d338dd21f4/827b9ff1-56f8-4614-9261-a08de5fc1be0"}
    assert item(Type="MusicArtist", ProviderIds=both).ids == ()


def test_an_episode_borrows_the_pictures_of_its_show() -> None:
    found = item(
        Type="Episode",
        SeriesId="70b7288088b42d318f75dbcc41fd0091",
        SeriesPrimaryImageTag="aa",
        ParentBackdropItemId="70b7288088b42d318f75dbcc41fd0091",
        ParentBackdropImageTags=["bb", "cc"],
        ImageTags={"Primary": "dd"},
        BackdropImageTags=[],
    )
    show = "/Items/70b7288088b42d318f75dbcc41fd0091/Images"
    assert set(found.images) == {
        Image(ImageKind.THUMB, f"/Items/{FILM}/Images/Primary?tag=dd"),
        Image(ImageKind.POSTER, f"{show}/Primary?tag=aa"),
        Image(ImageKind.BACKDROP, f"{show}/Backdrop?tag=bb"),
    }


def test_of_several_sounds_the_usual_one_counts() -> None:
    source: Json = {
        "Id": "f1",
        "Container": "mkv",
        "Size": "1000",
        "Bitrate": 8_000_000,
        "DefaultAudioStreamIndex": 2,
        "MediaStreams": [
            {"Type": "Video", "Codec": "hevc", "Width": 3840, "Height": 2160, "Index": 0},
            {"Type": "Audio", "Codec": "ac3", "Channels": 2, "Index": 1},
            {"Type": "Audio", "Codec": "eac3", "Channels": 6, "Index": 2},
            {"Type": "Video", "Codec": "mjpeg", "Width": 100, "Height": 100, "Index": 3},
        ],
    }
    (file, other) = item(MediaSources=[source, {"Id": "f2"}, {"Container": "mp4"}]).files
    assert (file.video, file.height, file.audio, file.channels) == ("hevc", 2160, "eac3", 6)
    assert (file.bitrate, file.bytes, file.container) == (8000, 1000, "mkv")
    assert other.identity == "f2"


@pytest.mark.parametrize(
    "raw",
    [
        {"Type": "Movie"},
        {"Id": FILM},
        {"Id": "", "Type": "Movie"},
        {"Id": FILM, "Type": "Folder"},
        {"Id": FILM, "Type": ["Movie"]},
        {"Id": FILM, "Type": "Photo"},
        {"Id": FILM, "Type": "Video", "ExtraType": "Trailer"},
        {"Id": FILM, "Type": "Episode", "LocationType": "Virtual"},
    ],
)
def test_what_is_none_of_our_kinds_is_left_out(raw: Mapping[str, Json]) -> None:
    assert parse_item(raw, "movies") is None


def test_a_season_without_a_folder_is_one() -> None:
    assert item(Type="Season", LocationType="Virtual").kind is ItemKind.SEASON


def test_unset_values_are_none() -> None:
    found = item(ProductionYear=0, PremiereDate="0001-01-01T00:00:00.0000000Z", DateCreated="0001-01-01T00:00:00Z")
    assert (found.year, found.aired, found.added_at) == (None, None, None)


def test_a_state_is_read_however_bare() -> None:
    assert parse_state({}) == UserState()
    assert parse_state(None) is None
    full: Json = {"Played": "true", "PlayCount": "3", "PlaybackPositionTicks": -5, "UnplayedItemCount": -1}
    assert parse_state(full) == UserState(watched=True, plays=3, unwatched=0)


@pytest.mark.parametrize("answer", [None, [], {}, {"Items": None}, {"Items": {}}, {"TotalRecordCount": 0}, "Items"])
def test_no_list_is_not_an_empty_list(answer: Json) -> None:
    with pytest.raises(Garbled):
        parse_entries(answer)


@pytest.mark.parametrize(
    ("answer", "start", "size", "total"),
    [
        ({"Items": [{}] * 3, "TotalRecordCount": 10}, 0, 3, 10),
        ({"Items": [{}] * 3, "TotalRecordCount": 3}, 7, 0, None),
        ({"Items": [{}] * 3, "TotalRecordCount": 0}, 7, 3, None),
        ({"Items": [{}] * 3}, 0, 3, None),
        ({"Items": [{}] * 3, "TotalRecordCount": "10"}, 0, 3, 10),
        ({"Items": [None, 5, {}], "TotalRecordCount": -1}, 0, 3, None),
        ({"Items": [], "TotalRecordCount": 0}, 0, 0, 0),
        ({"Items": [{}] * 9, "TotalRecordCount": 0}, 4, 5, 9),
    ],
)
def test_sizes_and_totals_are_not_believed_blindly(answer: Json, start: int, size: int, total: int | None) -> None:
    page = parse_page(answer, "movies", start, 3)
    assert (page.size, page.total) == (size, total)


def test_channels_and_views_of_no_kind_are_libraries_without_lists() -> None:
    views: list[Json] = [
        {"Id": "1", "Name": "Radio", "Type": "Channel"},
        {"Id": "2", "Name": "Folders", "Type": "UserView", "CollectionType": "folders"},
        {"Id": "3", "Name": "Books", "Type": "CollectionFolder", "CollectionType": "books"},
        {"Id": "4", "Name": "Clips", "Type": "CollectionFolder", "CollectionType": "musicvideos"},
        {"Id": "5", "Name": "TV", "Type": "UserView", "CollectionType": "livetv"},
    ]
    assert parse_libraries({"Items": views}) == [
        Library("1", "Radio"),
        Library("2", "Folders"),
        Library("3", "Books"),
        Library("4", "Clips", (ItemKind.VIDEO,)),
        Library("5", "TV"),
    ]


@needs_fixtures
@pytest.mark.parametrize(
    ("name", "kind", "title"),
    [
        ("ash", ItemKind.ARTIST, "Ash"),
        ("infest", ItemKind.ALBUM, "Infest"),
        ("yesterday_when_i_was_mad", ItemKind.ALBUM, "Yesterday, When I Was Mad [Disc 2]"),
        ("zombie_christmas", ItemKind.TRACK, "Zombie Christmas"),
    ],
)
def test_genuine_items_are_read(name: str, kind: ItemKind, title: str) -> None:
    raw = mapping(json.loads((FIXTURES / f"jellyfin/items/{name}.json").read_bytes()))
    found = parse_item(raw, "music")
    assert found is not None
    assert (found.identity, found.kind, found.title, found.state) == (raw["Id"], kind, title, UserState())


@needs_fixtures
def test_a_genuine_track_is_read_to_its_file() -> None:
    raw = mapping(json.loads((FIXTURES / "jellyfin/items/zombie_christmas.json").read_bytes()))
    found = parse_item(raw, "music")
    assert found is not None
    assert (found.parent_title, found.grandparent_title) == ("This Is Christmas", "Emmy the Great & Tim Wheeler")
    assert (found.number, found.parent_number, found.year, found.aired) == (8, 1, 2011, "2011-11-21")
    (file,) = found.files
    assert (file.container, file.audio, file.video, file.bytes) == ("m4a", "aac", None, 8_225_981)
    assert found.ids == (ExternalId(Provider.MUSICBRAINZ, "17d1019d-d4f4-326c-b4bb-d8aec2607bd7"),)
    assert found.duration_ms == 224_931
    assert len(parse_detail(raw).streams) == 1


@needs_fixtures
def test_a_genuine_album_is_read_with_its_artist() -> None:
    raw = mapping(json.loads((FIXTURES / "jellyfin/items/infest.json").read_bytes()))
    found = parse_item(raw, "music")
    assert found is not None
    assert (found.parent, found.parent_title, found.children) == ("e439648e08ade14e27d5de48fa97c88e", "Papa Roach", 11)
    assert found.genres == ("Alt Metal",)
    assert found.added_at == pytest.approx(1_702_296_640.760752)


WHOLE: Json = {
    "Id": FILM,
    "Name": "Amber Ballad",
    "Type": "Episode",
    "SortName": "amber 0000000001",
    "SeriesId": "70b7288088b42d318f75dbcc41fd0091",
    "SeasonId": "7c8d0bd55291c7fc0451d17ebef30017",
    "IndexNumber": 1,
    "ProductionYear": 2011,
    "PremiereDate": "2011-11-21T00:00:00.0000000Z",
    "DateCreated": "2023-12-11T12:10:40.7607527Z",
    "RunTimeTicks": 2_249_317_010,
    "CommunityRating": 7.5,
    "Genres": ["Drama"],
    "Taglines": ["Once."],
    "Studios": [{"Name": "Den"}],
    "ProviderIds": {"Imdb": "tt0012345"},
    "ImageTags": {"Primary": "aa"},
    "BackdropImageTags": ["bb"],
    "UserData": {"Played": True, "PlayCount": 1, "LastPlayedDate": "2023-12-11T12:10:40.7607527Z", "ItemId": FILM},
    "MediaSources": [{"Id": FILM, "Size": 5, "Bitrate": 5000, "MediaStreams": [{"Type": "Video", "Index": 0}]}],
    "Chapters": [{"Name": "One", "StartPositionTicks": 0}],
    "People": [{"Name": "Ida", "Type": "Actor", "Role": "Widow"}],
}


def values(found: object) -> Iterator[object]:
    """Yield everything that something is made of."""
    if is_dataclass(found):
        for each in fields(found):
            yield from values(getattr(found, each.name))
    elif isinstance(found, Mapping):
        for key, each in found.items():
            yield key
            yield from values(each)
    elif isinstance(found, list | tuple | frozenset):
        for each in found:
            yield from values(each)
    else:
        yield found


@given(data=st.data())
def test_no_list_however_absurd_gets_past_the_parsers_as_anything_but_our_own(data: st.DataObject) -> None:
    raw = data.draw(spoilt(WHOLE))
    push = data.draw(
        spoilt({"MessageType": "UserDataChanged", "Data": {"UserId": FILM, "UserDataList": [{"ItemId": FILM}]}})
    )
    answer = Reply(200, {}, json.dumps({"Items": [raw], "TotalRecordCount": 1}).encode()).json()
    segments = data.draw(spoilt({"Items": [{"Type": "Intro", "StartTicks": 0, "EndTicks": 10}]}))
    made: list[object] = [parse_page(answer, "movies", 0, 10)]
    with suppress(SourceError):
        made.append(parse_detail(raw))
    with suppress(SourceError):
        made.append(parse_markers(segments))
    if isinstance(push, Mapping):
        made.append(news(push, FILM))
    for value in values(made):
        if isinstance(value, str):
            value.encode()
        if isinstance(value, int | float):
            assert isfinite(value)
            assert -(2**63) <= value < 2**63
