"""What happens when something plays? The session shows it, and the user's data follow the rules."""

from tests.servers.library import Title

from .sessions import Playing, Session
from .state import State


def start(state: State, session: Session, playing: Playing) -> None:
    """Begin to play; what played before is replaced without another word."""
    now = state.now()
    session.playing, session.checked_in = playing, now
    session.paused_since = now if playing.paused else None
    session.user.watching(playing.title.number).start(playing.title, now)
    state.watched(session.user, playing.title)
    state.sessions.changed()


def progress(state: State, session: Session, playing: Playing, *, known: bool) -> None:
    """Take note of a position; quietly, since it comes every ten seconds."""
    now = state.now()
    session.playing, session.checked_in = playing, now
    session.paused_since = (session.paused_since or now) if playing.paused else None
    if known:
        session.user.watching(playing.title.number).reach(playing.title, playing.position)
        state.watched(session.user, playing.title, quietly=True)
    state.sessions.changed()


def stop(state: State, session: Session, title: Title, ticks: int | None, *, failed: bool = False) -> None:
    """End; a play that failed leaves no trace in the user's data."""
    session.playing = session.paused_since = None
    session.checked_in = state.now()
    if not failed:
        session.user.watching(title.number).stop(title, ticks)
        state.watched(session.user, title)
    state.sessions.changed()
