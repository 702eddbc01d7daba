"""How is a file called in the catalog, and where is it really? A path below the folder, and never one outside of it."""

import os
from pathlib import Path
import re
from typing import Final

from ..errors import Missing

# Half of a byte that is no UTF-8, as Python hands such names out, and how we write it down.
_ESCAPED: Final = re.compile(r"\\x([89a-f][0-9a-f])")


def written(path: str) -> str:
    """Return a path as text that every database takes, also where its name is no UTF-8."""
    return path if path.isascii() else path.encode(errors="surrogateescape").decode(errors="backslashreplace")


def real(reference: str) -> str:
    """Return the path that was written down."""
    return _ESCAPED.sub(lambda found: chr(0xDC00 + int(found[1], 16)), reference)


def locate(root: Path, reference: str) -> Path:
    """Return where a file or folder of a source lies; raises `Missing` if nowhere, or outside. Blocks.

    Whoever opens a file by its reference asks here first: a link may have come into its way since it was listed.
    """
    top = os.path.realpath(root)
    for path in (reference, real(reference)):
        try:
            found = os.path.realpath(Path(top, path), strict=True)
        except OSError, ValueError:
            continue
        if Path(found).is_relative_to(top):
            return Path(found)
    raise Missing
