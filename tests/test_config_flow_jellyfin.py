"""A Jellyfin account is added: the server is met first, then a user signs in by code, password or API key."""

import logging
from pathlib import Path
import ssl

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from .house import JellyfinHouse, PlexHouse, add_jellyfin, choose, fill_in, meet_jellyfin, start
from .servers.faults import Fault, Status
from .servers.jellyfin import JellyfinServer
from .test_config_flow_plex import options, placeholders, resubmit
from .test_init import pass_time, state

CERTIFICATE = Path(__file__).parent / "backends" / "self_signed.pem"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask often whether a code was approved."""
    monkeypatch.setattr("custom_components.reel.sign_in.POLL_SECONDS", 0.01)


def self_signed_context() -> ssl.SSLContext:
    """Return what a server needs to present a certificate that nobody vouches for."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


async def approve(hass: HomeAssistant, jellyfin: JellyfinHouse, result: ConfigFlowResult) -> ConfigFlowResult:
    """Approve the code that a flow shows, and wait until the flow went on."""
    jellyfin.server.approve(placeholders(result)["code"], jellyfin.user)
    await hass.async_block_till_done(wait_background_tasks=True)
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    await hass.async_block_till_done(wait_background_tasks=True)
    return result


# The server


async def test_a_server_is_introduced_before_anybody_signs_in(hass: HomeAssistant, jellyfin: JellyfinHouse) -> None:
    result = await meet_jellyfin(hass, jellyfin)
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "jellyfin_sign_in")
    assert placeholders(result) == {"name": "Attic", "version": "10.11.11"}
    assert result["menu_options"] == ["jellyfin_quick_connect", "jellyfin_password", "jellyfin_api_key"]
    assert [seen.token for seen in jellyfin.server.traffic.requests if seen.token] == []


async def test_scheme_and_port_are_guessed_and_a_base_path_is_kept(hass: HomeAssistant) -> None:
    async with JellyfinServer("Loft", base_path="/media") as server:
        house = JellyfinHouse(server, server.add_user("ada", "correct horse"))
        result = await start(hass, "jellyfin")
        result = await fill_in(hass, result, {"url": f" {server.url().removeprefix('http://')}/ "})
        result = await choose(hass, result, "jellyfin_password")
        result = await fill_in(hass, result, {"username": "ada", "password": house.password})
        (subentry,) = result["result"].subentries.values()
        assert [each["uri"] for each in subentry.data["connections"]] == [server.url()]


async def test_everything_wrong_about_a_url_is_told_and_the_flow_goes_on(
    hass: HomeAssistant, jellyfin: JellyfinHouse, plex: PlexHouse
) -> None:
    await jellyfin.server.open("gone")
    await jellyfin.server.shut("gone")
    async with JellyfinServer("Old", version="10.8.13") as old:
        result = await start(hass, "jellyfin")
        for url, errors in (
            ("https://user@nas", {"url": "invalid_url"}),
            (jellyfin.server.url("gone"), {"base": "cannot_connect"}),
            (plex.server.url(), {"base": "not_media_server"}),
            (old.url(), {"base": "too_old"}),
        ):
            result = await fill_in(hass, result, {"url": url})
            assert (result["step_id"], result["errors"]) == ("jellyfin", errors)
        assert placeholders(result)["version"] == "10.8.13"
    result = await fill_in(hass, result, {"url": jellyfin.server.url()})
    assert result["step_id"] == "jellyfin_sign_in"


@pytest.mark.parametrize("switch", ["emby", "captive_portal"])
async def test_what_only_looks_like_jellyfin_is_refused(
    hass: HomeAssistant, jellyfin: JellyfinHouse, switch: str
) -> None:
    setattr(jellyfin.server.behaviour, switch, True)
    result = await meet_jellyfin(hass, jellyfin)
    assert result["errors"] == {"base": "not_media_server"}


async def test_a_self_signed_certificate_takes_an_explicit_choice(hass: HomeAssistant, jellyfin: JellyfinHouse) -> None:
    # In debug mode the loop reports every client that hangs up on a certificate.
    hass.loop.set_debug(False)
    await jellyfin.server.open("tls", ssl=self_signed_context())
    url = jellyfin.server.url("tls")
    result = await fill_in(hass, await start(hass, "jellyfin"), {"url": url})
    assert result["errors"] == {"base": "invalid_certificate"}
    result = await fill_in(hass, result, {"url": url, "advanced": {"verify_ssl": False}})
    result = await choose(hass, result, "jellyfin_password")
    result = await fill_in(hass, result, {"username": "ada", "password": jellyfin.password})
    (subentry,) = result["result"].subentries.values()
    assert subentry.data["verify_ssl"] is False
    assert state(hass, "sensor.attic_status") == "connected"


# Quick Connect


async def test_an_approved_code_adds_the_user_who_approved(hass: HomeAssistant, jellyfin: JellyfinHouse) -> None:
    result = await choose(hass, await meet_jellyfin(hass, jellyfin), "jellyfin_quick_connect")
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    assert len(placeholders(result)["code"]) == 6
    result = await approve(hass, jellyfin, result)
    entry = result["result"]
    assert (entry.title, entry.state) == ("ada (Attic)", ConfigEntryState.LOADED)
    assert entry.unique_id == f"jellyfin:{jellyfin.server.server_id}:{jellyfin.user.id}"


