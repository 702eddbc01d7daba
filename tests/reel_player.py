"""How do tests of Reel players add one, through the real flow, and how do they look at it?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homeassistant.components.media_player.const import MediaPlayerState
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.reel.player_browse import content_id
from custom_components.reel.reel_player import ReelPlayer

from .house import NO_PUSH, JellyfinHouse, PlexHouse, add_folder, add_plex, fill_in, start
from .output import Output
from .page import source_key
from .servers.media import sample
from .test_catalog_services import add_read_jellyfin, ask

# Long enough to be left in the middle.
LONG = 590


@dataclass(slots=True)
class Room:
    """A Reel player with its output."""

    hass: HomeAssistant
    entry: ConfigEntry[ReelPlayer]
    output: Output

    @property
    def entity_id(self) -> str:
        """The entity of the Reel player."""
        (found,) = er.async_entries_for_config_entry(er.async_get(self.hass), self.entry.entry_id)
        return found.entity_id

    @property
    def state(self) -> State:
        """What it shows."""
        state = self.hass.states.get(self.entity_id)
        assert state is not None
        return state

    @property
    def title(self) -> str | None:
        """What it shows to be played."""
        title: str | None = self.state.attributes.get("media_title")
        return title

    @property
    def queue(self) -> tuple[int, int]:
        """The place in the queue, and how long that is."""
        attributes = self.state.attributes
        return attributes["queue_position"], attributes["queue_size"]

    async def call(self, action: str, **data: Any) -> None:  # noqa: ANN401  # whatever the action takes
        """Call an action of media players, and let everything settle."""
        await self.hass.services.async_call(
            "media_player", action, {"entity_id": self.entity_id, **data}, blocking=True
        )
        await self.settle()

    async def ask(self, action: str, **data: Any) -> dict[str, Any]:  # noqa: ANN401  # whatever the action takes
        """Call an action of ours that answers."""
        answer = await self.hass.services.async_call(
            "reel", action, {"entity_id": self.entity_id, **data}, blocking=True, return_response=True
        )
        await self.settle()
        assert isinstance(answer, dict)
        told = answer[self.entity_id]
        assert isinstance(told, dict)
        return told

    async def play(self, place: str, **more: Any) -> None:  # noqa: ANN401  # whatever the action takes
        """Play a place of the media browser."""
        await self.call("play_media", media_content_id=place, media_content_type="video/mp4", **more)

    async def settle(self) -> None:
        """Let everything happen that is under way."""
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def finish(self) -> None:
        """Let what is played come to its end, and what follows begin."""
        await self.output.finish()
        await self.settle()

    async def advance(self, seconds: float) -> None:
        """Let some of it be played."""
        await self.output.advance(seconds)
        await self.settle()

    def follows(self) -> bool:
        """Tell whether it takes what its output does for its own."""
        return self.entry.runtime_data.is_following

    @property
    def is_playing(self) -> bool:
        """Whether it shows that it plays."""
        return self.state.state == MediaPlayerState.PLAYING


async def add_room(hass: HomeAssistant, output: Output, name: str = "Living room", **options: bool) -> Room:
    """Add a Reel player through the flow."""
    result = await fill_in(hass, await start(hass, "player"), {"name": name, "output": output.entity_id})
    entry = result["result"]
    if options:
        form = await hass.config_entries.options.async_init(entry.entry_id)
        await hass.config_entries.options.async_configure(form["flow_id"], options)
        await hass.async_block_till_done(wait_background_tasks=True)
    return Room(hass, entry, output)


@dataclass(frozen=True, slots=True)
class Thing:
    """An item, as actions tell it."""

    place: str
    """What it is called in the media browser."""
    item: str
    title: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a source has."""

    hass: HomeAssistant
    source: str

    async def items(self, **asked: Any) -> list[Thing]:  # noqa: ANN401  # whatever the action takes
        """Return items."""
        entity = f"sensor.{self.source.lower()}_status"
        answer = await self.hass.services.async_call(
            "reel", "get_items", {"entity_id": entity, **asked}, blocking=True, return_response=True
        )
        assert isinstance(answer, dict)
        items: list[dict[str, Any]] = answer["items"]  # type: ignore[assignment]  # as it is told
        return [self.thing(each) for each in items]

    def thing(self, told: dict[str, Any]) -> Thing:
        """Return an item that was told."""
        key = source_key(self.hass, self.source)
        return Thing(content_id(key, told["item"]), told["item"], told["title"], told.get("duration", 0.0))

    async def film(self) -> Thing:
        """Return a long film that nobody has watched."""
        return next(each for each in await self.items(kinds="movie", unwatched=True) if each.seconds > LONG)

    async def show(self) -> tuple[Thing, list[Thing]]:
        """Return a show that nobody watched, with its episodes but for specials."""
        for show in await self.items(kinds="show"):
            seasons = await self.items(parent=show.item, kinds="season")
            episodes = [
                each
                for season in seasons
                if season.title != "Specials"
                for each in await self.items(parent=season.item, kinds="episode")
            ]
            if len(episodes) > 2:  # enough to play on
                return show, episodes
        raise LookupError

    async def album(self) -> tuple[Thing, list[Thing]]:
        """Return an album with some songs."""
        for album in await self.items(kinds="album"):
            songs = await self.items(parent=album.item, kinds="track")
            if len(songs) > 2:  # enough to play on
                return album, songs
        raise LookupError


async def add_den(hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Add a Plex server, and return what it has."""
    plex.server.fault = NO_PUSH
    await add_plex(hass, plex, monkeypatch)
    await ask(hass, "sync", mode="full")
    return Shelf(hass, "Den")


async def add_attic(hass: HomeAssistant, jellyfin: JellyfinHouse) -> Shelf:
    """Add a Jellyfin server, and return what it has."""
    await add_read_jellyfin(hass, jellyfin)
    return Shelf(hass, "Attic")


async def add_films(hass: HomeAssistant, films: Path) -> Shelf:
    """Add a folder with a long film in it, and return what it has."""
    long = films / "Movies" / "Long Way (2001)" / "Long Way (2001).mp4"
    long.parent.mkdir()
    long.write_bytes(sample("feature").read_bytes())
    await add_folder(hass, films)
    await ask(hass, "sync", mode="full")
    return Shelf(hass, "films")
