"""Is a film of every source found, played in the browser, and continued where it was left, here and on its server?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
import json
import re
from typing import Final
from urllib.parse import unquote

from playwright.sync_api import Locator, Request, WebSocket, expect
import pytest

from .conftest import PATIENCE_MS, House

# Files of the demo run ten minutes, as the folder knows, while servers believe in hours: this is enough for a place by
# what these say, and no end by what that says.
LEFT_AT: Final = 500
# So long it plays on before it is left, which nobody tells until then; and so much later it may be left at the most.
PLAYED_ON: Final = 2
AT_MOST: Final = 30
PAUSE_MS: Final = 200
CONTINUE: Final = "Continue watching"


@dataclass(frozen=True, slots=True)
class Film:
    """A film that no other source has a copy of, and the way to it."""

    source: str
    title: str
    path: tuple[str, ...] = ("Movies",)

    @property
    def name(self) -> str:
        """What its server calls it."""
        return self.title.rpartition(" (")[0]


ON_PLEX: Final = Film("Den", "Amber Machine (2005)", ("Movies", "Movies"))
ON_JELLYFIN: Final = Film("Attic", "Borrowed Cartographer (1960)")
IN_A_FOLDER: Final = Film("Shelf", "Amber Inheritance (1970)")
FAR_AWAY: Final = Film("Cabin", "Amber Kingdom (1986)")
ALSO_ON_PLEX: Final = Film("Den", "Amber Understudy (2019)", ("Movies", "Movies"))
IN_A_ROOM: Final = Film("Den", "Falling Orchestra (2014)", ("Movies", "Movies"))
FILMS: Final = (ON_PLEX, ON_JELLYFIN, IN_A_FOLDER)


class Sight:
    """All that a page asked for and was told."""

    def __init__(self, house: House) -> None:
        self.text: list[str] = []
        house.page.on("request", self._asked)
        house.page.on("websocket", self._opened)

    def _asked(self, request: Request) -> None:
        self.text.append(request.url)

    def _opened(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.text.append(str(frame)))


@pytest.fixture
def sight(house: House) -> Iterator[Sight]:
    """Look at what a page sees, and make sure that nothing of it opens a server."""
    sight = Sight(house)
    yield sight
    seen = unquote("\n".join(sight.text))
    assert "/api/reel/" in seen
    assert [secret for secret in _secrets(house) if secret in seen] == []


@pytest.mark.usefixtures("sight")
@pytest.mark.parametrize("film", FILMS, ids=lambda film: film.source)
def test_a_film_is_found_played_and_continued_where_it_was_left(house: House, film: Film) -> None:
    _look_into(house, film.source, *film.path)
    _expect_pictures(house)
    house.photograph(f"playing-{film.source}-films")

    _play(house, film)
    house.photograph(f"playing-{film.source}-plays")
    _leave(house)

    _expect_place(house, film)
    _look_into(house, CONTINUE)
    expect(_line(house, film.title)).to_be_visible()
    _expect_pictures(house)
    house.photograph(f"playing-{film.source}-continue")

    _line(house, film.title).click()
    _expect_passed(house, LEFT_AT)


@pytest.mark.usefixtures("sight")
def test_what_is_too_big_for_the_line_comes_as_a_playlist(house: House) -> None:
    house.put("cabin", "remote", "down")
    try:
        house.open_source("Cabin")
        house.press("Test connections")
        house.expect_sensor("Connection quality", "Relay")
        _look_into(house, FAR_AWAY.source, *FAR_AWAY.path)

        _play(house, FAR_AWAY)

        assert _video(house).evaluate("video => video.currentSrc").startswith("blob:")
        house.photograph("playing-Cabin-relay")
        _leave(house)
        _expect_place(house, FAR_AWAY)
    finally:
        house.put("cabin", "remote", "up")


@pytest.mark.usefixtures("sight")
def test_whoever_leaves_the_page_leaves_the_film_there(house: House) -> None:
    film = ALSO_ON_PLEX
    _look_into(house, film.source, *film.path)
    _play(house, film)

    house.open("/config/dashboard")

    _expect_place(house, film)


@pytest.mark.usefixtures("sight")
def test_music_plays_in_the_bar_below(house: House) -> None:
    _look_into(house, "Den", "Music", "Tracks")
    _lines(house).first.click()

    bar = house.page.locator("ha-bar-media-player")
    house.page.wait_for_function(
        "bar => bar._browserPlayer?.player?.currentTime > 1", arg=bar.element_handle(), timeout=PATIENCE_MS
    )
    house.photograph("playing-music")


@pytest.mark.usefixtures("sight")
def test_a_reel_player_plays_in_its_room(house: House) -> None:
    house.open("/media-browser/media_player.living_room")
    _walk(house, IN_A_ROOM.source, *IN_A_ROOM.path)
    _line(house, IN_A_ROOM.title).click()
    house.page.wait_for_function(_STATE, arg="playing")
    _act(house, "media_seek", seek_position=LEFT_AT)
    house.page.wait_for_timeout(PLAYED_ON * 1500)
    house.photograph("playing-room")

    _act(house, "media_stop")

    _expect_place(house, IN_A_ROOM)


_STATE: Final = """
(state) => document.querySelector("home-assistant").hass.states["media_player.living_room"].state === state
"""


def _act(house: House, action: str, **words: object) -> None:
    """Tell the player in the living room to do something."""
    house.page.evaluate(
        """([action, words]) => document.querySelector("home-assistant").hass.callService(
          "media_player", action, { entity_id: "media_player.living_room", ...words },
        )""",
        [action, words],
    )


# The media browser


def _look_into(house: House, *path: str) -> None:
    """Walk to a folder, from the top."""
    house.open("/media-browser/browser")
    _walk(house, "Reel", *path)


def _walk(house: House, *path: str) -> None:
    for step in path:
        _line(house, step).click()
        expect(house.page.locator("ha-panel-media-browser .page-title")).to_have_text(step)


def _lines(house: House) -> Locator:
    return house.page.locator("ha-media-player-browse").locator(".title, ha-list-item-button")


def _line(house: House, title: str) -> Locator:
    return _lines(house).filter(has_text=re.compile(rf"^\s*{re.escape(title)}\s*$"))


def _expect_pictures(house: House) -> None:
    """Wait until the items of a list are shown with their pictures, those that have one."""
    house.page.locator("ha-media-browser-thumbnail").first.wait_for()
    house.page.wait_for_function(_SHOWS, arg=house.page.locator("ha-media-player-browse").element_handle())


# The frontend makes backgrounds of them, which do not tell whether they came.
_SHOWS: Final = """
async (list) => {
  const widths = [...list.shadowRoot.querySelectorAll("ha-media-browser-thumbnail")].map(async ({ shadowRoot }) => {
    const shown = shadowRoot.querySelector(".image");
    const [, url] = /url\\("?([^")]+)"?\\)/.exec(shown?.style.backgroundImage) ?? [];
    const image = Object.assign(new Image(), { src: url ?? "" });
    return image.decode().then(() => image.naturalWidth, () => 0);
  });
  return (await Promise.all(widths)).every((width) => width > 0);
}
"""


def _play(house: House, film: Film) -> None:
    """Play a film in the browser, and go to where it shall be left; there it goes on, too."""
    _line(house, film.title).click()
    _expect_passed(house, 1)
    _video(house).evaluate("(video, at) => { video.currentTime = at; }", LEFT_AT)
    _expect_passed(house, LEFT_AT + PLAYED_ON)


def _video(house: House) -> Locator:
    return house.page.locator("hui-dialog-web-browser-play-media video")


def _expect_passed(house: House, seconds: float) -> None:
    """Wait until the film really runs, and is past a moment."""
    house.page.wait_for_function(
        "([video, seconds]) => video.currentTime >= seconds && !video.paused && video.videoWidth > 0",
        arg=[_video(house).element_handle(), seconds],
    )


def _leave(house: House) -> None:
    house.page.keyboard.press("Escape")
    expect(_video(house)).to_have_count(0)


# What is kept


def _expect_place(house: House, film: Film) -> None:
    """Wait until the catalog knows where a film was left, and its server, too."""
    _wait_until(house, lambda: _is_right(_kept_here(house, film)))
    if film is not IN_A_FOLDER:
        _wait_until(house, lambda: _is_right(_kept_there(house, film)))


def _wait_until(house: House, true: Callable[[], bool]) -> None:
    for _ in range(PATIENCE_MS // PAUSE_MS):
        if true():
            return
        house.page.wait_for_timeout(PAUSE_MS)
    assert true()


def _is_right(place: float) -> bool:
    return LEFT_AT + PLAYED_ON <= place < LEFT_AT + AT_MOST


def _kept_here(house: House, film: Film) -> float:
    """Return how far a film was watched, as Reel has it."""
    house.page.wait_for_function("document.querySelector('home-assistant')?.hass")
    answer = house.page.evaluate(_ASK_FOR_HOME)["response"]["continue_watching"]
    return next((each["position"] for each in answer if each["title"] == film.name), 0)


_ASK_FOR_HOME: Final = """
() => document.querySelector("home-assistant").hass.callWS({
  type: "call_service", domain: "reel", service: "get_home", service_data: {}, return_response: true,
})
"""


def _kept_there(house: House, film: Film) -> float:
    """Return how far a film was watched, as its server has it."""
    answer = house.page.request.get(f"{house.demo.control}/api/places/{film.source.lower()}")
    return float(answer.json().get(film.name, 0))


def _secrets(house: House) -> list[str]:
    """Return what opens the servers, as it lies in Home Assistant's own files."""
    stored = json.loads((house.demo.place / "config/.storage/core.config_entries").read_text())
    entries = (entry for entry in stored["data"]["entries"] if entry["domain"] == "reel")
    kept = [each["data"] for entry in entries for each in (entry, *entry["subentries"])]
    secrets = [data["token"] for data in kept if "token" in data]
    assert len(secrets) >= len(FILMS)
    return secrets
