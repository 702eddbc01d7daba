"""What does a look at one item tell, and is what users do told to the server?"""

import pytest

from custom_components.reel.backends.errors import Missing
from custom_components.reel.backends.item import Chapter, Marker, MarkerKind, Person, StreamKind
from custom_components.reel.backends.jellyfin.library import JellyfinLibrary
from custom_components.reel.backends.jellyfin.parse_detail import parse_detail, parse_markers
from custom_components.reel.backends.jellyfin.wire import Wire
from custom_components.reel.backends.transport import Json
from tests.servers.library import Kind

from .conftest import VERSIONS, Den

every_version = pytest.mark.parametrize("version", VERSIONS)
NOBODY = "0" * 31 + "1"


@every_version
async def test_a_film_shows_its_streams_and_chapters(den: Den) -> None:
    movie = den.titles(Kind.MOVIE)[0]
    detail = await den.backend.detail(den.jellyfin.id_of(movie))
    assert [(stream.kind, stream.codec, stream.identity) for stream in detail.streams] == [
        (StreamKind.VIDEO, "h264", "0"),
        (StreamKind.AUDIO, "aac", "1"),
        (StreamKind.SUBTITLE, "subrip", "2"),
    ]
    assert {stream.file for stream in detail.streams} == {den.jellyfin.id_of(movie)}
    assert detail.streams[2].external
    assert detail.streams[1].language == "eng"
    assert detail.chapters[1] == Chapter("Chapter 2", movie.seconds * 1000 // 5)
    assert detail.markers == ()


@every_version
async def test_an_episode_shows_what_may_be_skipped_where_the_server_knows(den: Den, version: str) -> None:
    episode = den.titles(Kind.EPISODE)[0]
    end = episode.seconds * 1000
    markers = (Marker(MarkerKind.INTRO, 30_000, 90_000), Marker(MarkerKind.CREDITS, end - 60_000, end))
    expected = () if version == "10.9.11" else markers
    assert (await den.backend.detail(den.jellyfin.id_of(episode))).markers == expected


async def test_the_detail_of_what_is_gone_is_missing(den: Den) -> None:
    with pytest.raises(Missing):
        await den.backend.detail(NOBODY)


def test_markers_that_make_no_sense_are_left_out() -> None:
    def segment(kind: Json, start: Json, end: Json) -> Json:
        return {"Id": "1", "ItemId": "2", "Type": kind, "StartTicks": start, "EndTicks": end}

    answer: Json = {
        "Items": [
            segment("Recap", 900_000_000, "1200000000"),
            segment("Preview", 100_000_000, 200_000_000),
            segment("Commercial", 500_000_000, 600_000_000),
            segment("Unknown", 0, 100_000_000),
            segment("Intro", 300_000_000, 300_000_000),
            segment("Intro", 300_000_000, 100_000_000),
            segment("Intro", None, 100_000_000),
            segment("Intro", -5, 100_000_000),
            segment(5, 0, 100_000_000),
            None,
        ]
    }
    assert parse_markers(answer) == (
        Marker(MarkerKind.PREVIEW, 10_000, 20_000),
        Marker(MarkerKind.COMMERCIAL, 50_000, 60_000),
        Marker(MarkerKind.RECAP, 90_000, 120_000),
    )


def test_all_who_took_part_are_told_by_what_they_did() -> None:
    people: list[Json] = [
        {"Name": "Ida", "Type": "Actor", "Role": "The Widow"},
        {"Name": "Otto", "Type": "GuestStar", "Role": ""},
        {"Name": "Vera", "Type": "Director", "Role": "Director"},
        {"Name": "Paul", "Type": "Unknown"},
        {"Name": "", "Type": "Actor"},
        {"Type": "Writer"},
    ]
    assert parse_detail({"People": people}).people == (
        Person("Ida", role="The Widow"),
        Person("Otto"),
        Person("Vera", "director"),
    )


@every_version
async def test_what_is_marked_as_watched_is_watched_there(den: Den) -> None:
    show = den.titles(Kind.SHOW)[0]
    episodes = list(den.jellyfin.state.shelf.leaves(show))
    await den.backend.mark_watched(den.jellyfin.id_of(show), watched=True)
    assert all(den.user.watching(each.number).played for each in episodes)
    await den.backend.mark_watched(den.jellyfin.id_of(episodes[0]), watched=False)
    assert [den.user.watching(each.number).played for each in episodes[:2]] == [False, True]


@every_version
async def test_a_favourite_is_one_there(den: Den) -> None:
    movie = den.titles(Kind.MOVIE)[0]
    for favorite in (True, False):
        await den.backend.set_favorite(den.jellyfin.id_of(movie), favorite=favorite)
        assert den.user.watching(movie.number).favorite is favorite


async def test_an_api_key_acts_for_its_user(den: Den, jellyfin_wire: Wire) -> None:
    kid, movie = den.jellyfin.add_user("Kid"), den.titles(Kind.MOVIE)[0]
    backend = JellyfinLibrary(jellyfin_wire, den.jellyfin.url(), den.jellyfin.make_api_key(), kid.id)
    await backend.mark_watched(den.jellyfin.id_of(movie), watched=True)
    await backend.set_favorite(den.jellyfin.id_of(movie), favorite=True)
    assert (await backend.detail(den.jellyfin.id_of(movie))).streams
    assert (kid.watching(movie.number).played, kid.watching(movie.number).favorite) == (True, True)
    assert not den.user.watching(movie.number).played


async def test_what_is_gone_cannot_be_marked(den: Den) -> None:
    with pytest.raises(Missing):
        await den.backend.mark_watched(NOBODY, watched=True)
    with pytest.raises(Missing):
        await den.backend.set_favorite(NOBODY, favorite=True)


async def test_identities_cannot_lead_elsewhere(den: Den) -> None:
    with pytest.raises(Missing):
        await den.backend.detail("../Users/Me")
