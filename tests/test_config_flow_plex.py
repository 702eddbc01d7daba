"""A Plex account is added: with a code or a token, as any user of a Home, and whatever goes wrong, the flow goes on."""

import asyncio
import logging

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.reel.const import DOMAIN

from .house import JellyfinHouse, PlexHouse, add_plex, fill_in, sign_in_to_plex, start
from .servers.faults import Fault, Garbage, Status
from .servers.plex import PlexServer, User

PIN = "1397"


def placeholders(result: ConfigFlowResult) -> dict[str, str]:
    """Return what the text of a step fills in."""
    return dict(result["description_placeholders"] or {})


def options(result: ConfigFlowResult, field: str) -> list[dict[str, str]]:
    """Return what may be chosen in a field of a form."""
    schema = result["data_schema"]
    assert schema is not None
    return list(schema.schema[field].config["options"])


async def approve(hass: HomeAssistant, plex: PlexHouse, result: ConfigFlowResult, user: User) -> ConfigFlowResult:
    """Approve the code that a flow shows, and wait until the flow went on."""
    plex.tv.approve(placeholders(result)["code"], user)
    await hass.async_block_till_done(wait_background_tasks=True)
    return await hass.config_entries.flow.async_configure(result["flow_id"])


async def resubmit(hass: HomeAssistant, result: ConfigFlowResult) -> ConfigFlowResult:
    """Submit a form that asks nothing."""
    return await hass.config_entries.flow.async_configure(result["flow_id"], {})


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask often whether a code was approved."""
    monkeypatch.setattr("custom_components.reel.sign_in.POLL_SECONDS", 0.01)


async def test_a_code_is_shown_with_its_link_and_as_a_picture(hass: HomeAssistant, plex: PlexHouse) -> None:
    result = await start(hass, "plex")
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    shown = placeholders(result)
    assert shown["code"] in {pin.code for pin in plex.tv.pins.pins.values()}
    assert shown["link"] == "https://plex.tv/link"
    assert shown["qr"].startswith("<svg")
    hass.config_entries.flow.async_abort(result["flow_id"])


async def test_an_approved_code_leads_to_the_servers_of_the_account(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = await sign_in_to_plex(hass, plex, monkeypatch)
    assert result["step_id"] == "plex_servers"
    result = await fill_in(hass, result, {"servers": [plex.server.identifier]})
    entry = result["result"]
    assert entry.title == "ada (Plex)"
    assert entry.unique_id == f"plex:{plex.user.uuid}"
    assert entry.state is ConfigEntryState.LOADED
    (subentry,) = entry.subentries.values()
    assert (subentry.title, subentry.unique_id) == ("Den", plex.server.identifier)
    assert subentry.data["token"] == plex.token
    assert [(each["local"], each["relay"]) for each in subentry.data["connections"]] == [
        (True, False),
        (False, False),
        (False, True),
    ]


async def test_all_servers_are_offered_in_order_and_several_can_be_taken_each_with_its_own_token(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    grace = plex.tv.add_user("grace@example.com", username="grace")
    async with PlexServer("Cabin") as cabin, PlexServer("Annex") as annex:
        for server in (cabin, annex):
            plex.tv.give(server, grace, owned=True)
            plex.tv.advertise(server, "local", local=True)
        cabin_token = plex.tv.give(cabin, plex.user)
        plex.tv.give(annex, plex.user, home=True)
        result = await sign_in_to_plex(hass, plex, monkeypatch)
        assert [each["label"] for each in options(result, "servers")] == [
            "Den (yours)",
            "Annex (Plex Home: grace)",
            "Cabin (shared: grace)",
        ]
        result = await fill_in(hass, result, {"servers": [plex.server.identifier, cabin.identifier]})
        tokens = {subentry.title: subentry.data["token"] for subentry in result["result"].subentries.values()}
        assert tokens == {"Den": plex.token, "Cabin": cabin_token}


async def test_no_server_chosen_is_told_and_the_flow_goes_on(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = await sign_in_to_plex(hass, plex, monkeypatch)
    result = await fill_in(hass, result, {"servers": []})
    assert result["errors"] == {"servers": "no_server_chosen"}
    result = await fill_in(hass, result, {"servers": [plex.server.identifier]})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_code_that_ran_out_is_replaced_by_a_new_one(hass: HomeAssistant, plex: PlexHouse) -> None:
    plex.tv.behaviour.pin_lifetime = 0
    result = await start(hass, "plex")
    former = placeholders(result)["code"]
    await hass.async_block_till_done(wait_background_tasks=True)
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert (result["step_id"], result["errors"]) == ("plex_failed", {"base": "pin_expired"})
    plex.tv.behaviour.pin_lifetime = 900
    result = await resubmit(hass, result)
    assert placeholders(result)["code"] != former
    result = await approve(hass, plex, result, plex.user)
    assert result["step_id"] == "plex_servers"


async def test_the_lifetime_of_a_code_is_obeyed_even_if_plex_tv_says_nothing_more(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = await start(hass, "plex")
    plex.tv.fault = Fault(Status(429), paths="/api/v2/pins/*")
    monkeypatch.setattr("custom_components.reel.backends.retry.FIRST_PAUSE", 0.0)
    monkeypatch.setattr(hass.loop, "time", lambda clock=hass.loop.time: clock() + 901)
    await hass.async_block_till_done(wait_background_tasks=True)
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert result["errors"] == {"base": "pin_expired"}
    plex.tv.fault = None
    result = await resubmit(hass, result)
    assert result["type"] is FlowResultType.SHOW_PROGRESS


async def test_plex_tv_being_down_is_told_and_the_flow_goes_on(hass: HomeAssistant, plex: PlexHouse) -> None:
    await plex.tv.shut("local")
    result = await start(hass, "plex")
    assert (result["step_id"], result["errors"]) == ("plex_failed", {"base": "cannot_connect"})
    await plex.tv.open("local")
    result = await resubmit(hass, result)
    result = await approve(hass, plex, result, plex.user)
    assert result["step_id"] == "plex_servers"


@pytest.mark.parametrize(
    ("path", "failure", "error"),
    [
        ("/api/v2/user", Garbage(), "garbled"),
        ("/api/v2/home/users", Status(401), "invalid_auth"),
        ("/api/v2/resources", Status(403), "not_allowed"),
    ],
)
async def test_whatever_plex_tv_does_after_the_sign_in_the_flow_goes_on(
    hass: HomeAssistant, plex: PlexHouse, path: str, failure: Garbage | Status, error: str
) -> None:
    plex.tv.fault = Fault(failure, paths=path)
    result = await approve(hass, plex, await start(hass, "plex"), plex.user)
    assert (result["step_id"], result["errors"]) == ("plex_failed", {"base": error})
    plex.tv.fault = None
    result = await approve(hass, plex, await resubmit(hass, result), plex.user)
    assert result["step_id"] == "plex_servers"


@pytest.mark.usefixtures("plex")
async def test_a_cancelled_sign_in_asks_nobody_any_more(hass: HomeAssistant) -> None:
    result = await start(hass, "plex")
    before = asyncio.all_tasks()
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not [task for task in before if task.get_name() == "Reel: waiting for plex.tv" and not task.done()]


async def test_an_account_is_added_once(hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    await add_plex(hass, plex, monkeypatch)
    result = await sign_in_to_plex(hass, plex, monkeypatch)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_an_account_without_servers_cannot_be_added(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    plex.tv.take(plex.server, plex.user)
    result = await sign_in_to_plex(hass, plex, monkeypatch)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_servers")


# Plex Home


@pytest.fixture
def child(plex: PlexHouse) -> User:
    """Let somebody with a PIN into the Home of the account, who may use its server."""
    child = plex.tv.add_user("bob@example.com", username="bob", admin=plex.user, pin=PIN, restricted=True)
    plex.tv.give(plex.server, child, home=True)
    return child


async def choose_user(hass: HomeAssistant, plex: PlexHouse, user: User) -> ConfigFlowResult:
    """Sign in and choose a user of the Home."""
    result = await approve(hass, plex, await start(hass, "plex"), plex.user)
    assert [each["label"] for each in options(result, "user_id")] == ["ada", "bob"]
    return await fill_in(hass, result, {"user_id": user.uuid})


@pytest.mark.usefixtures("child")
async def test_whoever_signed_in_needs_no_pin_for_themselves(hass: HomeAssistant, plex: PlexHouse) -> None:
    plex.user.pin = "2222"
    result = await choose_user(hass, plex, plex.user)
    assert result["step_id"] == "plex_servers"


@pytest.mark.parametrize("by_v2", [True, False])
async def test_a_home_user_with_a_pin_becomes_the_account_with_a_token_of_their_own(
    hass: HomeAssistant, plex: PlexHouse, child: User, *, by_v2: bool
) -> None:
    plex.tv.behaviour.switch_by_v2 = by_v2
    result = await choose_user(hass, plex, child)
    assert (result["step_id"], placeholders(result)) == ("plex_user_pin", {"name": "bob"})
    result = await fill_in(hass, result, {"pin": "0000"})
    assert (result["step_id"], result["errors"]) == ("plex_user_pin", {"base": "wrong_pin"})
    result = await fill_in(hass, result, {"pin": PIN})
    result = await fill_in(hass, result, {"servers": [plex.server.identifier]})
    entry = result["result"]
    assert (entry.title, entry.unique_id) == ("bob (Plex)", f"plex:{child.uuid}")
    assert entry.data["token"] == child.token
    assert PIN not in str(entry.as_dict())


async def test_a_home_user_without_a_pin_is_asked_for_none(hass: HomeAssistant, plex: PlexHouse, child: User) -> None:
    child.pin = None
    result = await choose_user(hass, plex, child)
    assert result["step_id"] == "plex_servers"


async def test_too_many_switches_are_told_and_the_flow_goes_on(
    hass: HomeAssistant, plex: PlexHouse, child: User
) -> None:
    child.pin, plex.tv.behaviour.switches_allowed = None, 0
    result = await choose_user(hass, plex, child)
    assert (result["step_id"], result["errors"]) == ("plex_user_pin", {"base": "busy"})
    plex.tv.behaviour.switches_allowed = None
    result = await resubmit(hass, result)
    assert result["step_id"] == "plex_servers"


async def test_an_answer_to_a_switch_that_makes_no_sense_is_told(
    hass: HomeAssistant, plex: PlexHouse, child: User
) -> None:
    plex.tv.behaviour.switch_by_v2 = False
    plex.tv.fault = Fault(Garbage(), paths="/api/home/*")
    result = await choose_user(hass, plex, child)
    result = await fill_in(hass, result, {"pin": PIN})
    assert result["errors"] == {"base": "garbled"}


async def test_no_code_pin_or_token_is_logged(
    hass: HomeAssistant, plex: PlexHouse, child: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    result = await approve(hass, plex, begun := await start(hass, "plex"), plex.user)
    result = await fill_in(hass, result, {"user_id": child.uuid})
    result = await fill_in(hass, result, {"pin": PIN})
    await fill_in(hass, result, {"servers": [plex.server.identifier]})
    # The fake servers of the tests have the pins in their own records, not in the log.
    lines = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("aiohttp.server"))
    secrets = [placeholders(begun)["code"], f"pin={PIN}", plex.user.token, child.token, plex.token, plex.server.token]
    assert [secret for secret in secrets if secret in lines] == []


# By URL and token


async def test_a_server_is_added_by_its_url_and_a_token(hass: HomeAssistant, plex: PlexHouse) -> None:
    url = plex.server.url().removeprefix("http://")
    result = await fill_in(hass, await start(hass, "plex_manual"), {"url": url, "token": plex.token})
    entry = result["result"]
    assert (entry.title, entry.unique_id) == ("Den", f"plex:{plex.server.identifier}")
    assert "token" not in entry.data
    (subentry,) = entry.subentries.values()
    assert (subentry.data["token"], subentry.data["verify_ssl"]) == (plex.token, True)
    assert [(each["uri"], each["origin"]) for each in subentry.data["connections"]] == [(plex.server.url(), "user")]


async def test_everything_wrong_about_a_url_or_token_is_told_and_the_flow_goes_on(
    hass: HomeAssistant, plex: PlexHouse, jellyfin: JellyfinHouse
) -> None:
    await plex.server.open("broken")
    plex.server.doors["broken"].fault = Fault(Status(503))
    await plex.server.open("gone")
    await plex.server.shut("gone")
    result = await start(hass, "plex_manual")
    good = {"url": plex.server.url(), "token": plex.token}
    for values, errors in (
        ({"url": "ftp://nas"}, {"url": "invalid_url"}),
        ({"url": plex.server.url("gone")}, {"base": "cannot_connect"}),
        ({"url": jellyfin.server.url()}, {"base": "not_media_server"}),
        ({"url": plex.server.url("broken")}, {"base": "busy"}),
        ({"token": "wrong"}, {"base": "invalid_auth"}),
    ):
        result = await fill_in(hass, result, good | values)
        assert (result["step_id"], result["errors"]) == ("plex_manual", errors)
    result = await fill_in(hass, result, good)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_server_is_added_by_its_url_once(hass: HomeAssistant, plex: PlexHouse) -> None:
    values = {"url": plex.server.url(), "token": plex.token}
    await fill_in(hass, await start(hass, "plex_manual"), values)
    result = await fill_in(hass, await start(hass, "plex_manual"), values)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1
