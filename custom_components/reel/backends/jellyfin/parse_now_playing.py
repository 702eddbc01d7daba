"""What does a session of a Jellyfin server play, and how? From what its app reported last."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from ..clients import Activity, Playing, Repeat
from ..item import Item, ItemKind
from ..reading import flag, number, objects, text
from ..transport import Json
from .parse_images import parse_images
from .parse_items import parse_item
from .times import milliseconds

REPEATS: Final[Mapping[Repeat, str]] = {
    Repeat.OFF: "RepeatNone",
    Repeat.ONE: "RepeatOne",
    Repeat.ALL: "RepeatAll",
}
_REPEATS: Final = {name: repeat for repeat, name in REPEATS.items()}
# A session does not say from which library its item is.
_SOMEWHERE: Final = ""


def parse_now_playing(session: Mapping[str, Json]) -> Playing | None:
    """Return what a session plays; None for one that plays nothing."""
    raw = session.get("NowPlayingItem")
    if not isinstance(raw, Mapping):
        return None
    state, conversion = _object(session.get("PlayState")), _object(session.get("TranscodingInfo"))
    return Playing(
        item=_item(raw),
        activity=Activity.PAUSED if flag(state.get("IsPaused")) else Activity.PLAYING,
        position_ms=milliseconds(state.get("PositionTicks")),
        transcodes=_transcodes(state, conversion),
        bitrate=_bitrate(raw, state, conversion),
        height=number(conversion.get("Height")) or _height(raw),
        volume=_volume(state.get("VolumeLevel")),
        muted=flag(state.get("IsMuted")) if "IsMuted" in state else None,
        shuffled=state.get("PlaybackOrder") == "Shuffle" if "PlaybackOrder" in state else None,
        repeat=_REPEATS.get(text(state.get("RepeatMode")) or ""),
    )


def _item(raw: Mapping[str, Json]) -> Item:
    """Return what is played, at least by its name: a television channel, a trailer, an audio book."""
    if (item := parse_item(raw, _SOMEWHERE)) is not None:
        # A session shows nobody's data, so that nothing is known of them.
        return replace(item, state=None)
    kind = ItemKind.TRACK if raw.get("MediaType") == "Audio" else ItemKind.VIDEO
    return Item(
        identity=text(raw.get("Id")) or "",
        kind=kind,
        library=_SOMEWHERE,
        title=text(raw.get("Name")) or "",
        duration_ms=milliseconds(raw.get("RunTimeTicks")) or None,
        summary=text(raw.get("Overview")),
        images=parse_images(raw, kind),
    )


def _transcodes(state: Mapping[str, Json], conversion: Mapping[str, Json]) -> bool:
    """Tell whether the server makes something else of a file than to pack it anew."""
    if not conversion:
        return state.get("PlayMethod") == "Transcode"
    return not (flag(conversion.get("IsVideoDirect")) and flag(conversion.get("IsAudioDirect")))


def _bitrate(raw: Mapping[str, Json], state: Mapping[str, Json], conversion: Mapping[str, Json]) -> int | None:
    """Return how many kilobits a second go to the client: of the conversion, else of what it sees and hears."""
    if (converted := number(conversion.get("Bitrate"))) is not None and converted > 0:
        return converted // 1000
    heard = state.get("AudioStreamIndex")
    streams = objects(raw.get("MediaStreams"))
    sounds = [each for each in streams if each.get("Type") == "Audio"]
    chosen = next((each for each in sounds if each.get("Index") == heard), sounds[0] if sounds else {})
    rates = (number(each.get("BitRate")) for each in (_picture(raw), chosen))
    return sum(rate for rate in rates if rate is not None and rate > 0) // 1000 or None


def _height(raw: Mapping[str, Json]) -> int | None:
    return number(_picture(raw).get("Height")) or number(raw.get("Height"))


def _picture(raw: Mapping[str, Json]) -> Mapping[str, Json]:
    return next((each for each in objects(raw.get("MediaStreams")) if each.get("Type") == "Video"), {})


def _volume(value: Json) -> float | None:
    level = number(value)
    return min(max(level, 0), 100) / 100 if level is not None else None


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}
