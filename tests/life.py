"""A whole life of Reel: accounts of every kind, added with all the mistakes people make, and whatever befalls them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from homeassistant.components.media_player.const import MediaPlayerEntityFeature
from homeassistant.components.media_source import async_resolve_media
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.reel.const import DOMAIN
from custom_components.reel.player_browse import content_id
from custom_components.reel.targeting import loaded_sources

from . import places
from .browser import Browser, Step
from .servers.jellyfin import JellyfinServer
from .servers.plex import PlexServer, PlexTv, User
from .servers.server import FakeServer
from .test_catalog_services import ask

# Made-up secrets that are nothing else by chance. The pins are longer than real ones for that.
HOME_PIN, WRONG_PIN, WRONG_TOKEN, WRONG_KEY = (
    "97531864",
    "86420975",
    "wrongTokenTypedByHand",
    "f00dfacef00dfacef00dfacef00dface",
)
# A media player of somebody else.
PROJECTOR = "media_player.projector"
PASSWORD, WRONG_PASSWORD = "Tr0ub4dor-and-3", "Tr0ub4dor-and-4"


@dataclass(slots=True)
class Life:
    """A house with accounts of every kind, all they went through, and what is secret of it."""

    hass: HomeAssistant
    browser: Browser
    films: Path
    tv: PlexTv
    den: PlexServer
    cabin: PlexServer
    stranger: PlexServer
    attic: JellyfinServer
    ada: User
    bob: User
    accounts: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    @property
    def servers(self) -> dict[str, FakeServer]:
        """Everybody who was spoken to."""
        return {
            "plex.tv": self.tv,
            "Den": self.den,
            "Cabin": self.cabin,
            "Stranger": self.stranger,
            "Attic": self.attic,
        }

    def keep(self, name: str, secret: str) -> str:
        """Remember what is not to be found later."""
        number = sum(known.rstrip(" 0123456789") == name for known in self.secrets)
        self.secrets[f"{name} {number + 1}" if number else name] = secret
        return secret

    def account(self, name: str) -> ConfigEntry[Any]:
        """Return an account by whose it is."""
        entry: ConfigEntry[Any] = self.hass.config_entries.async_get_known_entry(self.accounts[name])
        return entry

    def added(self, name: str, step: Step) -> None:
        """Remember whose account a flow ended in."""
        self.accounts[name] = step["result"]["entry_id"]

    # How accounts are added

    async def add_plex(self) -> None:
        """Sign in with a code as the owner of a Home, and become somebody else there, whose pin is mistyped first."""
        step = await self.browser.begin("plex")
        step = await self.approve_at_plex_tv(step)
        step = await self.browser.fill_in(step, user_id=self.bob.uuid)
        step = await self.browser.fill_in(step, pin=self.keep("wrong pin of the Home", WRONG_PIN))
        step = await self.browser.fill_in(step, pin=self.keep("pin of the Home", HOME_PIN))
        self.keep("account token of bob", self.bob.token)
        self.added("bob", await self.browser.fill_in(step, servers=[self.den.identifier]))

    async def approve_at_plex_tv(self, step: Step) -> Step:
        """Type the code of a sign-in at plex.tv."""
        (number, pin), *_ = reversed(self.tv.pins.pins.items())
        self.keep("code of plex.tv", pin.code)
        self.keep("id of the code", str(number))
        self.tv.approve(pin.code, self.ada)
        return await self.browser.look(step["flow_id"])

    async def add_plex_by_hand(self) -> None:
        """Add a server by its URL, with a token that is mistyped first."""
        step = await self.browser.begin("plex_manual")
        for token in self.keep("wrong token of Cabin", WRONG_TOKEN), self.keep("token of Cabin", self.cabin.token):
            step = await self.browser.fill_in(step, url=self.cabin.url(), token=token, advanced={})
        self.added("Cabin", step)

    async def meet_jellyfin(self, way: str) -> Step:
        """Find the Jellyfin server and choose how to sign in."""
        step = await self.browser.begin("jellyfin")
        step = await self.browser.fill_in(step, url=self.attic.url(), advanced={})
        return await self.browser.choose(step, way)

    async def add_jellyfin_by_password(self) -> None:
        """Sign in by name and password."""
        self.added("carol", await self.type_password(await self.meet_jellyfin("jellyfin_password")))
        self.keep("token of carol", self.account("carol").data["token"])

    async def type_password(self, step: Step) -> Step:
        """Type a password, and mistype it first."""
        for password in WRONG_PASSWORD, PASSWORD:
            step = await self.browser.fill_in(step, username="carol", password=password)
        return step

    async def add_jellyfin_by_code(self) -> None:
        """Approve a code in another app."""
        step = await self.meet_jellyfin("jellyfin_quick_connect")
        (attempt,) = self.attic.state.accounts.attempts.values()
        self.keep("secret of Quick Connect", attempt.secret)
        self.attic.approve(self.keep("code of Quick Connect", attempt.code), self.attic.add_user("dora"))
        self.added("dora", await self.browser.look(step["flow_id"]))
        self.keep("token of dora", self.account("dora").data["token"])

    async def add_jellyfin_by_key(self) -> None:
        """Let an API key act as a user."""
        erin, key = self.attic.add_user("erin"), self.attic.make_api_key()
        step = await self.meet_jellyfin("jellyfin_api_key")
        for each in self.keep("wrong API key", WRONG_KEY), self.keep("API key", key):
            step = await self.browser.fill_in(step, api_key=each)
        self.added("erin", await self.browser.fill_in(step, user_id=erin.id))

    async def add_folder(self) -> None:
        """Add a folder."""
        await self.browser.fill_in(await self.browser.begin("local"), path=str(self.films))

    async def look_at_settings(self) -> None:
        """Look at what can be decided about every source."""
        for account in self.hass.config_entries.async_entries(DOMAIN):
            for subentry in account.subentries:
                await self.browser.reconfigure(account.entry_id, subentry)

    # What happens to them

    async def look_around(self) -> None:
        """Let every source try its connections, and settle on the best."""
        self.places |= {f"{name} in between": told for name, told in (await places.act(self.hass)).items()}
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def fail_over(self) -> None:
        """Lose the local connection, and find it again."""
        await self.den.shut("local")
        await self.look_around()
        await self.den.open("local")
        await self.look_around()

    async def watch_on_screens(self) -> None:
        """Let somebody watch on apps of two servers."""
        television = self.cabin.add_client("Cabin TV")
        self.cabin.play(television, self.cabin.owner, 1, 60_000)
        tablet = self.attic.open_app(self.attic.add_user("frank"), "Attic Tablet")
        tablet.play(self.attic.state.shelf.titles[1])
        for source in loaded_sources(self.hass):
            await source.clients.read()

    async def watch_in_a_room(self) -> None:
        """Let a Reel player play something of every source on a projector."""
        self.hass.states.async_set(PROJECTOR, "idle", {"supported_features": MediaPlayerEntityFeature.PLAY_MEDIA})
        await self.browser.fill_in(await self.browser.begin("player"), name="Cinema", output=PROJECTOR)
        found = await ask(self.hass, "get_items", kinds="movie", limit=1000)
        devices = {source.device_id: source.source.key for source in loaded_sources(self.hass)}
        for item in {each["source"]: each for each in found["items"]}.values():
            place = content_id(devices[item["device_id"]], item["item"])
            playing = await async_resolve_media(self.hass, place, PROJECTOR)
            told = {
                "media_content_id": playing.url,
                "media_position": 900,
                "media_position_updated_at": dt_util.utcnow(),
            }
            for state in "playing", "paused", "idle":
                self.hass.states.async_set(PROJECTOR, state, told if state != "idle" else {})
                await self.hass.async_block_till_done(wait_background_tasks=True)

    async def replace_access_token(self) -> None:
        """Let the server refuse its token, for which plex.tv has a new one."""
        self.den.revoke(self.secrets["access token of Den"])
        self.keep("access token of Den", self.tv.give(self.den, self.bob, home=True))
        await self.fail_over()

    async def lose_plex_tv(self) -> None:
        """Let plex.tv be down for a while."""
        await self.tv.shut("local")
        await self.look_around()
        await self.tv.open("local")

    async def refuse_accounts(self) -> None:
        """Let plex.tv refuse an account, Cabin and Attic a token, and all of them be offline for a while."""
        self.tv.revoke(self.bob)
        self.cabin.revoke(self.secrets["token of Cabin"])
        self.attic.revoke(self.secrets["token of carol"])
        for action in "shut", "open":
            for server in self.cabin, self.attic:
                await getattr(server, action)("local")
            await self.look_around()

    async def sign_in_again(self) -> None:
        """Sign in again wherever Home Assistant asks for it."""
        flows = self.hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        waiting = {flow["context"]["entry_id"]: flow for flow in flows if flow["context"]["source"] == SOURCE_REAUTH}
        for name, sign_in in (
            ("bob", self.sign_in_to_plex_again),
            ("Cabin", self.sign_in_to_cabin_again),
            ("carol", self.sign_in_to_jellyfin_again),
        ):
            step = await self.browser.look(waiting[self.accounts[name]]["flow_id"])
            await sign_in(await self.browser.fill_in(step))

    async def sign_in_to_plex_again(self, step: Step) -> None:
        """Sign in with a code as the owner, and become who the account is."""
        step = await self.approve_at_plex_tv(step)
        await self.browser.fill_in(step, pin=HOME_PIN)
        self.keep("account token of bob", self.bob.token)

    async def sign_in_to_cabin_again(self, step: Step) -> None:
        """Type another token."""
        token = self.keep("token of Cabin", self.cabin.admit(self.cabin.owner, owned=True))
        await self.browser.fill_in(step, token=token)

    async def sign_in_to_jellyfin_again(self, step: Step) -> None:
        """Type the password once more."""
        await self.type_password(await self.browser.choose(step, "jellyfin_password"))
        self.keep("token of carol", self.account("carol").data["token"])

    async def be_lived(self) -> None:
        """Let all of it happen, one after the other."""
        for chapter in (
            self.add_plex,
            self.add_plex_by_hand,
            self.add_jellyfin_by_password,
            self.add_jellyfin_by_code,
            self.add_jellyfin_by_key,
            self.add_folder,
            self.look_at_settings,
            self.fail_over,
            self.lose_plex_tv,
            self.replace_access_token,
            self.refuse_accounts,
            self.sign_in_again,
            self.look_around,
            self.watch_on_screens,
            self.watch_in_a_room,
        ):
            await chapter()
            await self.hass.async_block_till_done(wait_background_tasks=True)
        for name in self.accounts:
            self.keep(f"client identifier of {name}", self.account(name).data["client_id"])
