"""What is in a playlist? Its titles in their order, each as often as it was put there."""

from aiohttp import web

from tests.servers.library import Kind

from .browse import page
from .call import Call
from .routing import Routes

routes = Routes()


@routes.add("GET", "/Playlists/{itemId}/Items")
async def get_playlist_items(call: Call) -> web.Response:
    """Return a page of a playlist; what is gone is left out."""
    playlist = call.title()
    if playlist.kind is not Kind.PLAYLIST:
        raise web.HTTPNotFound
    call.user()
    return page(call, call.state.shelf.children(playlist))
