"""How does a Jellyfin server play? It hears what the player can take, says in what way, and is told how it goes."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
import re
from typing import Final
from urllib.parse import quote

from ..errors import CannotPlay, Missing, NotAllowed, Refusal
from ..playing import Delivery, PlayReport, PlayState, Question, Stream, Way
from ..playlist import clean_playlist, is_playlist
from ..stream import address_of, head_of, without_part
from ..transport import Json
from .asker import TIMEOUT
from .parse_ways import parse_way
from .profile import device_profile
from .times import TICKS_A_MILLISECOND
from .wire import Wire

# What is for players; with a token, all others tell and do too much.
_PLAYABLE: Final = re.compile(
    r"/(?:(?:videos|audio)/[0-9a-f-]{32,36}/|items/[0-9a-f-]{32,36}/images/)[^?]", re.IGNORECASE
)
# What servers answer a HEAD of; for all else they have no answer.
_HEADED: Final = re.compile(
    r"/(?:(?:videos|audio)/[^/?]+/stream(?:\.\w+)?|items/[^/?]+/images/[^?]*)(?:\?|$)", re.IGNORECASE
)
# A file as it is, and no conversion.
_FILE: Final = re.compile(r"/(?:videos|audio)/[^/?]+/stream(?:\.\w+)?\?(?:[^&]*&)*static=true(?:&|$)", re.IGNORECASE)
# What every version takes in a URL.
_TOKEN: Final = "ApiKey"  # noqa: S105  # the name of a parameter
# Where a play counts as a play, as servers have it by default.
_BEGUN: Final = 0.05
_WATCHED: Final = 0.9


@dataclass(frozen=True, slots=True)
class JellyfinPlaying:
    """Plays what one server has, as one user; implements `Player`."""

    wire: Wire
    uri: str
    token: str = field(repr=False)
    user_id: str
    by_api_key: bool = False
    """Whether the token belongs to nobody, who plays nothing: then the user's data are set as such."""

    async def way(self, question: Question) -> Way:
        """Return how something is played; raises `CannotPlay`, `Missing`."""
        as_it_is = not question.force_transcode
        body: dict[str, Json] = {
            "UserId": self.user_id,
            "StartTimeTicks": question.start_ms * TICKS_A_MILLISECOND,
            "DeviceProfile": device_profile(question.ability, question.most_kbits),
            "EnableDirectPlay": as_it_is,
            "EnableDirectStream": as_it_is,
            "EnableTranscoding": True,
            "AllowVideoStreamCopy": as_it_is,
            "AllowAudioStreamCopy": as_it_is,
        }
        if question.most_kbits is not None:
            body["MaxStreamingBitrate"] = question.most_kbits * 1000
        if question.file is not None:
            body["MediaSourceId"] = question.file
        path = f"/Items/{quote(question.identity, safe='')}/PlaybackInfo"
        try:
            reply = await self.wire.ask("POST", self.uri, path, token=self.token, json=body, timeout=TIMEOUT)
        except NotAllowed as error:
            raise CannotPlay(Refusal.NOT_ALLOWED) from error
        return parse_way(reply.json(), question, self.wire.client.identifier, self.token)

    async def stop(self, play_session: str) -> None:
        """End a conversion; nothing happens if there is none."""
        query = {"deviceId": self.wire.client.identifier, "playSessionId": play_session}
        with suppress(Missing):
            await self.wire.ask("DELETE", self.uri, "/Videos/ActiveEncodings", token=self.token, query=query)

    async def report(self, report: PlayReport) -> bool:
        """Tell how far a player got; return True, since nobody is told to stop by an answer."""
        if self.by_api_key:
            await self._set(report)
            return True
        if report.begins:
            await self._tell("", _under_way(report))
        if report.state is PlayState.STOPPED:
            await self._tell("/Stopped", _place(report))
        elif not report.begins:
            await self._tell("/Progress", _under_way(report))
        return True

    async def _tell(self, what: str, told: Json) -> None:
        await self.wire.ask("POST", self.uri, f"/Sessions/Playing{what}", token=self.token, json=told)

    async def _set(self, report: PlayReport) -> None:
        """Do to the user's data what a server does of itself for a player with a user."""
        path = f"/UserItems/{quote(report.identity, safe='')}/UserData"
        query, share = {"userId": self.user_id}, report.position_ms / report.duration_ms if report.duration_ms else None
        told: dict[str, Json] = {"PlaybackPositionTicks": report.position_ms * TICKS_A_MILLISECOND}
        if share is not None and share > _WATCHED:
            told = {"PlaybackPositionTicks": 0, "Played": True}
        elif share is not None and share < _BEGUN:
            told = {"PlaybackPositionTicks": 0}
        await self.wire.ask("POST", self.uri, path, token=self.token, query=query, json=told)

    def image_path(self, reference: str, width: int, height: int) -> str:
        """Return where a picture is that fills a frame; nobody needs a token for it."""
        return f"{reference}{'&' if '?' in reference else '?'}fillWidth={width}&fillHeight={height}&quality=90"

    def address(self, path: str) -> str | None:
        """Return where a player gets a file from the server itself; conversions have to be watched over."""
        return address_of(self.uri, path, _TOKEN, self.token) if _FILE.match(path) else None

    @asynccontextmanager
    async def fetch(self, path: str, headers: Mapping[str, str], method: str = "GET") -> AsyncIterator[Stream]:
        """Return what lies at a path; leaving the context ends the request."""
        head = method == "HEAD"
        ask = "HEAD" if head and _HEADED.match(path) else "GET"
        async with self._stream(ask, path, without_part(headers) if head else headers) as stream:
            yield head_of(stream) if head else stream

    @asynccontextmanager
    async def _stream(self, method: str, path: str, headers: Mapping[str, str]) -> AsyncIterator[Stream]:
        if not _PLAYABLE.match(path):
            raise Missing
        asked_for = {} if is_playlist(path) else headers
        async with self.wire.stream(method, self.uri, path, self.token, asked_for) as stream:
            # The lists of subtitles hold the token, however they were asked for.
            yield await clean_playlist(stream, self.token) if is_playlist(path, stream) else stream


def _place(report: PlayReport) -> dict[str, Json]:
    """Return what is played and how far; without a position a server takes what stops for watched to the end."""
    told: dict[str, Json] = {
        "ItemId": report.identity,
        "PositionTicks": report.position_ms * TICKS_A_MILLISECOND,
    }
    if report.file is not None:
        told["MediaSourceId"] = report.file
    if report.play_session is not None:
        told["PlaySessionId"] = report.play_session
    return told


def _under_way(report: PlayReport) -> dict[str, Json]:
    return _place(report) | {
        "IsPaused": report.state is PlayState.PAUSED,
        "CanSeek": report.delivery is not Delivery.STREAM,
        "PlayMethod": "DirectPlay" if report.delivery is Delivery.FILE else "Transcode",
    }
