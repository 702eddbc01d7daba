"""Who plays what, and who may tell it to stop? Sessions, and commands to them."""

from typing import Final

from aiohttp import web

from tests.servers.library import Kind, Title

from .call import Call, answer, done
from .fields import Fields
from .routing import Routes
from .session_dto import session_dto
from .sessions import Session
from .sockets import visible_sessions
from .wire import ZERO_ID, Json, Object, present

routes = Routes()

PLAY: Final = "PlayNow", "PlayNext", "PlayLast", "PlayInstantMix", "PlayShuffle"
PLAY_STATE: Final = (
    "Stop", "Pause", "Unpause", "NextTrack", "PreviousTrack", "Seek", "Rewind", "FastForward", "PlayPause",
)  # fmt: skip
GENERAL: Final = (
    "MoveUp", "MoveDown", "MoveLeft", "MoveRight", "PageUp", "PageDown", "PreviousLetter", "NextLetter", "ToggleOsd",
    "ToggleContextMenu", "Select", "Back", "TakeScreenshot", "SendKey", "SendString", "GoHome", "GoToSettings",
    "VolumeUp", "VolumeDown", "Mute", "Unmute", "ToggleMute", "SetVolume", "SetAudioStreamIndex",
    "SetSubtitleStreamIndex", "ToggleFullscreen", "DisplayContent", "GoToSearch", "DisplayMessage", "SetRepeatMode",
    "ChannelUp", "ChannelDown", "Guide", "ToggleStats", "PlayMediaSource", "PlayTrailers", "SetShuffleQueue",
    "PlayState", "PlayNext", "ToggleOsdMenu", "Play", "SetMaxStreamingBitrate", "SetPlaybackOrder",
)  # fmt: skip


@routes.add("GET", "/Sessions")
async def get_sessions(call: Call) -> web.Response:
    state = call.state
    device_id = call.query.text("deviceId")
    since = state.now() - (call.query.number("activeWithinSeconds") or state.now())
    found = [
        session
        for session in visible_sessions(state, call.caller())
        if session.active >= since and device_id in {None, session.device_id} and _is_controllable(call, session)
    ]
    return answer([session_dto(state, session) for session in found])


def _is_controllable(call: Call, session: Session) -> bool:
    """Tell whether the user of `controllableByUserId`, if any, may and can command a session."""
    user_id = call.query.guid("controllableByUserId")
    if user_id is None:
        return True
    user = call.state.accounts.users.get(user_id)
    if user is None or not session.remote_control:
        return False
    return user is session.user or user.admin or user.may_control_others


@routes.add("POST", "/Sessions/Capabilities")
async def post_capabilities(call: Call) -> web.Response:
    return _take_capabilities(call, call.query)


@routes.add("POST", "/Sessions/Capabilities/Full")
async def post_full_capabilities(call: Call) -> web.Response:
    return _take_capabilities(call, call.body)


@routes.add("POST", "/Sessions/Viewing")
async def report_viewing(call: Call) -> web.Response:
    item_id = call.query.guid("itemId")
    if item_id is None:
        raise web.HTTPBadRequest
    call.session().viewing = call.title(item_id)
    call.state.sessions.changed()
    return done()


def _take_capabilities(call: Call, said: Fields) -> web.Response:
    session = call.session()
    session.media_types = said.words("PlayableMediaTypes")
    session.commands = said.words("SupportedCommands")
    session.media_control = said.flag("SupportsMediaControl") is True
    session.persistent = said.flag("SupportsPersistentIdentifier") is not False
    call.state.sessions.changed()
    return done()


