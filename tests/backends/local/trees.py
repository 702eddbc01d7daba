"""What a walk would have found: folders out of the paths of their files, without a disk."""

from collections.abc import Iterable
from pathlib import Path

from custom_components.reel.backends.item import ItemKind
from custom_components.reel.backends.local.draft import Draft
from custom_components.reel.backends.local.files import DISC_FOLDERS, suffix_of
from custom_components.reel.backends.local.scan import drafts_of, sections_of
from custom_components.reel.backends.local.tree import Directory, Entry


def tree(paths: Iterable[str]) -> Directory:
    """Return what lies in a folder that holds files of these paths."""
    root = Directory("")
    for path in sorted(paths):
        *folders, name = path.split("/")
        directory = root
        for depth in range(1, len(folders) + 1):
            directory = _child(directory, "/".join(folders[:depth]))
        directory.files.append(_entry(path, name))
    return root


def _entry(path: str, name: str) -> Entry:
    if disc := DISC_FOLDERS.get(name.casefold()):
        return Entry(path, path.split("/")[-2], disc)
    suffix = suffix_of(name)
    return Entry(path, name.removesuffix(suffix), suffix)


def _child(directory: Directory, path: str) -> Directory:
    for each in directory.directories:
        if each.path == path:
            return each
    directory.directories.append(Directory(path))
    return directory.directories[-1]


def drafts(*paths: str, folder: str = "media") -> dict[str, Draft]:
    """Return all items of a folder by their identity."""
    return {draft.identity: draft for section in sections_of(tree(paths), folder) for draft in drafts_of(section)}


def names(*paths: str, kind: ItemKind, folder: str = "media") -> dict[str, list[str]]:
    """Return the items of a kind by their identity, with the names of their files."""
    found = drafts(*paths, folder=folder).values()
    return {each.identity: [Path(file.path).name for file in each.media] for each in found if each.kind is kind}
