"""Is what we ask for lists really what the makers of Jellyfin describe? Every request, against their documents."""

from dataclasses import replace
from typing import Final

import pytest

from custom_components.reel.backends.listing import Known, Look
from tests.backends.test_requests import problems
from tests.servers.library import Kind
from tests.servers.openapi import FIXTURES, Document, Explained, needs_fixtures

from .conftest import Den

GAPS: Final = {
    "10.9.11": (Explained(r"^GET /MediaSegments/\w+: unknown$", "It came with 10.10; until then it is not found."),)
}


@needs_fixtures
@pytest.mark.parametrize("version", ["10.9.11", "10.10.7", "10.11.11", "12.0.0"])
async def test_lists_are_asked_for_as_the_document_of_every_version_says(den: Den, version: str) -> None:
    found = await den.everything()
    known = Known(None, tuple(await den.backend.libraries()), {})
    marks = {look: (await den.backend.changes(look, known)).mark for look in Look}
    den.time.now += 3600
    for title in den.titles(*Kind):
        den.jellyfin.change(replace(title, name="Renamed"))
    for title in den.titles(Kind.EPISODE):
        den.jellyfin.mark(den.user, title)
    known = replace(
        known, counts={(library.identity, kind): 99 for library in known.libraries for kind in library.kinds}
    )
    for look, mark in marks.items():
        await den.backend.changes(look, replace(known, mark=mark))
    for library in known.libraries:
        for kind in library.kinds:
            await den.backend.id_page(library, kind, 0, 10)
    movie, playlist = den.titles(Kind.MOVIE)[0], den.titles(Kind.PLAYLIST)[0]
    await den.backend.items(list(found))
    await den.backend.members(found[den.jellyfin.id_of(playlist)])
    await den.backend.members(found[den.jellyfin.id_of(den.titles(Kind.COLLECTION)[0])])
    await den.backend.detail(den.jellyfin.id_of(movie))
    for yes in (True, False):
        await den.backend.mark_watched(den.jellyfin.id_of(movie), watched=yes)
        await den.backend.set_favorite(den.jellyfin.id_of(movie), favorite=yes)

    document = Document.load(
        FIXTURES / f"jellyfin/openapi/jellyfin-openapi-{version}.json", explained=GAPS.get(version, ())
    )
    assert len(den.jellyfin.traffic.requests) > 40
    assert problems(document, den.jellyfin.traffic, "/jellyfin") == []
