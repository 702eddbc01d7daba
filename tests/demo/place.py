"""Where does a demo keep its things? In one folder, which it makes and recognizes by the port noted in it."""

from dataclasses import dataclass
from pathlib import Path
import shutil

from .configuration import write_configuration
from .errors import DemoError


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of a demo."""

    path: Path

    @property
    def config(self) -> Path:
        """Home Assistant's own folder."""
        return self.path / "config"

    @property
    def media(self) -> Path:
        """What lies on the disks of the house."""
        return self.path / "media"

    @property
    def memory(self) -> Path:
        """What the servers must not forget."""
        return self.path / "servers.json"

    @property
    def output(self) -> Path:
        """What Home Assistant says, even before it has a log."""
        return self.path / "output.log"

    def prepare(self, port: int, *, fresh: bool) -> None:
        """Make or renew it; raises `DemoError` if it is no demo's, or that of a demo on another port."""
        mark = self.path / "port"
        if self.config.exists() and not mark.exists():
            raise DemoError(f"{self.config} is not a demo's: choose another --config.")
        if fresh and mark.exists():
            self._forget()
            mark.unlink()
        if mark.exists() and mark.read_text() != str(port):
            raise DemoError(f"{self.path} was made with --port {mark.read_text()}: use that, or --fresh.")
        self.path.mkdir(parents=True, exist_ok=True)
        mark.write_text(str(port))
        write_configuration(self.config, self.media)

    def _forget(self) -> None:
        for folder in (self.config, self.media):
            shutil.rmtree(folder, ignore_errors=True)
        self.memory.unlink(missing_ok=True)
