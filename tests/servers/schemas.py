"""How does an OpenAPI document become JSON Schema, and what do its formats and its errors mean?"""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
import json
from pathlib import Path
from typing import Final, cast
from uuid import UUID

from jsonschema import FormatChecker
from jsonschema.exceptions import ValidationError
import yaml

type Json = dict[str, Json] | list[Json] | str | int | float | bool | None
type Object = dict[str, Json]

ROOT: Final = "urn:document"

FORMATS: Final = FormatChecker(formats=())


@FORMATS.checks("uuid", raises=ValueError)
def _is_uuid(value: object) -> bool:
    # Jellyfin writes ids without dashes, which the format does not allow and UUID reads.
    return not isinstance(value, str) or bool(UUID(value))


@FORMATS.checks("date-time", raises=ValueError)
def _is_date(value: object) -> bool:
    # Those of .NET have seven digits after the point.
    return not isinstance(value, str) or bool(datetime.fromisoformat(value))


@FORMATS.checks("int32")
def _is_int32(value: object) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


@cache
def parse(path: Path) -> Json:
    """Return what a JSON or YAML file says; it is read once."""
    if path.suffix == ".json":
        return cast("Json", json.loads(path.read_bytes()))
    return cast("Json", yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader))


def translate(node: Json) -> Json:
    """Return a document with the words of OpenAPI 3.0 put into those of JSON Schema, and its references absolute."""
    if isinstance(node, list):
        return [translate(item) for item in node]
    if not isinstance(node, dict):
        return node
    made: Object = {key: translate(value) for key, value in node.items()}
    match made:
        case {"$ref": str(pointer)}:
            made["$ref"] = ROOT + pointer
        case {"discriminator": {"propertyName": str(name), "mapping": dict(mapping)}}:
            made = _chosen(name, mapping)
        case {"nullable": True, "type": str(kind)} if "enum" not in made:
            made["type"] = [kind, "null"]
        case {"nullable": True}:
            made = {"anyOf": [made, {"type": "null"}]}
    return made


def _chosen(name: str, mapping: Object) -> Object:
    """Return a schema that depends on one property: `oneOf` cannot tell the kinds of Jellyfin's frames apart."""
    branches: list[Json] = [
        {"if": {"properties": {name: {"const": value}}}, "then": {"$ref": f"{ROOT}{pointer}"}}
        for value, pointer in mapping.items()
    ]
    return {"type": "object", "required": [name], "properties": {name: {"enum": list(mapping)}}, "allOf": branches}


def resolve(spec: Object, node: Json) -> Object:
    """Return what a node refers to, or the node itself."""
    while isinstance(node, dict) and "$ref" in node:
        pointer, node = cast("str", node["$ref"]).removeprefix(f"{ROOT}#/"), spec
        for part in pointer.split("/"):
            node = cast("Object", node)[part.replace("~1", "/").replace("~0", "~")]
    return cast("Object", node)


def typed(text: str, schema: Object) -> Json:
    """Return what a text of the query means in the type that the schema wants; itself if it cannot."""
    kinds = schema.get("type")
    try:
        match kinds[0] if isinstance(kinds, list) else kinds:
            case "integer":
                return int(text)
            case "number":
                return float(text)
            case "boolean":
                return {"true": True, "false": False}.get(text.lower(), text)
    except ValueError:
        pass
    return text


def leaves(error: ValidationError) -> Iterator[ValidationError]:
    """Yield what is really wrong: of alternatives, what is wrong with the one that fits best."""
    branches: dict[object, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).extend(leaves(inner))
    if not branches:
        yield error
        return
    yield from max(branches.values(), key=_fit)


def _fit(found: list[ValidationError]) -> tuple[int, int]:
    """Return how well an alternative fits: the deeper its problems lie, and the fewer they are, the better."""
    return max(len(error.absolute_path) for error in found), -len(found)
