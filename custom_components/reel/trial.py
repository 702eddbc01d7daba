"""What Home Assistant's next form has to tell: what was tried last, and why it did not work."""

from collections.abc import Awaitable
from dataclasses import dataclass, field

from .backends.errors import SourceError
from .errors import InvalidInput, error_key, error_placeholders


@dataclass(slots=True)
class Trial:
    """What went wrong in a flow since something was last tried."""

    errors: dict[str, str] = field(default_factory=dict)
    placeholders: dict[str, str] = field(default_factory=dict)

    async def run[T](self, work: Awaitable[T]) -> T | None:
        """Return what the work returns, or None with the reason noted."""
        self.clear()
        try:
            return await work
        except SourceError as error:
            self.fail("base", error_key(error), **error_placeholders(error))
        except InvalidInput as error:
            self.fail(error.field, error.key, **error.placeholders)
        return None

    def fail(self, field: str, key: str, **placeholders: str) -> None:
        """Note a reason that is no error."""
        self.errors, self.placeholders = {field: key}, placeholders

    def clear(self) -> None:
        """Forget what went wrong."""
        self.errors, self.placeholders = {}, {}
