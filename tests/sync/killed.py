"""A process of its own that syncs into the given file until somebody kills it, and tells which pages it asks for."""

import asyncio
from pathlib import Path
import sys
from types import ModuleType


async def sync(path: Path) -> None:
    """Sync, ever more slowly."""
    from tests.sync.house import House  # noqa: PLC0415  # after the parent is there
    from tests.sync.shelf import CLASSICS, FILMS, Source, films  # noqa: PLC0415
    from tests.sync.store import ThreadStore  # noqa: PLC0415

    def before(question: str, _: object, start: int) -> None:
        if question == "page":
            sys.stdout.write(f"{start}\n")
            sys.stdout.flush()

    source = Source(shelved=[FILMS, CLASSICS], before=before)
    source.put([*films(range(9_000)), *films(range(100_000, 100_010), CLASSICS)])
    await House(ThreadStore(path), source).sync()


if __name__ == "__main__":
    root = Path(__file__).parents[2]
    sys.path.insert(0, str(root))
    # The root of the integration needs Home Assistant, which is none of this.
    bare = ModuleType("custom_components.reel")
    bare.__path__ = [str(root / "custom_components" / "reel")]
    sys.modules[bare.__name__] = bare
    asyncio.run(sync(Path(sys.argv[1])))
