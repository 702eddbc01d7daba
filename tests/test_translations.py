"""Every text that Reel shows is there, and every text that is there is shown: the code is read, not run."""

import ast
from collections.abc import Iterable, Iterator
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.const import Platform
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import EntitySelector
import probatio as vol
import pytest

from custom_components.reel import const, errors, forms, player_flow, player_options
from custom_components.reel.account import Source
from custom_components.reel.backends.model import Kind, Library, User
from custom_components.reel.backends.plex.model import Ownership

ROOT = Path(__file__).parents[1] / "custom_components" / "reel"
TEXTS: dict[str, Any] = json.loads((ROOT / "translations" / "en.json").read_text())
CONFIG, SOURCE = TEXTS["config"], TEXTS["config_subentries"]["source"]

# Where the steps and the errors of each flow are written down.
ACCOUNT_FLOW = ("account_flow", "plex_flow", "jellyfin_flow", "player_flow", "config_flow")
TRIED = ("sign_in", "folders")
FLOWS = {
    "config": (CONFIG, ACCOUNT_FLOW, (*ACCOUNT_FLOW, *TRIED)),
    "source": (SOURCE, ("source_flow",), ("source_flow", *TRIED)),
}
# Signing in and looking at versions belong to accounts.
NEVER_OF_A_SOURCE = {"pin_expired", "wrong_pin", "too_old"}
# What is raised with a text of ours.
ERRORS = ("HomeAssistantError", "ServiceValidationError", "ConfigEntryError", "BrowseError", "Unresolvable")
# Home Assistant aborts with this by itself, in both kinds of flow.
BY_HOME_ASSISTANT = {"already_configured"}

USERS = [User("1", "ada")]
SOURCES = {kind: Source("key", kind, "Den", "id", "unique", "client", token="", connections=()) for kind in Kind}
# What each form asks, as far as it asks anything.
FORMS = {
    "plex_user": forms.user(USERS),
    "plex_user_pin": forms.PIN,
    "plex_manual": forms.address(token=True),
    "plex_token": forms.PLEX_TOKEN,
    "jellyfin": forms.address(),
    "jellyfin_password": forms.PASSWORD,
    "jellyfin_api_key": forms.API_KEY,
    "jellyfin_user": forms.user(USERS),
    "local": forms.folder([]),
    "player": player_flow.player_form(EntitySelector()),
    "player_output": player_flow.output_form(EntitySelector()),
    "folder": forms.folder([]),
    "reconfigure": forms.options(SOURCES[Kind.PLEX], [Library("1", "Movies")]),
}
# Forms that are made with the help of Home Assistant.
SERVER_FORMS = {"plex_servers": {"servers"}, "servers": {"servers"}}


def calls(file: str, *names: str) -> Iterator[ast.Call]:
    """Yield the calls of functions or methods of these names in a file."""
    for node in ast.walk(ast.parse((ROOT / f"{file}.py").read_text())):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in names:
                yield node


def word(node: ast.expr | None) -> str | None:
    """Return the text that an expression is: a literal, or one of our constants."""
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.Name(name) if hasattr(const, name):
            return str(getattr(const, name))
    return None


def words(found: Iterable[ast.expr | None]) -> set[str]:
    """Return the texts that expressions are."""
    return {text for each in found if (text := word(each))}


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """Return an argument by its name."""
    return next((each.value for each in call.keywords if each.arg == name), None)


def literals(node: ast.expr | None) -> set[str]:
    """Return all texts in an expression."""
    texts = (each.value for each in ast.walk(node) if isinstance(each, ast.Constant)) if node else ()
    return {text for text in texts if isinstance(text, str)}


def steps(files: Iterable[str]) -> set[str]:
    """Return the steps that are shown."""
    shown = ("async_show_form", "async_show_menu", "async_show_progress")
    found = {step for file in files for step in words(keyword(call, "step_id") for call in calls(file, *shown))}
    return found | {step for file in files for step in words(call.args[0] for call in calls(file, "_form"))}


def error_keys(files: Iterable[str]) -> set[str]:
    """Return the reasons that forms may give."""
    told = {key for _, key in errors._KEYS} | {*errors._CAUSES.values(), "cannot_connect"}
    for file in files:
        told |= {key for call in calls(file, "InvalidInput", "fail") for key in literals(call.args[1])}
        told |= {
            key
            for node in ast.walk(ast.parse((ROOT / f"{file}.py").read_text()))
            if isinstance(node, ast.FunctionDef) and node.name == "_refusal"
            for returned in ast.walk(node)
            if isinstance(returned, ast.Return)
            for key in literals(returned.value)
        }
    return told


def aborts(files: Iterable[str]) -> set[str]:
    """Return the reasons that end a flow."""
    ends = ("async_abort", "_abort_if_unique_id_mismatch")
    found = {word(keyword(call, "reason")) for file in files for call in calls(file, *ends)}
    return {each for each in found if each} | {
        text for file in files for text in words(call.args[0] for call in calls(file, "AbortFlow"))
    }


def fields(schema: vol.Schema) -> dict[str, set[str] | None]:
    """Return what a form asks by name; a section with what it asks inside."""
    return {
        str(key): {str(inner) for inner in value.schema.schema} if hasattr(value, "options") else None
        for key, value in schema.schema.items()
    }


