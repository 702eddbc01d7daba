"""Do requests and answers agree with what the servers' makers publish? One checker for Jellyfin (3.0) and Plex (3.1).

Problems are lines of text, so that a test can say `assert document.check_response(…) == []`. Each starts with the
operation, `GET /Items 200 $.Items[0].Id: …`, and may be explained away by a pattern if the document itself is wrong.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
import json
from pathlib import Path
import re
from typing import Final, Self, cast

from jsonschema import Draft202012Validator
import pytest
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from .schemas import FORMATS, ROOT, Json, Object, leaves, parse, resolve, translate, typed

__all__ = ["FIXTURES", "Document", "Explained", "Json", "Object", "needs_fixtures"]

FIXTURES: Final = Path(__file__).parents[3] / "shared" / "fixtures"
"""Genuine answers and the servers' own documents. They are not ours to publish: they lie beside the checkout."""

needs_fixtures = pytest.mark.skipif(
    not FIXTURES.exists(), reason="the servers' own documents are not part of this repository"
)

METHODS: Final = frozenset({"get", "put", "post", "delete", "head", "patch", "options"})


@dataclass(frozen=True, slots=True)
class Explained:
    """A mismatch in which the document is wrong, or silent: `problem` is searched as a regular expression."""

    problem: str
    why: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, named such as `GET /Items/{itemId}`."""

    name: str
    path: re.Pattern[str]
    spec: Object
    parameters: tuple[Object, ...]

    def placed(self, place: str) -> list[Object]:
        """Return the parameters that stand in the path, the query or a header."""
        return [parameter for parameter in self.parameters if parameter["in"] == place]


@dataclass(frozen=True, slots=True)
class Document:
    """An OpenAPI document that requests and answers can be held against."""

    spec: Object
    operations: tuple[Operation, ...]
    explained: tuple[Explained, ...]
    ignore_case: bool
    """Whether paths and names in the query match in any case, as they do in Jellyfin's router."""
    registry: Registry[bool | Mapping[str, object]]
    _validators: dict[int, Draft202012Validator] = field(default_factory=dict)
    _found: dict[tuple[str, str], Operation | None] = field(default_factory=dict)

    @classmethod
    @cache
    def load(cls, path: Path, *, explained: tuple[Explained, ...] = (), ignore_case: bool = False) -> Self:
        """Return the document of a file; it is read once, however often it is asked for."""
        spec = cast("Object", translate(parse(path)))
        resource = Resource.from_contents(spec, default_specification=DRAFT202012)
        operations = sorted(_operations(spec, re.IGNORECASE if ignore_case else 0), key=_vagueness)
        return cls(spec, tuple(operations), explained, ignore_case, Registry().with_resource(ROOT, resource))

    def check_response(
        self, method: str, path: str, status: int, content_type: str, body: bytes, *, base_path: str = ""
    ) -> list[str]:
        """Return what is wrong with an answer; errors are looked at only where the document describes them."""
        bare = path.removeprefix(base_path)
        operation = self.find(method, bare)
        if operation is None:
            return self._unexplained([f"{method} {bare}: unknown"])
        return self._unexplained(
            [f"{operation.name} {status} {problem}" for problem in self._answer(operation, status, content_type, body)]
        )

    def check_request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes = b"",
        *,
        base_path: str = "",
    ) -> list[str]:
        """Return what is wrong with a request: path, method, names and types in the query, headers, body."""
        bare = path.removeprefix(base_path)
        operation = self.find(method, bare)
        if operation is None:
            return self._unexplained([f"{method} {bare}: unknown"])
        problems = [
            *self._path(operation, bare),
            *self._query(operation, query),
            *self._headers(operation, headers),
            *self._request_body(operation, body),
        ]
        return self._unexplained([f"{operation.name} {problem}" for problem in problems])

    def check_schema(self, name: str, value: Json) -> list[str]:
        """Return what is wrong with a value that is to fit a named schema of the document."""
        schema = resolve(self.spec, {"$ref": f"{ROOT}#/components/schemas/{name}"})
        return self._unexplained([f"{name} {problem}" for problem in self._validate(schema, value)])

    def find(self, method: str, path: str) -> Operation | None:
        """Return the most specific operation for a path, if there is one."""
        key = method.upper(), path
        if key not in self._found:
            named = (operation for operation in self.operations if operation.name.startswith(f"{key[0]} "))
            self._found[key] = next((operation for operation in named if operation.path.fullmatch(key[1])), None)
        return self._found[key]

    def resolve(self, node: Json) -> Object:
        """Return what a node refers to, or the node itself."""
        return resolve(self.spec, node)

    def _answer(self, operation: Operation, status: int, content_type: str, body: bytes) -> Iterator[str]:
        responses = cast("Object", operation.spec.get("responses", {}))
        response = responses.get(str(status), responses.get("default"))
        if response is None:
            if status < 400:
                yield "$: status unknown"
            return
        content = cast("Object", self.resolve(response).get("content", {}))
        kind = next((kind for kind in content if _fits(content_type, kind)), None)
        if kind is not None:
            yield from self._content(content[kind], kind, body)
        elif status < 400 and body:
            yield f"$: {content_type or 'a body'} instead of {', '.join(content) or 'nothing'}"

    def _content(self, described: Json, kind: str, body: bytes) -> Iterator[str]:
        """Check a JSON body against the schema that is given for its media type."""
        schema = self.resolve(described).get("schema")
        if not isinstance(schema, dict) or not kind.endswith("json"):
            return
        try:
            value = json.loads(body)
        except ValueError as error:
            yield f"$: not JSON, {error}"
            return
        yield from self._validate(schema, value)

    def _path(self, operation: Operation, path: str) -> Iterator[str]:
        found = operation.path.fullmatch(path)
        values = found.groups() if found else ()
        names = re.findall(r"{(.+?)}", operation.name)
        sent = dict(zip(names, values, strict=True))
        for parameter in operation.placed("path"):
            yield from self._parameter(parameter, sent[cast("str", parameter["name"])])

    def _query(self, operation: Operation, query: Mapping[str, str]) -> Iterator[str]:
        known = {self._fold(parameter): parameter for parameter in operation.placed("query")}
        free = any("mediaquery" in name.lower() for name in known)
        seen = set()
        for name, value in query.items():
            bare = name.split("[")[0]
            folded = bare.lower() if self.ignore_case else bare
            seen.add(folded)
            if folded in known:
                yield from self._parameter(known[folded], value)
            elif not free:
                yield f"unknown in the query: {name}"
        for name, parameter in known.items():
            if parameter.get("required") and name not in seen:
                yield f"missing in the query: {name}"

    def _headers(self, operation: Operation, headers: Mapping[str, str]) -> Iterator[str]:
        sent = {name.lower(): value for name, value in headers.items()}
        for parameter in operation.placed("header"):
            name = cast("str", parameter["name"])
            if name.lower() in sent:
                yield from self._parameter(parameter, sent[name.lower()])
            elif parameter.get("required"):
                yield f"missing header: {name}"

    def _request_body(self, operation: Operation, body: bytes) -> Iterator[str]:
        spec = self.resolve(operation.spec.get("requestBody", {}))
        content = cast("Object", spec.get("content", {}))
        if "application/json" in content and body:
            yield from self._content(content["application/json"], "application/json", body)
        elif spec.get("required") and not body:
            yield "$: body missing"

    def _parameter(self, parameter: Object, text: str) -> Iterator[str]:
        """Check one value of the path, the query or a header, which came as text."""
        schema = self.resolve(parameter.get("schema", {}))
        parts = [text]
        if schema.get("type") == "array":
            schema, parts = self.resolve(schema.get("items", {})), re.split(r"[,|]", text)
        if schema.get("type") == "object" or (not text and not parameter.get("required")):
            return
        for part in parts:
            for problem in self._validate(schema, typed(part, schema)):
                yield f"{parameter['in']} {parameter['name']} {problem}"

    def _validate(self, schema: Object, value: Json) -> Iterator[str]:
        if id(schema) not in self._validators:
            # The schema is a part of `spec`, which outlives the validators: its id stays its own.
            self._validators[id(schema)] = Draft202012Validator(schema, registry=self.registry, format_checker=FORMATS)
        for error in self._validators[id(schema)].iter_errors(value):
            for leaf in leaves(error):
                yield f"{leaf.json_path}: {leaf.message[:300]}"

    def _fold(self, parameter: Object) -> str:
        name = cast("str", parameter["name"]).split("[")[0]
        return name.lower() if self.ignore_case else name

    def _unexplained(self, problems: list[str]) -> list[str]:
        patterns = [explained.problem for explained in self.explained]
        return [problem for problem in problems if not any(re.search(pattern, problem) for pattern in patterns)]


def _operations(spec: Object, flags: int) -> Iterator[Operation]:
    for template, item in cast("dict[str, Object]", spec["paths"]).items():
        parts = re.split(r"({.+?})", template)
        path = re.compile("".join("([^/]+)" if part.startswith("{") else re.escape(part) for part in parts), flags)
        shared = cast("list[Json]", item.get("parameters", []))
        for method in METHODS & item.keys():
            own = cast("Object", item[method])
            declared = [*shared, *cast("list[Json]", own.get("parameters", []))]
            parameters = tuple(resolve(spec, parameter) for parameter in declared)
            yield Operation(f"{method.upper()} {template}", path, own, parameters)


def _vagueness(operation: Operation) -> list[int]:
    """Return the key that puts fixed segments before mixed ones, and those before free ones."""
    return [("{" in segment) + segment.startswith("{") for segment in operation.name.split("/")]


def _fits(content_type: str, kind: str) -> bool:
    bare = content_type.split(";", maxsplit=1)[0].strip().lower()
    return bool(bare) and fnmatchcase(bare, kind.lower())
