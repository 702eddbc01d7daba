"""Answers tell what is known of an item in plain JSON, and nothing that opens a door."""

import json
from typing import Any

import pytest

from custom_components.reel.backends.item import (
    Chapter,
    Detail,
    ExternalId,
    File,
    Image,
    ImageKind,
    Item,
    ItemKind,
    Marker,
    MarkerKind,
    Person,
    Provider,
    Stream,
    StreamKind,
    UserState,
)
from custom_components.reel.catalog.entry import Entry
from custom_components.reel.connection.model import Quality, Status
from custom_components.reel.item_answer import Place, brief, full, resolution

DEN = Place("Den", "5f0c", Status.CONNECTED, Quality.LOCAL, {"1": "Films"})
CABIN = Place("Cabin", "7a1b", Status.OFFLINE, None, {"1": "Films"})

FILE = File(
    identity="/srv/films/Ölands (1987)/Ölands.mkv",
    container="mkv",
    bytes=4_000_000_000,
    bitrate=8_000,
    width=1920,
    height=800,
    video="hevc",
    audio="aac",
    channels=6,
    duration_ms=5_400_400,
)
FILM = Item(
    identity="4711",
    kind=ItemKind.MOVIE,
    library="1",
    title="Ölands",
    original_title="Öland",
    year=1987,
    aired="1987-11-20",
    added_at=1_795_000_000.5,
    duration_ms=5_400_400,
    rating=7.5,
    content_rating="PG",
    studio="Nordic",
    summary="An island.",
    tagline="It is windy.",
    genres=("Drama", "Nature"),
    people=(Person("Ada Lund", role="Keeper"),),
    ids=(ExternalId(Provider.IMDB, "tt0000001"), ExternalId(Provider.TMDB, "17")),
    images=(Image(ImageKind.POSTER, "/library/metadata/4711/thumb/1"),),
    files=(FILE,),
)


def entry(item: Item, state: UserState | None = None, copies: int = 1) -> Entry:
    """Return a line of a list."""
    return Entry("den", item, state or UserState(), copies)


def plain(answer: object) -> dict[str, Any]:
    """Return what arrives where an answer is sent to."""
    sent: dict[str, Any] = json.loads(json.dumps(answer))
    return sent


def test_a_film_is_told_with_all_that_lists_know() -> None:
    state = UserState(plays=2, position_ms=61_400, viewed_at=1_795_000_100.0, favorite=True)
    assert plain(brief(entry(FILM, state, 2), DEN)) == {
        "item": "4711",
        "source": "Den",
        "device_id": "5f0c",
        "library": "Films",
        "kind": "movie",
        "title": "Ölands",
        "original_title": "Öland",
        "year": 1987,
        "aired": "1987-11-20",
        "duration": 5400,
        "position": 61,
        "watched": False,
        "plays": 2,
        "favorite": True,
        "last_viewed": "2026-11-18T11:08:20+00:00",
        "added": "2026-11-18T11:06:40+00:00",
        "rating": 7.5,
        "content_rating": "PG",
        "studio": "Nordic",
        "genres": ["Drama", "Nature"],
        "summary": "An island.",
        "ids": {"imdb": "tt0000001", "tmdb": "17"},
        "resolution": "1080p",
        "copies": 2,
    }


def test_what_is_not_known_is_left_out() -> None:
    bare = Item(identity="1", kind=ItemKind.SHOW, library="9", title="Northern Lights")
    assert plain(brief(entry(bare), DEN)) == {
        "item": "1",
        "source": "Den",
        "device_id": "5f0c",
        "kind": "show",
        "title": "Northern Lights",
        "watched": False,
        "plays": 0,
        "favorite": False,
        "copies": 1,
    }


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (
            Item(
                identity="3",
                kind=ItemKind.EPISODE,
                library="1",
                title="Pilot",
                parent="2",
                grandparent="1",
                parent_title="Season 1",
                grandparent_title="Northern Lights",
                parent_number=1,
                number=1,
                last_number=2,
            ),
            {
                "show": "Northern Lights",
                "season": 1,
                "season_title": "Season 1",
                "episode": 1,
                "last_episode": 2,
                "parent": "2",
                "grandparent": "1",
            },
        ),
        (
            Item(
                identity="2",
                kind=ItemKind.SEASON,
                library="1",
                title="Specials",
                parent="1",
                parent_title="Northern Lights",
                number=0,
            ),
            {"show": "Northern Lights", "season": 0, "parent": "1"},
        ),
        (
            Item(
                identity="6",
                kind=ItemKind.TRACK,
                library="1",
                title="Ice",
                parent="5",
                grandparent="4",
                parent_title="Winter",
                grandparent_title="Ada",
                parent_number=2,
                number=7,
            ),
            {"artist": "Ada", "album": "Winter", "disc": 2, "track": 7, "parent": "5", "grandparent": "4"},
        ),
        (
            Item(identity="5", kind=ItemKind.ALBUM, library="1", title="Winter", parent="4", parent_title="Ada"),
            {"artist": "Ada", "parent": "4"},
        ),
    ],
    ids=lambda value: value.kind if isinstance(value, Item) else "",
)
def test_what_an_item_belongs_to_is_told_in_the_words_of_its_kind(item: Item, told: dict[str, Any]) -> None:
    everywhere = {"item", "source", "device_id", "library", "kind", "title", "position", "watched", "plays"}
    answer = plain(brief(entry(item), DEN))
    assert {key: value for key, value in answer.items() if key not in {*everywhere, "favorite", "copies"}} == told


