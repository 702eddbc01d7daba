"""What does Jellyfin write when something is wrong, and what does whatever stands in front of it?"""

from typing import Final

from aiohttp import web

from .behaviour import Behaviour

PROBLEMS: Final = {400: "Bad Request", 404: "Not Found"}
PAGE: Final = "<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"


def refusal(behaviour: Behaviour, status: int) -> web.Response:
    """Return the body of an error: a problem in JSON, a line of text, nothing, or the page of a proxy."""
    if behaviour.html_errors:
        return web.Response(text=PAGE.format(title=status), status=status, content_type="text/html")
    if status in PROBLEMS:
        problem = {"type": "https://tools.ietf.org/html/rfc9110", "title": PROBLEMS[status], "status": status}
        return web.json_response(problem, status=status, content_type="application/problem+json")
    return web.Response(text="Error processing request." if status >= 500 else "", status=status)


def starting(behaviour: Behaviour) -> web.Response:
    """Return what everything is answered with while the server starts."""
    headers = {} if behaviour.retry_after is None else {"Retry-After": str(behaviour.retry_after)}
    text = PAGE.format(title="The server is still starting")
    return web.Response(text=text, status=503, content_type="text/html", headers=headers)


def portal() -> web.Response:
    """Return what everything is answered with in the WiFi of a hotel."""
    return web.Response(text=PAGE.format(title="Welcome to our WiFi"), content_type="text/html")
