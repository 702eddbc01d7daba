"""What a user can mend shows up in the repairs, leads to a way out, and goes when it is cured."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
import ssl
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.repairs import RepairsFlowResult, repairs_flow_manager
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.reel.account import Source
from custom_components.reel.backends.errors import Cause
from custom_components.reel.backends.model import Kind
from custom_components.reel.connection.model import Connection, Health, Status
from custom_components.reel.connection.state import SourceState
from custom_components.reel.const import DOMAIN
from custom_components.reel.rebinding import hides_addresses, private_names
from custom_components.reel.troubles import VERDICTS, Look, Trouble

from .house import JellyfinHouse, PlexHouse, add_folder, add_jellyfin
from .servers.faults import Fault, Status as Answer
from .steps import add_quiet_plex, turn
from .test_init import pass_time, state

CERTIFICATE = Path(__file__).parent / "backends" / "self_signed.pem"
HIDDEN = "192-168-1-10.0123456789abcdef0123456789abcdef.plex.direct"


type Fix = Callable[..., Awaitable[RepairsFlowResult]]


def troubles(hass: HomeAssistant) -> list[str]:
    """Return what the repairs show of Reel."""
    return sorted(
        issue.translation_key or ""
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.active
    )


@pytest.fixture
async def fix(hass: HomeAssistant) -> Fix:
    """Return how to start the repair of the only issue, and to submit its form."""
    assert await async_setup_component(hass, "repairs", {})
    flows = repairs_flow_manager(hass)
    assert flows is not None

    async def step(flow_id: str | None = None) -> RepairsFlowResult:
        if flow_id:
            return await flows.async_configure(flow_id, {})
        (issue_id,) = (issue for domain, issue in ir.async_get(hass).issues if domain == DOMAIN)
        return await flows.async_init(DOMAIN, context={}, data={"issue_id": issue_id})

    return step


@pytest.fixture
async def clients_may_hang_up(hass: HomeAssistant) -> None:  # noqa: ARG001  # whose complaints these are
    """Let clients that do not like a certificate hang up: the server's side of asyncio would complain."""
    loop = asyncio.get_running_loop()
    complain = loop.get_exception_handler()

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if complain is not None and not isinstance(context.get("exception"), ConnectionResetError):
            complain(loop, context)

    loop.set_exception_handler(handle)


