"""What Plex lists, in tables: genuine, thin, old, and of every other kind."""

from collections.abc import Iterator, Mapping
import json
from typing import cast

from hypothesis import given, strategies as st
import pytest

from custom_components.reel.backends.errors import Missing
from custom_components.reel.backends.item import (
    Chapter,
    ExternalId,
    Image,
    ImageKind,
    Item,
    ItemKind,
    Marker,
    MarkerKind,
    Person,
    Provider,
    UserState,
)
from custom_components.reel.backends.model import Library
from custom_components.reel.backends.plex.parse import parse_libraries
from custom_components.reel.backends.plex.parse_detail import parse_detail
from custom_components.reel.backends.plex.parse_items import HOME_VIDEOS, Entry, parse_item
from custom_components.reel.backends.plex.parse_lists import clock_of, entries
from custom_components.reel.backends.transport import Json, Reply
from tests.servers.openapi import FIXTURES, needs_fixtures

GENUINE = FIXTURES / "plex" / "json"
LISTS = (
    "get-library-all-0",
    "get-library-all-1",
    "get-library-all-2",
    "get-library-items-0",
    "get-library-items-1",
    "get-media-meta-data-0",
    "get-media-meta-data-1",
    "get-media-meta-data-2",
    "get-recently-added-0",
)
SEARCHES = ("get-hubs-search-0", "get-search-library-0", "get-search-library-1")


def item(**words: Json) -> Item:
    """Return what a film becomes that a server says this of."""
    found = parse_item({"ratingKey": "7", "type": "movie", "title": "Wicked"} | words, "1")
    assert found is not None
    return found


def genuine(name: str) -> Json:
    return cast("Json", json.loads((GENUINE / f"{name}.json").read_bytes()))


def with_keys(found: Json) -> Iterator[Entry]:
    """Yield everything in an answer that has a rating key, however deep."""
    if isinstance(found, Mapping):
        if "ratingKey" in found:
            yield found
        for each in found.values():
            yield from with_keys(each)
    elif isinstance(found, list):
        for each in found:
            yield from with_keys(each)


@needs_fixtures
@pytest.mark.parametrize("name", LISTS)
def test_every_genuine_list_is_understood(name: str) -> None:
    listed = entries(genuine(name))
    assert listed
    for entry in listed:
        found = parse_item(entry, "1")
        assert found is not None
        check(found, entry)


@needs_fixtures
@pytest.mark.parametrize("name", SEARCHES)
def test_every_item_that_a_genuine_search_found_is_understood(name: str) -> None:
    listed = list(with_keys(genuine(name)))
    assert listed
    for entry in listed:
        found = parse_item(entry, "1")
        assert found is not None
        check(found, entry)


def check(found: Item, entry: Entry) -> None:
    """Compare an item with what was said of it."""
    assert (found.identity, found.kind, found.title) == (entry["ratingKey"], entry["type"], entry["title"])
    assert (found.parent, found.grandparent) == (entry.get("parentRatingKey"), entry.get("grandparentRatingKey"))
    assert (found.year, found.aired) == (entry.get("year"), entry.get("originallyAvailableAt"))
    assert (found.added_at, found.updated_at) == (entry.get("addedAt"), entry.get("updatedAt"))
    assert (found.summary or "", found.studio) == (entry.get("summary", ""), entry.get("studio"))
    assert found.duration_ms == entry.get("duration")
    assert found.rating in {entry.get("audienceRating"), entry.get("rating")}
    assert found.images
    assert len(found.ids) == len(cast("list[object]", entry.get("Guid", [])))
    media = cast("list[dict[str, list[object]]]", entry.get("Media", []))
    assert len(found.files) == sum(len(each["Part"]) for each in media)
    assert found.state is not None
    assert found.state.plays == entry.get("viewCount", 0)
    assert found.state.viewed_at == entry.get("lastViewedAt")


@needs_fixtures
@pytest.mark.parametrize("name", ["get-media-meta-data-0", "get-media-meta-data-1", "get-media-meta-data-2"])
def test_every_genuine_detail_is_understood(name: str) -> None:
    [entry], detail = entries(genuine(name)), parse_detail(genuine(name))
    streams = sum(
        len(cast("list[object]", part.get("Stream", [])))
        for version in cast("list[dict[str, list[dict[str, object]]]]", entry.get("Media", []))
        for part in version["Part"]
    )
    assert len(detail.streams) == streams
    assert len([person for person in detail.people if person.job == "actor"]) == len(
        {(each["tag"], each.get("role")) for each in cast("list[dict[str, str]]", entry.get("Role", []))}
    )
    assert len(detail.chapters) == len(cast("list[object]", entry.get("Chapter", [])))


