"""Does a user see in a browser what Reel promises? Accounts, sources, and a way in that changes when it has to."""

import re

from playwright.sync_api import expect

from .conftest import House


def test_the_integration_lists_every_account_and_every_source(house: House) -> None:
    house.open_integration()

    expect(house.page.locator("ha-config-entry-row")).to_have_count(4)
    for source in ("Den", "Cabin", "Attic", "Shelf"):
        row = house.page.locator("ha-config-entry-device-row").get_by_text(source, exact=True)
        expect(row).to_be_visible()


def test_a_source_is_connected_over_its_best_way_and_follows_what_happens_to_it(house: House) -> None:
    house.open_source("Den")
    house.expect_sensor("Status", "Connected")
    house.expect_sensor("Connection quality", "Local")

    for way, quality in (("local", "Remote"), ("remote", "Relay")):
        house.put("den", way, "down")
        house.press("Test connections")
        house.expect_sensor("Connection quality", quality)
        house.expect_sensor("Status", "Connected")
        house.photograph(f"den-{quality.lower()}")

    for way in ("local", "remote"):
        house.put("den", way, "up")
    house.press("Test connections")
    house.expect_sensor("Connection quality", "Local")


def test_a_jellyfin_server_with_two_addresses_bears_the_loss_of_one(house: House) -> None:
    house.open_source("Attic")
    house.expect_sensor("Status", "Connected")

    house.put("attic", "wired", "silent")
    house.press("Test connections")
    house.expect_event("Connection", "changed")
    house.expect_sensor("Status", "Connected")

    house.put("attic", "wired", "up")


def test_a_source_of_which_every_way_is_shut_is_offline_until_one_opens(house: House) -> None:
    house.open_source("Shelf")
    house.expect_sensor("Status", "Connected")

    house.put("shelf", "disk", "down")
    house.press("Test connections")
    house.expect_sensor("Status", "Offline")

    house.put("shelf", "disk", "up")
    house.press("Test connections")
    house.expect_sensor("Status", "Connected")


def test_signing_in_to_plex_shows_a_code_and_goes_on_once_it_is_approved(house: House) -> None:
    house.start_adding("Plex: sign in")
    expect(house.page.get_by_text("enter this code")).to_be_visible()
    house.photograph("plex-code")

    house.approve_codes()

    expect(house.page.get_by_text("already")).to_be_visible()


def test_quick_connect_is_reached_by_an_address_alone(house: House) -> None:
    house.start_adding("Jellyfin")
    house.page.get_by_role("textbox", name="URL").fill(house.address("attic", "wired"))
    house.submit()
    house.choose("Quick Connect")
    expect(house.page.get_by_text("enter this code")).to_be_visible()
    house.photograph("jellyfin-code")

    house.approve_codes()

    expect(house.page.get_by_text("already")).to_be_visible()


def test_what_is_asked_about_a_source_can_be_left_as_it_is(house: House) -> None:
    house.open_integration()
    row = house.page.locator("ha-config-sub-entry-row").filter(has_text="Den")
    row.get_by_role("button", name="Change source").click()
    expect(house.page.get_by_text("Never use a relay")).to_be_visible()
    house.photograph("den-options")

    house.submit()

    expect(house.page.get_by_text("successful")).to_be_visible()


def test_neither_the_browser_nor_home_assistant_complains_of_reel(house: House) -> None:
    house.open_source("Attic")
    house.expect_sensor("Status", "Connected")

    assert [each for each in house.complaints if "reel" in each.lower()] == []
    assert [line for line in house.demo.log.splitlines() if re.search(r" ERROR .*custom_components\.reel", line)] == []


def test_nothing_that_home_assistant_loads_is_missing_from_the_pins(house: House) -> None:
    assert re.findall("ModuleNotFoundError: .*|Unable to import component: .*", house.demo.log) == []


def test_the_automation_editor_offers_the_triggers_and_conditions_of_sources(house: House) -> None:
    for button, word, offered in (
        ("Add trigger", "connection", "Triggers when sources are reached another way than before."),
        ("Add condition", "source", "Source is connected"),
    ):
        house.open("/config/automation/edit/new")
        house.page.get_by_role("button", name=button).first.click()
        house.page.get_by_placeholder("Search").last.wait_for()
        house.page.keyboard.type(word)
        expect(house.page.get_by_text(offered).first).to_be_visible()
        house.photograph(f"editor-{word}")


def test_a_folder_that_is_gone_is_a_repair_until_it_is_back(house: House) -> None:
    missing = house.page.get_by_text("The folder Shelf is missing")
    for state, repairs in (("down", 1), ("up", 0)):
        house.put("shelf", "disk", state)
        house.open_source("Shelf")
        house.press("Test connections")
        house.expect_sensor("Status", "Offline" if repairs else "Connected")
        house.open("/config/repairs")
        expect(missing).to_have_count(repairs)
        house.photograph(f"repairs-{repairs}")
