"""The code on the screen is one that phones read: checked against another encoder, and read back here."""

import re
from xml.etree import ElementTree as ET

import pytest

from custom_components.reel.backends.plex.qr import MOST_BYTES, QUIET, SCALE, SIZE, qr_modules, qr_svg

TEXT = "https://plex.tv/link?pin=4XK9"
# Made with the package `qrcode` 8.2: version 3, level L, mask 0, bytes.
EXPECTED = """
#######...#...#..###..#######
#.....#..#...#...#.#..#.....#
#.###.#.#..#...#....#.#.###.#
#.###.#..#..##..#.###.#.###.#
#.###.#..#..##..####..#.###.#
#.....#...###.###.###.#.....#
#######.#.#.#.#.#.#.#.#######
........#..#...#.#..#........
###.#####...#...####.##...#..
.#####...#.###.##.#..###.#..#
#.###.###.###.###....#..#.###
#.###..#.##.###.###..####..#.
##....#.#.##..##.#######.#.##
.#...#.#####..##.##.#.#..#..#
.#....#.##...#......######.##
.#.#.#.##.##...#.#..##...#.#.
.#.##.##.#..#...#..####..#.##
..#..#..######.##.#.#.#..##.#
#.##.###...##.###.#..##.#..##
.#..##.#.#..###.##.#.##.##.#.
#..#..#..###..##...######....
........####..##...##...#.###
#######.###..#...####.#.##.##
#.....#.####...#.##.#...##...
#.###.#.##..#...###.#####..#.
#.###.#...####.##.##.#.##.#..
#.###.#.#.###.###.##...###..#
#.....#.#...###.#####.##...#.
#######.####..###.####..##.##
"""


def test_the_code_is_what_another_encoder_makes_of_the_text() -> None:
    modules = qr_modules(TEXT)
    drawn = ["".join(".#"[modules[row, column]] for column in range(SIZE)) for row in range(SIZE)]
    assert drawn == EXPECTED.split()


@pytest.mark.parametrize("length", [0, 1, 28, 29, MOST_BYTES])
def test_every_length_fills_the_code_exactly(length: int) -> None:
    assert len(qr_modules("x" * length)) == SIZE * SIZE


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match=str(MOST_BYTES + 1)):
        qr_modules("x" * (MOST_BYTES + 1))


def test_the_picture_holds_only_what_markdown_passes_and_says_the_same() -> None:
    svg = ET.fromstring(qr_svg(TEXT))  # noqa: S314  # our own
    assert set(svg.attrib) == {"height", "width"}
    side = SIZE + 2 * QUIET
    assert svg.attrib["width"] == str(side * SCALE)
    ground, ink = svg
    for path in (ground, ink):
        assert path.tag.endswith("path")
        assert set(path.attrib) == {"transform", "stroke", "d"}
    places = {
        (int(row) - QUIET, int(column) - QUIET) for column, row in re.findall(r"M(\d+) (\d+)\.5h1", ink.attrib["d"])
    }
    assert places == {place for place, dark in qr_modules(TEXT).items() if dark}