@needs_fixtures
def test_genuine_libraries_are_understood() -> None:
    answer = genuine("get-all-libraries-0")
    found = parse_libraries(answer)
    listed = cast("dict[str, dict[str, list[dict[str, object]]]]", answer)["MediaContainer"]["Directory"]
    assert [library.identity for library in found] == [each["key"] for each in listed]
    held = {"movie": 2, "show": 4, "artist": 4, "photo": 0}
    assert [len(library.kinds) for library in found] == [held[str(each["type"])] for each in listed]
    assert {library.stamp for library in found} == {"1000"}


def test_an_episode_is_placed_in_its_season_and_show() -> None:
    found = item(
        type="episode",
        parentRatingKey="6",
        grandparentRatingKey="5",
        parentTitle="Season 2",
        grandparentTitle="Northern Yard",
        index=9,
        parentIndex=2,
    )
    assert (found.kind, found.parent, found.grandparent) == (ItemKind.EPISODE, "6", "5")
    assert (found.number, found.parent_number) == (9, 2)
    assert (found.parent_title, found.grandparent_title) == ("Season 2", "Northern Yard")


def test_what_holds_an_item_may_be_known_by_its_path_only() -> None:
    assert item(type="season", parentKey="/library/metadata/5").parent == "5"
    assert item(type="season", parentKey="/library/metadata/5/children").parent == "5"
    assert item(type="season", parentKey="/library/sections/all").parent is None


def test_the_number_of_what_stands_in_no_order_means_nothing() -> None:
    for kind in ("movie", "show", "artist", "album", "collection"):
        found = item(type=kind, index=1, parentIndex=1)
        assert (found.number, found.parent_number) == (None, None)


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ({}, UserState()),
        ({"viewCount": 2, "lastViewedAt": 1700000000}, UserState(watched=True, plays=2, viewed_at=1700000000.0)),
        ({"viewCount": "1"}, UserState(watched=True, plays=1)),
        ({"viewOffset": 60_000}, UserState(position_ms=60_000)),
        ({"viewCount": 1, "viewOffset": 5}, UserState(watched=True, plays=1, position_ms=5)),
        ({"viewCount": 0, "viewOffset": 0, "lastViewedAt": 0}, UserState()),
        ({"viewCount": -1, "viewOffset": -5, "lastViewedAt": -5}, UserState()),
        ({"viewCount": None, "viewOffset": [], "lastViewedAt": {}}, UserState()),
        ({"leafCount": 10, "viewedLeafCount": 4, "viewCount": 5}, UserState(plays=5, unwatched=6)),
        ({"leafCount": 10, "viewedLeafCount": 10}, UserState(watched=True, unwatched=0)),
        ({"leafCount": 10, "viewedLeafCount": 12}, UserState(watched=True, unwatched=0)),
        ({"leafCount": 0, "viewedLeafCount": 0}, UserState(unwatched=0)),
        ({"leafCount": 10}, UserState(unwatched=10)),
    ],
)
def test_what_a_user_did_is_read(words: dict[str, Json], state: UserState) -> None:
    assert item(**words).state == state


def test_of_a_collection_nobody_has_a_state() -> None:
    assert item(type="collection", childCount="3", viewCount=1).state is None
    assert item(type="playlist", leafCount=3).state is None
    assert (item(type="collection", childCount="3").children, item(type="playlist", leafCount=4).children) == (3, 4)


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ({"Guid": [{"id": "imdb://tt1262426"}, {"id": "tmdb://402431"}, {"id": "tvdb://136493"}]}, 3),
        ({"Guid": [{"id": "tmdb://402431"}, {"id": "tmdb://402431"}]}, 1),
        ({"Guid": [{"id": "imdb://"}, {"id": "tmdb://0"}, {"id": "tvdb://x"}, {"id": "anidb://5"}, {}, None, "x"]}, 0),
        ({"Guid": [{"id": "mbid://0b0d3b2f-4d63-4a4e-8d58-3a3b3c6f5d3a"}]}, 1),
        ({"Guid": "imdb://tt1262426"}, 0),
        ({}, 0),
        ({"guid": "plex://movie/5d776c4efb0d55001f583c38"}, 0),
        ({"guid": "local://134703"}, 0),
    ],
)
def test_ids_of_other_databases_are_read(words: dict[str, Json], ids: int) -> None:
    assert len(item(**words).ids) == ids