async def test_a_relay_is_worth_a_word_after_an_hour_and_no_longer_once_it_is_over(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await turn(hass, plex, freezer, "remote", "local")
    seen = [troubles(hass)]
    await pass_time(hass, freezer, 3601)
    seen.append(troubles(hass))
    await turn(hass, plex, freezer, "local")
    seen.append(troubles(hass))
    assert seen == [[], ["only_relay"], []]


async def test_a_relay_is_left_when_the_repair_finds_something_better(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory, fix: Fix
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await turn(hass, plex, freezer, "remote", "local")
    await pass_time(hass, freezer, 3601)
    form = await fix()
    assert form["description_placeholders"] == {"name": "Den"}
    too_early = await fix(form["flow_id"])
    await plex.server.open("local")
    done = await fix(form["flow_id"])
    assert (too_early["errors"], done["type"], troubles(hass)) == ({"base": "not_cured"}, "create_entry", [])


@pytest.mark.usefixtures("clients_may_hang_up")
async def test_a_certificate_that_is_not_valid_leads_to_the_settings_of_the_source(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, fix: Fix
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    for door in "local", "remote":
        await plex.server.shut(door)
        await plex.server.open(door, ssl=context)
        plex.tv.advertise(plex.server, door, local=door == "local")
    await add_quiet_plex(hass, plex, monkeypatch)
    assert troubles(hass) == ["certificate"]
    form = await fix()
    onward = await fix(form["flow_id"])
    kind, flow_id = onward["next_flow"]
    assert (onward["type"], kind) == ("abort", "config_subentries_flow")
    assert hass.config_entries.subentries.async_get(flow_id)["context"]["source"] == "reconfigure"


async def test_a_folder_that_is_gone_is_told_until_it_is_back(
    hass: HomeAssistant, films: Path, freezer: FrozenDateTimeFactory, fix: Fix
) -> None:
    await add_folder(hass, films)
    away = films.with_name("away")
    films.rename(away)  # noqa: ASYNC240  # a rename blocks nobody
    await pass_time(hass, freezer, 301)
    assert troubles(hass) == ["folder_missing"]
    form = await fix()
    assert (await fix(form["flow_id"]))["errors"] == {"base": "not_cured"}
    away.rename(films)
    assert (await fix(form["flow_id"]))["type"] == "create_entry"
    assert troubles(hass) == []


async def test_a_server_that_refuses_us_while_the_account_is_fine_asks_to_sign_in_again(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory, fix: Fix
) -> None:
    entry = await add_quiet_plex(hass, plex, monkeypatch)
    plex.server.revoke(plex.token)
    await turn(hass, plex, freezer, "local")
    assert troubles(hass) == ["sign_in"]
    form = await fix()
    onward = await fix(form["flow_id"])
    (reauth,) = entry.async_get_active_flows(hass, {SOURCE_REAUTH})
    assert onward["next_flow"] == ("config_flow", reauth["flow_id"])


async def test_home_assistant_and_reel_do_not_both_ask_for_the_same_sign_in(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    entry = await add_quiet_plex(hass, plex, monkeypatch)
    plex.server.revoke(plex.token)
    await turn(hass, plex, freezer, "local")
    entry.async_start_reauth(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (troubles(hass), [domain for domain, _ in ir.async_get(hass).issues]) == ([], ["homeassistant"])


async def test_a_server_that_lets_the_account_in_no_more_is_told_until_it_does(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory, fix: Fix
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    plex.server.fault = Fault(Answer(403), paths="/")
    await turn(hass, plex, freezer, "local")
    assert (state(hass, "sensor.den_status"), troubles(hass)) == ("error", ["not_allowed"])
    form = await fix()
    assert (await fix(form["flow_id"]))["errors"] == {"base": "not_cured"}
    plex.server.fault = None
    assert (await fix(form["flow_id"]))["type"] == "create_entry"
    assert (state(hass, "sensor.den_status"), troubles(hass)) == ("connected", [])


async def test_a_server_that_lets_the_account_in_again_cures_that_by_itself(
    hass: HomeAssistant, jellyfin: JellyfinHouse, freezer: FrozenDateTimeFactory
) -> None:
    await add_jellyfin(hass, jellyfin)
    jellyfin.server.fault = Fault(Answer(403), paths="/Users/Me")
    seen = []
    for fault in jellyfin.server.fault, None:
        jellyfin.server.fault = fault
        # The next proof is the first that is refused.
        for _ in range(13):
            await pass_time(hass, freezer, 301)
        seen.append(troubles(hass))
    assert seen == [["not_allowed"], []]


async def test_dns_that_hides_addresses_of_the_house_is_told_until_it_does_not(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory, fix: Fix
) -> None:
    known = {"plex.tv"}

    async def resolves(_: HomeAssistant, name: str) -> bool:
        return name in known

    # Home Assistant's test harness has no resolver at all, so no such name may be advertised here.
    monkeypatch.setattr("custom_components.reel.issues.private_names", lambda _: [HIDDEN])
    monkeypatch.setattr("custom_components.reel.rebinding.resolves", resolves)
    await add_quiet_plex(hass, plex, monkeypatch)
    assert troubles(hass) == ["dns_rebinding"]
    form = await fix()
    known.add(HIDDEN)
    assert (await fix(form["flow_id"]))["type"] == "create_entry"
    await pass_time(hass, freezer, 301)
    assert troubles(hass) == []


async def test_a_house_without_any_dns_is_not_blamed_for_rebinding(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolves(_: HomeAssistant, name: str) -> bool:
        return name == "public.example.org"

    monkeypatch.setattr("custom_components.reel.rebinding.resolves", resolves)
    assert await hides_addresses(hass, ["hidden.example.org"]) is None
    assert await hides_addresses(hass, ["public.example.org"]) is False


@pytest.mark.parametrize(
    ("address", "expected"), [("192-168-1-10", True), ("fd00--7", True), ("8-8-8-8", False), ("den", False)]
)
def test_only_names_of_plex_direct_that_stand_for_private_addresses_are_resolved(
    address: str, *, expected: bool
) -> None:
    name = f"{address}.0123456789abcdef0123456789abcdef.plex.direct"
    assert private_names([Connection.at(f"https://{name}:32400")]) == [name] * expected


async def test_issues_go_with_their_source(hass: HomeAssistant, films: Path, freezer: FrozenDateTimeFactory) -> None:
    entry = (await add_folder(hass, films))["result"]
    films.rename(films.with_name("away"))  # noqa: ASYNC240
    await pass_time(hass, freezer, 301)
    assert troubles(hass) == ["folder_missing"]
    (subentry,) = entry.subentries
    hass.config_entries.async_remove_subentry(entry, subentry)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert ir.async_get(hass).issues == {}


def source(kind: Kind, *connections: Connection) -> Source:
    """Return a source that is reached over these."""
    return Source(
        key="key",
        kind=kind,
        name="Den",
        identity="identity",
        unique_id="unique",
        client_id="client",
        token="token",
        connections=connections,
    )


LOCAL = Connection.at("https://192.0.2.1:32400", local=True)
REMOTE = Connection.at("https://192.0.2.2:32400")
RELAY = Connection.at("https://192.0.2.3:8443", relay=True)
FOLDER = Connection.at("file:///media/films", local=True)


def failing(**causes: Cause) -> SourceState:
    """Return an offline state in which connections fail for these causes."""
    uris = {"local": LOCAL.uri, "remote": REMOTE.uri, "folder": FOLDER.uri}
    return SourceState(health={uris[name]: Health().failed(1.0, cause) for name, cause in causes.items()})


@pytest.mark.parametrize(
    ("trouble", "look", "expected"),
    [
        (Trouble.SIGN_IN, Look(source(Kind.PLEX), SourceState(Status.NEEDS_AUTH)), True),
        (Trouble.SIGN_IN, Look(source(Kind.PLEX), SourceState(Status.OFFLINE)), None),
        (Trouble.SIGN_IN, Look(source(Kind.PLEX), SourceState(Status.CONNECTED)), False),
        (Trouble.TOO_OLD, Look(source(Kind.JELLYFIN), SourceState(Status.ERROR, trouble=Cause.TOO_OLD)), True),
        (Trouble.TOO_OLD, Look(source(Kind.JELLYFIN), SourceState(Status.ERROR, trouble=Cause.NOT_ALLOWED)), False),
        (Trouble.TOO_OLD, Look(source(Kind.JELLYFIN), SourceState(Status.OFFLINE)), None),
        (Trouble.NOT_ALLOWED, Look(source(Kind.PLEX), SourceState(Status.ERROR, trouble=Cause.NOT_ALLOWED)), True),
        (Trouble.NOT_ALLOWED, Look(source(Kind.PLEX), SourceState(Status.CONNECTED)), False),
        (Trouble.NOT_ALLOWED, Look(source(Kind.PLEX), SourceState(Status.OFFLINE)), None),
        (Trouble.ONLY_RELAY, Look(source(Kind.PLEX, RELAY), SourceState(Status.CONNECTED, RELAY), 9999), False),
        (Trouble.ONLY_RELAY, Look(source(Kind.PLEX, LOCAL, RELAY), SourceState(Status.CONNECTED, RELAY), 9999), True),
        (Trouble.ONLY_RELAY, Look(source(Kind.PLEX, LOCAL, RELAY), SourceState(Status.CONNECTED, RELAY), 99), None),
        (Trouble.ONLY_RELAY, Look(source(Kind.PLEX, LOCAL, RELAY), SourceState(Status.OFFLINE, RELAY), 9999), None),
        (
            Trouble.CERTIFICATE,
            Look(source(Kind.PLEX, LOCAL, REMOTE), failing(local=Cause.REFUSED, remote=Cause.CERTIFICATE)),
            True,
        ),
        (
            Trouble.CERTIFICATE,
            Look(source(Kind.PLEX, LOCAL, REMOTE), failing(local=Cause.REFUSED, remote=Cause.SILENT)),
            False,
        ),
        (Trouble.FOLDER_UNREADABLE, Look(source(Kind.LOCAL, FOLDER), failing(folder=Cause.UNREADABLE)), True),
        (Trouble.FOLDER_MISSING, Look(source(Kind.LOCAL, FOLDER), failing(folder=Cause.UNREADABLE)), False),
        (Trouble.FOLDER_MISSING, Look(source(Kind.PLEX, LOCAL), failing(local=Cause.MISSING)), False),
    ],
)
def test_a_verdict_tells_what_is_wrong_what_is_cured_and_what_nobody_knows(
    trouble: Trouble, look: Look, *, expected: bool | None
) -> None:
    assert VERDICTS[trouble](look) is expected
