"""What is there to play a film? A source of any kind that has one, and what it knows of how far its user got."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.reel.const import DOMAIN
from custom_components.reel.diagnostics import async_get_config_entry_diagnostics
from custom_components.reel.player_browse import content_id

from .house import NO_PUSH, JellyfinHouse, PlexHouse, add_folder
from .output import Output
from .page import source_key
from .servers.faults import Fault
from .servers.library import Kind, Title
from .servers.media import sample
from .test_catalog_services import add_read_jellyfin, add_read_plex, ask

_NOTES = """<movie><title>The Long Way</title><fileinfo><streamdetails><video>
<durationinseconds>600</durationinseconds></video></streamdetails></fileinfo></movie>"""
TICKS = 10_000
"""A millisecond of Jellyfin."""


@dataclass(slots=True)
class Cinema:
    """A source, and a film that it has."""

    hass: HomeAssistant
    name: str
    """Of the source."""
    film: str
    """What the source calls the film."""
    seconds: int
    """How long it takes."""
    plex: PlexHouse | None = None
    jellyfin: JellyfinHouse | None = None
    title: Title | None = None

    @property
    def key(self) -> str:
        """The key of the source."""
        return source_key(self.hass, self.name)

    @property
    def content_id(self) -> str:
        """What Home Assistant calls the film."""
        return content_id(self.key, self.film)

    @property
    def has_server(self) -> bool:
        """Whether there is somebody who wants to know."""
        return self.title is not None

    def place(self) -> int:
        """Return how far the server knows its user to be, in milliseconds."""
        assert self.title is not None
        if self.plex is not None:
            return self.plex.server.mark(self.plex.user, self.title.number).offset
        assert self.jellyfin is not None
        return self.jellyfin.user.watching(self.title.number).position // TICKS

    def plays(self) -> int:
        """Return how often the server counts the film as played."""
        assert self.title is not None
        if self.plex is not None:
            return self.plex.server.mark(self.plex.user, self.title.number).count
        assert self.jellyfin is not None
        return self.jellyfin.user.watching(self.title.number).plays

    def is_watched(self) -> bool:
        """Tell whether the server takes the film for watched."""
        assert self.title is not None
        if self.jellyfin is not None:
            return self.jellyfin.user.watching(self.title.number).played
        return self.plays() > 0

    def watch_elsewhere(self, place_ms: int, at: float) -> None:
        """Let the user have got somewhere on another device."""
        assert self.title is not None
        if self.plex is not None:
            self.plex.server.set_mark(self.plex.user, self.title.number, offset=place_ms, last=int(at))
        if self.jellyfin is not None:
            data = self.jellyfin.user.watching(self.title.number)
            data.position, data.last_played = place_ms * TICKS, at

    def fault(self, fault: Fault) -> None:
        """Let the server misbehave."""
        house = self.plex or self.jellyfin
        assert house is not None
        house.server.fault = fault

    async def go_away(self) -> None:
        """Let the server be gone, and everybody notice."""
        if self.plex is not None:
            for door in "local", "remote", "relay":
                if self.plex.server.doors[door].is_open:
                    await self.plex.server.shut(door)
        if self.jellyfin is not None:
            await self.jellyfin.server.shut("local")
        await ask(self.hass, "test_connections")

    async def come_back(self) -> None:
        """Let the server be back, and everybody notice."""
        house = self.plex or self.jellyfin
        assert house is not None
        await house.server.open("local")
        await ask(self.hass, "test_connections")

    async def item(self) -> dict[str, Any]:
        """Return what is known of the film here."""
        return await ask(self.hass, "get_item", item=self.film, device_id=self._device())

    async def others(self) -> list[str]:
        """Return the other films of the source."""
        found = await ask(self.hass, "get_items", kinds="movie", device_id=self._device())
        return [each["item"] for each in found["items"] if each["item"] != self.film]

    async def continues(self) -> list[str]:
        """Return what there is to continue watching here."""
        found = await ask(self.hass, "get_home", device_id=self._device())
        return [each["item"] for each in found["continue_watching"]]

    async def waiting(self) -> int:
        """Return what diagnostics tell of reports that wait."""
        for entry in self.hass.config_entries.async_entries("reel"):
            if self.key in entry.subentries:
                told = await async_get_config_entry_diagnostics(self.hass, entry)
                (source,) = told["sources"]
                return int(source["catalog"]["reports_waiting"])
        raise LookupError

    def _device(self) -> str:
        for entry in self.hass.config_entries.async_entries("reel"):
            if self.key in entry.subentries:
                device = entry.runtime_data.coordinators[self.key].device_id
                assert device is not None
                return str(device)
        raise LookupError


async def plex_cinema(hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch) -> Cinema:
    """Add a Plex server that tells nothing by itself."""
    await add_read_plex(hass, plex, monkeypatch)
    plex.server.fault = NO_PUSH
    title = next(each for each in plex.server.titles.values() if each.kind is Kind.MOVIE)
    plex.server.traffic.clear()
    return Cinema(hass, "Den", plex.server.key(title.number), title.seconds, plex=plex, title=title)


async def jellyfin_cinema(hass: HomeAssistant, jellyfin: JellyfinHouse) -> Cinema:
    """Add a Jellyfin server that tells nothing by itself."""
    await add_read_jellyfin(hass, jellyfin)
    titles = jellyfin.server.state.shelf.titles.values()
    title = next(each for each in titles if each.kind is Kind.MOVIE)
    jellyfin.server.traffic.clear()
    return Cinema(hass, "Attic", jellyfin.server.id_of(title), title.seconds, jellyfin=jellyfin, title=title)


async def folder_cinema(hass: HomeAssistant, films: Path) -> Cinema:
    """Add a folder with a film that takes its time."""
    film = films / "Movies" / "The Long Way (2001)" / "The Long Way (2001).mp4"
    film.parent.mkdir()
    film.write_bytes(sample("feature").read_bytes())
    film.with_suffix(".nfo").write_text(_NOTES)
    await add_folder(hass, films)
    await ask(hass, "sync", mode="full")
    (found,) = (await ask(hass, "search", query="The Long Way"))["items"]
    return Cinema(hass, "films", found["item"], 600)


# What happens


async def settle(hass: HomeAssistant) -> None:
    """Let everything be told that is under way."""
    await hass.async_block_till_done(wait_background_tasks=True)


async def play(hass: HomeAssistant, tv: Output, media_id: str) -> None:
    """Let a player play something, as the media browser and automations do."""
    data = {"entity_id": tv.entity_id, "media_content_type": "video", "media_content_id": media_id}
    await hass.services.async_call("media_player", "play_media", data, blocking=True)
    await settle(hass)


def far(cinema: Cinema, share: float) -> int:
    """Return the second that is so far in the film."""
    return round(cinema.seconds * share)


# What it takes


async def begin(hass: HomeAssistant, path: Path, hass_storage: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Set everything up, with what is stored where nobody else finds it."""
    assert hass_storage is not None
    monkeypatch.setattr(hass.config, "cache_path", lambda *parts: str(path.joinpath("cache", *parts)))
    assert await async_setup_component(hass, "media_source", {})
    assert await async_setup_component(hass, DOMAIN, {})


async def open_cinema(
    hass: HomeAssistant, house: PlexHouse | JellyfinHouse | Path, monkeypatch: pytest.MonkeyPatch
) -> Cinema:
    """Add a source of whichever kind."""
    match house:
        case PlexHouse():
            return await plex_cinema(hass, house, monkeypatch)
        case JellyfinHouse():
            return await jellyfin_cinema(hass, house)
        case _:
            return await folder_cinema(hass, house)