@routes.add("POST", "/Sessions/{sessionId}/Playing")
async def play(call: Call) -> web.Response:
    session = _target(call)
    titles = [call.title(item_id) for item_id in call.query.guids("itemIds")]
    command = _named(call.query.text("playCommand"), PLAY)
    if not titles:
        raise web.HTTPBadRequest
    shelf = call.state.shelf
    return _send(
        call,
        session,
        "Play",
        present(
            ItemIds=[shelf.id_of(title) for title in _unfolded(call, session, titles)],
            StartPositionTicks=call.query.number("startPositionTicks"),
            PlayCommand=command,
            ControllingUserId=_controller(call),
            SubtitleStreamIndex=call.query.number("subtitleStreamIndex"),
            AudioStreamIndex=call.query.number("audioStreamIndex"),
            MediaSourceId=call.query.text("mediaSourceId"),
            StartIndex=call.query.number("startIndex"),
        ),
    )


@routes.add("POST", "/Sessions/{sessionId}/Playing/{command}")
async def change_play_state(call: Call) -> web.Response:
    data = present(
        Command=_named(call.parts.text("command"), PLAY_STATE),
        SeekPositionTicks=call.query.number("seekPositionTicks"),
        ControllingUserId=_controller(call),
    )
    return _send(call, _target(call), "Playstate", data)


@routes.add("POST", "/Sessions/{sessionId}/Command")
async def command_with_arguments(call: Call) -> web.Response:
    said = call.body.value("Arguments")
    # They are a dictionary of texts; numbers are accepted and become texts.
    arguments = {name: str(value) for name, value in said.items()} if isinstance(said, dict) else {}
    return _command(call, call.body.text("Name"), arguments)


@routes.add("POST", "/Sessions/{sessionId}/Command/{command}")
@routes.add("POST", "/Sessions/{sessionId}/System/{command}")
async def command_by_name(call: Call) -> web.Response:
    return _command(call, call.parts.text("command"), {})


@routes.add("POST", "/Sessions/{sessionId}/Message")
async def show_message(call: Call) -> web.Response:
    if call.body.text("Text") is None:
        raise web.HTTPBadRequest
    names = "Header", "Text", "TimeoutMs"
    arguments = {name: text for name in names if (text := call.body.text(name))}
    return _command(call, "DisplayMessage", arguments)


@routes.add("POST", "/Sessions/{sessionId}/Viewing")
async def show_item(call: Call) -> web.Response:
    names = {"ItemType": "itemType", "ItemId": "itemId", "ItemName": "itemName"}
    return _command(call, "DisplayContent", {key: call.query.text(name) or "" for key, name in names.items()})


def _command(call: Call, name: str | None, arguments: dict[str, str]) -> web.Response:
    data: Object = {
        "Name": _named(name, GENERAL),
        "ControllingUserId": _controller(call),
        "Arguments": dict[str, Json](arguments),
    }
    return _send(call, _target(call), "GeneralCommand", data)


def _target(call: Call) -> Session:
    session = call.state.sessions.by_id.get(call.parts.text("sessionId") or "")
    if session is None:
        raise web.HTTPNotFound
    return session


def _send(call: Call, session: Session, kind: str, data: Object) -> web.Response:
    """Pass a command on to the most recent listener; nobody is told whether there was one."""
    if session.listeners and call.state.behaviour.commands_work:
        session.listeners[-1].deliver(kind, data)
    return done()


def _named(text: str | None, names: tuple[str, ...]) -> str:
    """Return a name as it is written, whatever its case; any other is a bad request."""
    for name in names:
        if name.lower() == (text or "").lower():
            return name
    raise web.HTTPBadRequest


def _controller(call: Call) -> str:
    caller = call.caller()
    return caller.id if caller else ZERO_ID


def _unfolded(call: Call, session: Session, titles: list[Title]) -> list[Title]:
    """Return what is to be played: a single episode brings the rest of its series along, if the user likes that."""
    if len(titles) != 1 or titles[0].kind is not Kind.EPISODE or not session.user.plays_next_episode:
        return titles
    *_, show = call.state.shelf.ancestors(titles[0])
    episodes = list(call.state.shelf.leaves(show))
    return episodes[episodes.index(titles[0]) :]