@pytest.mark.parametrize("flow", FLOWS)
def test_the_steps_of_a_flow_are_those_with_texts(flow: str) -> None:
    texts, files, _ = FLOWS[flow]
    assert steps(files) == set(texts["step"])


@pytest.mark.parametrize("flow", FLOWS)
def test_the_errors_of_a_flow_are_those_with_texts(flow: str) -> None:
    texts, _, files = FLOWS[flow]
    told = error_keys(files) - (NEVER_OF_A_SOURCE if flow == "source" else set())
    assert told == set(texts["error"])


@pytest.mark.parametrize("flow", FLOWS)
def test_the_ends_of_a_flow_are_those_with_texts(flow: str) -> None:
    texts, files, _ = FLOWS[flow]
    assert aborts(files) | BY_HOME_ASSISTANT == set(texts["abort"])


@pytest.mark.parametrize("flow", FLOWS)
def test_every_field_has_a_name_and_an_explanation_and_nothing_else_has(flow: str) -> None:
    for step, text in FLOWS[flow][0]["step"].items():
        asked = fields(FORMS[step]) if step in FORMS and (step, flow) != ("reconfigure", "config") else {}
        plain = SERVER_FORMS.get(step, {name for name, inner in asked.items() if inner is None})
        assert set(text.get("data", {})) == plain, step
        assert set(text.get("data_description", {})) in (plain, set()), step
        for name, inner in asked.items():
            if inner is not None:
                assert set(text["sections"][name]["data"]) == inner, step
                assert set(text["sections"][name]["data_description"]) == inner, step
        assert set(text.get("sections", {})) == {name for name, inner in asked.items() if inner is not None}, step


def test_every_entry_of_a_menu_has_a_text_and_leads_to_a_step() -> None:
    source = "\n".join((ROOT / f"{file}.py").read_text() for file in ACCOUNT_FLOW)
    handled = set(re.findall(r"async def async_step_(\w+)", source))
    menus = {step: set(text["menu_options"]) for step, text in CONFIG["step"].items() if "menu_options" in text}
    assert set(menus) == {
        step
        for file in ACCOUNT_FLOW
        for step in words(keyword(call, "step_id") for call in calls(file, "async_show_menu"))
    }
    assert {option for options in menus.values() for option in options} <= handled
    named = {
        each for call in calls("config_flow", "async_show_menu") for each in literals(keyword(call, "menu_options"))
    }
    assert named <= menus["reconfigure"] | menus["plex_found"]
    assert menus["user"] == {"plex", "plex_manual", "jellyfin", "local", "player"}


def test_every_option_has_a_name_and_an_explanation() -> None:
    asked = set(fields(player_options.form(player_options.PlayerOptions())))
    (text,) = TEXTS["options"]["step"].values()
    assert set(text["data"]) == set(text["data_description"]) == asked


def test_every_progress_has_a_text() -> None:
    actions = {
        text
        for file in ACCOUNT_FLOW
        for text in words(keyword(call, "progress_action") for call in calls(file, "async_show_progress"))
    }
    assert actions == set(CONFIG["progress"])


def test_texts_fill_in_only_what_a_step_tells() -> None:
    told = {"name", "account", "version", "code", "link", "qr", "url"}
    for place in (CONFIG, SOURCE):
        assert set(re.findall(r"\{(\w+)\}", json.dumps(place, ensure_ascii=False))) <= told


@pytest.mark.parametrize("schema", FORMS.values(), ids=FORMS)
def test_every_form_can_be_sent_to_the_browser(schema: vol.Schema) -> None:
    sent = vol.to_field_list(schema, custom_serializer=cv.custom_serializer)
    assert [field["name"] for field in json.loads(json.dumps(sent))] == list(fields(schema))


def test_choices_in_forms_have_texts() -> None:
    named = words(keyword(call, "translation_key") for call in calls("forms", "SelectSelectorConfig"))
    named |= {text for call in calls("forms", "_words") for text in words(call.args[1:2])}
    assert named <= set(TEXTS["selector"])
    assert set(TEXTS["selector"]["ownership"]["options"]) == {*Ownership}
    assert set(TEXTS["selector"]["preferred"]["options"]) == {forms.AUTOMATIC}


def test_every_entity_has_a_name_and_every_name_an_entity() -> None:
    named: dict[str, set[str]] = {}
    for platform in Platform:
        descriptions = [
            call
            for file in (*ROOT.glob(f"{platform}.py"), *ROOT.glob(f"{platform}/*.py"))
            for call in ast.walk(ast.parse(file.read_text()))
            if isinstance(call, ast.Call) and keyword(call, "translation_key") is not None
        ]
        named[platform] = words(keyword(call, "translation_key") for call in descriptions)
    assert {platform: keys for platform, keys in named.items() if keys} == {
        platform: set(texts) for platform, texts in TEXTS["entity"].items()
    }


def test_every_exception_has_a_text_and_every_text_an_exception() -> None:
    raised = {
        key
        for file in (*ROOT.glob("*.py"), *(each for name in Platform for each in (ROOT / name).glob("*.py")))
        for call in calls(str(file.relative_to(ROOT).with_suffix("")), *ERRORS)
        for key in words([keyword(call, "translation_key")])
    }
    playing = {*(key for _, key in errors._PLAYING_KEYS), *errors._REFUSALS.values()}  # all it may say
    assert raised | playing == set(TEXTS["exceptions"])
