"""What stands on which shelf of the house, and what of it did its user watch?"""

from collections.abc import Mapping
from time import time
from typing import Final

from tests.servers.jellyfin import JellyfinServer, User as JellyfinUser
from tests.servers.library import Kind, Library, Title, make_library
from tests.servers.plex import PlexServer, User as PlexUser

from .stock import OPEN, SILENT, TALKING, Stock

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
TICKS: Final = 10_000_000
MS: Final = 1000
# How far somebody got with an episode, and with a film.
EPISODE_MINUTES: Final = 12
FILM_MINUTES: Final = 20


def den() -> Library:
    """Return what the Plex server of the house has."""
    stock = Stock(_in_den(), time())
    silent = stock.buy(*SILENT, every=40)
    talking = stock.buy(*TALKING, every=30)
    stock.gather(Kind.COLLECTION, "Silent films", silent)
    stock.gather(Kind.PLAYLIST, "Movie night", [*talking, silent[0]])
    return stock.library


def cabin() -> Library:
    """Return what a friend shares."""
    stock = Stock(make_library(4, movies=15, artists=0), time())
    stock.buy(*OPEN, *TALKING[:1], every=100)
    return stock.library


def attic() -> Library:
    """Return what the Jellyfin server has: one of its shows is in the den, too."""
    stock = Stock(make_library(2, movies=30, artists=4), time())
    stock.copy(_in_den().of(Kind.SHOW)[0], _in_den())
    old = stock.buy(*TALKING, *SILENT[-2:], every=50)
    stock.gather(Kind.COLLECTION, "Black and white", old)
    stock.gather(Kind.PLAYLIST, "Rainy days", stock.buy(*OPEN, every=20))
    return stock.library


def shelf() -> Library:
    """Return what lies in the folder."""
    stock = Stock(make_library(3, movies=8, shows=1, artists=1), time())
    stock.buy(*OPEN, *SILENT[-1:], every=24)
    return stock.library


def watch_in_den(server: PlexServer, user: PlexUser) -> None:
    """Let a user have watched, and begun, films and episodes in the den."""
    now, titles = int(time()), server.titles
    for title in [*_films(titles, "Metropolis", "Sherlock Jr."), *_episodes(titles, show=0)[:2]]:
        server.set_mark(user, title.number, count=1, last=now - 20 * HOUR)
    for title, minutes in (
        (_films(titles, "Night of the Living Dead")[0], 40),
        (_episodes(titles, show=1)[0], EPISODE_MINUTES),
    ):
        server.set_mark(user, title.number, offset=minutes * MINUTE * MS, last=now - minutes * MINUTE)


def watch_in_attic(server: JellyfinServer, user: JellyfinUser) -> None:
    """Let a user have watched episodes in the attic, and begun a favorite film."""
    now, titles = time(), server.state.shelf.titles
    for title in _episodes(titles, show=1)[:3]:
        user.watching(title.number).mark(now - 2 * HOUR)
    charade = user.watching(_films(titles, "Charade")[0].number)
    charade.position, charade.last_played, charade.favorite = FILM_MINUTES * MINUTE * TICKS, now - HOUR, True


def play_in_den(server: PlexServer, user: PlexUser) -> None:
    """Let a user have halted in the middle of an episode."""
    tv, episode = server.add_client("Bedroom TV"), _episodes(server.titles, show=1)[0]
    server.play(tv, user, episode.number, EPISODE_MINUTES * MINUTE * MS)
    server.pause(tv)


def play_in_attic(server: JellyfinServer, user: JellyfinUser) -> None:
    """Let a user watch the rest of a film."""
    film = _films(server.state.shelf.titles, "Charade")[0]
    app = server.open_app(user, "Kitchen Tablet", client="Jellyfin for Android")
    app.play(film, FILM_MINUTES * MINUTE * TICKS)


def _in_den() -> Library:
    return make_library(1, movies=40, shows=6, videos=3)


def _films(titles: Mapping[int, Title], *names: str) -> list[Title]:
    return [title for title in titles.values() if title.kind is Kind.MOVIE and title.name in names]


def _episodes(titles: Mapping[int, Title], *, show: int) -> list[Title]:
    """Return the episodes of the first season of a show, by its place among the shows."""
    found = [title for title in titles.values() if title.kind is Kind.SHOW][show]
    season = next(title for title in titles.values() if title.parent == found.number and title.index == 1)
    return [title for title in titles.values() if title.parent == season.number]
