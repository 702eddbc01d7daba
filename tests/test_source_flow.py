"""Sources are added to an account that exists, and a user decides about each; what is wrong is told in the form."""

from pathlib import Path
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    SubentryFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.reel.connection.model import Quality

from .house import JellyfinHouse, PlexHouse, add_folder, add_jellyfin, add_plex
from .servers.jellyfin import JellyfinServer
from .servers.library import make_library
from .servers.plex import PlexServer
from .test_config_flow_jellyfin import self_signed_context
from .test_config_flow_known import uris
from .test_init import state

Entry = ConfigEntry[Any]
INTERVALS = {"local": 300.0, "remote": 120.0, "relay": 30.0}


async def add(hass: HomeAssistant, entry: Entry) -> SubentryFlowResult:
    """Begin to add a source."""
    flows = hass.config_entries.subentries
    return await flows.async_init((entry.entry_id, "source"), context={"source": SOURCE_USER})


async def change(hass: HomeAssistant, entry: Entry) -> SubentryFlowResult:
    """Begin to change the first source of an account."""
    context: Any = {"source": SOURCE_RECONFIGURE, "subentry_id": next(iter(entry.subentries))}
    return await hass.config_entries.subentries.async_init((entry.entry_id, "source"), context=context)


async def answer(hass: HomeAssistant, result: SubentryFlowResult, **values: object) -> SubentryFlowResult:
    """Fill in the form a flow shows, and let everything settle."""
    result = await hass.config_entries.subentries.async_configure(result["flow_id"], values)
    await hass.async_block_till_done(wait_background_tasks=True)
    return result


def options(result: SubentryFlowResult, field: str) -> list[Any]:
    """Return what may be chosen in a field of a form."""
    schema = result["data_schema"]
    assert schema is not None
    return list(schema.schema[field].config["options"])


def defaults(result: SubentryFlowResult) -> dict[str, Any]:
    """Return what a form is filled in with, or suggests."""
    schema = result["data_schema"]
    assert schema is not None
    return {str(key): key.description["suggested_value"] if key.description else key.default() for key in schema.schema}


# Adding


async def test_a_folder_is_added_and_those_that_are_there_are_not_offered(hass: HomeAssistant, films: Path) -> None:
    entry = (await add_folder(hass, films / "TV"))["result"]
    result = await add(hass, entry)
    assert result["step_id"] == "folder"
    assert str(films / "Movies") in options(result, "path")
    assert str(films / "TV") not in options(result, "path")
    for path, errors in (
        ("films", {"path": "path_not_absolute"}),
        (films / "nothing", {"base": "folder_missing"}),
        (films / "TV", {"path": "already_configured"}),
    ):
        result = await answer(hass, result, path=str(path))
        assert (result["step_id"], result["errors"]) == ("folder", errors)
    result = await answer(hass, result, path=str(films / "Movies"))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert [subentry.title for subentry in entry.subentries.values()] == ["TV", "Movies"]
    assert state(hass, "sensor.movies_status") == "connected"


