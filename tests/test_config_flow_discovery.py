"""Servers that are seen are offered once; those that are known get their address on the LAN instead."""

from ipaddress import ip_address
from typing import Any

from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_INTEGRATION_DISCOVERY,
    SOURCE_ZEROCONF,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
import pytest

from custom_components.reel.const import DOMAIN

from .house import JellyfinHouse, PlexHouse, add_jellyfin, add_plex, choose, fill_in
from .servers.faults import Fault, Status
from .servers.plex import PlexServer
from .test_config_flow_known import uris
from .test_config_flow_plex import approve, resubmit


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask often whether a code was approved."""
    monkeypatch.setattr("custom_components.reel.sign_in.POLL_SECONDS", 0.01)


async def discover(hass: HomeAssistant, **data: str) -> ConfigFlowResult:
    """Tell of a server that was seen."""
    context = {"source": SOURCE_INTEGRATION_DISCOVERY}
    return await hass.config_entries.flow.async_init(DOMAIN, context=context, data=data)  # type: ignore[arg-type]


async def see_jellyfin(hass: HomeAssistant, house: JellyfinHouse, door: str = "local") -> ConfigFlowResult:
    """Tell of a Jellyfin server that answered on the LAN."""
    server = house.server
    return await discover(hass, kind="jellyfin", identity=server.server_id, name="Attic", url=server.url(door))


async def see_plex(hass: HomeAssistant, server: PlexServer, door: str = "local") -> ConfigFlowResult:
    """Tell of a Plex server that answered on the LAN."""
    return await discover(hass, kind="plex", identity=server.identifier, name=server.name, url=server.url(door))


def announcement(server: PlexServer, door: str = "local") -> ZeroconfServiceInfo:
    """Return what a Plex server announces."""
    return ZeroconfServiceInfo(
        ip_address=ip_address("127.0.0.1"),
        ip_addresses=[ip_address("127.0.0.1")],
        port=server.doors[door].port,
        hostname="den.local.",
        type="_plexmediasvr._tcp.local.",
        name=f"{server.name}._plexmediasvr._tcp.local.",
        properties={},
    )


def titles(hass: HomeAssistant) -> list[Any]:
    """Return how the flows that wait are called."""
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    return [flow["context"].get("title_placeholders") for flow in flows]


async def test_an_unknown_jellyfin_server_is_offered_with_its_url_filled_in(
    hass: HomeAssistant, jellyfin: JellyfinHouse
) -> None:
    result = await see_jellyfin(hass, jellyfin)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "jellyfin")
    schema = result["data_schema"]
    assert schema is not None
    (url, *_) = schema.schema
    assert url.description == {"suggested_value": jellyfin.server.url()}
    assert titles(hass) == [{"name": "Attic"}]
    result = await fill_in(hass, result, {"url": jellyfin.server.url()})
    result = await choose(hass, result, "jellyfin_password")
    result = await fill_in(hass, result, {"username": "ada", "password": jellyfin.password})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_an_unknown_plex_server_is_offered_by_sign_in_or_by_its_url(hass: HomeAssistant, plex: PlexHouse) -> None:
    result = await see_plex(hass, plex.server)
    assert (result["step_id"], result["menu_options"]) == ("plex_found", ["plex", "plex_manual"])
    result = await choose(hass, result, "plex_manual")
    schema = result["data_schema"]
    assert schema is not None
    assert next(iter(schema.schema)).description == {"suggested_value": plex.server.url()}
    result = await fill_in(hass, result, {"url": plex.server.url(), "token": plex.token})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_server_is_offered_once_however_often_it_is_seen(hass: HomeAssistant, plex: PlexHouse) -> None:
    await see_plex(hass, plex.server)
    result = await see_plex(hass, plex.server, "remote")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_in_progress")


async def test_a_server_the_user_does_not_want_is_not_offered_again(hass: HomeAssistant, plex: PlexHouse) -> None:
    result = await see_plex(hass, plex.server)
    hass.config_entries.flow.async_abort(result["flow_id"])
    ignored = {"unique_id": plex.server.identifier, "title": "Den"}
    await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_IGNORE}, data=ignored)
    result = await see_plex(hass, plex.server)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_adding_a_server_withdraws_the_offer_of_it(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await see_plex(hass, plex.server)
    await add_plex(hass, plex, monkeypatch)
    assert titles(hass) == []


async def test_a_known_server_gets_its_address_on_the_lan_once_it_answered_there(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await add_plex(hass, plex, monkeypatch)
    await plex.server.open("lan")
    await plex.server.open("foreign")
    plex.server.pretend("foreign", "0" * 40)
    await plex.server.open("shut")
    await plex.server.shut("shut")
    before = uris(entry)
    for door in ("foreign", "shut", "local"):
        result = await see_plex(hass, plex.server, door)
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
        assert uris(entry) == before
    plex.server.traffic.clear()
    await see_plex(hass, plex.server, "lan")
    assert uris(entry) == [*before, plex.server.url("lan")]
    asked = [seen for seen in plex.server.traffic.requests if seen.door == "lan"]
    assert asked[0].token is None
    (subentry,) = entry.subentries.values()
    assert [(each["local"], each["origin"]) for each in subentry.data["connections"]][-1] == (True, "lan")
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_known_jellyfin_server_gets_its_address_on_the_lan(
    hass: HomeAssistant, jellyfin: JellyfinHouse
) -> None:
    entry = await add_jellyfin(hass, jellyfin)
    await jellyfin.server.open("lan")
    result = await see_jellyfin(hass, jellyfin, "lan")
    assert result["reason"] == "already_configured"
    assert uris(entry) == [jellyfin.server.url(), jellyfin.server.url("lan")]
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_plex_server_that_announces_itself_is_asked_who_it_is(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    context: Any = {"source": SOURCE_ZEROCONF}
    flows = hass.config_entries.flow
    result = await flows.async_init(DOMAIN, context=context, data=announcement(plex.server))
    assert result["step_id"] == "plex_found"
    assert titles(hass) == [{"name": "Den"}]
    entry = await add_plex(hass, plex, monkeypatch)
    await plex.server.open("lan")
    result = await flows.async_init(DOMAIN, context=context, data=announcement(plex.server, "lan"))
    assert result["reason"] == "already_configured"
    assert plex.server.url("lan") in uris(entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    await plex.server.shut("lan")
    result = await flows.async_init(DOMAIN, context=context, data=announcement(plex.server, "lan"))
    assert result["reason"] == "cannot_connect"


async def test_a_server_that_is_new_to_a_plex_account_is_offered_and_joins_it(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await add_plex(hass, plex, monkeypatch)
    async with PlexServer("Cabin") as cabin:
        offer = {"kind": "plex", "identity": cabin.identifier, "name": "Cabin", "account": entry.entry_id}
        result = await discover(hass, **offer)
        assert result["step_id"] == "plex_new_server"
        result = await resubmit(hass, result)
        assert result["errors"] == {"base": "server_gone"}
        plex.tv.fault = Fault(Status(403), paths="/api/v2/resources")
        result = await resubmit(hass, result)
        assert result["errors"] == {"base": "not_allowed"}
        plex.tv.fault = None
        token = plex.tv.give(cabin, plex.user)
        plex.tv.advertise(cabin, "local", local=True)
        result = await resubmit(hass, result)
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "server_added")
        await hass.async_block_till_done(wait_background_tasks=True)
        assert {each.title: each.data["token"] for each in entry.subentries.values()}["Cabin"] == token
        result = await discover(hass, **offer)
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_signing_in_for_a_server_that_was_seen_adds_the_account(hass: HomeAssistant, plex: PlexHouse) -> None:
    result = await choose(hass, await see_plex(hass, plex.server), "plex")
    result = await approve(hass, plex, result, plex.user)
    result = await fill_in(hass, result, {"servers": [plex.server.identifier]})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert titles(hass) == []
