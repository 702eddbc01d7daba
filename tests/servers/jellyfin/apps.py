"""Who is on the other end of a command? A simulated app on a TV: it plays, obeys, or is asleep."""

from dataclasses import replace
from typing import Final, override

from tests.servers.library import Title

from . import playing as player
from .sessions import Listener, Playing, Session
from .state import State
from .wire import TICKS, Json, Object

COMMANDS: Final = (
    "MoveUp", "MoveDown", "MoveLeft", "MoveRight", "Select", "Back", "GoHome",
    "VolumeUp", "VolumeDown", "Mute", "Unmute", "ToggleMute", "SetVolume",
    "SetAudioStreamIndex", "SetSubtitleStreamIndex", "SetMaxStreamingBitrate",
    "SetRepeatMode", "SetShuffleQueue", "SetPlaybackOrder",
    "DisplayContent", "DisplayMessage", "PlayState", "PlayNext", "PlayMediaSource",
)  # fmt: skip
SKIP: Final = 30 * TICKS


class App(Listener):
    """An app with an open websocket; `received` holds every command that arrived."""

    def __init__(self, state: State, session: Session) -> None:
        """Open the app: from now on it can be controlled."""
        self.state = state
        self.session = session
        self.asleep = False
        """Take commands and do nothing."""
        self.received: list[tuple[str, Object]] = []
        session.media_types, session.commands = ["Video", "Audio"], list(COMMANDS)
        session.media_control = True
        session.listeners.append(self)

    @property
    def id(self) -> str:
        """The id of the session that commands go to."""
        return self.session.id

    def close(self) -> None:
        """Lose the websocket; the session stays listed for a while."""
        self.session.listeners.remove(self)
        self.state.sessions.changed()

    def play(
        self, title: Title, ticks: int = 0, queue: list[Title] | None = None, *, method: str = "DirectPlay"
    ) -> None:
        """Play from a position."""
        now = self.state.now()
        playing = Playing(title, ticks, now, method=method, queue=queue or [title], runs=True)
        player.start(self.state, self.session, playing)
        player.progress(self.state, self.session, playing, known=ticks > 0)

    def pause(self) -> None:
        """Halt where it is."""
        self._go(paused=True)

    def resume(self) -> None:
        """Go on."""
        self._go(paused=False)

    def seek(self, ticks: int) -> None:
        """Jump to a position."""
        self._go(ticks=ticks)

    def stop(self) -> None:
        """Stop, and say where."""
        now = self.session.playing
        if now is not None:
            player.stop(self.state, self.session, now.title, now.at(self.state.now()))

    @override
    def deliver(self, kind: str, data: Object) -> None:
        """Take a command."""
        self.received.append((kind, data))
        if self.asleep:
            return
        match kind:
            case "Play":
                self._play(data)
            case "Playstate":
                self._playstate(str(data["Command"]), data.get("SeekPositionTicks"))
            case "GeneralCommand":
                self._command(str(data["Name"]), data["Arguments"])
        self.state.sessions.changed()

    def _play(self, data: Object) -> None:
        found = [self.state.shelf.find(str(item_id)) for item_id in _list(data.get("ItemIds"))]
        titles = [leaf for title in found if title is not None for leaf in self._leaves(title)]
        now = self.session.playing
        match data["PlayCommand"]:
            case "PlayNext" if now is not None:
                at = now.queue.index(now.title) + 1
                now.queue[at:at] = titles
            case "PlayLast" if now is not None:
                now.queue.extend(titles)
            case _ if titles:
                first = titles[_int(data.get("StartIndex")) or 0]
                self.play(first, _int(data.get("StartPositionTicks")) or 0, titles)

    def _leaves(self, title: Title) -> list[Title]:
        return list(self.state.shelf.leaves(title)) or [title]

    def _playstate(self, command: str, ticks: Json) -> None:
        now = self.session.playing
        if now is None:
            return
        at = now.at(self.state.now())
        match command:
            case "Stop":
                self.stop()
            case "Pause" | "Unpause":
                self._go(paused=command == "Pause")
            case "PlayPause":
                self._go(paused=not now.paused)
            case "Seek":
                self.seek(_int(ticks) or 0)
            case "Rewind" | "FastForward":
                self.seek(max(at + (SKIP if command == "FastForward" else -SKIP), 0))
            case "NextTrack" | "PreviousTrack":
                self._skip(now, 1 if command == "NextTrack" else -1)

    def _skip(self, now: Playing, step: int) -> None:
        at = now.queue.index(now.title) + step
        queue = now.queue
        self.stop()
        if 0 <= at < len(queue):
            self.play(queue[at], 0, queue)

    def _command(self, name: str, arguments: Json) -> None:
        said = arguments if isinstance(arguments, dict) else {}
        session, now = self.session, self.session.playing
        match name:
            case "Mute" | "Unmute" | "ToggleMute":
                session.muted = not session.muted if name == "ToggleMute" else name == "Mute"
            case "SetVolume":
                session.volume = _int(said.get("Volume")) or 0
            case "VolumeUp" | "VolumeDown":
                session.volume = min(max(session.volume + (5 if name == "VolumeUp" else -5), 0), 100)
            case "SetAudioStreamIndex" if now is not None:
                now.audio = _int(said.get("Index"))
            case "SetSubtitleStreamIndex" if now is not None:
                now.subtitle = _int(said.get("Index"))
            case "SetRepeatMode" if now is not None:
                now.repeat = str(said.get("RepeatMode"))
            case "SetShuffleQueue" if now is not None:
                now.order = "Shuffle" if said.get("ShuffleMode") == "Shuffle" else "Default"

    def _go(self, *, paused: bool | None = None, ticks: int | None = None) -> None:
        """Change how it plays, and report that."""
        now = self.session.playing
        if now is None:
            return
        moment = self.state.now()
        position = now.at(moment) if ticks is None else ticks
        moved = replace(now, position=position, reported=moment, paused=now.paused if paused is None else paused)
        player.progress(self.state, self.session, moved, known=True)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _int(value: Json) -> int | None:
    return int(value) if isinstance(value, str | int | float) else None