async def test_servers_of_a_plex_account_are_added_later_several_at_once(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await add_plex(hass, plex, monkeypatch)
    result = await add(hass, entry)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_more_servers")
    async with PlexServer("Cabin") as cabin, PlexServer("Annex") as annex:
        for server in (cabin, annex):
            plex.tv.give(server, plex.user)
            plex.tv.advertise(server, "local", local=True)
        plex.tv.traffic.clear()
        result = await add(hass, entry)
        assert len(plex.tv.traffic.requests) == 1
        assert [each["value"] for each in options(result, "servers")] == [annex.identifier, cabin.identifier]
        result = await answer(hass, result, servers=[])
        assert result["errors"] == {"servers": "no_server_chosen"}
        result = await answer(hass, result, servers=[annex.identifier, cabin.identifier])
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert {subentry.title for subentry in entry.subentries.values()} == {"Den", "Annex", "Cabin"}
        assert state(hass, "sensor.cabin_status") == "connected"


async def test_plex_tv_being_down_is_told_and_the_flow_goes_on(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await add_plex(hass, plex, monkeypatch)
    await plex.tv.shut("local")
    result = await add(hass, entry)
    assert (result["step_id"], result["errors"]) == ("plex_tv", {"base": "cannot_connect"})
    await plex.tv.open("local")
    result = await answer(hass, result)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_more_servers")


async def test_a_jellyfin_account_has_one_server(hass: HomeAssistant, jellyfin: JellyfinHouse) -> None:
    result = await add(hass, await add_jellyfin(hass, jellyfin))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "one_server")


# Changing


async def test_the_form_shows_how_a_source_is_now(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await add_plex(hass, plex, monkeypatch)
    result = await change(hass, entry)
    doors = {name: plex.server.doors[name].port for name in ("local", "remote", "relay")}
    assert [each["label"] for each in options(result, "preferred")] == [
        "automatic",
        *(f"{name} · 127.0.0.1:{port}" for name, port in doors.items()),
    ]
    assert defaults(result) == {
        "preferred": "automatic",
        "extra_urls": [],
        "verify_ssl": True,
        "refuse_relay": False,
        "libraries": ["1", "2", "3"],
        "trust_cached_checks": True,
        "delivery": "proxy",
        "ignored_clients": [],
        "intervals": INTERVALS,
    }


async def test_what_a_user_decides_is_kept_and_followed_without_a_reload(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await add_plex(hass, plex, monkeypatch)
    coordinators = entry.runtime_data.coordinators
    relay = plex.server.url("relay")
    intervals = INTERVALS | {"local": 60}
    result = await answer(
        hass,
        await change(hass, entry),
        preferred=relay,
        refuse_relay=False,
        trust_cached_checks=False,
        intervals=intervals,
    )
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert entry.runtime_data.coordinators is coordinators
    assert state(hass, "sensor.den_connection_quality") == "relay"
    (coordinator,) = coordinators.values()
    policy = coordinator.source.policy
    assert (policy.pinned, policy.trust_cached_checks, policy.intervals[Quality.LOCAL]) == (relay, False, 60)
    result = await change(hass, entry)
    assert defaults(result)["preferred"] == relay
    await answer(hass, result, preferred="automatic", refuse_relay=True)
    (subentry,) = entry.subentries.values()
    assert "preferred" not in subentry.data
    assert state(hass, "sensor.den_connection_quality") == "local"


async def test_intervals_out_of_bounds_are_refused(hass: HomeAssistant, jellyfin: JellyfinHouse) -> None:
    entry = await add_jellyfin(hass, jellyfin)
    result = await change(hass, entry)
    for seconds in (9, 3601):
        with pytest.raises(Exception, match="intervals"):
            await answer(hass, result, intervals=INTERVALS | {"relay": seconds})


async def test_a_further_address_is_kept_once_the_same_server_answered_there(
    hass: HomeAssistant, jellyfin: JellyfinHouse
) -> None:
    entry = await add_jellyfin(hass, jellyfin)
    await jellyfin.server.open("vpn")
    local, vpn = jellyfin.server.url(), jellyfin.server.url("vpn")
    await jellyfin.server.open("gone")
    gone = jellyfin.server.url("gone")
    await jellyfin.server.shut("gone")
    result = await change(hass, entry)
    assert defaults(result)["extra_urls"] == [local]
    async with JellyfinServer("Loft", library=make_library(3)) as other:
        for urls, error, named in (
            ([local, other.url()], "other_server", other.url()),
            ([local, gone], "url_failed", gone),
            ([local, "ftp://nas"], "invalid_url", "ftp://nas"),
            ([], "no_connection_left", None),
        ):
            result = await answer(hass, result, extra_urls=urls)
            assert result["errors"] == {"extra_urls": error}
            assert (result["description_placeholders"] or {}).get("url") == named
        assert not [seen for seen in other.traffic.requests if seen.token]
    result = await answer(hass, result, extra_urls=[local, vpn.removeprefix("http://")], preferred="automatic")
    assert result["reason"] == "reconfigure_successful"
    assert uris(entry) == [local, vpn]
    await answer(hass, await change(hass, entry), extra_urls=[vpn], preferred=local)
    assert uris(entry) == [vpn]
    (subentry,) = entry.subentries.values()
    assert "preferred" not in subentry.data


async def test_a_further_address_with_a_certificate_of_its_own_takes_an_explicit_choice(
    hass: HomeAssistant, jellyfin: JellyfinHouse
) -> None:
    entry = await add_jellyfin(hass, jellyfin)
    hass.loop.set_debug(False)
    await jellyfin.server.open("tls", ssl=self_signed_context())
    urls = [jellyfin.server.url(), jellyfin.server.url("tls")]
    result = await answer(hass, await change(hass, entry), extra_urls=urls)
    assert result["errors"] == {"extra_urls": "url_certificate"}
    result = await answer(hass, result, extra_urls=urls, verify_ssl=False)
    assert result["reason"] == "reconfigure_successful"
    assert uris(entry) == urls
    await jellyfin.server.shut("local")
    (coordinator,) = entry.runtime_data.coordinators.values()
    await coordinator.test()
    assert state(hass, "sensor.attic_status") == "connected"


async def test_a_folder_has_fewer_questions(hass: HomeAssistant, films: Path) -> None:
    entry = (await add_folder(hass, films))["result"]
    result = await change(hass, entry)
    assert defaults(result) == {"trust_cached_checks": True, "intervals": {"local": 300.0}}
    result = await answer(hass, result, intervals={"local": 20})
    assert result["reason"] == "reconfigure_successful"
    (coordinator,) = entry.runtime_data.coordinators.values()
    assert coordinator.source.policy.intervals[Quality.LOCAL] == 20


def counted(hass: HomeAssistant) -> set[str]:
    """Return the sensors of libraries."""
    entities = er.async_get(hass).entities.values()
    return {each.entity_id for each in entities if (each.translation_key or "").startswith("library_")}


async def test_libraries_are_chosen_and_all_of_them_means_those_of_tomorrow_too(
    hass: HomeAssistant, jellyfin: JellyfinHouse
) -> None:
    entry = await add_jellyfin(hass, jellyfin)
    result = await change(hass, entry)
    every = [each["value"] for each in options(result, "libraries")]
    assert [each["label"] for each in options(result, "libraries")] == ["Movies", "Shows", "Music"]
    urls = [jellyfin.server.url()]
    await answer(hass, result, extra_urls=urls, libraries=every[:1])
    (coordinator,) = entry.runtime_data.coordinators.values()
    assert coordinator.source.libraries == frozenset(every[:1])
    assert counted(hass) == {"sensor.attic_movies"}
    result = await change(hass, entry)
    assert defaults(result)["libraries"] == every[:1]
    await answer(hass, result, extra_urls=urls, libraries=every)
    (subentry,) = entry.subentries.values()
    assert "libraries" not in subentry.data
    assert counted(hass) == {"sensor.attic_movies", "sensor.attic_music", "sensor.attic_shows"}


async def test_a_source_that_is_away_keeps_its_libraries_and_can_be_changed_otherwise(
    hass: HomeAssistant, jellyfin: JellyfinHouse
) -> None:
    entry = await add_jellyfin(hass, jellyfin)
    result = await change(hass, entry)
    (chosen, *_) = (each["value"] for each in options(result, "libraries"))
    urls = [jellyfin.server.url()]
    await answer(hass, result, extra_urls=urls, libraries=[chosen])
    await jellyfin.server.shut("local")
    assert "libraries" not in defaults(await change(hass, entry))
    await hass.config_entries.async_unload(entry.entry_id)
    result = await change(hass, entry)
    assert "libraries" not in defaults(result)
    await answer(hass, result, extra_urls=urls, trust_cached_checks=False)
    (subentry,) = entry.subentries.values()
    assert (subentry.data["libraries"], subentry.data["trust_cached_checks"]) == ([chosen], False)