@pytest.mark.parametrize(
    ("guid", "found"),
    [
        ("com.plexapp.agents.imdb://tt0111161?lang=en", ExternalId(Provider.IMDB, "tt0111161")),
        ("com.plexapp.agents.themoviedb://603?lang=en", ExternalId(Provider.TMDB, "603")),
        ("com.plexapp.agents.thetvdb://121361?lang=en", ExternalId(Provider.TVDB, "121361")),
        ("com.plexapp.agents.hama://tvdb-70523?lang=en", ExternalId(Provider.TVDB, "70523")),
        ("com.plexapp.agents.xbmcnfo://tt0111161?lang=en", ExternalId(Provider.IMDB, "tt0111161")),
        ("com.plexapp.agents.thetvdb://121361/6/1?lang=en", None),
        ("com.plexapp.agents.hama://anidb-1234?lang=en", None),
        ("com.plexapp.agents.none://a1b2c3?lang=xn", None),
        ("com.plexapp.agents.imdb://", None),
    ],
)
def test_the_ids_of_older_agents_are_read(guid: str, found: ExternalId | None) -> None:
    assert item(guid=guid).ids == (() if found is None else (found,))


def test_pictures_are_paths_of_the_server() -> None:
    found = item(
        thumb="/library/metadata/7/thumb/1",
        art="/library/metadata/7/art/1",
        Image=[{"type": "coverPoster", "url": "/x"}, {"type": "clearLogo", "url": "/library/metadata/7/clearLogo/1"}],
    )
    assert found.images == (
        Image(ImageKind.POSTER, "/library/metadata/7/thumb/1"),
        Image(ImageKind.BACKDROP, "/library/metadata/7/art/1"),
        Image(ImageKind.LOGO, "/library/metadata/7/clearLogo/1"),
    )


def test_an_episode_has_a_still_and_the_poster_of_its_season() -> None:
    found = item(type="episode", thumb="/e", parentThumb="/s", grandparentThumb="/g", grandparentArt="/a")
    assert found.images == (
        Image(ImageKind.POSTER, "/s"),
        Image(ImageKind.BACKDROP, "/a"),
        Image(ImageKind.THUMB, "/e"),
    )


@pytest.mark.parametrize(
    "thumb",
    [
        "https://images.example.com/1.jpg",
        "//images.example.com/1.jpg",
        "/photo/:/transcode?url=/x&X-Plex-Token=qT8wPz5sVx1nLk7yRb3J",
        "",
        None,
        7,
        [],
    ],
)
def test_no_picture_leads_elsewhere_or_holds_a_token(thumb: Json) -> None:
    assert item(thumb=thumb).images == ()


def test_a_film_in_two_versions_of_which_one_has_two_parts_is_three_files() -> None:
    versions: Json = [
        {"id": 1, "height": 2160, "videoCodec": "hevc", "bitrate": 25000, "Part": [{"id": 11, "size": 30_000_000_000}]},
        {"id": 2, "height": "1080", "container": "avi", "Part": [{"id": 21}, {"id": "22", "container": "mkv"}, {}]},
    ]
    found = item(Media=versions).files
    assert [(file.identity, file.height, file.container) for file in found] == [
        ("11", 2160, None),
        ("21", 1080, "avi"),
        ("22", 1080, "mkv"),
    ]
    assert (found[0].bytes, found[0].video, found[0].bitrate) == (30_000_000_000, "hevc", 25000)


