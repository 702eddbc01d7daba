"""How do people sign in and out, and become each other? The paths of accounts and homes."""

from typing import Final

from aiohttp import web

from .behaviour import TvBehaviour
from .element import Element, Scalar
from .people import User
from .tv_accounts import Accounts, avatar
from .tv_answers import answer, error, xml_answer
from .tv_resources import Directory

FRIENDS: Final = "com.plexapp.plugins.myplex"


class PeopleDesk:
    """The paths that are about users."""

    def __init__(self, accounts: Accounts, directory: Directory, behaviour: TvBehaviour) -> None:
        self._accounts = accounts
        self._directory = directory
        self._behaviour = behaviour
        self._switches = 0

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return the paths of accounts and homes."""
        return [
            web.get("/api/v2/user", self._user),
            web.get("/api/v2/ping", self._ping),
            web.post("/api/v2/users/signin", self._sign_in),
            web.delete("/api/v2/users/signout", self._sign_out),
            web.get("/api/v2/home/users", self._home),
            web.post("/api/v2/home/users/{key}/switch", self._switch_by_v2),
            web.get("/api/home/users", self._home_by_v1),
            web.post("/api/home/users/{key}/switch", self._switch_by_v1),
            web.get("/api/users", self._friends),
            web.get("/api/users/", self._friends),
        ]

    async def _user(self, request: web.Request) -> web.Response:
        return answer(request, "user", self._accounts.body(self._caller(request)))

    async def _ping(self, request: web.Request) -> web.Response:
        self._caller(request)
        if "json" in request.headers.get("Accept", ""):
            return web.json_response({"pong": True})
        return web.Response(text="<pong>true</pong>", content_type="application/xml")

    async def _sign_in(self, request: web.Request) -> web.Response:
        words = await _words(request)
        user = self._accounts.by_login(words.get("login", ""))
        if user is None or not user.password or user.password != words.get("password"):
            raise web.HTTPUnauthorized
        if user.verification_code and user.verification_code != words.get("verificationCode"):
            return error(request, 401, 1029, "Please enter the verification code")
        self._accounts.sign_in(user)
        return answer(request, "user", self._accounts.body(user), 201)

    async def _sign_out(self, request: web.Request) -> web.Response:
        self._accounts.revoke(self._caller(request))
        return web.Response(status=204)

    async def _home(self, request: web.Request) -> web.Response:
        return answer(request, "home", self._accounts.home_body(self._caller(request)))

    async def _home_by_v1(self, request: web.Request) -> web.Response:
        caller = self._caller(request)
        members = [_v1_member(member) for member in self._accounts.home_of(caller)]
        return xml_answer(Element("MediaContainer", {"friendlyName": "myPlex", "size": len(members)}, members))

    async def _switch_by_v2(self, request: web.Request) -> web.Response:
        if not self._behaviour.switch_by_v2:
            raise web.HTTPNotFound
        user = await self._switched(request)
        return answer(request, "user", self._accounts.body(user), 201)

    async def _switch_by_v1(self, request: web.Request) -> web.Response:
        """Answer in XML whatever was asked for, as the old path does."""
        user = await self._switched(request)
        return xml_answer(
            Element(
                "user",
                {
                    "id": user.id,
                    "uuid": user.uuid,
                    "title": user.title,
                    "username": user.username,
                    "email": user.email,
                    "authToken": user.token,
                    "authenticationToken": user.token,
                },
            ),
            201,
        )

    async def _switched(self, request: web.Request) -> User:
        """Return who the caller is now; raises HTTPTooManyRequests, HTTPNotFound, HTTPForbidden."""
        member = self._accounts.member(self._caller(request), request.match_info["key"])
        self._switches += 1
        allowed = self._behaviour.switches_allowed
        if allowed is not None and self._switches > allowed:
            raise web.HTTPTooManyRequests
        if member.pin is not None and (await _words(request)).get("pin") != member.pin:
            raise web.HTTPForbidden
        self._accounts.sign_in(member)
        return member

    async def _friends(self, request: web.Request) -> web.Response:
        """List whom the caller shares servers with, in XML only."""
        caller = self._caller(request)
        friends = [self._friend(caller, user) for user in self._accounts if user is not caller]
        listed = [friend for friend in friends if friend is not None]
        words: dict[str, Scalar | None] = {"friendlyName": "myPlex", "identifier": FRIENDS, "size": len(listed)}
        return xml_answer(Element("MediaContainer", words, listed))

    def _friend(self, caller: User, user: User) -> Element | None:
        servers: list[Element] = []
        for listing in self._directory.listings():
            mine, theirs = listing.share_of(caller), listing.share_of(user)
            if mine is None or theirs is None or not mine.owned:
                continue
            servers.append(
                Element(
                    "Server",
                    {
                        "id": 700_000 + user.id % 1000,
                        "serverId": 500_000 + len(servers),
                        "machineIdentifier": listing.device.identifier,
                        "name": listing.device.name,
                        "lastSeenAt": listing.last_seen,
                        "numLibraries": 3,
                        "allLibraries": True,
                        "owned": True,
                        "pending": False,
                    },
                )
            )
        in_home = caller.home and user.admin is caller.admin
        return Element("User", _friend_words(user, in_home=in_home), servers) if servers or in_home else None

    def _caller(self, request: web.Request) -> User:
        token = request.headers.get("X-Plex-Token") or request.query.get("X-Plex-Token") or ""
        if not self._accounts.is_alive(token) and self._behaviour.invalid_token_status == 422:
            raise web.HTTPUnprocessableEntity
        return self._accounts.by_token(token)


async def _words(request: web.Request) -> dict[str, str]:
    """Return what a request says, be it in the query, as a form or as JSON."""
    words = dict(request.query)
    if request.content_type == "application/json":
        body = await request.json()
        return words | {name: str(value) for name, value in body.items()}
    return words | {name: str(value) for name, value in (await request.post()).items()}


def _v1_member(member: User) -> Element:
    return Element(
        "User",
        {
            "id": member.id,
            "uuid": member.uuid,
            "admin": member.admin is member,
            "guest": member.guest,
            "restricted": member.restricted,
            "protected": member.pin is not None,
            "hasPassword": bool(member.password),
            "title": member.title,
            "username": member.username,
            "email": member.email,
            "thumb": avatar(member),
        },
    )


def _friend_words(user: User, *, in_home: bool) -> dict[str, Scalar | None]:
    return {
        "id": user.id,
        "title": user.title,
        "username": user.username,
        "email": user.email,
        "recommendationsPlaylistId": "",
        "thumb": avatar(user),
        "protected": user.pin is not None,
        "home": in_home,
        "allowTuners": False,
        "allowSync": True,
        "allowCameraUpload": False,
        "allowChannels": False,
        "filterAll": "",
        "filterMovies": "",
        "filterMusic": "",
        "filterPhotos": "",
        "filterTelevision": "",
        "restricted": user.restricted,
    }
