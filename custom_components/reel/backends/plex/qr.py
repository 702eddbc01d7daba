"""A link as a QR code that Home Assistant's markdown shows: an SVG of nothing but paths, drawn here, fetched nowhere.

One size does: version 3 with the lowest error correction, 29 modules square, holds 53 bytes. Names are the standard's
(ISO/IEC 18004).
"""

from collections.abc import Iterator
from itertools import chain
from typing import Final

SIZE: Final = 29
MOST_BYTES: Final = 53
QUIET: Final = 4
SCALE: Final = 6

_DATA_CODEWORDS: Final = 55
_EC_CODEWORDS: Final = 15
_PADDING: Final = (0xEC, 0x11)
_ALIGNMENT: Final = 22
# Level L with mask 0, protected by its BCH code and masked as the standard wants it.
_FORMAT: Final = 0b111011111000100

type Modules = dict[tuple[int, int], bool]
"""Which modules are dark, by row and column."""


def qr_svg(text: str) -> str:
    """Return the code of a text; raises ValueError if it does not fit."""
    dark = qr_modules(text)
    across = SIZE + 2 * QUIET
    # Markdown passes no fill and no viewBox: every row is a line of its own, one unit wide.
    ground = "".join(f"M0 {row}.5h{across}" for row in range(across))
    ink = "".join(f"M{column + QUIET} {row + QUIET}.5h1" for (row, column), on in sorted(dark.items()) if on)
    paths = "".join(
        f'<path transform="scale({SCALE})" stroke="{colour}" d="{line}"/>'
        for colour, line in (("#fff", ground), ("#000", ink))
    )
    side = across * SCALE
    return f'<svg xmlns="http://www.w3.org/2000/svg" height="{side}" width="{side}">{paths}</svg>'


def qr_modules(text: str) -> Modules:
    """Return the modules of a text; raises ValueError if it does not fit."""
    modules = _function_patterns()
    bits = chain(_bits(_codewords(text.encode()), 8), iter([0] * 7))
    free = [place for place in _zigzag() if place not in modules]
    for (row, column), bit in zip(free, bits, strict=True):
        # Mask 0. Every mask can be read, and none is needed for its looks in so small a code.
        modules[row, column] = bool(bit) ^ ((row + column) % 2 == 0)
    return modules


def _codewords(data: bytes) -> list[int]:
    """Return the bytes with their header, padding and error correction."""
    if len(data) > MOST_BYTES:
        raise ValueError(len(data))
    # Mode 0100 says bytes; then comes their number. All that follows is shifted by half a byte.
    nibbles = [0b0100, len(data) >> 4, len(data) & 15, *(half for byte in data for half in (byte >> 4, byte & 15)), 0]
    words = [high << 4 | low for high, low in zip(nibbles[::2], nibbles[1::2], strict=True)]
    words += [_PADDING[number % 2] for number in range(_DATA_CODEWORDS - len(words))]
    return words + _error_correction(words)


def _error_correction(words: list[int]) -> list[int]:
    """Return the remainder of the words by the generator polynomial (Reed-Solomon)."""
    remainder = [0] * _EC_CODEWORDS
    generator = _generator()
    for word in words:
        factor = word ^ remainder[0]
        remainder = [left ^ _times(factor, term) for left, term in zip([*remainder[1:], 0], generator, strict=True)]
    return remainder


def _generator() -> list[int]:
    """Return the coefficients of (x - 1)(x - 2)(x - 4)… below the highest."""
    terms, root = [1], 1
    for _ in range(_EC_CODEWORDS):
        terms = [left ^ _times(root, right) for left, right in zip([*terms, 0], [0, *terms], strict=True)]
        root = _times(root, 2)
    return terms[1:]


def _times(left: int, right: int) -> int:
    """Return the product in the field of 256."""
    product = 0
    for bit in reversed(_bits_of(right, 8)):
        product ^= left if bit else 0
        left = left << 1 ^ (0x11D if left & 0x80 else 0)
    return product


def _function_patterns() -> Modules:
    """Return what every code of this size has: finders, alignment, timing and format."""
    modules: Modules = {}
    for row, column in ((3, 3), (3, SIZE - 4), (SIZE - 4, 3)):
        modules |= _rings(row, column, 4, light=(2, 4))
    for along in range(8, SIZE - 8):
        modules[6, along] = modules[along, 6] = along % 2 == 0
    modules |= _rings(_ALIGNMENT, _ALIGNMENT, 2, light=(1,))
    return modules | _format()


def _rings(row: int, column: int, radius: int, light: tuple[int, ...]) -> Modules:
    """Return squares around a centre, as far as they are inside."""
    reach = range(-radius, radius + 1)
    rings = {(row + down, column + right): max(abs(down), abs(right)) not in light for down in reach for right in reach}
    return {place: on for place, on in rings.items() if all(0 <= where < SIZE for where in place)}


def _format() -> Modules:
    """Return the format, which stands twice, and the module that is always dark."""
    near = [(8, column) for column in (0, 1, 2, 3, 4, 5, 7, 8)] + [(row, 8) for row in (7, 5, 4, 3, 2, 1, 0)]
    far = [(SIZE - 1 - number, 8) for number in range(7)] + [(8, SIZE - 8 + number) for number in range(8)]
    bits = _bits_of(_FORMAT, 15)
    both = chain(zip(near, bits, strict=True), zip(far, bits, strict=True))
    return {(SIZE - 8, 8): True} | {place: bool(bit) for place, bit in both}


def _zigzag() -> Iterator[tuple[int, int]]:
    """Yield all places in pairs of columns from the right, up and down in turns; the timing column is skipped."""
    for number, right in enumerate([*range(SIZE - 1, 7, -2), 5, 3, 1]):
        rows = range(SIZE) if number % 2 else range(SIZE - 1, -1, -1)
        yield from ((row, column) for row in rows for column in (right, right - 1))


def _bits(words: list[int], width: int) -> Iterator[int]:
    return chain.from_iterable(_bits_of(word, width) for word in words)


def _bits_of(value: int, width: int) -> list[int]:
    """Return the bits of a number, the highest first."""
    return [value >> place & 1 for place in reversed(range(width))]
