"""Does a user find what there is to watch? At once, on all sources, while they are away, and as soon as it is there."""

import re

from playwright.sync_api import expect

from .conftest import House


def test_a_search_finds_a_title_once_with_its_copies_on_all_sources(house: House) -> None:
    house.search("metropolos")

    house.expect_answer("title: Metropolis", "year: 1927", "watched: true", "copies: 3")
    house.photograph("search")


def test_home_tells_what_was_begun_and_where(house: House) -> None:
    house.choose_action("reel.get_home")
    house.perform()

    house.expect_answer("continue_watching:", "title: Charade", "position: 1200")
    house.photograph("home")


def test_a_list_and_a_sync_answer(house: House) -> None:
    house.choose_action("reel.get_items")
    house.perform()
    house.expect_answer("total: ", "title: Amber Archipelago", "artist: Yesterday")
    house.photograph("items")

    house.choose_action("reel.sync")
    house.perform()
    house.expect_answer("source: Den", "result: completed", "source: Cabin")
    house.photograph("sync")


def test_what_is_known_of_a_source_is_found_while_it_is_away(house: House) -> None:
    house.open_source("Cabin")
    for way in ("remote", "relay"):
        house.put("cabin", way, "down")
    house.press("Test connections")
    house.expect_sensor("Status", "Offline")

    house.search("hidden dunen")
    house.expect_answer("source: Cabin", "title: Hidden Dünenkind")
    house.photograph("search-offline")

    for way in ("remote", "relay"):
        house.put("cabin", way, "up")
    house.open_source("Cabin")
    house.press("Test connections")
    house.expect_sensor("Status", "Connected")


def test_a_film_that_a_server_gets_shows_up_by_itself(house: House) -> None:
    house.open_source("Den")
    house.expect_sensor("Movies", "48 movies")

    house.add("den", "Dune")

    house.expect_event("Library", "Item added")
    house.expect_sensor("Movies", "49 movies")
    expect(house.page.get_by_text("has something new: Dune (2021)")).to_be_visible()
    house.photograph("den-dune")


def test_a_film_that_is_put_into_a_folder_shows_up_by_itself(house: House) -> None:
    house.open_source("Shelf")
    house.expect_sensor("Movies", "12 movies")

    house.add("shelf", "Dune")

    house.expect_event("Library", "Item added")
    house.expect_sensor("Movies", "13 movies")


def test_the_automation_editor_offers_to_start_with_new_items_of_a_kind(house: House) -> None:
    house.open("/config/automation/edit/new")
    house.page.get_by_role("button", name="Add trigger").first.click()
    house.page.get_by_placeholder("Search").last.wait_for()
    house.page.keyboard.type("item added")
    house.page.get_by_text("Triggers when sources have something").click()

    expect(house.page.get_by_text("What it has to be; anything if nothing is chosen.")).to_be_visible()
    expect(house.page.get_by_text(re.compile("The name of the library it has to be in"))).to_be_visible()
    house.photograph("editor-item-added")
