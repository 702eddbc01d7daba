"""When are two ways to write a title the same? Without case, accents, width and punctuation, word by word."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
import re
from typing import Final
import unicodedata

from ..backends.item import Item, ItemKind

# Letters that look like another with a stroke or stuck to it, but do not decompose into it.
_LETTERS: Final = str.maketrans(
    {
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "\u0131": "i",
        "ŧ": "t",
        "ŋ": "n",
    }
    | {"ə": "e", "ɓ": "b", "ɗ": "d", "ƒ": "f", "ĸ": "k", "\u02bb": "", "\u0640": ""}
)
# Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic: people leave them out. Vowel signs of other scripts
# are letters to those who write them, so they stay.
_MARKS: Final = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u064b-\u0655\u0670\u1ab0-\u1aff\u1dc0-\u1dff]+")
_APOSTROPHES: Final = "['\u2018\u2019\u201b\u02bc\u02b9`\u00b4\uff07]"
_APOSTROPHE: Final = re.compile(_APOSTROPHES)
_PLAIN_WORD: Final = re.compile("[a-z0-9]+")

# Scripts that put no spaces between words, or so few that one looks for parts of what is written together.
_UNSPACED: Final = (
    "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN: Final = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_IS_UNSPACED: Final = re.compile(f"[{_UNSPACED}]")

# English ones only: "die" of "Die Hard" is none, and servers send a title for sorting in other languages.
ARTICLES: Final = frozenset({"the", "a", "an"})
_NUMBER: Final = re.compile(r"\d+")
# Titles count further than films, but no further than a phone number.
_DIGITS: Final = 10
# The first is left out: "I" is a word.
_ROMAN: Final = {
    numeral: str(number)
    for number, numeral in enumerate(
        ["ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi"], start=2
    )
}
# "Spider-Man", "M*A*S*H", "S.W.A.T.", "AC/DC": written together as often as not.
_JOINED: Final = re.compile("\\w+(?:[-.*/·\u2010\u2011\u2013]\\w+)+")
# "L'Avventura", "O'Brien", "Dell'arte": what follows is looked for on its own.
_ELIDED: Final = re.compile(rf"\b\w{{1,4}}{_APOSTROPHES}(\w{{3,}})")
# What people mean when nothing says otherwise; the rest belongs to these, or is made of them.
GREAT: Final = (ItemKind.MOVIE, ItemKind.SHOW, ItemKind.ARTIST)
# Lists name few people, but some servers name all.
_PEOPLE: Final = 8
# Shorter words are neither corrected nor completed by the list of words.
_SPELLED: Final = 3


def words(text: str) -> list[str]:
    """Return the folded words; what is written without spaces between words is one, apart from other scripts."""
    return list(_words(text))


# A page of films names the same people again and again, and each title is folded for sorting and for searching.
@lru_cache(2048)
def _words(text: str) -> tuple[str, ...]:
    lower = text.replace("&", " and ").casefold()
    if lower.isascii():
        return tuple(_PLAIN_WORD.findall(lower.replace("'", "").replace("`", "")))
    return tuple(_foreign_words(lower))


def fold(text: str) -> str:
    """Return the folded words with a space between them: equal for titles that are written alike."""
    return " ".join(words(text))


def sort_key(title: str, sort_title: str | None = None) -> str:
    """Return what a title is sorted and looked up by; `sort_title` is the server's own opinion."""
    return _padded(fold(sort_title)) if sort_title else start_key(title)


def start_key(text: str) -> str:
    """Return what the keys of titles that begin like a text begin with."""
    found = words(text)
    if len(found) > 1 and found[0] in ARTICLES:
        del found[0]
    return _padded(" ".join(found)) or text.strip().casefold()


def tokens(found: Iterable[str]) -> Iterator[str]:
    """Yield what stands in an index: words, and in their place every two neighbours where there are no spaces."""
    for word in found:
        if unspaced(word) and len(word) > 1:
            yield from (word[at : at + 2] for at in range(len(word) - 1))
        else:
            yield word


def unspaced(word: str) -> bool:
    """Return whether a word is written in a script that has no spaces."""
    return not word.isascii() and _IS_UNSPACED.match(word) is not None


def index_words(item: Item, library: int) -> tuple[str, str, str]:
    """Return the words of what an item is called, of what it belongs to, and of where it is found, each word once.

    They are the columns of `search`; `library` is the number of its row.
    """
    title = dict.fromkeys(_indexed(item.title))
    if item.original_title and item.original_title != item.title:
        title |= dict.fromkeys(_indexed(item.original_title))
    context = dict[str, None]()
    for text in (item.parent_title, item.grandparent_title, *(person.name for person in item.people[:_PEOPLE])):
        if text:
            context |= dict.fromkeys(_indexed(text))
    if item.year is not None:
        context[str(item.year)] = None
    return " ".join(title), " ".join(word for word in context if word not in title), " ".join(_scope(item, library))


def _scope(item: Item, library: int) -> Iterator[str]:
    yield kind_word(item.kind)
    yield library_word(library)
    if item.kind in GREAT:
        yield GREAT_WORD
    if item.year is not None:
        yield year_word(item.year)
    for genre in item.genres:
        yield genre_word(genre)


# What narrows a search stands in a column of its own, so that these can be no words of a title.
GREAT_WORD: Final = "great"


def kind_word(kind: ItemKind) -> str:
    """Return what stands in the scope of all items of a kind."""
    return f"k{kind}"


def library_word(library: int) -> str:
    """Return what stands in the scope of all items of a library, by the number of its row."""
    return f"l{library}"


def year_word(year: int) -> str:
    """Return what stands in the scope of all items of a year."""
    return f"y{year}"


@lru_cache(512)
def genre_word(genre: str) -> str:
    """Return what stands in the scope of all items of a genre."""
    return f"g{''.join(words(genre))}"


def vocabulary(indexed: str) -> list[str]:
    """Return the words of a title or context that are kept in `word`, to complete and correct what is typed."""
    return [word for word in indexed.split() if len(word) >= _SPELLED]


def _foreign_words(lower: str) -> Iterator[str]:
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHE.sub("", lower))
    text = unicodedata.normalize("NFC", _MARKS.sub("", decomposed)).casefold().translate(_LETTERS).replace("&", " and ")
    for chunk in "".join(each if _in_word(each) else " " for each in text).split():
        yield from _RUN.findall(chunk)


def _in_word(character: str) -> bool:
    """Return whether a character belongs to words; pictures do, since some titles are nothing else."""
    return character.isalnum() or unicodedata.category(character) in {"Mn", "Mc", "So", "Co"}


def _padded(folded: str) -> str:
    if folded.isascii() and folded.replace(" ", "").isalpha():
        return folded
    return _NUMBER.sub(lambda found: found[0].lstrip("0").rjust(_DIGITS, "0"), folded)


def _indexed(text: str) -> Iterator[str]:
    found = words(text)
    for word in found:
        if unspaced(word):
            yield from tokens((word,))
            # Every character begins a pair but the last.
            yield word[-1]
        else:
            yield word
    yield from (_ROMAN[word] for word in found[1:] if word in _ROMAN)
    if not text.replace(" ", "").isalnum():
        yield from _variants(text)


def _variants(text: str) -> Iterator[str]:
    for joined in _JOINED.findall(text):
        whole = "".join(words(joined))
        if not unspaced(whole):
            yield whole
    for rest in _ELIDED.findall(text):
        yield from words(rest)
