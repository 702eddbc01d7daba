"""However much there is, answers of the media browser are short, and everything is found by going down, offline too."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from shutil import copyfile

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.reel.account import server_subentry
from custom_components.reel.backends.item import Image, ImageKind, Item, ItemKind
from custom_components.reel.backends.model import Library, Server
from custom_components.reel.catalog.database import open_database
from custom_components.reel.catalog.writing import put_items, put_libraries, put_members
from custom_components.reel.connection.model import Connection, Origin
from custom_components.reel.const import CONF_CLIENT_ID, CONF_KIND, DOMAIN
from custom_components.reel.migration import MINOR_VERSION, VERSION

from .page import ROOT, Page

SOURCE = "01JD4M7K2N8P3Q5R6S7T8V9W0X"
FILMS, EPISODES, ALBUMS, LISTED = 20_000, 400, 3_000, 5_000
LIBRARIES = [
    Library("1", "Movies", (ItemKind.MOVIE, ItemKind.COLLECTION)),
    Library("2", "TV Shows", (ItemKind.SHOW, ItemKind.SEASON, ItemKind.EPISODE)),
    Library("3", "Music", (ItemKind.ARTIST, ItemKind.ALBUM, ItemKind.TRACK)),
    Library("4", "Playlists", (ItemKind.PLAYLIST,)),
]
# As long as a file system has them, and in letters of which each has several bytes.
LONGEST = "零は長い道のり🎬" * 10


def films() -> Iterator[Item]:
    """Yield films under all letters; some are called and lie as nobody hopes."""
    chance = Random(1)
    for number in range(FILMS):
        title = f"{chance.choice('ABCDEFGHIJKLMNOPQRSTUVWXYZ019ÄÖ零')}{chance.randrange(10**6)} {number}"
        lies = f"{LONGEST}/{LONGEST}{number}" if number % 7 == 0 else str(number)
        yield Item(
            identity=lies,
            kind=ItemKind.MOVIE,
            library="1",
            title=title if number % 3 else f"{title} {LONGEST * 3}",
            images=(Image(ImageKind.POSTER, f"{lies}/poster.png"),),
        )


def shows() -> Iterator[Item]:
    yield Item(identity="show", kind=ItemKind.SHOW, library="2", title="Every Day")
    yield Item(identity="season", kind=ItemKind.SEASON, library="2", title="Season 1", parent="show", number=1)
    for number in range(1, EPISODES + 1):
        yield Item(
            identity=f"{LONGEST}/{LONGEST}/{LONGEST}/{number}", kind=ItemKind.EPISODE, library="2", title=LONGEST * 3,
            parent="season", grandparent="show", grandparent_title="Every Day", parent_number=1, number=number,
        )  # fmt: skip


def music() -> Iterator[Item]:
    yield Item(identity="artist", kind=ItemKind.ARTIST, library="3", title="Prolific")
    for number in range(ALBUMS):
        title = f"Volume {number}" if number % 2 else f"{LONGEST} {number}"
        yield Item(
            identity=f"album {number}", kind=ItemKind.ALBUM, library="3", title=title,
            parent="artist", parent_title="Prolific", year=1950 + number % 70,
        )  # fmt: skip
        yield Item(
            identity=f"track {number}", kind=ItemKind.TRACK, library="3", title=title, parent=f"album {number}",
            parent_title=title, grandparent="artist", grandparent_title="Prolific", number=1,
        )  # fmt: skip


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a catalog with very many of everything."""
    path = tmp_path_factory.mktemp("catalog") / "reel.db"
    lists = [
        Item(identity="collection", kind=ItemKind.COLLECTION, library="1", title="Everything Ever"),
        Item(identity="playlist", kind=ItemKind.PLAYLIST, library="4", title="Party"),
    ]
    with closing(open_database(path)) as database:
        put_libraries(database, SOURCE, LIBRARIES)
        for items in [*films()], [*shows()], [*music()], lists:
            put_items(database, SOURCE, items)
        for each in lists:
            put_members(database, SOURCE, each.identity, [film.identity for film in films()][:LISTED])
    return path


@pytest.fixture
async def vast(hass: HomeAssistant, catalog: Path, tmp_path: Path) -> None:
    """Add a server that nobody reaches, whose catalog is known."""
    copyfile(catalog, tmp_path / "reel.db")
    connection = Connection.at("http://127.0.0.1:9", local=True, origin=Origin.DISCOVERED)
    server = server_subentry(Server("2d9c1f8a7b6e5d4c3b2a190817263544f0e1d2c3", "Vast", "1"), (connection,))
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={CONF_KIND: "plex", CONF_CLIENT_ID: "5c1f8a7b-6e5d-4c3b-2a19-0817263544f0"},
        subentries_data=[ConfigSubentryDataWithId(**server, subentry_id=SOURCE)],
        version=VERSION,
        minor_version=MINOR_VERSION,
        unique_id="vast",
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def walked(page: Page, place: str) -> Counter[str]:
    """Return how often each item is found below a place; albums are found, and not looked into."""
    found: Counter[str] = Counter()
    for child in (await page.browse(place))["children"]:
        if child["can_play"] or child["media_class"] == "album":
            found[child["media_content_id"]] += 1
        else:
            found += await walked(page, child["media_content_id"])
    return found


@pytest.mark.usefixtures("vast")
@pytest.mark.parametrize(
    ("way", "count"),
    [
        (("Movies", "Movies"), FILMS),
        (("Movies", "Collections"), LISTED),
        (("TV Shows",), EPISODES),
        (("Music", "Artists"), ALBUMS),
        (("Music", "Albums"), ALBUMS),
        (("Music", "Tracks"), ALBUMS),
        (("Playlists",), LISTED),
    ],
)
async def test_everything_is_found_once_in_short_answers(page: Page, way: tuple[str, ...], count: int) -> None:
    found = await walked(page, (await page.walk("Vast (offline)", *way))["media_content_id"])
    assert (len(found), set(found.values())) == (count, {1})
    # The page looked at each of them: none has more bytes than the frontend takes at once.
    assert max(map(len, page.seen)) > 50_000


@pytest.mark.usefixtures("vast")
async def test_what_is_found_is_shown_in_short_answers_too(page: Page) -> None:
    assert len(await page.search("零は長い道のり")) > 40
    assert await page.search("prolific", f"{ROOT}/{SOURCE}/library/3")
