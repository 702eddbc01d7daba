"""What does a made-up title look like? A gradient, a figure and its initials, drawn with the standard library alone.

Pixels are indexes into a palette of four banks: the same gradient in four shades. A row is cut from one long ramp, and
where something is drawn, a stretch of it moves to another bank. Nothing is done pixel by pixel, so posters are cheap.
"""

from collections.abc import Callable, Iterator
from colorsys import hls_to_rgb
from functools import lru_cache
from math import sqrt
from random import Random
from string import ascii_uppercase, digits
import struct
from typing import Final
import unicodedata
import zlib

_STEPS: Final = 64
_DIM, _BRIGHT, _WHITE = 1, 2, 3
# What `bytes.translate` wants: what becomes of each index in this bank.
_BANKS: Final = [bytes(index % _STEPS + bank * _STEPS for index in range(256)) for bank in range(4)]

# A to Z and 0 to 9, five columns by seven rows: a row is a digit of base 32, its highest bit the leftmost dot.
_DOTS: Final = """
    EHHVHHH UHHUHHU EHGGGHE UHHHHHU VGGUGGV VGGUGGG EHGNHHF HHHVHHH E44444E 72222IC HIKOKIH GGGGGGV
    HRLLHHH HPLJHHH EHHHHHE UHHUGGG EHHHLID UHHUKIH FGGE11U V444444 HHHHHHE HHHHHA4 HHHLLRH HHA4AHH
    HHA4444 V1248GV EHJLPHE 4C4444E EH1248V EH161HE 26AIV22 VGU11HE EGGUHHE V124444 EHHEHHE EHHF11E
"""
_GLYPHS: Final = dict(zip(ascii_uppercase + digits, _DOTS.split(), strict=True))
_GLYPH_COLUMNS: Final = 5
_GLYPH_ROWS: Final = 7

# From where to where something covers a row, as a fraction of the shorter side, measured from the centre.
type _Span = tuple[float, float] | None
type _Shape = Callable[[float], _Span]


@lru_cache(maxsize=1024)
def poster(seed: int, text: str, width: int, height: int) -> bytes:
    """Return a PNG picture of this size, always the same one for the same arguments."""
    roll = Random(seed)
    palette = _palette(roll)
    unit = min(width, height)
    shapes = _figure(roll)
    letters = _initials(text)
    ramp = bytes(at * _STEPS // (width + height) for at in range(width + height))
    picture = bytearray()
    for y in range(height):
        row = bytearray(ramp[y : y + width])
        for bank, left, right in _drawn(shapes, y, width, height):
            row[left:right] = row[left:right].translate(_BANKS[bank])
        for left, right in _written(letters, y, unit, height):
            row[left:right] = row[left:right].translate(_BANKS[_WHITE])
        picture += b"\0" + row
    return _png(width, height, palette, bytes(picture))


def _palette(roll: Random) -> bytes:
    """Return the four banks as red, green, blue: dark to less dark, two lighter shades of it, and nearly white."""
    hue = roll.random()
    turn = roll.choice((-1, 1)) * roll.uniform(0.08, 0.2)
    colours = bytearray()
    for light in (0, 0.12, 0.3, 1):
        for step in range(_STEPS):
            part = step / _STEPS
            rgb = hls_to_rgb(hue + turn * part, 0.2 + 0.22 * part, 0.55)
            colours += bytes(round(255 * (value + (0.97 - value) * light)) for value in rgb)
    return bytes(colours)


def _figure(roll: Random) -> list[tuple[int, _Shape]]:
    """Return a big dim shape and a smaller bright one that go together."""
    shape = roll.choice((_disc, _diamond, _triangle, _beam))
    x, y = roll.uniform(-0.15, 0.15), roll.uniform(-0.3, 0.05)
    size = roll.uniform(0.28, 0.4)
    return [(_DIM, shape(x, y, size)), (_BRIGHT, shape(x + 0.12, y - 0.08, size * 0.6))]


def _disc(x: float, y: float, size: float) -> _Shape:
    def span(at: float) -> _Span:
        square = size**2 - (at - y) ** 2
        return (x - sqrt(square), x + sqrt(square)) if square > 0 else None

    return span


def _diamond(x: float, y: float, size: float) -> _Shape:
    def span(at: float) -> _Span:
        half = 1.2 * size - abs(at - y)
        return (x - half, x + half) if half > 0 else None

    return span


def _triangle(x: float, y: float, size: float) -> _Shape:
    def span(at: float) -> _Span:
        length = 1.7 * (size - abs(at - y))
        return (x - size / 2, x - size / 2 + length) if length > 0 else None

    return span


def _beam(x: float, y: float, size: float) -> _Shape:
    def span(at: float) -> _Span:
        middle = x + 0.7 * (y - at)
        return middle - size / 2, middle + size / 2

    return span


def _drawn(shapes: list[tuple[int, _Shape]], y: int, width: int, height: int) -> Iterator[tuple[int, int, int]]:
    """Yield the bank, start and end of what the shapes cover of a row, in pixels."""
    unit = min(width, height)
    for bank, shape in shapes:
        if (span := shape((y - height / 2) / unit)) is not None:
            left, right = (min(max(round(edge * unit + width / 2), 0), width) for edge in span)
            yield bank, left, right


def _initials(text: str) -> str:
    """Return the first letters of up to three words, without their accents."""
    words = unicodedata.normalize("NFKD", text).upper().split()
    return "".join(word[0] for word in words if word[0] in _GLYPHS)[:3]


def _written(letters: str, y: int, unit: int, height: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of the dots of a row, in pixels: the letters stand in the lower left corner."""
    dot = max(unit // 40, 1)
    line = (y - height) // dot + _GLYPH_ROWS + 3
    if line not in range(_GLYPH_ROWS):
        return
    for place, letter in enumerate(letters):
        dots = int(_GLYPHS[letter][line], 32)
        for column in range(_GLYPH_COLUMNS):
            if dots >> (_GLYPH_COLUMNS - 1 - column) & 1:
                left = (3 + place * (_GLYPH_COLUMNS + 1) + column) * dot
                yield left, left + dot


def _png(width: int, height: int, palette: bytes, rows: bytes) -> bytes:
    """Return a picture of eight-bit palette indexes; each row begins with its filter, 0 for none."""
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