def test_what_only_an_item_by_itself_tells_is_left_to_the_detail() -> None:
    tags: Json = [{"tag": f"Tag {number}", "role": "Somebody"} for number in range(9)]
    found = item(Genre=tags, Role=tags, Director=tags, Writer=tags, Producer=tags)
    assert found.genres == ("Tag 0", "Tag 1")
    assert [(person.name, person.job) for person in found.people] == [
        ("Tag 0", "actor"),
        ("Tag 1", "actor"),
        ("Tag 2", "actor"),
        ("Tag 0", "director"),
        ("Tag 1", "director"),
        ("Tag 0", "writer"),
        ("Tag 1", "writer"),
    ]
    detail = parse_detail({"MediaContainer": {"Metadata": [{"Role": tags, "Producer": tags}]}})
    assert len(detail.people) == 18
    assert detail.people[8] == Person("Tag 8", "actor", "Somebody")


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("year", 1963, 1963),
        ("year", "1963", 1963),
        ("year", 0, None),
        ("year", 99999, None),
        ("originallyAvailableAt", "1963-12-21", "1963-12-21"),
        ("originallyAvailableAt", "1963-12-21 00:00:00", "1963-12-21"),
        ("originallyAvailableAt", "1963-13-41", None),
        ("originallyAvailableAt", 1963, None),
        ("addedAt", 1586886369, 1586886369.0),
        ("addedAt", "1586886369", 1586886369.0),
        ("addedAt", -62135596800, None),
        ("addedAt", 10**15, None),
        ("addedAt", 10**30, None),
        ("addedAt", float("nan"), None),
        ("updatedAt", 1e400, None),
        ("audienceRating", 8.7, 8.7),
        ("audienceRating", "8.7", 8.7),
        ("audienceRating", 87, None),
        ("audienceRating", float("nan"), None),
        ("rating", 10**400, None),
        ("rating", True, None),
        ("duration", 6908735, 6908735),
        ("duration", 0, None),
        ("duration", -5, None),
        ("titleSort", "Yard", "Yard"),
        ("summary", "", None),
        ("summary", "half a \ud83d character", "half a ? character"),
    ],
)
def test_what_makes_no_sense_is_left_out(field: str, value: Json, found: object) -> None:
    names = {
        "originallyAvailableAt": "aired",
        "addedAt": "added_at",
        "updatedAt": "updated_at",
        "audienceRating": "rating",
        "duration": "duration_ms",
        "titleSort": "sort_title",
    }
    assert getattr(item(**{field: value}), names.get(field, field)) == found


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"title": "All episodes", "key": "/library/metadata/5/allLeaves", "leafCount": 8},
        {"ratingKey": "", "type": "movie"},
        {"ratingKey": "7"},
        {"ratingKey": "7", "type": None},
        {"ratingKey": "7", "type": "clip"},
        {"ratingKey": "7", "type": "photo"},
        {"ratingKey": "7", "type": ["movie"]},
        {"ratingKey": "7", "type": "playlist", "playlistType": "photo"},
    ],
)
def test_what_reel_does_not_list_is_none(entry: Entry) -> None:
    assert parse_item(entry, "1") is None


def test_the_films_of_a_library_of_home_videos_are_videos() -> None:
    found = parse_item({"ratingKey": "7", "type": "movie", "thumb": "/t"}, "4", HOME_VIDEOS)
    assert found is not None
    assert (found.kind, found.images) == (ItemKind.VIDEO, (Image(ImageKind.THUMB, "/t"),))


@pytest.mark.parametrize(
    ("section", "library"),
    [
        ({"type": "movie", "contentChangedAt": 7}, (2, "7")),
        ({"type": "movie", "hidden": 1}, (2, None)),
        ({"type": "movie", "hidden": 2}, (0, None)),
        ({"type": "movie", "hidden": True}, (2, None)),
        ({"type": "photo", "contentChangedAt": 7}, (0, "7")),
        ({"type": ["movie"]}, (0, None)),
        ({"type": "show", "updatedAt": 5, "scannedAt": 6}, (4, "5/6")),
        ({}, (0, None)),
    ],
)
def test_a_library_says_what_it_holds_and_when_it_changed(
    section: dict[str, Json], library: tuple[int, str | None]
) -> None:
    answer: Json = {"MediaContainer": {"Directory": [{"key": "1", "title": "Films", **section}]}}
    [found] = parse_libraries(answer)
    assert (len(found.kinds), found.stamp) == library


