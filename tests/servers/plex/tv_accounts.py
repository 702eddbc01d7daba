"""Who has a plex.tv account, and whose token is this?"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from aiohttp import web

from .element import Json
from .people import User, make_user

FEATURES: Final = ("guided-upgrade", "increase-password-complexity", "session_kick", "webhooks")


class Accounts:
    """Everybody."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._users: list[User] = []

    def __iter__(self) -> Iterator[User]:
        return iter(self._users)

    def add(
        self,
        email: str,
        *,
        username: str | None = None,
        password: str = "",
        admin: User | None = None,
        pin: str | None = None,
        guest: bool = False,
        restricted: bool = False,
    ) -> User:
        """Open an account; with an `admin` it joins that user's home, and the admin does, too."""
        user = make_user(len(self._users), email, username)
        user.password, user.pin, user.guest, user.restricted = password, pin, guest, restricted
        if admin is not None:
            user.admin = admin.admin = admin
        self._users.append(user)
        return user

    def revoke(self, user: User) -> None:
        """Make a user's account token worthless; a later sign-in gives out a new one."""
        user.signed_in = False

    def sign_in(self, user: User) -> str:
        """Return a token for a user that is worth something: the present one, or a new one if it was revoked."""
        return user.token if user.signed_in else user.issue_token()

    def is_alive(self, token: str) -> bool:
        """Tell whether a token is worth something."""
        return any(user.token == token and user.signed_in for user in self._users)

    def by_token(self, token: str | None) -> User:
        """Return whose token this is; raises HTTPUnauthorized."""
        for user in self._users:
            if user.token == token and user.signed_in:
                return user
        raise web.HTTPUnauthorized

    def by_login(self, login: str) -> User | None:
        """Return who signs in by this name or address."""
        return next((user for user in self._users if login in {user.username, user.email}), None)

    def home_of(self, user: User) -> list[User]:
        """Return everybody in a user's home, the admin first."""
        members = [other for other in self._users if user.admin is not None and other.admin is user.admin]
        return sorted(members, key=lambda member: member is not user.admin)

    def member(self, user: User, key: str) -> User:
        """Return a member of a user's home by id or UUID; raises HTTPNotFound."""
        for member in self.home_of(user):
            if key in {str(member.id), member.uuid}:
                return member
        raise web.HTTPNotFound

    def body(self, user: User) -> dict[str, Json]:
        """Return an account as plex.tv tells its owner about it."""
        home = self.home_of(user)
        return {
            "id": user.id,
            "uuid": user.uuid,
            "username": user.username,
            "title": user.title,
            "email": user.email,
            "friendlyName": "",
            "locale": None,
            "confirmed": True,
            "joinedAt": 1552593531,
            "emailOnlyAuth": False,
            "hasPassword": bool(user.password),
            "protected": user.pin is not None,
            "thumb": avatar(user),
            "authToken": user.token,
            "mailingListStatus": "unsubscribed",
            "mailingListActive": False,
            "scrobbleTypes": "",
            "country": "NL",
            "subscription": {
                "active": True,
                "subscribedAt": "2023-09-19 00:00:00 UTC",
                "status": "Active",
                "paymentService": None,
                "plan": "lifetime",
                "features": list(FEATURES),
            },
            "subscriptionDescription": None,
            "restricted": user.restricted,
            "anonymous": False,
            "home": user.home,
            "guest": user.guest,
            "homeSize": max(len(home), 1),
            "homeAdmin": user.home and user.admin is user,
            "maxHomeSize": 15,
            "rememberExpiresAt": int(self._now()) + 1_209_600,
            "profile": {
                "autoSelectAudio": True,
                "defaultAudioLanguage": "en",
                "defaultSubtitleLanguage": "en",
                "autoSelectSubtitle": 1,
                "defaultSubtitleAccessibility": 0,
                "defaultSubtitleForced": 0,
                "watchedIndicator": 1,
                "mediaReviewsVisibility": 0,
            },
            "entitlements": [],
            "subscriptions": [],
            "pastSubscriptions": [],
            "trials": [],
            "services": [],
            "adsConsent": None,
            "adsConsentSetAt": None,
            "adsConsentReminderAt": None,
            "experimentalFeatures": False,
            "twoFactorEnabled": user.verification_code is not None,
            "backupCodesCreated": False,
            "attributionPartner": None,
        }

    def home_body(self, user: User) -> dict[str, Json]:
        """Return a home and everybody in it."""
        members = self.home_of(user)
        admin = user.admin or user
        return {
            "id": admin.id,
            "name": f"{admin.title}'s home",
            "guestUserID": None,
            "guestUserUUID": None,
            "guestEnabled": False,
            "subscription": True,
            "users": [_member_body(member) for member in members],
        }


def avatar(user: User) -> str:
    """Return the address of a user's picture."""
    return f"https://plex.tv/users/{user.uuid}/avatar?c=1724402119"


def _member_body(member: User) -> Json:
    managed = member.restricted or member.guest
    shown = replace(member, username="", email="") if managed else member
    return {
        "id": member.id,
        "uuid": member.uuid,
        "title": member.title,
        "friendlyName": None,
        "username": shown.username,
        "email": shown.email,
        "thumb": avatar(member),
        "hasPassword": bool(member.password),
        "restricted": member.restricted,
        "updatedAt": 1724402119,
        "restrictionProfile": None,
        "admin": member.admin is member,
        "guest": member.guest,
        "protected": member.pin is not None,
    }