async def test_a_code_is_offered_only_where_it_is_accepted(hass: HomeAssistant, jellyfin: JellyfinHouse) -> None:
    jellyfin.server.behaviour.quick_connect = False
    result = await meet_jellyfin(hass, jellyfin)
    assert result["menu_options"] == ["jellyfin_password", "jellyfin_api_key"]


async def test_quick_connect_that_was_switched_off_meanwhile_is_told_and_the_flow_goes_on(
    hass: HomeAssistant, jellyfin: JellyfinHouse
) -> None:
    result = await meet_jellyfin(hass, jellyfin)
    jellyfin.server.behaviour.quick_connect = False
    result = await choose(hass, result, "jellyfin_quick_connect")
    assert (result["step_id"], result["errors"]) == ("jellyfin_failed", {"base": "invalid_auth"})
    result = await resubmit(hass, result)
    assert result["step_id"] == "jellyfin_sign_in"


async def test_a_code_that_ran_out_is_told_and_a_new_one_works(hass: HomeAssistant, jellyfin: JellyfinHouse) -> None:
    result = await choose(hass, await meet_jellyfin(hass, jellyfin), "jellyfin_quick_connect")
    former = placeholders(result)["code"]
    jellyfin.server.restart()
    await hass.async_block_till_done(wait_background_tasks=True)
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert (result["step_id"], result["errors"]) == ("jellyfin_failed", {"base": "pin_expired"})
    result = await choose(hass, await resubmit(hass, result), "jellyfin_quick_connect")
    assert placeholders(result)["code"] != former
    result = await approve(hass, jellyfin, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_server_that_stumbles_does_not_end_a_code(hass: HomeAssistant, jellyfin: JellyfinHouse) -> None:
    result = await choose(hass, await meet_jellyfin(hass, jellyfin), "jellyfin_quick_connect")
    jellyfin.server.fault = Fault(Status(503), times=3)
    result = await approve(hass, jellyfin, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY


# Password


async def test_a_password_signs_in_and_is_not_kept(
    hass: HomeAssistant, jellyfin: JellyfinHouse, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    entry = await add_jellyfin(hass, jellyfin)
    assert jellyfin.password not in str(entry.as_dict())
    lines = "\n".join(record.getMessage() for record in caplog.records)
    assert [secret for secret in (jellyfin.password, entry.data["token"]) if secret in lines] == []


async def test_a_wrong_password_and_a_locked_user_are_told_and_the_flow_goes_on(
    hass: HomeAssistant, jellyfin: JellyfinHouse
) -> None:
    result = await choose(hass, await meet_jellyfin(hass, jellyfin), "jellyfin_password")
    result = await fill_in(hass, result, {"username": "ada", "password": "wrong"})
    assert result["errors"] == {"base": "invalid_auth"}
    jellyfin.user.disabled = True
    result = await fill_in(hass, result, {"username": "ada", "password": jellyfin.password})
    assert result["errors"] == {"base": "not_allowed"}
    jellyfin.user.disabled = False
    result = await fill_in(hass, result, {"username": "ada", "password": jellyfin.password})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_user_is_added_once_and_another_user_of_the_server_is_another_account(
    hass: HomeAssistant, jellyfin: JellyfinHouse
) -> None:
    await add_jellyfin(hass, jellyfin)
    result = await choose(hass, await meet_jellyfin(hass, jellyfin), "jellyfin_password")
    result = await fill_in(hass, result, {"username": "ADA", "password": jellyfin.password})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    bob = jellyfin.server.add_user("bob")
    result = await choose(hass, await meet_jellyfin(hass, jellyfin), "jellyfin_password")
    result = await fill_in(hass, result, {"username": bob.name})
    assert result["result"].title == "bob (Attic)"


# API key


async def test_an_api_key_acts_as_the_user_who_is_chosen(
    hass: HomeAssistant, jellyfin: JellyfinHouse, freezer: FrozenDateTimeFactory
) -> None:
    bob = jellyfin.server.add_user("bob")
    jellyfin.server.add_user("eve").disabled = True
    key = jellyfin.server.make_api_key()
    result = await choose(hass, await meet_jellyfin(hass, jellyfin), "jellyfin_api_key")
    result = await fill_in(hass, result, {"api_key": "0" * 32})
    assert (result["step_id"], result["errors"]) == ("jellyfin_api_key", {"base": "invalid_auth"})
    result = await fill_in(hass, result, {"api_key": key})
    assert [each["label"] for each in options(result, "user_id")] == ["ada", "bob"]
    result = await fill_in(hass, result, {"user_id": bob.id})
    entry = result["result"]
    assert (entry.title, entry.data["token"], entry.data["user_id"]) == ("bob (Attic)", key, bob.id)
    assert state(hass, "sensor.attic_status") == "connected"
    del jellyfin.server.state.accounts.users[bob.id]
    await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(hass, freezer, 301)
    assert state(hass, "sensor.attic_status") == "needs_auth"


async def test_a_key_that_may_act_as_nobody_is_told(hass: HomeAssistant, jellyfin: JellyfinHouse) -> None:
    jellyfin.user.disabled = True
    result = await choose(hass, await meet_jellyfin(hass, jellyfin), "jellyfin_api_key")
    result = await fill_in(hass, result, {"api_key": jellyfin.server.make_api_key()})
    assert (result["step_id"], result["errors"]) == ("jellyfin_api_key", {"base": "no_users"})
