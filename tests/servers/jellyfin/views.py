"""Where does one begin? The libraries a user may see."""

from aiohttp import web

from .call import Call, answer, result
from .routing import USER_QUERIES, Access, Routes
from .wire import Json

routes = Routes()


@routes.add("GET", "/UserViews", since=USER_QUERIES)
@routes.add("GET", "/Users/{userId}/Views")
async def get_views(call: Call) -> web.Response:
    writer = call.writer(everything=True)
    views = [writer.view(view) for view in call.state.views(call.user())]
    return result(views, len(views))


@routes.add("GET", "/Library/MediaFolders")
async def get_media_folders(call: Call) -> web.Response:
    writer = call.writer(everything=True)
    views = [writer.view(view) for view in call.state.views(call.caller())]
    return result(views, len(views))


@routes.add("GET", "/Library/VirtualFolders", access=Access.ADMIN)
async def get_virtual_folders(call: Call) -> web.Response:
    folders: list[Json] = [
        {
            "Name": view.name,
            "Locations": [f"/data/{view.name}"],
            "CollectionType": view.collection_type,
            "ItemId": view.id,
            "RefreshStatus": "Idle",
        }
        for view in call.state.shelf.views
        if view.collection_type != "playlists"
    ]
    return answer(folders)
