"""How can this be played? The file itself if the player can take it, else what the transcoder makes of it."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from tests.servers.library import Kind, Title

from .call import Call, answer
from .fields import Fields
from .files import bitrate, file_of, media_sources, media_streams
from .routing import Routes
from .shelf import MEDIA_TYPE_OF
from .version import Version
from .wire import TICKS, Json, Object, dashed, guid

routes = Routes()

# What a profile says of a file.
HELD: Final = ("Container", "VideoCodec", "AudioCodec")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is allowed for a file, on this player and for this user."""

    direct_play: bool
    direct_stream: bool
    transcode: bool


@routes.add("GET POST", "/Items/{itemId}/PlaybackInfo")
async def get_playback_info(call: Call) -> web.Response:
    title, user = call.title(), call.user()
    if title.kind not in MEDIA_TYPE_OF or not title.path:
        raise web.HTTPNotFound
    if not user.may_play:
        return answer({"MediaSources": [], "ErrorCode": "NotAllowed"})
    item_id = call.state.shelf.id_of(title)
    if call.state.behaviour.full:
        return answer({"MediaSources": [], "ErrorCode": "RateLimitExceeded"})
    wanted = call.body.text("MediaSourceId") or item_id
    if wanted != item_id:
        return answer({"MediaSources": [], "ErrorCode": "NoCompatibleStream"})
    call.state.plays += 1
    play_session = guid("play", call.state.server_id, call.state.plays)
    source = media_sources(title, item_id, call.state.version)[0]
    verdict = judge(call, title)
    source |= {
        "SupportsDirectPlay": verdict.direct_play,
        "SupportsDirectStream": verdict.direct_stream,
        "SupportsTranscoding": verdict.transcode,
    }
    if verdict.transcode and not verdict.direct_play and not verdict.direct_stream:
        source |= transcoding(call, title, play_session)
    playable = verdict.direct_play or verdict.direct_stream or verdict.transcode
    response: Object = {"MediaSources": [source], "PlaySessionId": play_session}
    return answer(response if playable else {"MediaSources": [], "ErrorCode": "NoCompatibleStream"})


@routes.add("GET", "/MediaSegments/{itemId}", since=(10, 10))
async def get_media_segments(call: Call) -> web.Response:
    """Return intro and credits; only episodes were analysed."""
    title = call.title()
    item_id = call.state.shelf.id_of(title)
    kinds = call.query.folded("includeSegmentTypes")
    spans = [("Intro", 30, 90), ("Outro", title.seconds - 60, title.seconds)] if title.kind is Kind.EPISODE else []
    segments: list[Json] = [
        {
            "Id": guid("segment", item_id, kind),
            "ItemId": item_id,
            "Type": kind,
            "StartTicks": start * TICKS,
            "EndTicks": end * TICKS,
        }
        for kind, start, end in spans
        if not kinds or kind.lower() in kinds
    ]
    return answer({"Items": segments, "TotalRecordCount": len(segments), "StartIndex": 0})


def judge(call: Call, title: Title) -> Verdict:
    """Decide what is possible: switches of the request, the player's profile, its bit rate, the user's policy."""
    said, user = call.body, call.user()
    profile = said.inner("DeviceProfile")
    limits = [said.number("MaxStreamingBitrate"), profile.number("MaxStreamingBitrate")]
    fits = all(limit is None or bitrate(title) <= limit for limit in limits)
    takes = fits and _takes(profile, title, call.state.version)
    transcodes = user.may_transcode and _target(profile, title) is not None
    return Verdict(
        direct_play=takes and said.flag("EnableDirectPlay") is not False,
        direct_stream=takes and said.flag("EnableDirectStream") is not False,
        transcode=transcodes and said.flag("EnableTranscoding") is not False,
    )


def _takes(profile: Fields, title: Title, version: Version) -> bool:
    """Tell whether a profile takes the file as it is; without a profile everything is taken."""
    if profile.value("DirectPlayProfiles") is None:
        return True
    held = {"Container": file_of(title).suffix[1:]}
    for stream in reversed(media_streams(title, version)):
        assert isinstance(stream, dict)
        held[f"{stream['Type']}Codec"] = str(stream["Codec"])
    return any(
        each.text("Type") == _type(title)
        and all(not each.text(what) or held.get(what, "") in each.folded(what) for what in HELD)
        for each in profile.inners("DirectPlayProfiles")
    )


def _target(profile: Fields, title: Title) -> Fields | None:
    """Return what a profile wants made of a title; without a profile that is the usual."""
    if profile.value("TranscodingProfiles") is None:
        return Fields([("Protocol", "hls"), ("Container", "ts")])
    return next((each for each in profile.inners("TranscodingProfiles") if each.text("Type") == _type(title)), None)


def _type(title: Title) -> str:
    return "Audio" if title.kind is Kind.TRACK else "Video"


def transcoding(call: Call, title: Title, play_session: str) -> Object:
    """Return where the transcoder's playlist is, or all it makes in one piece; the URL carries the token."""
    item_id = call.state.shelf.id_of(title)
    target = _target(call.body.inner("DeviceProfile"), title)
    assert call.device is not None
    assert target is not None
    whole = target.text("Protocol") == "http"
    kind = "audio" if title.kind is Kind.TRACK else "videos"
    token_name = "ApiKey" if call.state.version.names_token_modern else "api_key"
    query: dict[str, str | int | None] = {
        "DeviceId": call.device.device_id,
        "MediaSourceId": item_id,
        "VideoCodec": target.text("VideoCodec") or "h264",
        "AudioCodec": target.text("AudioCodec") or "aac",
        "VideoBitrate": call.body.number("MaxStreamingBitrate") or bitrate(title),
        # A playlist is of the whole film, wherever it is to begin.
        "StartTimeTicks": (call.body.number("StartTimeTicks") or None) if whole else None,
        "PlaySessionId": play_session,
        token_name: call.device.token,
        "TranscodeReasons": "ContainerBitrateExceedsLimit",
    }
    container = target.text("Container") or "ts"
    words = urlencode({name: value for name, value in query.items() if value is not None})
    return {
        "TranscodingUrl": f"/{kind}/{dashed(item_id)}/{f'stream.{container}' if whole else 'master.m3u8'}?{words}",
        "TranscodingSubProtocol": "http" if whole else "hls",
        "TranscodingContainer": container,
    }
