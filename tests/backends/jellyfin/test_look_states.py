"""Does a small sync see what was watched in other apps, for few requests?"""

import pytest

from custom_components.reel.backends.jellyfin import look_states
from custom_components.reel.backends.listing import Known, Look
from tests.servers.jellyfin import TICKS
from tests.servers.library import Kind

from .conftest import VERSIONS, Begin, Den

every_version = pytest.mark.parametrize("version", VERSIONS)


@every_version
async def test_nothing_watched_is_one_request(den: Den, begin: Begin) -> None:
    den.jellyfin.mark(den.user, den.titles(Kind.MOVIE)[0])
    watch = await begin(Look.STATES)
    for _ in range(3):
        assert ((await watch.again()).states, watch.requests) == ({}, 1)


async def test_the_first_look_tells_the_last_plays(den: Den) -> None:
    movie = den.titles(Kind.MOVIE)[0]
    den.jellyfin.mark(den.user, movie)
    changes = await den.backend.changes(Look.STATES, await den.known())
    assert changes.states.keys() == set(den.ids(movie))


@every_version
async def test_a_film_watched_elsewhere_is_seen(den: Den, begin: Begin) -> None:
    watch = await begin(Look.STATES)
    movie = den.titles(Kind.MOVIE)[3]
    den.jellyfin.mark(den.user, movie)
    changes = await watch.again()
    ((identity, state),) = changes.states.items()
    assert (identity, state.watched, state.plays) == (den.jellyfin.id_of(movie), True, 1)
    assert state.viewed_at == den.time.now - 15 * 60
    assert watch.requests == 1


@every_version
async def test_an_episode_watched_leaves_fewer_of_its_show(den: Den, begin: Begin) -> None:
    watch = await begin(Look.STATES)
    episode = den.titles(Kind.EPISODE)[0]
    den.jellyfin.mark(den.user, episode)
    changes = await watch.again()
    up = den.ids(*den.jellyfin.state.shelf.ancestors(episode))
    assert changes.states.keys() == {den.jellyfin.id_of(episode), *up}
    assert [changes.states[identity].unwatched for identity in up] == [2, 5]
    assert watch.requests == 2


async def test_the_progress_of_a_play_under_way_is_seen_though_its_date_stays(den: Den, begin: Begin) -> None:
    movie = den.titles(Kind.MOVIE)[3]
    app = den.jellyfin.open_app(den.user)
    app.play(movie)
    watch = await begin(Look.STATES)
    app.seek(1200 * TICKS)
    changes = await watch.again()
    (state,) = changes.states.values()
    assert (state.position_ms, state.viewed_at) == (1_200_000, den.user.watching(movie.number).last_played)
    app.seek(movie.seconds * TICKS)
    (state,) = (await watch.again()).states.values()
    assert (state.position_ms, state.watched) == (0, True)
    assert (await watch.again()).states == {}


async def test_a_film_begun_is_seen(den: Den, begin: Begin) -> None:
    watch = await begin(Look.STATES)
    den.jellyfin.open_app(den.user).play(den.titles(Kind.MOVIE)[3], 900 * TICKS)
    (state,) = (await watch.again()).states.values()
    assert (state.position_ms, state.watched) == (900_000, False)


async def test_what_is_marked_as_never_watched_is_seen_among_the_last(den: Den, begin: Begin) -> None:
    first, second = den.titles(Kind.MOVIE)[:2]
    for movie in (first, second):
        den.jellyfin.mark(den.user, movie)
    watch = await begin(Look.STATES)
    den.jellyfin.mark(den.user, first, watched=False)
    changes = await watch.again()
    assert {identity: state.watched for identity, state in changes.states.items()} == {den.jellyfin.id_of(first): False}
    assert watch.requests == 2
    assert (await watch.again()).states == {}


async def test_a_favourite_is_seen_among_the_last(den: Den, begin: Begin) -> None:
    movie = den.titles(Kind.MOVIE)[0]
    den.jellyfin.mark(den.user, movie)
    watch = await begin(Look.STATES)
    den.user.watching(movie.number).favorite = True
    (state,) = (await watch.again()).states.values()
    assert state.favorite


async def test_what_a_new_play_pushed_out_is_not_asked_for(
    den: Den, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_states, "RECENT", 3)
    for movie in den.titles(Kind.MOVIE)[:5]:
        den.time.now += 60
        den.jellyfin.mark(den.user, movie)
    watch = await begin(Look.STATES)
    den.jellyfin.mark(den.user, den.titles(Kind.MOVIE)[6])
    assert len((await watch.again()).states) == 1
    assert watch.requests == 1


async def test_a_whole_show_marked_at_once_is_seen(den: Den, begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look_states, "RECENT", 2)
    monkeypatch.setattr(look_states, "STRETCH", 2)
    den.jellyfin.mark(den.user, den.titles(Kind.MOVIE)[0])
    watch = await begin(Look.STATES)
    den.time.now += 60
    show = den.titles(Kind.SHOW)[0]
    episodes = list(den.jellyfin.state.shelf.leaves(show))
    for episode in episodes:
        den.jellyfin.mark(den.user, episode)
    changes = await watch.again()
    assert changes.states.keys() >= set(den.ids(show, *episodes))
    assert all(changes.states[identity].watched for identity in den.ids(show, *episodes))
    assert ((await watch.again()).states, watch.requests) == ({}, 1)


async def test_of_too_many_plays_the_libraries_are_listed_again(
    den: Den, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("RECENT", 2), ("STRETCH", 2), ("MOST", 4)):
        monkeypatch.setattr(look_states, name, value)
    watch = await begin(Look.STATES)
    for title in den.titles(Kind.MOVIE):
        den.time.now += 1
        den.jellyfin.mark(den.user, title)
    changes = await watch.again()
    assert changes.relist == {den.jellyfin.view_id("movies")}
    assert (await watch.again()).relist == frozenset()


async def test_the_plays_of_others_are_not_ours(den: Den, begin: Begin) -> None:
    watch = await begin(Look.STATES)
    den.jellyfin.mark(den.jellyfin.add_user("Bob"), den.titles(Kind.MOVIE)[0])
    assert (await watch.again()).states == {}


async def test_the_states_of_tracks_and_videos_are_told_too(den: Den, begin: Begin) -> None:
    watch = await begin(Look.STATES)
    track, video = den.titles(Kind.TRACK)[0], den.titles(Kind.VIDEO)[0]
    for title in (track, video):
        den.jellyfin.mark(den.user, title)
    assert (await watch.again()).states.keys() >= set(den.ids(track, video))


@pytest.mark.parametrize("mark", ["", "{", "[]", '{"at": "x", "seen": {}}', '{"at": 1, "seen": []}'])
async def test_a_mark_that_makes_no_sense_begins_anew(den: Den, mark: str) -> None:
    den.jellyfin.mark(den.user, den.titles(Kind.MOVIE)[0])
    known = await den.known(mark)
    changes = await den.backend.changes(Look.STATES, known)
    assert len(changes.states) == 1
    again = await den.backend.changes(Look.STATES, Known(changes.mark, known.libraries, known.counts))
    assert again.states == {}


async def test_kinds_without_plays_are_not_asked_for(den: Den, begin: Begin) -> None:
    await begin(Look.STATES)
    (seen,) = den.jellyfin.traffic.requests
    assert set(seen.query["includeItemTypes"].split(",")) == {"Movie", "Episode", "Audio", "Video", "MusicVideo"}
