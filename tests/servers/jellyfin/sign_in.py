"""How does one get a token? By name and password, by a code of Quick Connect, or as an API key."""

from typing import Final

from aiohttp import web

from .accounts import Attempt, User
from .call import Call, answer, done, refused
from .people import user_dto
from .routing import Access, Routes
from .session_dto import session_dto
from .wire import Json, date

routes = Routes()

APP: Final = "Client", "Device", "DeviceId", "Version"


def sign_in(call: Call, user: User) -> web.Response:
    """Hand out a token to the app of the header, in exchange for its older one."""
    state = call.state
    if not all(call.header.get(key) for key in APP):
        raise web.HTTPBadRequest
    open_sessions = sum(1 for session in state.sessions.by_id.values() if session.user is user)
    if user.disabled or (user.max_sessions and open_sessions >= user.max_sessions):
        return refused(403)
    client, name, device_id, version = (call.header[key] for key in APP)
    device = state.accounts.grant(user, client, name, device_id, version, state.now())
    session = state.sessions.of(device, user, state.now())
    return answer(
        {
            "User": user_dto(state, user, call.server_id),
            "SessionInfo": session_dto(state, session),
            "AccessToken": device.token,
            "ServerId": call.server_id,
        }
    )


@routes.add("POST", "/Users/AuthenticateByName", access=Access.ANYBODY)
async def authenticate_by_name(call: Call) -> web.Response:
    user = call.state.accounts.named(call.body.text("Username") or "")
    if call.door in call.state.pretended or user is None or user.password != (call.body.text("Pw") or ""):
        return refused(401)
    return sign_in(call, user)


@routes.add("POST", "/Sessions/Logout")
async def log_out(call: Call) -> web.Response:
    for device in call.state.accounts.revoke(lambda device: device is call.device):
        call.state.sessions.end(device)
    return done()


@routes.add("GET", "/Users/Public", access=Access.ANYBODY)
async def get_public_users(call: Call) -> web.Response:
    shown = [user for user in call.state.accounts.users.values() if not user.hidden and not user.disabled]
    return answer([user_dto(call.state, user, call.server_id) for user in shown])


@routes.add("GET", "/Users/Me")
async def get_me(call: Call) -> web.Response:
    caller = call.caller()
    if caller is None:
        raise web.HTTPBadRequest
    return answer(user_dto(call.state, caller, call.server_id))


@routes.add("GET", "/Users")
async def get_users(call: Call) -> web.Response:
    caller = call.caller()
    everybody = list(call.state.accounts.users.values())
    seen = everybody if caller is None or caller.admin else [caller]
    return answer([user_dto(call.state, user, call.server_id) for user in seen])


@routes.add("GET", "/Users/{userId}")
async def get_user(call: Call) -> web.Response:
    return answer(user_dto(call.state, call.user(), call.server_id))


@routes.add("GET", "/QuickConnect/Enabled", access=Access.ANYBODY)
async def get_quick_connect_enabled(call: Call) -> web.Response:
    return answer(call.state.behaviour.quick_connect)


@routes.add("GET", "/QuickConnect/Initiate", access=Access.ANYBODY, until=(12, 0))
@routes.add("POST", "/QuickConnect/Initiate", access=Access.ANYBODY)
async def initiate_quick_connect(call: Call) -> web.Response:
    if not call.state.behaviour.quick_connect:
        return refused(401)
    if not all(call.header.get(key) for key in APP):
        raise web.HTTPBadRequest
    client, name, device_id, version = (call.header[key] for key in APP)
    return answer(_attempt(call.state.accounts.initiate(client, name, device_id, version, call.state.now())))


@routes.add("GET", "/QuickConnect/Connect", access=Access.ANYBODY)
async def get_quick_connect_state(call: Call) -> web.Response:
    return answer(_attempt(_waiting(call, call.query.text("secret") or "")))


@routes.add("POST", "/QuickConnect/Authorize")
async def authorize_quick_connect(call: Call) -> web.Response:
    user = call.user()
    call.state.accounts.forget_old_attempts(call.state.now())
    code = call.query.text("code")
    attempt = next((attempt for attempt in call.state.accounts.attempts.values() if attempt.code == code), None)
    if attempt is None:
        raise web.HTTPNotFound
    attempt.user = user
    return answer(data=True)


@routes.add("POST", "/Users/AuthenticateWithQuickConnect", access=Access.ANYBODY)
async def authenticate_with_quick_connect(call: Call) -> web.Response:
    attempt = _waiting(call, call.body.text("Secret") or "")
    if attempt.user is None:
        raise web.HTTPNotFound
    del call.state.accounts.attempts[attempt.secret]
    app = {"Client": attempt.client, "Device": attempt.device, "DeviceId": attempt.device_id}
    call.header |= app | {"Version": attempt.version}
    return sign_in(call, attempt.user)


@routes.add("GET", "/Auth/Keys", access=Access.ADMIN)
async def get_keys(call: Call) -> web.Response:
    keys = [device for device in call.state.accounts.devices.values() if device.user is None]
    items: list[Json] = [
        {
            "Id": number,
            "AccessToken": key.token,
            "DeviceId": "",
            "AppName": key.client,
            "AppVersion": "",
            "DeviceName": "",
            "UserId": "0" * 32,
            "IsActive": True,
            "DateCreated": date(key.created),
            "DateLastActivity": date(key.created),
        }
        for number, key in enumerate(keys, 1)
    ]
    return answer({"Items": items, "TotalRecordCount": len(items), "StartIndex": 0})


@routes.add("POST", "/Auth/Keys", access=Access.ADMIN)
async def make_key(call: Call) -> web.Response:
    call.state.accounts.grant(None, call.query.text("app") or "", "", "", "", call.state.now())
    return done()


@routes.add("DELETE", "/Auth/Keys/{key}", access=Access.ADMIN)
async def delete_key(call: Call) -> web.Response:
    call.state.accounts.revoke(lambda device: device.token == call.parts.text("key") and device.user is None)
    return done()


def _waiting(call: Call, secret: str) -> Attempt:
    """Return an attempt that is still good; raises HTTPNotFound."""
    if not call.state.behaviour.quick_connect:
        raise web.HTTPUnauthorized
    call.state.accounts.forget_old_attempts(call.state.now())
    attempt = call.state.accounts.attempts.get(secret)
    if attempt is None:
        raise web.HTTPNotFound
    return attempt


def _attempt(attempt: Attempt) -> dict[str, Json]:
    return {
        "Authenticated": attempt.user is not None,
        "Secret": attempt.secret,
        "Code": attempt.code,
        "DeviceId": attempt.device_id,
        "DeviceName": attempt.device,
        "AppName": attempt.client,
        "AppVersion": attempt.version,
        "DateAdded": date(attempt.added),
    }
