"""How does plex.tv answer? Bare JSON with nulls, or XML made from the same values."""

from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from .element import Element, Json, Scalar, to_xml

# XML names the members of these lists; all others are cut off at their plural s.
SINGULAR: Final = {"entitlements": "entitlement", "pastSubscriptions": "subscription"}
CODES: Final = {
    400: (1000, "X-Plex-Client-Identifier is missing"),
    401: (1001, "User could not be authenticated"),
    403: (1041, "Invalid PIN"),
    404: (1006, "Not found"),
    422: (1022, "Invalid token"),
    429: (1003, "Too many requests"),
}


def iso(seconds: float) -> str:
    """Return a moment as plex.tv writes it."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def wants_json(request: web.Request) -> bool:
    """Tell whether JSON was asked for; everybody else gets XML."""
    return "application/json" in request.headers.get("Accept", "") or request.path.endswith(".json")


def answer(request: web.Request, name: str, body: Json, status: int = 200) -> web.Response:
    """Answer with a body, as JSON or as XML with `name` at its root."""
    if wants_json(request):
        return web.json_response(body, status=status)
    return xml_answer(element_of(name, body), status)


def xml_answer(element: Element, status: int = 200) -> web.Response:
    """Answer with XML, whatever was asked for."""
    return web.Response(status=status, text=to_xml(element), content_type="application/xml", charset="utf-8")


def error(request: web.Request, status: int, code: int, message: str) -> web.Response:
    """Answer with an error, in the form that plex.tv has for it."""
    errors: list[Json] = [{"code": code, "message": message, "status": status}]
    return answer(request, "errors", {"errors": errors} if wants_json(request) else errors, status)


def element_of(name: str, body: Json) -> Element:
    """Return the XML of a JSON value: scalars become attributes, null an empty one, lists wrap their members."""
    match body:
        case dict():
            return _object(name, body)
        case list():
            singular = SINGULAR.get(name, name.removesuffix("s"))
            return Element(name, {}, [element_of(singular, member) for member in body])
        case _:
            return Element(name, {"id": body})


def _object(name: str, body: dict[str, Json]) -> Element:
    attributes: dict[str, Scalar | None] = {}
    children = []
    for key, value in body.items():
        if isinstance(value, dict | list):
            children.append(element_of(key, value))
        else:
            attributes[key] = "" if value is None else value
    return Element(name, attributes, children)
