"""Every example in the papers is real: Home Assistant takes it, and it does something."""

from pathlib import Path
import re
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
import yaml

from .house import NO_PUSH, PlexHouse
from .steps import add_quiet_plex
from .test_catalog_services import ask
from .test_services import call

ROOT: Final = Path(__file__).parent.parent
PAPERS: Final = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLES: Final = {
    f"{paper.name}-{number}": yaml.safe_load(example)
    for paper in PAPERS
    for number, example in enumerate(re.findall(r"```yaml\n(.*?)```", paper.read_text(), re.DOTALL))
}


def those_with(*keys: str) -> list[Any]:
    """Return the examples that have one of these keys, as parameters of a test."""
    return [pytest.param(each, id=name) for name, each in EXAMPLES.items() if set(keys) & set(each)]


def test_the_papers_have_examples_of_every_kind() -> None:
    assert those_with("triggers")
    assert those_with("conditions")
    assert those_with("sequence")
    kinds = {"triggers", "conditions", "sequence", "sources", "item", "logger"}
    assert [name for name, each in EXAMPLES.items() if not kinds & set(each)] == []


@pytest.mark.parametrize("example", those_with("triggers", "conditions"))
async def test_an_automation_of_the_papers_is_taken(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, example: dict[str, Any]
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    whole = {"alias": "it", "triggers": [{"trigger": "event", "event_type": "go"}], "actions": [{"event": "done"}]}
    assert await async_setup_component(hass, "automation", {"automation": whole | example})
    await hass.async_block_till_done()
    automation = hass.states.get("automation.it")
    assert automation is not None
    assert automation.state == "on"


@pytest.mark.parametrize("example", those_with("sequence"))
async def test_a_script_of_the_papers_runs(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, example: dict[str, Any]
) -> None:
    assert await async_setup_component(hass, "persistent_notification", {})
    await add_quiet_plex(hass, plex, monkeypatch)
    plex.server.fault = NO_PUSH
    assert await async_setup_component(hass, "script", {"script": {"it": example}})
    await hass.services.async_call("script", "it", blocking=True)
    script = hass.states.get("script.it")
    assert script is not None
    assert script.attributes["last_triggered"] is not None


@pytest.mark.parametrize("example", those_with("sources"))
async def test_an_answer_in_the_papers_has_the_fields_of_a_real_one(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, example: dict[str, Any]
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    (real,) = await call(hass, "test_connections")
    (told,) = example["sources"]
    assert set(told) == set(real)
    assert set(told["connections"][0]) == set(real["connections"][0])


@pytest.mark.parametrize("example", those_with("item"))
async def test_an_item_in_the_papers_has_the_fields_of_a_real_one(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, example: dict[str, Any]
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await ask(hass, "sync", mode="full")
    films = (await ask(hass, "get_items", kinds="movie"))["items"]
    # A film that is not rated has no rating.
    assert set(example) <= {field for film in films for field in film}
    assert set.intersection(*(set(film) for film in films)) <= set(example)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_links_between_the_papers_lead_somewhere(paper: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", paper.read_text()):
        path, _, anchor = target.partition("#")
        found = (paper.parent / path).resolve() if path else paper
        assert found.exists(), target
        if anchor:
            titles = re.findall(r"^#+ (.*)$", found.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}, target
