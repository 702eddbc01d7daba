"""What did a client say? Names in any case, numbers as text, lists with commas: the query and the body alike."""

from collections.abc import Iterable
import json
from uuid import UUID

from aiohttp import web

from .wire import Json, Object, read_date


class Fields:
    """The properties of a query or a body, by name in any case; what cannot be read is a bad request."""

    def __init__(self, values: Iterable[tuple[str, Json]]) -> None:
        """Take names and values; of a name that comes again, the values are joined."""
        self._values: Object = {}
        for name, value in values:
            key = name.lower()
            before = self._values.get(key)
            self._values[key] = f"{before},{value}" if isinstance(before, str) else value

    def items(self) -> Iterable[tuple[str, Json]]:
        """Return all names, in lower case, and values."""
        return self._values.items()

    def value(self, name: str) -> Json:
        """Return a value as it came; None if it did not."""
        return self._values.get(name.lower())

    def text(self, name: str) -> str | None:
        """Return a text; an empty one counts as none."""
        value = self.value(name)
        return str(value) if value not in (None, "") else None

    def number(self, name: str) -> int | None:
        """Return a whole number."""
        text = self.text(name)
        try:
            return int(text) if text is not None else None
        except ValueError:
            raise web.HTTPBadRequest from None

    def flag(self, name: str) -> bool | None:
        """Return a truth value."""
        text = (self.text(name) or "").lower()
        if text not in {"", "true", "false"}:
            raise web.HTTPBadRequest
        return text == "true" if text else None

    def words(self, name: str, separator: str = ",") -> list[str]:
        """Return a list."""
        value = self.value(name)
        parts = value if isinstance(value, list) else (self.text(name) or "").split(separator)
        return [str(part).strip() for part in parts if part not in {"", None}]

    def folded(self, name: str, separator: str = ",") -> frozenset[str]:
        """Return the words of a list in lower case."""
        return frozenset(word.lower() for word in self.words(name, separator))

    def guid(self, name: str) -> str | None:
        """Return an id, which may have come with dashes."""
        text = self.text(name)
        return read_guid(text) if text is not None else None

    def guids(self, name: str) -> list[str]:
        """Return a list of ids."""
        return [read_guid(word) for word in self.words(name)]

    def date(self, name: str) -> float | None:
        """Return a date as epoch seconds."""
        text = self.text(name)
        try:
            return read_date(text) if text is not None else None
        except ValueError:
            raise web.HTTPBadRequest from None

    def inner(self, name: str) -> Fields:
        """Return the properties of an object."""
        value = self.value(name)
        return Fields(value.items() if isinstance(value, dict) else ())

    def inners(self, name: str) -> list[Fields]:
        """Return the objects of a list."""
        value = self.value(name)
        return [Fields(each.items()) for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def read_guid(text: str) -> str:
    """Return an id without dashes; raises HTTPBadRequest."""
    try:
        return UUID(text).hex
    except ValueError:
        raise web.HTTPBadRequest from None


async def read_body(request: web.Request) -> Fields:
    """Return the properties of a JSON body; raises HTTPBadRequest."""
    if not request.content_type.endswith("json") or not (body := await request.read()):
        return Fields(())
    try:
        value: Json = json.loads(body)
    except ValueError:
        raise web.HTTPBadRequest from None
    return Fields(value.items() if isinstance(value, dict) else ())
