"""Who is there? What a server says about itself, to anybody and to those who are signed in."""

from aiohttp import web

from .call import Call, answer
from .routing import Access, Routes
from .wire import Object

routes = Routes()


def public_info(call: Call) -> Object:
    """Return what a server tells anybody."""
    state = call.state
    host = f"{call.request.scheme}://{call.request.host}{state.base_path}"
    info: Object = {
        "LocalAddress": host,
        "ServerName": state.name,
        "Version": state.version.text,
        "ProductName": "Jellyfin Server",
        "OperatingSystem": "",
        "Id": call.server_id,
        "StartupWizardCompleted": not state.behaviour.starting,
    }
    if state.behaviour.emby:
        return {"LocalAddresses": [host], "ServerName": state.name, "Version": "4.9.1.80", "Id": call.server_id}
    return info


@routes.add("GET", "/System/Info/Public", access=Access.ANYBODY)
async def get_public_info(call: Call) -> web.Response:
    return answer(public_info(call))


@routes.add("GET POST", "/System/Ping", access=Access.ANYBODY)
async def ping(call: Call) -> web.Response:
    return answer("Emby Server" if call.state.behaviour.emby else "Jellyfin Server")


@routes.add("GET", "/System/Info")
async def get_info(call: Call) -> web.Response:
    caller = call.caller()
    info = public_info(call) | {
        "OperatingSystemDisplayName": "",
        "HasPendingRestart": False,
        "IsShuttingDown": False,
        "SupportsLibraryMonitor": True,
        "WebSocketPortNumber": 8096,
        "CompletedInstallations": [],
        "CanSelfRestart": True,
        "CanLaunchWebBrowser": False,
        "HasUpdateAvailable": False,
        "EncoderLocation": "System",
        "SystemArchitecture": "X64",
    }
    if caller is None or caller.admin:
        info |= {"ProgramDataPath": "/config/data", "CachePath": "/cache", "LogPath": "/config/log"}
    return answer(info)


@routes.add("GET", "/System/Endpoint")
async def get_endpoint(call: Call) -> web.Response:
    return answer({"IsLocal": True, "IsInNetwork": call.door == "local"})


@routes.add("GET", "/Branding/Configuration", access=Access.ANYBODY)
async def get_branding(call: Call) -> web.Response:
    return answer({"LoginDisclaimer": f"Welcome to {call.state.name}.", "CustomCss": "", "SplashscreenEnabled": False})


@routes.add("GET", "/health", access=Access.ANYBODY)
async def get_health(_call: Call) -> web.Response:
    return web.Response(text="Healthy")
