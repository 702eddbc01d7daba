"""Is what we ask really what the makers of the servers describe? Every request, against their own documents."""

from typing import Final

import pytest

from custom_components.reel.backends.jellyfin import server as jellyfin_client
from custom_components.reel.backends.jellyfin.wire import Wire as JellyfinWire
from custom_components.reel.backends.plex.server import PlexProber
from custom_components.reel.backends.plex.tv import PlexTv as PlexTvClient
from custom_components.reel.backends.plex.wire import Wire as PlexWire
from custom_components.reel.connection.model import Connection
from tests.servers.jellyfin import JellyfinServer
from tests.servers.openapi import FIXTURES, Document, Explained, needs_fixtures
from tests.servers.plex import PlexServer, PlexTv
from tests.servers.traffic import Traffic

from .conftest import Time

PLEX: Final = FIXTURES / "plex/openapi/plex-api-spec-1.1.1.yaml"
GAPS: Final = (
    Explained(
        r"^(GET|POST) /api/v2/(pins(/\d+)?|user|resources): unknown$",
        "The document is that of the media server; plex.tv has none that is official.",
    ),
)


def problems(document: Document, traffic: Traffic, base_path: str = "") -> list[str]:
    """Return what is wrong with everything a server was asked."""
    return [
        problem
        for seen in traffic.requests
        for problem in document.check_request(
            seen.method, seen.path, seen.query, seen.headers, seen.body, base_path=base_path
        )
    ]


@needs_fixtures
async def test_plex_is_asked_as_its_document_says(
    plex_wire: PlexWire, plex: PlexServer, tv: PlexTv, time: Time
) -> None:
    service = PlexTvClient(plex_wire, time.clock, tv.url())
    ann = tv.add_user("ann@example.com")
    pin = await service.create_pin()
    tv.approve(pin.code, ann)
    await service.redeem(pin)
    await service.user(ann.token)
    await service.shares(ann.token)
    prober = PlexProber(plex_wire, plex.token)
    await prober.identify(Connection.at(plex.url()))
    await prober.prove(Connection.at(plex.url()))

    document = Document.load(PLEX, explained=GAPS)
    assert len(tv.traffic.requests) == 4
    assert problems(document, tv.traffic) == []
    assert len(plex.traffic.requests) == 2
    assert problems(document, plex.traffic) == []


@needs_fixtures
@pytest.mark.parametrize("version", ["10.9.11", "10.10.7", "10.11.11", "12.0.0"])
async def test_jellyfin_is_asked_as_the_document_of_every_version_says(
    jellyfin_wire: JellyfinWire, version: str
) -> None:
    async with JellyfinServer(version=version, base_path="/media") as jellyfin:
        jellyfin.add_user("Ann", "secret")
        signed_in = await jellyfin_client.sign_in(jellyfin_wire, jellyfin.url(), "Ann", "secret")
        prober = jellyfin_client.JellyfinProber(jellyfin_wire, signed_in.token)
        await prober.identify(Connection.at(jellyfin.url()))
        await prober.prove(Connection.at(jellyfin.url()))

    document = Document.load(FIXTURES / f"jellyfin/openapi/jellyfin-openapi-{version}.json")
    assert len(jellyfin.traffic.requests) == 3
    assert problems(document, jellyfin.traffic, "/media") == []


@needs_fixtures
def test_the_gaps_are_really_gaps() -> None:
    document = Document.load(PLEX)
    for method, path in (("POST", "/api/v2/pins"), ("GET", "/api/v2/user"), ("GET", "/api/v2/resources")):
        assert document.find(method, path) is None
