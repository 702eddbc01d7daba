"""What does a player of somebody else's integration do? It resolves what it is given, fetches that, and plays it.

It is a real entity of a made-up integration, and fetches over real HTTP. Its time is the test's: nothing moves before a
test says so. Its switches are what players differ in.

    output = await add_output(hass, hass_client_no_auth)
    await hass.services.async_call("media_player", "play_media", {"entity_id": output.entity_id, ...}, blocking=True)
    await output.advance(600)
    output.user_pauses()
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, auto
import re
from typing import Any, Final, override
from urllib.parse import urljoin

from aiohttp import ClientError
from aiohttp.test_utils import TestClient
from homeassistant.components.media_player import MediaPlayerEntity
from homeassistant.components.media_player.browse_media import async_process_play_media_url
from homeassistant.components.media_player.const import (
    MediaPlayerEntityFeature,
    MediaPlayerState,
    MediaType,
)
from homeassistant.components.media_source import async_resolve_media, is_media_source_id
from homeassistant.config_entries import ConfigEntry, ConfigFlow
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    MockPlatform,
    mock_integration,
    mock_platform,
)
from yarl import URL

DOMAIN: Final = "test"
# What a player without a list of pieces asks for first, to see what it is.
FIRST_BYTES: Final = 4096

_PARTS: Final[HassKey[dict[str, Output]]] = HassKey("test_outputs")
_BASE: Final = (
    MediaPlayerEntityFeature.PLAY_MEDIA
    | MediaPlayerEntityFeature.PLAY
    | MediaPlayerEntityFeature.PAUSE
    | MediaPlayerEntityFeature.STOP
    | MediaPlayerEntityFeature.VOLUME_SET
    | MediaPlayerEntityFeature.VOLUME_MUTE
    | MediaPlayerEntityFeature.VOLUME_STEP
    | MediaPlayerEntityFeature.TURN_ON
    | MediaPlayerEntityFeature.TURN_OFF
    | MediaPlayerEntityFeature.MEDIA_ANNOUNCE
)

type Clients = Callable[..., Awaitable[TestClient[Any, Any]]]


class Flow(ConfigFlow, domain=DOMAIN):
    """What every integration with config entries has to have."""


class ContentId(Enum):
    """What a player says it plays."""

    URL = auto()
    """The address that it fetches, as most do."""
    MEDIA_SOURCE = auto()
    """What it was told to play."""
    OWN = auto()
    """A number of its own, as those do that hand an address on to an app."""
    NONE = auto()


class Failed(Exception):
    """What should be played cannot be had."""


@dataclass(slots=True)
class Traffic:
    """What a player fetched."""

    urls: list[str] = field(default_factory=list)
    bytes: int = 0
    failures: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Media:
    """What lies at an address."""

    url: str
    size: int | None = None
    """None for what cannot be had in parts."""
    segments: list[tuple[str, float]] = field(default_factory=list)
    """Of a playlist: each with how long it takes, in seconds."""

    @property
    def length(self) -> float | None:
        """How long it takes, as far as that is told before it is played."""
        return sum(each for _, each in self.segments) or None


class Output(MediaPlayerEntity):
    """A player. All that is called `user_…` happens at the device, without Home Assistant."""

    _attr_should_poll = False
    _attr_has_entity_name = True
    _attr_name = None

    def __init__(self, name: str = "TV", *, has_device: bool = True) -> None:
        self.label = name
        self._attr_unique_id = name.lower()
        if has_device:
            self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, name)}, name=name)
        else:
            self._attr_has_entity_name = False
            self._attr_name = name
        self._attr_state = MediaPlayerState.IDLE
        self._attr_volume_level = 0.5
        self._attr_is_volume_muted = False
        self.shows_content_id = ContentId.URL
        self.has_position = True
        self.has_duration = True
        self.can_seek = True
        self.starts_by_itself = True
        """Off: what it is told to play begins with `starts`; until then it shows what it showed before."""
        self.length = 3600.0
        """How many seconds long it finds a file to be."""
        self.traffic = Traffic()
        self.commands: list[tuple[Any, ...]] = []
        """What Home Assistant told it, with what was given."""
        self.played: list[str] = []
        """What it was told to play, as it was told."""
        self.position = 0.0
        self._media: _Media | None = None
        self._told: str | None = None
        self._client: TestClient[Any, Any] | None = None

    def connect(self, client: TestClient[Any, Any]) -> None:
        """Fetch with this client."""
        self._client = client

    @property
    @override
    def supported_features(self) -> MediaPlayerEntityFeature:
        return _BASE | MediaPlayerEntityFeature.SEEK if self.can_seek else _BASE

    # What Home Assistant tells it

    @override
    async def async_play_media(self, media_type: MediaType | str, media_id: str, **kwargs: Any) -> None:
        self.commands.append(("play_media", media_id, kwargs))
        self.played.append(media_id)
        url = media_id
        if is_media_source_id(media_id):
            url = (await async_resolve_media(self.hass, media_id, self.entity_id)).url
        self._told = media_id
        self._media = _Media(async_process_play_media_url(self.hass, url))
        if self.starts_by_itself:
            await self.starts()

    async def starts(self) -> None:
        """Begin to play what it was told to."""
        assert self._media is not None
        self._jump(0)
        try:
            await self._open(self._media, self._media.url)
        except Failed as error:
            self._fail(error)
            return
        self._attr_state = MediaPlayerState.PLAYING
        self._show()

    @override
    async def async_media_play(self) -> None:
        self.commands.append(("play",))
        self.user_resumes()

    @override
    async def async_media_pause(self) -> None:
        self.commands.append(("pause",))
        self.user_pauses()

    @override
    async def async_media_stop(self) -> None:
        self.commands.append(("stop",))
        self.user_stops()

    @override
    async def async_media_seek(self, position: float) -> None:
        self.commands.append(("seek", position))
        self._jump(position)
        self.async_write_ha_state()

    @override
    async def async_set_volume_level(self, volume: float) -> None:
        self.commands.append(("volume", volume))
        self._attr_volume_level = volume
        self.async_write_ha_state()

    @override
    async def async_mute_volume(self, mute: bool) -> None:
        self.commands.append(("mute", mute))
        self._attr_is_volume_muted = mute
        self.async_write_ha_state()

    @override
    async def async_turn_on(self) -> None:
        self.commands.append(("turn_on",))
        self._rest(MediaPlayerState.IDLE)

    @override
    async def async_turn_off(self) -> None:
        self.commands.append(("turn_off",))
        self._rest(MediaPlayerState.OFF)

    # What happens at the device

    async def advance(self, seconds: float) -> None:
        """Play so many seconds, fetching what they take; goes idle at the end, and where it gets no more."""
        assert self._media is not None
        assert self._attr_state is MediaPlayerState.PLAYING
        until = min(self.position + seconds, self._length)
        try:
            await self._fetch(self._media, self.position, until)
        except Failed as error:
            self._fail(error)
            return
        self._jump(until)
        self._show()
        if until >= self._length:
            self._rest(MediaPlayerState.IDLE)

    async def finish(self) -> None:
        """Play to the end."""
        await self.advance(self._length)

    def user_pauses(self) -> None:
        """Pause at the device."""
        self._jump(self.position)
        self._attr_state = MediaPlayerState.PAUSED
        self._show()

    def user_resumes(self) -> None:
        """Go on at the device."""
        self._jump(self.position)
        self._attr_state = MediaPlayerState.PLAYING
        self._show()

    def user_stops(self) -> None:
        """Stop at the device, or switch it off."""
        self._rest(MediaPlayerState.IDLE)

    def user_plays(self, content_id: str = "spotify:track:1", title: str = "Something else") -> None:
        """Play something foreign at the device."""
        self._media, self._told = None, None
        self._jump(0)
        self._attr_state = MediaPlayerState.PLAYING
        self._attr_media_content_id, self._attr_media_title = content_id, title
        self._attr_media_duration = 200
        self.async_write_ha_state()

    def user_unplugs(self) -> None:
        """Let it be gone."""
        self._attr_available = False
        self.async_write_ha_state()

    def user_plugs_in(self) -> None:
        """Let it be there again, as it was."""
        self._attr_available = True
        self.async_write_ha_state()

    # How it plays

    @property
    def _length(self) -> float:
        return (self._media and self._media.length) or self.length

    def _jump(self, position: float) -> None:
        self.position = position
        self._attr_media_position = int(position) if self.has_position else None
        self._attr_media_position_updated_at = dt_util.utcnow() if self.has_position else None

    def _show(self) -> None:
        assert self._media is not None
        self._attr_media_content_id = {
            ContentId.URL: self._media.url,
            ContentId.MEDIA_SOURCE: self._told,
            ContentId.OWN: "4711",
            ContentId.NONE: None,
        }[self.shows_content_id]
        self._attr_media_title = None
        self._attr_media_content_type = MediaType.VIDEO
        self._attr_media_duration = int(self._length) if self.has_duration else None
        self.async_write_ha_state()

    def _rest(self, state: MediaPlayerState) -> None:
        self._media = self._told = None
        self._attr_state = state
        self._attr_media_content_id = self._attr_media_title = self._attr_media_content_type = None
        self._attr_media_duration = self._attr_media_position = self._attr_media_position_updated_at = None
        self.async_write_ha_state()

    def _fail(self, error: Failed) -> None:
        self.traffic.failures.append(str(error))
        self._rest(MediaPlayerState.IDLE)

    async def _open(self, media: _Media, url: str) -> None:
        """See what lies at an address."""
        body, headers = await self._get(url, f"bytes=0-{FIRST_BYTES - 1}")
        if "mpegurl" in headers.get("Content-Type", "").lower():
            await self._read_playlist(media, url, body.decode())
        elif "Content-Range" in headers:
            media.size = int(headers["Content-Range"].rpartition("/")[2])

    async def _read_playlist(self, media: _Media, url: str, text: str) -> None:
        lengths = [float(each) for each in re.findall(r"#EXTINF:([\d.]+)", text)]
        named = [line for line in text.splitlines() if line and not line.startswith("#")]
        if not named:
            raise Failed(f"nothing in {url}")
        if lengths:
            media.segments = [(urljoin(url, name), each) for name, each in zip(named, lengths, strict=True)]
        else:
            inner = urljoin(url, named[0])
            body, _ = await self._get(inner)
            await self._read_playlist(media, inner, body.decode())

    async def _fetch(self, media: _Media, start: float, end: float) -> None:
        """Fetch what is between two moments."""
        if media.segments:
            at, within = 0.0, []
            for url, length in media.segments:
                if start < at + length and at < end:
                    within.append(url)
                at += length
            # There are hundreds of them in a film.
            for url in dict.fromkeys((*within[:1], *within[-1:])):
                await self._get(url)
        elif media.size is not None:
            first, last = (int(media.size * at / self._length) for at in (start, end))
            await self._get(media.url, f"bytes={first}-{max(first, last - 1)}")

    async def _get(self, url: str, part: str | None = None) -> tuple[bytes, dict[str, str]]:
        assert self._client is not None
        self.traffic.urls.append(url)
        headers = {} if part is None else {"Range": part}
        # A redirect may lead to the server itself, which is what the address says to the test server, too.
        address = URL(url, encoded=True)
        try:
            async with self._client.session.get(address, headers=headers) as answer:
                body = await answer.read()
                if answer.status >= 400:
                    raise Failed(f"{answer.status}")
                self.traffic.bytes += len(body)
                return body, dict(answer.headers)
        except (ClientError, ConnectionError) as error:
            raise Failed(type(error).__name__) from error


async def add_output(
    hass: HomeAssistant,
    clients: Clients,
    name: str = "TV",
    *,
    has_device: bool = True,
    **switches: bool | float | ContentId,
) -> Output:
    """Add a player; `clients` is the fixture `hass_client_no_auth`. All that has views is to be set up before."""
    assert await async_setup_component(hass, "media_player", {})
    assert await async_setup_component(hass, "media_source", {})
    output = Output(name, has_device=has_device)
    for switch, value in switches.items():
        assert hasattr(output, switch), switch
        setattr(output, switch, value)
    client = await clients()
    output.connect(client)
    # So that what it is given leads to where Home Assistant is.
    hass.config.internal_url = str(client.make_url("")).rstrip("/")
    await _add(hass, output)
    return output


async def _add(hass: HomeAssistant, output: Output) -> None:
    entry = MockConfigEntry(domain=DOMAIN, title=output.label, unique_id=output.unique_id)
    entry.add_to_hass(hass)
    if _PARTS not in hass.data:
        hass.data[_PARTS] = {}
        mock_integration(
            hass, MockModule(DOMAIN, async_setup_entry=_set_up, async_unload_entry=_unload), built_in=False
        )
        mock_platform(hass, f"{DOMAIN}.media_player", MockPlatform(async_setup_entry=_set_up_platform), built_in=False)
        mock_platform(hass, f"{DOMAIN}.config_flow", built_in=False)
    hass.data[_PARTS][entry.entry_id] = output
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def _set_up(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    await hass.config_entries.async_forward_entry_setups(entry, ["media_player"])
    return True


async def _unload(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    return await hass.config_entries.async_unload_platforms(entry, ["media_player"])


async def _set_up_platform(hass: HomeAssistant, entry: ConfigEntry, add: AddConfigEntryEntitiesCallback) -> None:
    add([hass.data[_PARTS][entry.entry_id]])
