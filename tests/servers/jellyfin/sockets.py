"""What is pushed? The websocket `/socket`: its keep-alive, its sessions, and the news for its user."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
import json

from aiohttp import WSMsgType, web

from tests.servers.library import Title

from .accounts import User
from .call import Call
from .push import Socket
from .routing import Access, Routes
from .session_dto import session_dto
from .sessions import Session
from .state import Fate, LibraryChange, State
from .user_data import user_data
from .wire import Json

routes = Routes()


@routes.add("GET", "/socket", access=Access.ANYBODY)
async def open_socket(call: Call) -> web.StreamResponse:
    """Hold a websocket until either side hangs up; without a good token there is none."""
    if call.device is None:
        return web.Response(status=403)
    stream = web.WebSocketResponse()
    await stream.prepare(call.request)
    session = call.session() if call.caller() else None
    socket = Socket(call.device, session)
    _attach(call.state, socket)
    writer = asyncio.create_task(_write(stream, socket))
    reporter = asyncio.create_task(_report_sessions(call.state, socket))
    try:
        await _read(call.state, stream, socket)
    finally:
        _detach(call.state, socket)
        for task in (reporter, writer):
            task.cancel()
        await asyncio.gather(reporter, writer, return_exceptions=True)
        with suppress(ConnectionError):
            await stream.close()
    return stream


def _attach(state: State, socket: Socket) -> None:
    """Let a socket hear the news, and take commands for its session."""
    state.sockets.append(socket)
    if socket.session is not None:
        socket.session.listeners.append(socket)
        state.sessions.changed()
    socket.deliver("ForceKeepAlive", _announced(state))


def _detach(state: State, socket: Socket) -> None:
    """Forget a socket."""
    state.sockets.remove(socket)
    if socket.session is not None:
        socket.session.listeners.remove(socket)
        state.sessions.changed()


async def _write(stream: web.WebSocketResponse, socket: Socket) -> None:
    """Send what waits in line."""
    with suppress(ConnectionError):
        while (text := await socket.line.get()) is not None:
            await stream.send_str(text)
        await stream.close()


async def _read(state: State, stream: web.WebSocketResponse, socket: Socket) -> None:
    """Take what the client sends; one that stays silent is warned once, then lost."""
    warned = False
    while True:
        patience = state.keep_alive * (0.25 if warned else 0.75)
        try:
            message = await stream.receive(timeout=patience)
        except TimeoutError:
            if warned:
                return
            warned = True
            socket.deliver("ForceKeepAlive", _announced(state))
            continue
        if message.type is not WSMsgType.TEXT:
            return
        warned = False
        _take(state, socket, message.data)


def _take(state: State, socket: Socket, text: str) -> None:
    """Do what a client's message wants; what cannot be read is ignored."""
    try:
        kind = json.loads(text)["MessageType"]
    except ValueError, TypeError, KeyError:
        return
    if socket.session is not None:
        _make_recent(socket, socket.session)
        socket.session.active = state.now()
    match kind:
        case "KeepAlive":
            socket.deliver("KeepAlive")
        case "SessionsStart":
            # Whoever may not is not told so, and nobody is told anything before something changes.
            is_admin = socket.user is not None and socket.user.admin
            socket.wants_sessions = is_admin or state.version.pushes_sessions_to_all
        case "SessionsStop":
            socket.wants_sessions = False


def _make_recent(socket: Socket, session: Session) -> None:
    """Let commands to a session go to this of its sockets."""
    session.listeners.remove(socket)
    session.listeners.append(socket)


async def _report_sessions(state: State, socket: Socket) -> None:
    """Send the sessions whenever they look different, if they were asked for."""
    while True:
        await socket.stale.wait()
        socket.stale.clear()
        if socket.wants_sessions:
            seen = visible_sessions(state, socket.user)
            socket.deliver("Sessions", [session_dto(state, session) for session in seen])


def visible_sessions(state: State, user: User | None) -> list[Session]:
    """Return the sessions somebody may see: an administrator all, others only their own."""
    sees_all = user is None or user.admin or user.may_control_others
    return [session for session in state.sessions.by_id.values() if sees_all or session.user is user]


def _announced(state: State) -> int:
    """Return the seconds of silence after which a connection counts as lost."""
    return max(round(state.keep_alive), 1)


def push_user_data(state: State, news: list[tuple[User, Title]]) -> None:
    """Tell every socket of a user what changed in the user's data."""
    for user in {user.id: user for user, _ in news}.values():
        titles = {title.number: title for whose, title in news if whose is user and title.number in state.shelf.titles}
        # Here the item is named in every version.
        changed: list[Json] = [
            user_data(state, user, title) | {"ItemId": state.shelf.id_of(title)} for title in titles.values()
        ]
        for socket in state.sockets:
            if socket.user is user:
                socket.deliver("UserDataChanged", {"UserId": user.id, "UserDataList": changed})


def push_library(state: State, news: list[LibraryChange]) -> None:
    """Tell every socket what came, went and changed, as far as its user may see it."""
    for socket in state.sockets:
        user = socket.user
        seen = [change for change in news if user and (user.libraries is None or change.view_id in user.libraries)]
        if seen:
            views = [view.id for view in state.views(user)]
            socket.deliver("LibraryChanged", _library_update(seen, views))


def _library_update(seen: list[LibraryChange], views: list[str]) -> dict[str, Json]:
    """Return what changed; if anything came or went, all libraries are named, wherever it was."""
    added, removed, updated = ([change for change in seen if change.fate is fate] for fate in Fate)
    return {
        "FoldersAddedTo": _unique(change.folder_id for change in added),
        "FoldersRemovedFrom": _unique(change.folder_id for change in removed),
        "ItemsAdded": _unique(change.item_id for change in added),
        "ItemsRemoved": _unique(change.item_id for change in removed),
        "ItemsUpdated": _unique(change.item_id for change in updated),
        "CollectionFolders": list[Json](views) if added or removed else [],
        "IsEmpty": False,
    }


def _unique(ids: Iterable[str]) -> list[Json]:
    return list(dict.fromkeys(ids))
