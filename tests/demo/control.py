"""How is the house disturbed while it runs? By a page in a browser, which uses a small JSON API.

GET  /api/ways                      all ways into all sources, with their state
POST /api/ways/{source}/{way}       {"state": "down"}
GET  /api/codes                     the codes of sign-ins that wait
POST /api/codes/{code}              approves one
POST /api/titles/{source}           {"name": "Dune"} adds a film
GET  /api/places/{source}           how far the user got, in seconds by name, as the server remembers it
"""

from pathlib import Path
from typing import Final, Self

from aiohttp import web

from .errors import DemoError
from .house import House
from .ports import HOST, Ports
from .ways import State, Way

PAGE: Final = Path(__file__).with_name("control.html")
LINK: Final = "/link"


class Control:
    """The control page of a house."""

    def __init__(self, house: House, ports: Ports) -> None:
        self._house = house
        self._port = ports.control
        app = web.Application()
        app.add_routes(
            [
                web.get("/", self._page),
                web.get(LINK, self._page),
                web.get("/api/ways", self._ways),
                web.post("/api/ways/{source}/{way}", self._put),
                web.get("/api/codes", self._codes),
                web.post("/api/codes/{code}", self._approve),
                web.post("/api/titles/{source}", self._add),
                web.get("/api/places/{source}", self._places),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self._port}"

    async def __aenter__(self) -> Self:
        """Serve the page."""
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Serve it no longer."""
        await self._runner.cleanup()

    async def _page(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE)

    async def _ways(self, _: web.Request) -> web.Response:
        ways = self._house.ways.items()
        return web.json_response([_described(source, name, way) for source, each in ways for name, way in each.items()])

    async def _put(self, request: web.Request) -> web.Response:
        source, name = request.match_info["source"], request.match_info["way"]
        way = self._house.ways.get(source, {}).get(name)
        if way is None:
            raise web.HTTPNotFound(text=f"There is no way {name} into {source}.")
        wanted = (await request.json())["state"]
        if wanted not in way.states:
            raise web.HTTPBadRequest(text=f"It can be {', '.join(way.states)}, but not {wanted}.")
        await way.put(State(wanted))
        return web.json_response(_described(source, name, way))

    async def _codes(self, _: web.Request) -> web.Response:
        return web.json_response([{"where": code.where, "code": code.code} for code in self._house.codes])

    async def _approve(self, request: web.Request) -> web.Response:
        code = next((code for code in self._house.codes if code.code == request.match_info["code"]), None)
        if code is None:
            raise web.HTTPNotFound(text="Nothing waits for this code.")
        code.approve()
        return web.json_response({})

    async def _add(self, request: web.Request) -> web.Response:
        name = str((await request.json())["name"]).strip()
        if not name or "/" in name:
            raise web.HTTPBadRequest(text="A film needs a name, without a slash.")
        try:
            film = self._house.add(request.match_info["source"], name)
        except DemoError as error:
            raise web.HTTPNotFound(text=str(error)) from None
        return web.json_response({"name": film.name, "year": film.year})

    async def _places(self, request: web.Request) -> web.Response:
        try:
            return web.json_response(self._house.places(request.match_info["source"]))
        except DemoError as error:
            raise web.HTTPNotFound(text=str(error)) from None


def _described(source: str, name: str, way: Way) -> dict[str, str | list[str]]:
    return {"source": source, "way": name, "address": way.address, "state": way.state, "states": list(way.states)}
