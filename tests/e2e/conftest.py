"""What do the browser's tests need? The demo on free ports, and a browser that is signed in to it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import randrange
import re
import shutil
import signal
import subprocess
from typing import Final

from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
import pytest

from tests.demo.errors import DemoError
from tests.demo.ports import Ports

ROOT: Final = Path(__file__).parents[2]
SCREENSHOTS: Final = ROOT / ".demo" / "screenshots"
# What scripts/e2e installs, and what others call it.
CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# It shall talk to the demo and to nobody else; a container has no sandbox to offer.
SWITCHES: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Races and fallbacks take seconds, as in a real house.
PATIENCE_MS: Final = 20_000
STOPPED_WITHIN: Final = 30.0


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo that runs."""

    ports: Ports
    place: Path

    @property
    def url(self) -> str:
        """Where Home Assistant is."""
        return f"http://127.0.0.1:{self.ports.home_assistant}"

    @property
    def control(self) -> str:
        """Where the control page is."""
        return f"http://127.0.0.1:{self.ports.control}"

    @property
    def log(self) -> str:
        """What Home Assistant wrote so far."""
        return (self.place / "output.log").read_text()


@dataclass(slots=True)
class House:
    """A page of the browser, in the demo's house."""

    page: Page
    demo: Demo
    complaints: list[str] = field(default_factory=list)
    """What the browser's console complained of."""

    def open(self, path: str) -> None:
        """Go to a page of Home Assistant."""
        self.page.goto(self.demo.url + path)

    def open_integration(self) -> None:
        """Go to the page of Reel."""
        self.open("/config/integrations/integration/reel")

    def start_adding(self, kind: str) -> None:
        """Begin to add an account, by what its entry in the menu says."""
        self.open_integration()
        self.page.get_by_role("button", name=re.compile("^Add (hub|account|media|service)")).click()
        self.choose(kind)

    def choose(self, entry: str) -> None:
        """Choose an entry of the menu that is shown."""
        self.page.locator("step-flow-menu").get_by_text(entry).first.click()

    def submit(self) -> None:
        """Submit the form that is shown."""
        self.page.get_by_role("button", name="Submit").click()

    def open_source(self, name: str) -> None:
        """Go to the device of a source."""
        self.open_integration()
        self.page.locator("ha-config-entry-device-row").get_by_text(name, exact=True).click()
        expect(self.page).to_have_url(re.compile("/config/devices/device/"))

    def expect_sensor(self, name: str, value: str) -> None:
        """Wait until a sensor on the page of a device shows a value."""
        expect(self.page.locator("hui-sensor-entity-row", has_text=name)).to_contain_text(value)

    def expect_event(self, name: str, kind: str) -> None:
        """Wait until an event on the page of a device shows what happened last."""
        expect(self.page.locator("hui-event-entity-row", has_text=name)).to_contain_text(kind)

    def press(self, name: str) -> None:
        """Press a button on the page of a device."""
        self.page.locator("hui-button-entity-row", has_text=name).get_by_role("button").click()

    def address(self, source: str, way: str) -> str:
        """Return where a way into a source leads."""
        ways = self.page.request.get(f"{self.demo.control}/api/ways").json()
        return next(str(each["address"]) for each in ways if (each["source"], each["way"]) == (source, way))

    def put(self, source: str, way: str, state: str) -> None:
        """Disturb a way into a source."""
        answer = self.page.request.post(f"{self.demo.control}/api/ways/{source}/{way}", data={"state": state})
        assert answer.ok, answer.text()

    def add(self, source: str, film: str) -> None:
        """Let a source have a film that it did not have before."""
        answer = self.page.request.post(f"{self.demo.control}/api/titles/{source}", data={"name": film})
        assert answer.ok, answer.text()

    def choose_action(self, action: str) -> None:
        """Choose an action to try it out."""
        self.open("/config/tools/action")
        self.page.locator("ha-service-picker").click()
        self.page.locator("ha-picker-combo-box input").fill(action)
        self.page.get_by_text(action, exact=True).last.click()

    def perform(self) -> None:
        """Perform the action that was chosen."""
        self.page.get_by_role("button", name="Perform action").click()

    def search(self, words: str) -> None:
        """Search the catalog for words."""
        self.choose_action("reel.search")
        form = self.page.locator("ha-service-control")
        # When the defaults come, the form forgets what was typed before.
        expect(form.get_by_role("spinbutton").last).to_have_value("20")
        form.get_by_role("textbox").first.fill(words)
        self.perform()

    def expect_answer(self, *lines: str) -> None:
        """Wait until the answer of an action is shown and begins with something that has these lines."""
        answer = self.page.locator(".cm-content").last
        for line in lines:
            expect(answer).to_contain_text(line)
        answer.scroll_into_view_if_needed()

    def approve_codes(self) -> None:
        """Approve every code that waits, as the user does on a phone."""
        for waiting in self.page.request.get(f"{self.demo.control}/api/codes").json():
            assert self.page.request.post(f"{self.demo.control}/api/codes/{waiting['code']}").ok

    def photograph(self, name: str) -> None:
        """Keep a picture of the page."""
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run the demo; when it was interrupted, nothing of it may be left."""
    ports, place = _free_ports(), tmp_path_factory.mktemp("demo")
    command = (str(ROOT / "scripts" / "develop"), "--port", str(ports.home_assistant), "--config", str(place))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own script
        assert process.stdout is not None
        said = ""
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        yield Demo(ports, place)
        process.send_signal(signal.SIGINT)
        assert process.wait(STOPPED_WITHIN) == 0
    ports.require_free()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start a browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def house(demo: Demo, browser: Browser, request: pytest.FixtureRequest) -> Iterator[House]:
    """Sign in to Home Assistant, as its user does, and keep a picture of how the test left the page."""
    expect.set_options(timeout=PATIENCE_MS)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
    page.set_default_timeout(PATIENCE_MS)
    house = House(page, demo)
    page.on("console", lambda message: house.complaints.extend(_complaint(message)))
    page.on("pageerror", lambda error: house.complaints.append(f"{error.message} {error.stack}"))
    house.open("/")
    page.get_by_label("Username").fill("dev")
    page.get_by_label("Password", exact=True).fill("dev")
    page.get_by_role("button", name="Log in").click()
    page.locator("home-assistant-main").wait_for()
    yield house
    house.photograph(f"after-{request.node.name}")
    page.close()


def _free_ports() -> Ports:
    while True:
        ports = Ports(randrange(20_000, 32_000))
        try:
            ports.require_free()
        except DemoError:
            continue
        return ports


def _complaint(message: ConsoleMessage) -> list[str]:
    return [f"{message.text} {message.location}"] if message.type == "error" else []
