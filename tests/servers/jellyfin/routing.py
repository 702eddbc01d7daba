"""Which route answers? Paths in any case, the most specific first, as far as this version has them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
import re
from typing import Final

from aiohttp import web

from .call import Call
from .version import Version

type Handler = Callable[[Call], Awaitable[web.StreamResponse]]

USER_QUERIES: Final = 10, 9
"""Since this version, users stand in the query; before, only in the path."""


class Access(Enum):
    """Who may use a route."""

    ANYBODY = "no token needed"
    TOKEN = "any token"
    ADMIN = "an administrator or an API key"


@dataclass(frozen=True, slots=True)
class Route:
    """One way to a handler; `until` is the first version without it."""

    method: str
    template: str
    handler: Handler
    access: Access
    since: tuple[int, ...]
    until: tuple[int, ...] | None
    path: re.Pattern[str]

    def exists_in(self, version: Version) -> bool:
        """Tell whether a version has this route."""
        return version.at_least(*self.since) and (self.until is None or not version.at_least(*self.until))


@dataclass(frozen=True, slots=True)
class Routes:
    """The routes of one concern."""

    all: list[Route] = field(default_factory=list)

    def add(
        self,
        methods: str,
        template: str,
        *,
        access: Access = Access.TOKEN,
        since: tuple[int, ...] = (0,),
        until: tuple[int, ...] | None = None,
    ) -> Callable[[Handler], Handler]:
        """Return a decorator that makes a handler answer these methods, such as `GET HEAD`, of a path."""

        def decorate(handler: Handler) -> Handler:
            path = re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", template.replace(".", r"\.")), re.IGNORECASE)
            for method in methods.split():
                self.all.append(Route(method, template, handler, access, since, until, path))
            return handler

        return decorate


class Router:
    """All routes of one version."""

    def __init__(self, routes: list[Route], version: Version) -> None:
        """Sort the routes: fixed segments before those that take anything."""
        existing = [route for route in routes if route.exists_in(version)]
        self._routes = sorted(existing, key=lambda route: ["{" in part for part in route.template.split("/")])

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """Return the route of a request, and what stands in its path; raises HTTPNotFound, HTTPMethodNotAllowed."""
        found = [(route, match) for route in self._routes if (match := route.path.fullmatch(path))]
        for route, match in found:
            if route.method == method:
                return route, match.groupdict()
        if found:
            raise web.HTTPMethodNotAllowed(method, {route.method for route, _ in found})
        raise web.HTTPNotFound
