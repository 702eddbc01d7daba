"""Titles are the same however they are written, sorted as people sort, and found by every word that people look for."""

from hypothesis import given, strategies as st
import pytest

from custom_components.reel.backends.item import Item, ItemKind, Person
from custom_components.reel.catalog.folding import fold, index_words, sort_key, start_key, tokens, vocabulary, words

from .house import film


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("Amélie", "amelie"),
        ("Straße", "STRASSE"),
        ("Łódź", "Lodz"),
        ("Smørgåsbord Ærø", "smorgasbord aero"),
        ("Þór, Đorđe", "thor dorde"),
        ("Œuvre", "oeuvre"),
        ("\u0130stanbul K\u0131z\u0131", "istanbul kizi"),
        ("Ёлки", "ЕЛКИ"),
        ("Ὀδύσσεια", "οδυσσεια"),
        ("\uff26\uff55\uff4c\uff4c\u3000\uff37idth", "full width"),
        ("ﾊﾟﾘ", "パリ"),
        ("Don't Look Up", "Dont Look Up"),
        ("Don\u2019t Look Up", "dont look up"),
        ("Fast & Furious", "fast and furious"),
        ("Fast\uff06Furious", "fast and furious"),
        ("  Spider-Man:\tNo Way Home!  ", "spider man no way home"),
        ("Se7en", "se7en"),
        ("①", "1"),
        ("x\0y", "x y"),
    ],
)
def test_two_ways_to_write_a_title_are_one(one: str, another: str) -> None:
    assert fold(one) == fold(another)


@pytest.mark.parametrize(
    ("one", "another"), [("が", "か"), ("हिन्दी", "हनद"), ("ไทย", "ไท"), ("기생충", "기생"), ("Rocky II", "Rocky III")]
)
def test_what_makes_another_word_is_kept(one: str, another: str) -> None:
    assert fold(one) != fold(another)


def test_scripts_without_spaces_are_apart_from_others() -> None:
    assert words("東京2020年 Tokyo物語") == ["東京", "2020", "年", "tokyo", "物語"]
    assert list(tokens(["tokyo", "東京物語", "年"])) == ["tokyo", "東京", "京物", "物語", "年"]


def test_pictures_are_words() -> None:
    assert words("The 🎬 Movie") == ["the", "🎬", "movie"]


@given(st.text())
def test_whatever_is_folded_stays_as_it_is(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert sort_key(text) == sort_key(text)
    assert "  " not in fold(text)


def test_titles_are_sorted_without_article_and_numbers_by_what_they_count() -> None:
    titles = ["The Abyss", "2 Guns", "A Bug's Life", "10 Cloverfield Lane", "Alien 3", "Alien", "Zodiac", "Élite"]
    assert sorted(titles, key=sort_key) == [
        "2 Guns",
        "10 Cloverfield Lane",
        "The Abyss",
        "Alien",
        "Alien 3",
        "A Bug's Life",
        "Élite",
        "Zodiac",
    ]


def test_a_title_that_is_nothing_but_an_article_is_sorted_by_it() -> None:
    assert [sort_key(title) for title in ("The", "A", "The The")] == ["the", "a", "the"]


def test_the_server_knows_better_how_to_sort() -> None:
    assert sort_key("The Empire Strikes Back", "Star Wars 05") == "star wars 0000000005"
    assert sort_key("Das Boot", "Boot") == "boot"
    assert sort_key("The Thing", "The Thing") == "the thing"


@pytest.mark.parametrize("title", ["???", "...", "¿!", "$"])
def test_a_title_without_words_is_sorted_as_it_is(title: str) -> None:
    assert sort_key(title) == title
    assert start_key(f" {title} ") == title


def indexed(item: Item) -> tuple[set[str], set[str], set[str]]:
    """Return what an item is found by."""
    title, context, scope = index_words(item, 7)
    return set(title.split()), set(context.split()), set(scope.split())


@pytest.mark.parametrize(
    ("title", "found_by"),
    [
        ("Spider-Man", {"spider", "man", "spiderman"}),
        ("S.W.A.T.", {"s", "w", "a", "t", "swat"}),
        ("M*A*S*H", {"m", "a", "s", "h", "mash"}),
        ("WALL·E", {"wall", "e", "walle"}),
        ("AC/DC", {"ac", "dc", "acdc"}),
        ("L'Avventura", {"lavventura", "avventura"}),
        ("Yesterday's Child", {"yesterdays", "child"}),
        ("Rocky II", {"rocky", "ii", "2"}),
        ("V for Vendetta", {"v", "for", "vendetta"}),
        ("東京物語", {"東京", "京物", "物語", "語"}),
    ],
)
def test_a_title_is_found_however_one_writes_it(title: str, found_by: set[str]) -> None:
    assert indexed(film("1", title))[0] == found_by


def test_what_an_item_belongs_to_is_apart_from_its_title() -> None:
    episode = Item(
        identity="1",
        kind=ItemKind.EPISODE,
        library="2",
        title="Ozymandias",
        original_title="Озимандия",
        parent_title="Season 5",
        grandparent_title="Breaking Bad",
        year=2013,
        people=(Person("Rian Johnson", "director"),),
        genres=("Science Fiction",),
    )
    title, context, scope = indexed(episode)
    assert title == {"ozymandias", "озимандия"}
    assert context == {"season", "5", "breaking", "bad", "rian", "johnson", "2013"}
    assert scope == {"kepisode", "l7", "y2013", "gsciencefiction"}
    assert "great" in indexed(film("1"))[2]


def test_only_words_that_say_something_are_remembered_for_spelling() -> None:
    assert vocabulary("a of the 東京 matrix 2021") == ["the", "matrix", "2021"]
