"""How does a folder play? Its files are sent as they are: there is nobody who could convert them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, unquote

from ..abilities import Ability
from ..errors import CannotPlay, Missing, Refusal
from ..item import File
from ..mime import media_type, other_type
from ..playing import Delivery, PlayReport, Question, Stream, Way
from ..stream import NOTHING, asked
from .files import TYPES, FileType, is_litter, suffix_of
from .folder import Folder
from .library import FolderLibrary
from .opened import FilePieces, let_go, open_soon
from .parts import part_of

# Copies of discs are folders, or folders in a file.
_DISCS: Final = frozenset({"bluray", "dvd", "iso"})


@dataclass(frozen=True, slots=True)
class FolderPlaying:
    """Plays what one folder has; implements `Player`."""

    folder: Folder

    async def way(self, question: Question) -> Way:
        """Return the file as it is; raises `CannotPlay` where it is no file, or nothing to hear, and `Missing`."""
        if question.file is not None:
            let_go(await open_soon(self.folder, question.file))
            files = [File(identity=question.file, container=suffix_of(question.file).removeprefix("."))]
        else:
            found = await FolderLibrary(self.folder).items([question.identity])
            if not found:
                raise Missing
            files = list(found[0].files)
        playable = [each for each in files if _may_play(each, question.ability)]
        if not playable:
            raise CannotPlay(Refusal.INCOMPATIBLE)
        file = max(playable, key=lambda each: _promise(each, question.ability))
        return Way(
            delivery=Delivery.FILE,
            path=_path(file.identity),
            mime_type=_type_of(file.identity),
            file=file.identity,
            bitrate=file.bitrate,
        )

    async def stop(self, play_session: str) -> None:
        """Do nothing: nothing was begun."""

    async def report(self, report: PlayReport) -> bool:
        """Do nothing and return True: what is watched in a folder is kept in the catalog alone."""
        return True

    def image_path(self, reference: str, width: int, height: int) -> str:
        """Return where a picture is; it has the size it has."""
        return _path(reference)

    def address(self, path: str) -> str | None:
        """Return None: nobody but this machine has its files."""

    @asynccontextmanager
    async def fetch(self, path: str, headers: Mapping[str, str], method: str = "GET") -> AsyncIterator[Stream]:
        """Return a film, a song, a picture or subtitles; all other files of the folder are nobody's business."""
        reference = unquote(path.partition("?")[0]).removeprefix("/")
        if not path.startswith("/") or not _is_media(reference):
            raise Missing
        file = await open_soon(self.folder, reference)
        try:
            part = part_of(file.edition, asked(headers), head=method == "HEAD")
            told = {**part.headers}
            if part.status in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
                told["content-type"] = _type_of(reference)
            pieces = NOTHING if method == "HEAD" else FilePieces(file, part.start, part.end)
            yield Stream(part.status, told, pieces)
        finally:
            let_go(file)


def _may_play(file: File, ability: Ability) -> bool:
    """Tell whether it is worth a try: what a file holds is often unknown, and players take more than they say."""
    wanted = ability.sounds if _is_sound(file) else ability.containers
    return bool(wanted) and file.container not in _DISCS


def _promise(file: File, ability: Ability) -> tuple[bool, bool]:
    """Return how well a file suits a player, for comparing: by all that is known of it, or by its name at least."""
    sound = _is_sound(file)
    return ability.covers(file, sound=sound), file.container in (ability.sounds if sound else ability.containers)


def _is_sound(file: File) -> bool:
    return TYPES.get(suffix_of(file.identity)) is FileType.AUDIO


def _is_media(reference: str) -> bool:
    known = TYPES.get(suffix_of(reference.rpartition("/")[2]))
    return known not in {None, FileType.NOTES} and not any(is_litter(each) for each in reference.split("/"))


def _type_of(reference: str) -> str:
    suffix = suffix_of(reference)
    match TYPES.get(suffix):
        case FileType.AUDIO | FileType.VIDEO as kind:
            return media_type(suffix.removeprefix("."), sound=kind is FileType.AUDIO)
        case _:
            return other_type(suffix.removeprefix("."))


def _path(reference: str) -> str:
    return "/" + quote(reference)