@pytest.mark.parametrize("agent", ["com.plexapp.agents.none", "tv.plex.agents.none"])
def test_films_that_nobody_looks_up_are_home_videos(agent: str) -> None:
    answer: Json = {"MediaContainer": {"Directory": [{"key": "1", "title": "Us", "type": "movie", "agent": agent}]}}
    assert parse_libraries(answer) == [Library("1", "Us", (ItemKind.VIDEO, ItemKind.COLLECTION))]


def test_markers_and_chapters_that_make_no_sense_are_left_out() -> None:
    markers: Json = [
        {"type": "intro", "startTimeOffset": 0, "endTimeOffset": 60_000},
        {"type": "credits", "startTimeOffset": 90_000, "endTimeOffset": 80_000},
        {"type": "bookmark", "startTimeOffset": 0, "endTimeOffset": 1},
        {"type": "commercial", "startTimeOffset": "5", "endTimeOffset": "9"},
        {"type": ["intro"]},
        None,
    ]
    chapters: Json = [{"startTimeOffset": 0}, {"tag": "End", "startTimeOffset": 5}, {"tag": "x"}, 7]
    detail = parse_detail({"MediaContainer": {"Metadata": [{"Marker": markers, "Chapter": chapters}]}})
    assert detail.markers == (Marker(MarkerKind.INTRO, 0, 60_000), Marker(MarkerKind.COMMERCIAL, 5, 9))
    assert detail.chapters == (Chapter("1", 0), Chapter("End", 5))


def test_streams_without_an_identity_or_a_kind_are_left_out() -> None:
    streams: Json = [
        {"id": 1, "streamType": 1, "codec": "hevc", "width": 3840, "default": True},
        {"id": "2", "streamType": "2", "languageTag": "en-GB", "channels": 6, "displayTitle": "English (5.1)"},
        {"id": 3, "streamType": 3, "languageCode": "unknown", "key": "/library/streams/3", "forced": 1},
        {"id": 4, "streamType": 4},
        {"streamType": 1},
        None,
    ]
    answer: Json = {"MediaContainer": {"Metadata": [{"Media": [{"Part": [{"id": 9, "Stream": streams}]}]}]}}
    video, audio, subtitle = parse_detail(answer).streams
    assert (video.file, video.width, video.default) == ("9", 3840, True)
    assert (audio.language, audio.channels, audio.title) == ("en", 6, "English (5.1)")
    assert (subtitle.language, subtitle.external, subtitle.forced) == (None, True, True)


def test_the_detail_of_nothing_is_missing() -> None:
    with pytest.raises(Missing):
        parse_detail({"MediaContainer": {"size": 0}})


def test_what_is_true_of_all_items_is_said_once() -> None:
    answer: Json = {
        "MediaContainer": {"librarySectionID": 3, "Metadata": [{"ratingKey": "7"}, {"librarySectionID": 4}]}
    }
    assert [entry["librarySectionID"] for entry in entries(answer)] == [3, 4]


@pytest.mark.parametrize(
    ("headers", "time"),
    [
        ({"Date": "Thu, 01 Jan 2026 00:00:00 GMT"}, 1767225600.0),
        ({"date": "Thu, 01 Jan 2026 01:00:00 +0100"}, 1767225600.0),
        ({"Date": "yesterday"}, None),
        ({"Date": ""}, None),
        ({"Date": "Thu, 01 Jan 99999 00:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_a_server_tells_its_time_in_passing(headers: dict[str, str], time: float | None) -> None:
    assert clock_of(Reply(200, headers, b"")) == time


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("imdb://tt1"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("id", "tag", "Part", "type")), inner),
    max_leaves=8,
)
FIELDS = (
    *("type", "title", "index", "parentIndex", "year", "originallyAvailableAt", "addedAt", "updatedAt", "duration"),
    *("rating", "audienceRating", "leafCount", "viewedLeafCount", "viewCount", "viewOffset", "lastViewedAt", "thumb"),
    *("art", "Image", "Media", "Genre", "Role", "Guid", "guid", "parentKey", "Marker", "Chapter"),
)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON), st.sampled_from(list(ItemKind)))
def test_nothing_a_server_says_of_an_item_is_an_error(words: dict[str, Json], kind: ItemKind) -> None:
    found = parse_item({"type": str(kind), **words, "ratingKey": "7"}, "1")
    assert found is None or found.identity == "7"
    json.dumps(repr(found))
    parse_detail({"MediaContainer": {"Metadata": [words]}})
