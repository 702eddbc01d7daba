"""In what way does a Jellyfin server want something to be played? From its answer about one item and one player."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode

from ..errors import CannotPlay, Garbled, Refusal
from ..mime import media_type
from ..playing import HLS_TYPE, Delivery, Question, Way
from ..playlist import without_token
from ..reading import flag, mapping, number, objects, required, text
from ..transport import Json

_REASONS: Final = {
    "NotAllowed": Refusal.NOT_ALLOWED,
    "NoCompatibleStream": Refusal.INCOMPATIBLE,
    "RateLimitExceeded": Refusal.TOO_MANY,
}


def parse_way(answer: Json, question: Question, device: str, token: str) -> Way:
    """Return the way that asks least of the server; raises `CannotPlay` with the server's reason."""
    info = mapping(answer)
    if (code := text(info.get("ErrorCode"))) is not None:
        raise CannotPlay(_REASONS.get(code, Refusal.FAILED))
    session = required(info.get("PlaySessionId"))
    sources = [
        each
        for each in objects(info.get("MediaSources"))
        if question.file is None or text(each.get("Id")) == question.file
    ]
    for source in () if question.force_transcode else sources:
        if flag(source.get("SupportsDirectPlay")):
            return _as_it_is(source, question, session, device)
    for source in sources:
        if (path := text(source.get("TranscodingUrl"))) is not None:
            return _converted(source, without_token(path, token), question, session)
    raise CannotPlay(Refusal.INCOMPATIBLE)


def _as_it_is(source: Mapping[str, Json], question: Question, session: str, device: str) -> Way:
    file, container = required(source.get("Id")), text(source.get("Container")) or ""
    sound = _is_sound(source)
    query = {"static": "true", "mediaSourceId": file, "deviceId": device, "playSessionId": session}
    if tag := text(source.get("ETag")):
        query["tag"] = tag
    ending = f".{container}" if container.isalnum() else ""
    kind = "Audio" if sound else "Videos"
    bitrate = number(source.get("Bitrate"))
    return Way(
        delivery=Delivery.FILE,
        path=f"/{kind}/{quote(question.identity, safe='')}/stream{ending}?{urlencode(query)}",
        mime_type=media_type(container, sound=sound),
        file=file,
        play_session=session,
        bitrate=bitrate // 1000 if bitrate is not None else None,
    )


def _converted(source: Mapping[str, Json], path: str, question: Question, session: str) -> Way:
    if not path.startswith("/"):
        raise Garbled
    container = text(source.get("TranscodingContainer"))
    # A playlist is always one of the whole film.
    hls = text(source.get("TranscodingSubProtocol")) == "hls"
    if hls and question.ability.vtt and "subtitlemethod=" not in path.lower():
        # It names subtitles only if one is chosen, or if it is said how they would be sent.
        path += f"{'&' if '?' in path else '?'}SubtitleMethod=Hls"
    return Way(
        delivery=Delivery.HLS if hls else Delivery.STREAM,
        path=path,
        mime_type=HLS_TYPE if hls else media_type(container, sound=_is_sound(source)),
        file=text(source.get("Id")),
        play_session=session,
        transcodes=True,
        bitrate=question.most_kbits,
        start_ms=0 if hls else question.start_ms,
    )


def _is_sound(source: Mapping[str, Json]) -> bool:
    return all(stream.get("Type") != "Video" for stream in objects(source.get("MediaStreams")))
