"""Which pictures does an item have? Its own, and those of what it belongs to."""

from collections.abc import Mapping
from typing import Final

from ..item import Image, ImageKind, ItemKind
from ..reading import text
from ..transport import Json

# The primary picture of these is a still of the film, not a poster.
_STILLS: Final = frozenset({ItemKind.EPISODE, ItemKind.VIDEO})


def parse_images(item: Mapping[str, Json], kind: ItemKind) -> tuple[Image, ...]:
    """Return the best picture of each kind, as the path that its server has it at; nobody needs a token for it."""
    tags = item.get("ImageTags")
    own = tags if isinstance(tags, Mapping) else {}
    identity = item.get("Id")
    primary = ImageKind.THUMB if kind in _STILLS else ImageKind.POSTER
    # The first that there is wins.
    choices = (
        (primary, identity, "Primary", own.get("Primary")),
        (ImageKind.POSTER, item.get("SeriesId"), "Primary", item.get("SeriesPrimaryImageTag")),
        (ImageKind.POSTER, item.get("AlbumId"), "Primary", item.get("AlbumPrimaryImageTag")),
        (ImageKind.BACKDROP, identity, "Backdrop", _first(item.get("BackdropImageTags"))),
        (
            ImageKind.BACKDROP,
            item.get("ParentBackdropItemId"),
            "Backdrop",
            _first(item.get("ParentBackdropImageTags")),
        ),
        (ImageKind.THUMB, identity, "Thumb", own.get("Thumb")),
        (ImageKind.THUMB, item.get("ParentThumbItemId"), "Thumb", item.get("ParentThumbImageTag")),
        (ImageKind.LOGO, identity, "Logo", own.get("Logo")),
        (ImageKind.LOGO, item.get("ParentLogoItemId"), "Logo", item.get("ParentLogoImageTag")),
    )
    found: dict[ImageKind, Image] = {}
    for image, owner, name, tag in choices:
        if tag and image not in found and (of := text(owner)) and (version := text(tag)):
            found[image] = Image(image, f"/Items/{of}/Images/{name}?tag={version}")
    return tuple(found.values())


def _first(tags: Json) -> Json:
    return tags[0] if isinstance(tags, list) and tags else None
