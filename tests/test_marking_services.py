"""What somebody did here shows at once, and its server hears of it exactly once, now or when it is back."""

from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from custom_components.reel.coordinator import ReelData

from .house import NO_PUSH, JellyfinHouse, PlexHouse, add_folder, add_jellyfin
from .servers.faults import Cut, Fault, Status
from .servers.library import Kind, Title
from .steps import add_quiet_plex
from .test_catalog_services import ask
from .test_init import pass_time


@pytest.fixture
async def den(hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch) -> ConfigEntry[ReelData]:
    """Add the Plex account, and read all that its server has."""
    entry = await add_quiet_plex(hass, plex, monkeypatch)
    await ask(hass, "sync", mode="full")
    plex.server.fault = NO_PUSH
    plex.server.traffic.clear()
    return entry


def film(plex: PlexHouse) -> Title:
    """Return the first film."""
    return next(title for title in plex.server.titles.values() if title.kind is Kind.MOVIE)


def plays(plex: PlexHouse, title: Title) -> int:
    """Return how often the server counts a title as watched."""
    return plex.server.mark(plex.user, title.number).count


async def item(hass: HomeAssistant, identity: str, **target: str) -> dict[str, Any]:
    """Return what is known of an item."""
    return await ask(hass, "get_item", item=identity, **target)


async def go_away(hass: HomeAssistant, plex: PlexHouse) -> None:
    """Let the server be gone, and everybody notice."""
    for door in "local", "remote", "relay":
        await plex.server.shut(door)
    await ask(hass, "test_connections")


async def come_back(hass: HomeAssistant, plex: PlexHouse) -> None:
    """Let the server be back, and everybody notice."""
    await plex.server.open("local")
    await ask(hass, "test_connections")


# Plex


@pytest.mark.usefixtures("den")
async def test_a_film_is_marked_here_and_at_its_server(hass: HomeAssistant, plex: PlexHouse) -> None:
    title = film(plex)
    key = plex.server.key(title.number)
    answer = await ask(hass, "mark_watched", item=key)
    assert (answer["items"], answer["waiting"]) == ([key], [])
    assert plays(plex, title) == 1
    assert ((known := await item(hass, key))["watched"], known["plays"]) == (True, 1)
    await ask(hass, "mark_unwatched", item=key)
    assert plays(plex, title) == 0
    assert not (await item(hass, key))["watched"]


@pytest.mark.usefixtures("den")
async def test_marking_again_what_is_watched_adds_no_play(hass: HomeAssistant, plex: PlexHouse) -> None:
    title = film(plex)
    for _ in range(3):
        await ask(hass, "mark_watched", item=plex.server.key(title.number))
    assert plays(plex, title) == 1


@pytest.mark.usefixtures("den")
async def test_a_new_mark_takes_a_single_request(hass: HomeAssistant, plex: PlexHouse) -> None:
    await ask(hass, "mark_watched", item=plex.server.key(film(plex).number))
    assert [seen.path for seen in plex.server.traffic.requests] == ["/:/scrobble"]


@pytest.mark.usefixtures("den")
async def test_a_show_is_marked_with_all_its_episodes(hass: HomeAssistant, plex: PlexHouse) -> None:
    show = next(title for title in plex.server.titles.values() if title.kind is Kind.SHOW)
    await ask(hass, "mark_watched", item=plex.server.key(show.number))
    episodes = (await ask(hass, "get_items", parent=plex.server.key(show.number), kinds="episode"))["items"]
    assert {each["watched"] for each in episodes} == {True}
    assert {plays(plex, plex.server.titles[int(each["item"])]) for each in episodes} == {1}
    assert (await item(hass, plex.server.key(show.number)))["unwatched"] == 0


@pytest.mark.usefixtures("den")
async def test_several_items_are_marked_at_once(hass: HomeAssistant, plex: PlexHouse) -> None:
    films = [title for title in plex.server.titles.values() if title.kind is Kind.MOVIE][:3]
    await ask(hass, "mark_watched", item=[plex.server.key(each.number) for each in films])
    assert [plays(plex, each) for each in films] == [1, 1, 1]


