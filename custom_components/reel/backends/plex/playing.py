"""How does a Plex server play? The file as it is, or what its transcoder makes; and it wants to hear how that goes."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode
from uuid import uuid4

from ..errors import CannotPlay, Garbled, Missing, NotAllowed, Refusal, SourceError
from ..mime import media_type
from ..playing import HLS_TYPE, Delivery, PlayReport, Question, Stream, Way
from ..playlist import clean_playlist, is_playlist
from ..reading import mapping
from ..stream import FIRST_BYTE, NOTHING, address_of, head_of, without_part
from .asker import Asker
from .conversion import asks_for_a_pass, conversion, extension, parse_decision
from .versions import Version, Versions, parse_versions
from .wire import TOKEN_HEADER, Wire

_PLUGIN: Final = "com.plexapp.plugins.library"
_PARTS: Final = "/library/parts/"
_UNIVERSAL: Final = "/:/transcode/universal/"
_PICTURES: Final = "/photo/:/transcode?"
_PLAYABLE: Final = (_PARTS, "/library/streams/", f"/video{_UNIVERSAL}", f"/music{_UNIVERSAL}")
# Too much for the server's line, or for what its owner grants.
_BANDWIDTH_EXCEEDED: Final = 509
# Pictures that one can see through.
_CLEAR: Final = "/clearLogo/"


@dataclass(frozen=True, slots=True)
class PlexPlaying:
    """Plays what one server has, as one user; implements `Player`."""

    wire: Wire
    uri: str
    token: str = field(repr=False)
    local: bool = True
    """Whether the connection stays in the house: servers have other rules for what leaves it."""

    async def way(self, question: Question) -> Way:
        """Return how something is played; raises `CannotPlay`, `Missing`."""
        path = f"/library/metadata/{quote(question.identity, safe='')}"
        found = await Asker(self.wire, self.uri, self.token).read(path, {}, lambda reply: parse_versions(reply.json()))
        choice = [each for each in found.all if question.file in {None, each.file.identity}]
        if not choice:
            raise CannotPlay(Refusal.INCOMPATIBLE)
        if not question.force_transcode:
            for version in choice:
                if version.suits(question.ability, question.most_kbits, sound=found.sound):
                    return _as_it_is(version, found)
        return await self._converted(question, choice[0], sound=found.sound)

    async def _converted(self, question: Question, version: Version, *, sound: bool) -> Way:
        """Ask for a conversion; it begins when its first piece is fetched."""
        ability = question.ability
        if not (ability.sounds if sound else ability.containers):
            raise CannotPlay(Refusal.INCOMPATIBLE)
        # A song comes in one piece: what plays music takes that everywhere.
        delivery = Delivery.HLS if ability.hls and not sound else Delivery.STREAM
        session, ending = uuid4().hex, extension(delivery, sound=sound)
        query = conversion(question, version, delivery, session, sound=sound, local=self.local)
        place = f"/{'music' if sound else 'video'}{_UNIVERSAL}"
        return Way(
            delivery=delivery,
            path=f"{place}start.{ending}?{query}",
            mime_type=HLS_TYPE if delivery is Delivery.HLS else media_type(ending, sound=sound),
            file=version.file.identity,
            play_session=session,
            transcodes=True,
            bitrate=await self._decision(f"{place}decision?{query}") or question.most_kbits,
            start_ms=question.start_ms // 1000 * 1000,
        )

    async def _decision(self, path: str) -> int | None:
        try:
            return parse_decision(await self.wire.ask("GET", self.uri, path, token=self.token))
        except NotAllowed as error:
            raise CannotPlay(Refusal.NOT_ALLOWED if self.local else Refusal.REMOTE_PASS) from error

    async def stop(self, play_session: str) -> None:
        """End a conversion; nothing happens if there is none."""
        query = urlencode({"session": play_session, "X-Plex-Session-Identifier": play_session})
        with suppress(Missing):
            await self.wire.fetch("GET", self.uri, f"/video{_UNIVERSAL}stop?{query}", token=self.token)

    async def report(self, report: PlayReport) -> bool:
        """Tell how far a player got; return False if somebody ended the play at the server."""
        query: dict[str, str | int] = {
            "ratingKey": report.identity,
            "key": f"/library/metadata/{report.identity}",
            "identifier": _PLUGIN,
            "state": report.state.value,
            "time": report.position_ms,
        }
        if report.duration_ms:
            # Without it, nothing is ever watched to the end.
            query["duration"] = report.duration_ms
        if report.play_session is not None:
            query["X-Plex-Session-Identifier"] = report.play_session
        reply = await self.wire.fetch("GET", self.uri, "/:/timeline", token=self.token, query=query)
        try:
            return "terminationCode" not in mapping(mapping(reply.json()).get("MediaContainer"))
        except Garbled:
            # It heard us, and has nothing to say.
            return True

    def image_path(self, reference: str, width: int, height: int) -> str:
        """Return where a picture is that fills a frame; one that is smaller stays as it is."""
        query: dict[str, str | int] = {"url": reference, "width": width, "height": height, "minSize": 1, "upscale": 0}
        return f"{_PICTURES}{urlencode(query | ({'format': 'png'} if _CLEAR in reference else {}))}"

    def address(self, path: str) -> str | None:
        """Return where a player gets a file from the server itself; conversions have to be watched over."""
        return address_of(self.uri, path, TOKEN_HEADER, self.token) if path.startswith(_PARTS) else None

    @asynccontextmanager
    async def fetch(self, path: str, headers: Mapping[str, str], method: str = "GET") -> AsyncIterator[Stream]:
        """Return what lies at a path; leaving the context ends the request."""
        if method != "HEAD":
            async with self._stream(path, headers) as stream:
                yield stream
        elif f"{_UNIVERSAL}start." in path:
            # To ask would be to convert.
            ending = path.partition("?")[0].rpartition(".")[2]
            kind = HLS_TYPE if is_playlist(path) else media_type(ending, sound=path.startswith("/music/"))
            yield Stream(HTTPStatus.OK, {"content-type": kind}, NOTHING)
        else:
            # Asked for the head of a file, a server fails.
            part = FIRST_BYTE if path.startswith(_PARTS) else {}
            async with self._stream(path, {**without_part(headers), **part}) as stream:
                yield head_of(stream)

    @asynccontextmanager
    async def _stream(self, path: str, headers: Mapping[str, str]) -> AsyncIterator[Stream]:
        if not _may_be_fetched(path):
            raise Missing
        asked_for = {} if is_playlist(path) else headers
        async with self.wire.stream(self.uri, path, self.token, asked_for, self._explain) as stream:
            yield await clean_playlist(stream, self.token) if is_playlist(path, stream) else stream

    def _explain(self, status: int, said: str) -> SourceError | None:
        match status:
            case HTTPStatus.PAYMENT_REQUIRED:
                return CannotPlay(Refusal.REMOTE_PASS, said)
            case HTTPStatus.FORBIDDEN:
                paid = not self.local or asks_for_a_pass(said)
                return CannotPlay(Refusal.REMOTE_PASS if paid else Refusal.NOT_ALLOWED, said)
            case status if status == _BANDWIDTH_EXCEEDED:
                return CannotPlay(Refusal.TOO_MANY, said)
            case _:
                return None


def _may_be_fetched(path: str) -> bool:
    """Tell whether a path is for players: with the owner's token, all others tell and do too much."""
    if path.startswith(_PICTURES):
        # Asked to, a server fetches pictures from anywhere.
        wanted = [value for name, value in parse_qsl(path.partition("?")[2]) if name == "url"]
        return len(wanted) == 1 and wanted[0].startswith("/") and not wanted[0].startswith("//")
    return path.startswith(_PLAYABLE)


def _as_it_is(version: Version, found: Versions) -> Way:
    return Way(
        delivery=Delivery.FILE,
        path=version.path,
        mime_type=media_type(version.file.container, sound=found.sound),
        file=version.file.identity,
        play_session=uuid4().hex,
        bitrate=version.file.bitrate,
    )
