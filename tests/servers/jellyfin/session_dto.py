"""What does a session look like on the wire? SessionInfoDto, with what it plays."""

from typing import Final

from tests.servers.library import Title

from .items import Writer
from .sessions import Playing, Session
from .state import State
from .wire import UNSET_DATE, Json, Object, date, present

SHOWN: Final = frozenset(
    {"datecreated", "path", "overview", "genres", "providerids", "parentid", "taglines", "studios", "people"}
    | {"primaryimageaspectratio", "width", "height", "mediastreams", "chapters"}
)
"""The fields of an item that sessions show."""


def session_dto(state: State, session: Session) -> Object:
    """Return a session."""
    playing = session.playing
    queue = playing.queue if playing else []
    return present(
        PlayState=_play_state(state, session),
        AdditionalUsers=[],
        Capabilities=_capabilities(session),
        RemoteEndPoint="127.0.0.1",
        PlayableMediaTypes=list[Json](session.media_types),
        Id=session.id,
        UserId=session.user.id,
        UserName=session.user.name,
        Client=session.client,
        LastActivityDate=date(session.active),
        LastPlaybackCheckIn=date(session.checked_in) or UNSET_DATE,
        LastPausedDate=date(session.paused_since),
        DeviceName=session.device_name,
        NowPlayingItem=_item(state, playing.title) if playing else None,
        NowViewingItem=_item(state, session.viewing) if session.viewing else None,
        DeviceId=session.device_id,
        ApplicationVersion=session.version,
        TranscodingInfo=_transcoding() if playing and playing.method == "Transcode" else None,
        IsActive=True,
        SupportsMediaControl=session.media_control,
        SupportsRemoteControl=session.remote_control,
        NowPlayingQueue=[
            {"Id": state.shelf.id_of(title), "PlaylistItemId": f"playlistItem{number}"}
            for number, title in enumerate(queue)
        ],
        NowPlayingQueueFullItems=(
            [_item(state, title) for title in queue] if state.version.writes_queue_items else None
        ),
        HasCustomDeviceName=False,
        PlaylistItemId="playlistItem0" if queue else None,
        ServerId=state.server_id,
        SupportedCommands=list[Json](session.commands),
    )


def _item(state: State, title: Title) -> Object:
    """Return an item as sessions show it: nearly whole, but without the user's data."""
    return Writer(state, None, SHOWN).item(title)


def _play_state(state: State, session: Session) -> Object:
    playing = session.playing
    if playing is None:
        return {
            "CanSeek": False,
            "IsPaused": False,
            "IsMuted": False,
            "RepeatMode": "RepeatNone",
            "PlaybackOrder": "Default",
        }
    return _position(playing, state.now()) | present(
        IsMuted=session.muted,
        VolumeLevel=session.volume,
        MediaSourceId=playing.media_source or state.shelf.id_of(playing.title),
    )


def _position(playing: Playing, now: float) -> Object:
    return present(
        PositionTicks=playing.at(now),
        CanSeek=playing.can_seek,
        IsPaused=playing.paused,
        AudioStreamIndex=playing.audio,
        SubtitleStreamIndex=playing.subtitle,
        PlayMethod=playing.method,
        RepeatMode=playing.repeat,
        PlaybackOrder=playing.order,
    )


def _capabilities(session: Session) -> Object:
    return {
        "PlayableMediaTypes": list[Json](session.media_types),
        "SupportedCommands": list[Json](session.commands),
        "SupportsMediaControl": session.media_control,
        "SupportsPersistentIdentifier": session.persistent,
    }


def _transcoding() -> Object:
    return {
        "AudioCodec": "aac",
        "VideoCodec": "h264",
        "Container": "ts",
        "IsVideoDirect": False,
        "IsAudioDirect": True,
        "Bitrate": 2_000_000,
        "CompletionPercentage": 12.5,
        "Width": 320,
        "Height": 180,
        "AudioChannels": 2,
        "TranscodeReasons": ["ContainerBitrateExceedsLimit"],
    }
