"""How can this be played? The file itself if the player can take it, else what the transcoder makes of it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from tests.servers.library import Kind, Title

from .call import Call, answer
from .fields import Fields
from .files import bitrate, media_sources
from .routing import Routes
from .shelf import MEDIA_TYPE_OF
from .wire import TICKS, Json, Object, dashed, guid

routes = Routes()


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
    takes = fits and _takes(profile, title)
    transcodes = profile.value("TranscodingProfiles") != [] and user.may_transcode
    return Verdict(
        direct_play=takes and said.flag("EnableDirectPlay") is not False,
        direct_stream=takes and said.flag("EnableDirectStream") is not False,
        transcode=transcodes and said.flag("EnableTranscoding") is not False,
    )


def _takes(profile: Fields, title: Title) -> bool:
    """Tell whether a profile takes the file as it is; without a profile everything is taken."""
    direct = profile.inners("DirectPlayProfiles")
    if profile.value("DirectPlayProfiles") is None:
        return True
    kind, container = ("Audio", "mp3") if title.kind is Kind.TRACK else ("Video", "mp4")
    return any(
        each.text("Type") == kind and (not each.text("Container") or container in each.folded("Container"))
        for each in direct
    )


def transcoding(call: Call, title: Title, play_session: str) -> Object:
    """Return where the transcoder's playlist is; the URL carries the token."""
    item_id = call.state.shelf.id_of(title)
    assert call.device is not None
    kind = "audio" if title.kind is Kind.TRACK else "videos"
    token_name = "ApiKey" if call.state.version.names_token_modern else "api_key"
    query = {
        "DeviceId": call.device.device_id,
        "MediaSourceId": item_id,
        "VideoCodec": "h264",
        "AudioCodec": "aac",
        "VideoBitrate": call.body.number("MaxStreamingBitrate") or bitrate(title),
        "PlaySessionId": play_session,
        token_name: call.device.token,
        "TranscodeReasons": "ContainerBitrateExceedsLimit",
    }
    return {
        "TranscodingUrl": f"/{kind}/{dashed(item_id)}/master.m3u8?{urlencode(query)}",
        "TranscodingSubProtocol": "hls",
        "TranscodingContainer": "ts",
    }
