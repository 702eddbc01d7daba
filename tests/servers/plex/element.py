"""How does one answer become XML for one client and JSON for the next? One tree, two ways to write it down."""

from dataclasses import dataclass, field
from html import escape

type Scalar = str | int | float | bool
type Json = Scalar | list[Json] | dict[str, Json] | None


@dataclass(slots=True)
class Element:
    """One node of an answer.

    JSON names some elements otherwise than XML does: `Video`, `Track` and listed `Directory` all become `Metadata`.
    """

    tag: str
    attributes: dict[str, Scalar | None] = field(default_factory=dict)
    """What is None is left out of both forms: a Plex server never says null."""
    children: list[Element] = field(default_factory=list)
    json_name: str | None = None
    single: bool = False
    """Whether JSON holds it as an object instead of a list of objects."""


def container(attributes: dict[str, Scalar | None], children: list[Element], *, sized: bool = True) -> Element:
    """Return the element that every answer of a Plex server is wrapped in."""
    size: dict[str, Scalar | None] = {"size": len(children)} if sized else {}
    return Element("MediaContainer", size | attributes, children)


def to_json(element: Element) -> dict[str, Json]:
    """Return what stands in JSON for this element, without its own name."""
    body: dict[str, Json] = {name: value for name, value in element.attributes.items() if value is not None}
    for child in element.children:
        name = child.json_name or child.tag
        if child.single:
            body[name] = to_json(child)
            continue
        siblings = body.setdefault(name, [])
        assert isinstance(siblings, list)
        siblings.append(to_json(child))
    return body


def to_xml(element: Element) -> str:
    """Return the document with this element as its root."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    _write(element, lines)
    return "\n".join(lines) + "\n"


def xml_text(value: Scalar | None) -> str:
    """Return an attribute as XML holds it: booleans are 0 and 1."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def _write(element: Element, lines: list[str]) -> None:
    start = "".join(
        f' {name}="{escape(xml_text(value))}"' for name, value in element.attributes.items() if value is not None
    )
    if not element.children:
        lines.append(f"<{element.tag}{start} />")
        return
    lines.append(f"<{element.tag}{start}>")
    for child in element.children:
        _write(child, lines)
    lines.append(f"</{element.tag}>")
