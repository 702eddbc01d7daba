"""Of several copies of a title the one to play comes first: there, over the best way, then with the best picture."""

import pytest

from custom_components.reel.backends.item import File, Item, ItemKind, UserState
from custom_components.reel.catalog.entry import Entry
from custom_components.reel.connection.model import Quality
from custom_components.reel.copies import best_file, lines, ranked

UHD = File(identity="a", height=2160, width=3840, bitrate=60_000)
WIDE_UHD = File(identity="b", height=1600, width=3840, bitrate=50_000)
HD = File(identity="c", height=1080, width=1920, bitrate=8_000)
HD_SMALL = File(identity="d", height=1080, width=1920, bitrate=3_000)
HD_UNTOLD = File(identity="e", height=1080)
SD = File(identity="f", height=480, width=720, bitrate=2_000)
NOTHING_TOLD = File(identity="g")


def copy(source: str, *files: File) -> Entry:
    """Return a copy of a film."""
    item = Item(identity="1", kind=ItemKind.MOVIE, library="1", title="Ölands", files=files)
    return Entry(source, item, UserState(), 2)


LOCAL, REMOTE, RELAY = Quality


@pytest.mark.parametrize(
    ("copies", "ways", "first"),
    [
        ([copy("away", UHD), copy("here", SD)], {"away": None, "here": RELAY}, "here"),
        ([copy("away", UHD), copy("here", SD)], {"here": RELAY}, "here"),
        ([copy("relay", UHD), copy("remote", SD)], {"relay": RELAY, "remote": REMOTE}, "remote"),
        ([copy("remote", UHD), copy("local", SD)], {"remote": REMOTE, "local": LOCAL}, "local"),
        ([copy("sd", SD), copy("hd", HD)], {"sd": LOCAL, "hd": LOCAL}, "hd"),
        ([copy("small", HD_SMALL), copy("large", HD)], {"small": LOCAL, "large": LOCAL}, "large"),
        ([copy("several", SD, UHD), copy("one", HD)], {"several": LOCAL, "one": LOCAL}, "several"),
        ([copy("hd", HD), copy("wide", WIDE_UHD)], {"hd": LOCAL, "wide": LOCAL}, "wide"),
        ([copy("empty"), copy("untold", NOTHING_TOLD)], {"empty": LOCAL, "untold": LOCAL}, "untold"),
        ([copy("untold", NOTHING_TOLD), copy("sd", SD)], {"untold": LOCAL, "sd": LOCAL}, "sd"),
        ([copy("first", HD), copy("second", HD)], {"first": LOCAL, "second": LOCAL}, "first"),
        ([copy("hd", HD), copy("uhd", UHD)], {}, "uhd"),
    ],
    ids=[
        "a source that is there beats one that is away",
        "a source that is not loaded is away",
        "remote beats a relay",
        "local beats remote, however good the file",
        "the better picture wins among equals",
        "more data wins among equal pictures",
        "the best of several files counts",
        "a wide picture counts by its width",
        "a file of which nothing is told beats none",
        "what is told beats what is not",
        "among equals the order stays",
        "where nobody is there the files decide",
    ],
)
def test_the_copy_to_play_comes_first(copies: list[Entry], ways: dict[str, Quality | None], first: str) -> None:
    best, *others = ranked(copies, ways)
    assert best.source == first
    assert len(others) == len(copies) - 1


@pytest.mark.parametrize(
    ("files", "best"),
    [((), None), ((SD, HD, HD_SMALL), HD), ((HD_UNTOLD, HD_SMALL), HD_SMALL), ((WIDE_UHD, UHD), UHD)],
)
def test_the_best_file_has_the_best_picture(files: tuple[File, ...], best: File | None) -> None:
    assert best_file(files) == best


def test_a_film_without_its_black_bars_has_the_lines_of_one_with_them() -> None:
    assert [lines(each) for each in (UHD, WIDE_UHD, HD, SD, NOTHING_TOLD)] == [2160, 2160, 1080, 480, 0]