@pytest.mark.usefixtures("den")
async def test_what_is_done_while_the_server_is_away_is_told_once_it_is_back(
    hass: HomeAssistant, plex: PlexHouse
) -> None:
    title = film(plex)
    key = plex.server.key(title.number)
    await go_away(hass, plex)
    assert (await ask(hass, "mark_watched", item=key))["waiting"] == [key]
    assert (await item(hass, key))["watched"]
    await come_back(hass, plex)
    assert plays(plex, title) == 1
    await ask(hass, "sync")
    assert (await item(hass, key))["watched"]


async def test_what_waits_outlives_a_restart(hass: HomeAssistant, plex: PlexHouse, den: ConfigEntry[ReelData]) -> None:
    title = film(plex)
    await go_away(hass, plex)
    await ask(hass, "mark_watched", item=plex.server.key(title.number))
    await hass.config_entries.async_unload(den.entry_id)
    await plex.server.open("local")
    await hass.config_entries.async_setup(den.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await ask(hass, "test_connections")
    assert plays(plex, title) == 1


@pytest.mark.usefixtures("den")
async def test_of_what_waits_the_newest_counts(hass: HomeAssistant, plex: PlexHouse) -> None:
    title = film(plex)
    await go_away(hass, plex)
    for action in "mark_watched", "mark_unwatched", "mark_watched", "mark_unwatched":
        await ask(hass, action, item=plex.server.key(title.number))
    plex.server.traffic.clear()
    await come_back(hass, plex)
    assert len(plex.server.traffic.to("/:/unscrobble")) == 1
    assert plex.server.traffic.to("/:/scrobble") == []


@pytest.mark.usefixtures("den")
async def test_what_was_watched_elsewhere_meanwhile_is_not_counted_twice(hass: HomeAssistant, plex: PlexHouse) -> None:
    title = film(plex)
    await go_away(hass, plex)
    await ask(hass, "mark_watched", item=plex.server.key(title.number))
    plex.server.set_mark(plex.user, title.number, count=1)
    await come_back(hass, plex)
    assert plays(plex, title) == 1


@pytest.mark.usefixtures("den")
async def test_what_was_taken_back_and_done_again_is_not_counted_twice(hass: HomeAssistant, plex: PlexHouse) -> None:
    title = film(plex)
    await ask(hass, "mark_watched", item=plex.server.key(title.number))
    plex.server.fault = Fault(Status(503), paths="/:/unscrobble")
    await ask(hass, "mark_unwatched", item=plex.server.key(title.number))
    plex.server.fault = NO_PUSH
    await ask(hass, "mark_watched", item=plex.server.key(title.number))
    assert plays(plex, title) == 1


@pytest.mark.usefixtures("den")
async def test_an_answer_that_is_lost_on_the_way_adds_no_second_play(hass: HomeAssistant, plex: PlexHouse) -> None:
    title = film(plex)
    plex.server.doors["local"].fault = Fault(Cut(), paths="/:/scrobble", times=1)
    answer = await ask(hass, "mark_watched", item=plex.server.key(title.number))
    assert answer["waiting"] == []
    assert plays(plex, title) == 1


@pytest.mark.usefixtures("den")
@pytest.mark.parametrize("code", [500, 503])
async def test_a_server_that_cannot_take_it_now_is_told_with_the_next_sync(
    hass: HomeAssistant, plex: PlexHouse, freezer: FrozenDateTimeFactory, code: int
) -> None:
    title = film(plex)
    key = plex.server.key(title.number)
    plex.server.fault = Fault(Status(code), paths="/:/scrobble")
    assert (await ask(hass, "mark_watched", item=key))["waiting"] == [key]
    await ask(hass, "sync", mode="full")
    assert (await item(hass, key))["watched"]
    plex.server.fault = NO_PUSH
    await pass_time(hass, freezer, 601)
    await ask(hass, "sync")
    assert plays(plex, title) == 1
    assert (await item(hass, key))["watched"]


@pytest.mark.usefixtures("den")
async def test_a_server_that_does_not_understand_is_not_told_for_ever_and_its_word_counts(
    hass: HomeAssistant, plex: PlexHouse
) -> None:
    key = plex.server.key(film(plex).number)
    plex.server.fault = Fault(Status(418), paths="/:/scrobble")
    assert (await ask(hass, "mark_watched", item=key))["waiting"] == [key]
    for _ in range(12):
        await ask(hass, "sync")
    assert len(plex.server.traffic.to("/:/scrobble")) == 10
    assert not (await item(hass, key))["watched"]


@pytest.mark.usefixtures("den")
async def test_an_item_that_its_server_lost_is_told_as_gone(hass: HomeAssistant, plex: PlexHouse) -> None:
    title = film(plex)
    key = plex.server.key(title.number)
    plex.server.remove(title.number)
    with pytest.raises(HomeAssistantError, match="no such item any more"):
        await ask(hass, "mark_watched", item=key)


@pytest.mark.usefixtures("den")
async def test_a_server_without_favorites_says_so_and_its_word_counts(hass: HomeAssistant, plex: PlexHouse) -> None:
    key = plex.server.key(film(plex).number)
    with pytest.raises(HomeAssistantError, match="Den does not allow this"):
        await ask(hass, "set_favorite", item=key)
    assert not (await item(hass, key))["favorite"]


# Jellyfin and folders


@pytest.fixture
async def attic(hass: HomeAssistant, jellyfin: JellyfinHouse) -> ConfigEntry[ReelData]:
    """Add the Jellyfin account, and read all that its server has."""
    jellyfin.server.fault = NO_PUSH
    entry = await add_jellyfin(hass, jellyfin)
    await ask(hass, "sync", mode="full")
    return entry


@pytest.mark.usefixtures("attic")
async def test_jellyfin_hears_of_what_was_watched_and_of_favorites(hass: HomeAssistant) -> None:
    (first, second, *_) = (await ask(hass, "get_items", kinds="movie"))["items"]
    await ask(hass, "mark_watched", item=first["item"])
    await ask(hass, "set_favorite", item=[first["item"], second["item"]])
    await ask(hass, "set_favorite", item=second["item"], favorite=False)
    await ask(hass, "sync", mode="full")
    known = [await item(hass, each["item"]) for each in (first, second)]
    assert [(each["watched"], each["favorite"]) for each in known] == [(True, True), (False, False)]


async def test_a_folder_keeps_it_to_itself(hass: HomeAssistant, films: Path) -> None:
    await add_folder(hass, films)
    await ask(hass, "sync", mode="full")
    (first, *_) = (await ask(hass, "get_items", kinds="movie"))["items"]
    answer = await ask(hass, "mark_watched", item=first["item"])
    await ask(hass, "set_favorite", item=first["item"])
    assert answer["waiting"] == []
    await ask(hass, "sync", mode="full")
    known = await item(hass, first["item"])
    assert (known["watched"], known["favorite"]) == (True, True)


# Mistakes


@pytest.mark.usefixtures("den")
async def test_a_playlist_cannot_be_watched(hass: HomeAssistant, plex: PlexHouse) -> None:
    plex.server.add_playlist("Rainy Sunday", [film(plex).number])
    await ask(hass, "sync", mode="full")
    (playlist,) = (await ask(hass, "get_items", kinds="playlist"))["items"]
    with pytest.raises(ServiceValidationError, match="cannot be marked"):
        await ask(hass, "mark_watched", item=playlist["item"])


@pytest.mark.usefixtures("den")
@pytest.mark.parametrize("action", ["mark_watched", "mark_unwatched", "set_favorite"])
async def test_an_item_that_nobody_knows_is_refused_before_anything_is_done(
    hass: HomeAssistant, plex: PlexHouse, action: str
) -> None:
    title = film(plex)
    plex.server.traffic.clear()
    with pytest.raises(ServiceValidationError, match="Den has no item 999999"):
        await ask(hass, action, item=[plex.server.key(title.number), "999999"])
    assert plex.server.traffic.requests == []


@pytest.mark.usefixtures("den")
@pytest.mark.parametrize("action", ["mark_watched", "mark_unwatched", "set_favorite"])
async def test_marking_needs_one_source(hass: HomeAssistant, plex: PlexHouse, films: Path, action: str) -> None:
    await add_folder(hass, films)
    with pytest.raises(ServiceValidationError, match="Choose one source"):
        await ask(hass, action, item=plex.server.key(film(plex).number))