@pytest.mark.parametrize("at", [1e20, -1e20, float("nan"), float("inf")])
def test_a_time_that_is_none_is_left_out(at: float) -> None:
    odd = Item(identity="1", kind=ItemKind.MOVIE, library="1", title="Ölands", added_at=at)
    assert "added" not in brief(entry(odd), DEN)


def test_the_full_form_has_people_files_and_copies() -> None:
    audio = Stream(identity="1", kind=StreamKind.AUDIO, file=FILE.identity, codec="aac", language="swe", channels=6)
    other = Stream(identity="2", kind=StreamKind.VIDEO, file="another")
    detail = Detail(
        streams=(audio, other),
        markers=(Marker(MarkerKind.INTRO, 1_500, 30_000),),
        chapters=(Chapter("Arrival", 0),),
        people=(Person("Ada Lund", role="Keeper"), Person("Bo Ek", job="director")),
    )
    answer = plain(
        full(entry(FILM, copies=2), DEN, detail, [(entry(FILM), DEN), (Entry("cabin", FILM, UserState(), 2), CABIN)])
    )
    assert answer["tagline"] == "It is windy."
    assert answer["people"] == [
        {"name": "Ada Lund", "job": "actor", "role": "Keeper"},
        {"name": "Bo Ek", "job": "director"},
    ]
    assert answer["markers"] == [{"kind": "intro", "start": 1.5, "end": 30.0}]
    assert answer["chapters"] == [{"title": "Arrival", "start": 0.0}]
    (file,) = answer["files"]
    assert file == {
        "container": "mkv",
        "size": 4_000_000_000,
        "bitrate": 8_000,
        "width": 1920,
        "height": 800,
        "resolution": "1080p",
        "video": "hevc",
        "audio": "aac",
        "channels": 6,
        "duration": 5400,
        "streams": [
            {
                "kind": "audio",
                "codec": "aac",
                "language": "swe",
                "channels": 6,
                "default": False,
                "forced": False,
                "external": False,
            }
        ],
    }
    assert answer["all_copies"] == [
        {
            "item": "4711",
            "source": "Den",
            "device_id": "5f0c",
            "library": "Films",
            "status": "connected",
            "quality": "local",
            "resolution": "1080p",
            "bitrate": 8_000,
            "size": 4_000_000_000,
        },
        {
            "item": "4711",
            "source": "Cabin",
            "device_id": "7a1b",
            "library": "Films",
            "status": "offline",
            "resolution": "1080p",
            "bitrate": 8_000,
            "size": 4_000_000_000,
        },
    ]


def test_people_of_lists_stand_in_for_those_of_a_detail_that_is_not_there() -> None:
    assert plain(full(entry(FILM), DEN, None))["people"] == [{"name": "Ada Lund", "job": "actor", "role": "Keeper"}]


def test_no_path_and_no_image_is_told() -> None:
    text = json.dumps(full(entry(FILM), DEN, None, [(entry(FILM), DEN)]), ensure_ascii=False)
    assert "/" not in text


@pytest.mark.parametrize(
    ("width", "height", "name"),
    [
        (7680, 4320, "8k"),
        (3840, 2160, "4k"),
        (3840, 1600, "4k"),
        (2560, 1440, "1440p"),
        (1920, 1080, "1080p"),
        (1920, 800, "1080p"),
        (1440, 1080, "1080p"),
        (1280, 720, "720p"),
        (1280, 536, "720p"),
        (720, 576, "576p"),
        (720, 480, "480p"),
        (480, 360, "sd"),
        (None, 1080, "1080p"),
        (None, None, None),
    ],
)
def test_a_picture_has_the_name_people_know(width: int | None, height: int | None, name: str | None) -> None:
    assert resolution(File(identity="1", width=width, height=height)) == name
