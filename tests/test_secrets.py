"""Nothing secret leaves the config entries, but to the server that it is for: a whole life is lived, then searched."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
import logging
from pathlib import Path
import re
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator
from yarl import URL

from custom_components.reel.account import Source, server_subentry
from custom_components.reel.backends.abilities import ABILITIES, Target
from custom_components.reel.backends.jellyfin.model import QuickCode, SignedIn
from custom_components.reel.backends.model import Kind, Server, User
from custom_components.reel.backends.plex.model import Ownership, Pin, Share
from custom_components.reel.backends.transport import Request
from custom_components.reel.const import DOMAIN
from custom_components.reel.sign_in import NewAccount
from custom_components.reel.wires import prober

from . import places
from .backends.playback import PICKY
from .browser import Browser
from .house import NO_PUSH, PlexHouse, add_plex
from .life import HOME_PIN, PASSWORD, WRONG_PASSWORD, Life
from .page import Page
from .servers.jellyfin import JellyfinServer
from .servers.library import make_library
from .servers.plex import PlexServer, PlexTv
from .servers.traffic import Seen
from .test_init import pass_time, state

# What a config entry may keep. Passwords, pins, codes and what was mistyped are gone once they were used.
KEPT: Final = ("access token of Den", "account token of bob", "token of", "API key", "client identifier of")
# What users have to see in order to approve it elsewhere, and the step that shows it.
SHOWN: Final = {"code of plex.tv": "browser plex_pin", "code of Quick Connect": "browser jellyfin_code"}
# What a server's files are opened by, where a user wants players to get them there themselves.
OPENING: Final = ("access token of Den", "token of", "API key")
# By which name we are known to a Jellyfin server stands in the addresses of its conversions, and opens nothing.
NAMED: Final = tuple(f"client identifier of {name}" for name in ("carol", "dora", "erin"))
# Where addresses are shown to those who are to choose among them, and where nothing personal is shown.
ADDRESSES: Final = ("action", "get_states")
IMPERSONAL: Final = ("diagnostics", "events of Reel", "log of Reel", "logbook", "repairs", "system health")


@pytest.fixture
async def life(
    hass: HomeAssistant, films: Path, hass_client: ClientSessionGenerator, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Life]:
    """Return a life that has not begun yet."""
    monkeypatch.setattr("custom_components.reel.sign_in.POLL_SECONDS", 0.01)
    monkeypatch.setattr("homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True)
    await places.prepare(hass)
    # The routes of a test's web server are fixed when its client comes.
    assert await async_setup_component(hass, DOMAIN, {})
    async with (
        PlexTv() as tv,
        PlexServer("Den", library=make_library(1)) as den,
        PlexServer("Cabin", library=make_library(2)) as cabin,
        PlexServer("Stranger", library=make_library(3)) as stranger,
        JellyfinServer("Attic", library=make_library(4)) as attic,
    ):
        monkeypatch.setattr("custom_components.reel.backends.plex.tv.PLEX_TV", tv.url())
        ada = tv.add_user("ada@example.com", username="ada")
        bob = tv.add_user("bob@example.com", username="bob", admin=ada, pin=HOME_PIN)
        life = Life(hass, Browser(hass, await hass_client()), films, tv, den, cabin, stranger, attic, ada, bob)
        life.keep("account token of ada", ada.token)
        life.keep("access token of Den for ada", tv.give(den, ada, owned=True))
        life.keep("access token of Den", tv.give(den, bob, home=True))
        life.keep("wrong password", WRONG_PASSWORD)
        life.keep("password", PASSWORD)
        attic.add_user("carol", PASSWORD)
        await den.open("remote")
        tv.advertise(den, "local", local=True)
        tv.advertise(den, "remote")
        # Somebody else lives at one of the addresses.
        tv.advertise(den, "local", local=True, uri=stranger.url())
        yield life


@pytest.fixture
async def found(
    hass: HomeAssistant,
    life: Life,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> Mapping[str, str]:
    """Live that life, and return all that can be read of it afterwards, by the names of the places."""
    caplog.set_level(logging.DEBUG)
    events: list[Event[Any]] = []

    @callback
    def note(event: Event[Any]) -> None:
        events.append(event)

    hass.bus.async_listen(MATCH_ALL, note)
    await life.be_lived()
    monkeypatch.setitem(ABILITIES, Target.CAST, PICKY)
    page = await Page.open(hass_ws_client, hass_client_no_auth)
    found = {
        **life.places,
        **await places.play(hass, page),
        **await places.lead_on(hass, page),
        **await places.act(hass),
        **await places.diagnose(hass, hass_client),
        **await places.list_all(hass_ws_client),
        **await places.examine(hass),
        **await places.happened(hass, events),
        **await places.stored(hass, hass_storage),
        **places.logged(caplog.records),
    }
    for step, text in life.browser.told:
        found[f"browser {step}"] = found.get(f"browser {step}", "") + text
    return found


def holds(text: str, word: str) -> bool:
    """Tell whether a word stands in a text by itself: short ones are part of others by chance."""
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(word)}(?![0-9A-Za-z])", text) is not None


def name_of(secret: str) -> str:
    """Return what a secret is, without its number: after a refusal there is a second one."""
    return secret.rstrip(" 0123456789")


def places_of(secret: str) -> set[str]:
    """Return where a secret may be found."""
    if name_of(secret) in SHOWN:
        return {SHOWN[name_of(secret)]}
    found = {places.ENTRIES} if secret.startswith(KEPT) else set[str]()
    if secret.startswith(NAMED):
        found |= {places.PLAYED, places.LED_ON_TO, places.ACCESS_LOG}
    return found | ({places.LED_ON_TO} if secret.startswith(OPENING) else set())


async def test_nothing_secret_is_found_anywhere_but_in_the_config_entries(life: Life, found: Mapping[str, str]) -> None:
    leaks = [
        f"{secret} is found in: {place}"
        for secret, word in life.secrets.items()
        for place, text in found.items()
        if holds(text, word) and place not in places_of(secret)
    ]
    assert leaks == []


async def test_the_search_finds_what_is_there(life: Life, found: Mapping[str, str]) -> None:
    kept = {name_of(secret) for secret, word in life.secrets.items() if holds(found[places.ENTRIES], word)}
    assert kept == {
        "access token of Den",
        "account token of bob",
        "token of Cabin",
        "token of carol",
        "token of dora",
        "API key",
        *(f"client identifier of {name}" for name in ("bob", "Cabin", "carol", "dora", "erin")),
    }
    opening = {name_of(secret) for secret, word in life.secrets.items() if holds(found[places.LED_ON_TO], word)}
    assert opening - {*NAMED} == {"access token of Den", "token of Cabin", "token of carol", "token of dora", "API key"}
    shown = {place: secret for secret, place in SHOWN.items() if holds(found[place], life.secrets[secret])}
    assert shown == {place: secret for secret, place in SHOWN.items()}
    empty = [place for place, text in found.items() if len(text) < 20]
    assert empty == []
    for place, word in (
        ("action get_connections", "127.0.0.1"),
        ("catalog", life.den.url()),
        ("config/device_registry/list", life.den.identifier),
        ("config_entries/get", "reel"),
        ("diagnostics of Folders", "connected"),
        ("events", "call_service"),
        ("events of Reel", "sign_in_needed"),
        ("diagnostics of Cinema", "output"),
        ("get_states", "sensor.den_active_url"),
        ("get_states", "media_player.cabin_tv"),
        ("get_states", "media_player.attic_tablet"),
        ("get_states", "media_player.cinema"),
        ("log", "custom_components.reel"),
        ("media browser", life.den.titles[1].name),
        (places.ACCESS_LOG, "GET"),
        (places.LED_ON, "no-referrer"),
        (places.PLAYED, "EXTM3U"),
        (places.PLAYED, "Use.IMAGE"),
        ("logbook", "does not accept the sign-in any more"),
        ("storage core.entity_registry", "sensor.den_status"),
        ("system health", "plex_tv"),
    ):
        assert holds(found[place], word), (place, word)


@pytest.mark.usefixtures("found")
async def test_secrets_reach_the_servers_they_are_for_and_travel_where_no_log_looks(life: Life) -> None:
    received: dict[str, set[str]] = {name: set() for name in life.servers}
    carried: dict[str, set[str]] = defaultdict(set)
    for server, part, secret in deliveries(life):
        received[server].add(secret)
        carried[part].add(secret)
    devices = {each: f"client identifier of {each}" for each in ("bob", "Cabin", "carol", "dora", "erin")}
    jellyfin = {"token of carol", "token of dora", "API key", "wrong API key"}
    passwords = {"password", "wrong password"}
    pins = {"pin of the Home", "wrong pin of the Home"}
    assert received == {
        "plex.tv": {"account token of ada", "account token of bob", "id of the code", *pins, devices["bob"]},
        "Den": {"access token of Den", devices["bob"]},
        "Cabin": {"token of Cabin", "wrong token of Cabin", devices["Cabin"]},
        "Attic": {
            *jellyfin,
            *passwords,
            "secret of Quick Connect",
            *(devices[each] for each in ("carol", "dora", "erin")),
        },
        # Who asks is no secret to a server that is asked who it is. What is asked for comes later, and not from it.
        "Stranger": {devices["bob"]},
    }
    assert dict(carried) == {
        "X-Plex-Token": {
            "account token of ada",
            "account token of bob",
            "access token of Den",
            "token of Cabin",
            "wrong token of Cabin",
        },
        "X-Plex-Client-Identifier": {devices["bob"], devices["Cabin"]},
        "Authorization": {*jellyfin, *(devices[each] for each in ("carol", "dora", "erin"))},
        "body": {*passwords, "secret of Quick Connect"},
        # Those who made the protocols want it so. They are good for minutes, or for nobody who is not signed in.
        "URL": {"id of the code", *pins, "secret of Quick Connect", *NAMED},
    }


def deliveries(life: Life) -> Iterator[tuple[str, str, str]]:
    """Yield which server received which secret in which part of a request."""
    for server, fake in life.servers.items():
        for seen in fake.traffic.requests:
            for part, text in parts(seen):
                yield from ((server, part, name_of(secret)) for secret, word in life.secrets.items() if word in text)


def parts(seen: Seen) -> Iterator[tuple[str, str]]:
    """Yield the parts of a request by their names."""
    yield "URL", f"{seen.path}?{seen.query}"
    yield "body", seen.body.decode()
    yield from seen.headers.items()


async def test_nothing_personal_is_told_to_those_who_only_look_or_help(life: Life, found: Mapping[str, str]) -> None:
    personal = {
        "who bob is": life.bob.uuid,
        "the address of bob": life.bob.email,
        "the name of ada": life.ada.username,
        "the name of bob": life.bob.username,
        "which server Den is": life.den.identifier,
        "which server Cabin is": life.cabin.identifier,
        "which server Attic is": life.attic.server_id,
        **{f"who {user.name} is": user.id for user in life.attic.state.accounts.users.values()},
    }
    addresses = {"a host": "127.0.0.1", "a folder": str(life.films)}
    assert sightings(found, IMPERSONAL, personal | addresses) == []
    assert sightings(found, ADDRESSES, personal) == []


def sightings(found: Mapping[str, str], where: tuple[str, ...], words: Mapping[str, str]) -> list[str]:
    """Return what is found in the places whose names begin so."""
    texts = {place: text for place, text in found.items() if place.startswith(where)}
    return [
        f"{what} is found in: {place}"
        for place, text in texts.items()
        for what, word in words.items()
        if holds(text, word)
    ]


async def test_an_address_that_changed_hands_while_nobody_looked_sees_no_token(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    plex.server.fault = NO_PUSH
    await add_plex(hass, plex, monkeypatch)
    plex.server.traffic.clear()
    plex.server.pretend("local", "0" * 40)
    # As after a night in which the machine slept.
    await pass_time(hass, freezer, 8 * 3600)
    assert state(hass, "sensor.den_connection_quality") == "remote"
    assert [seen.path for seen in plex.server.traffic.requests if seen.door == "local" and seen.token] == []


@pytest.mark.parametrize("kind", [Kind.PLEX, Kind.JELLYFIN])
async def test_a_value_that_holds_a_secret_does_not_show_it(hass: HomeAssistant, kind: Kind) -> None:
    user, server = User("1", "ada"), Server("2", "Den", "1.0")
    source = Source("key", kind, "Den", "2", "unique", "client", PASSWORD, connections=())
    headers = {"Authorization": PASSWORD}
    values = [
        source,
        prober(hass, source),
        NewAccount("unique", "ada", {"token": PASSWORD}, {"2": server_subentry(server, (), PASSWORD)}),
        Share(server, PASSWORD, Ownership.OWNED, None, ()),
        SignedIn(user, PASSWORD),
        QuickCode(PASSWORD, PASSWORD),
        Pin(PASSWORD, PASSWORD, 900),
        Request("GET", URL("http://192.0.2.1"), headers, json={"Pw": PASSWORD}),
    ]
    assert [type(value).__name__ for value in values if PASSWORD in repr(value)] == []
