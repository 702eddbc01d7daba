"""Without an address of ours nothing comes, and with one nothing but what it allows."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
import os
from pathlib import Path
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.reel.backends.abilities import ABILITIES, Target
from custom_components.reel.capability import DAY, Grant, Use, sign
from custom_components.reel.const import DOMAIN
from custom_components.reel.links import links

from .backends.playback import PICKY
from .house import JellyfinHouse, PlexHouse
from .page import Page
from .servers.media import sample
from .viewing import ask_raw, film_of, first_film, granted, signed

FILM = sample("movie").read_bytes()
# The first of them is Home Assistant's own answer to what looks like an attack, and to what is no HTTP.
REFUSED: Final = {400, 403, 404}


async def addresses(page: Page, shelf: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return where the first film of a shelf is: as a file, as a playlist and as a picture."""
    found = {"stream": await first_film(page, shelf), "image": (await film_of(page, shelf))["thumbnail"]}
    with monkeypatch.context() as patch:
        patch.setitem(ABILITIES, Target.BROWSER, PICKY)
        found["hls"] = await first_film(page, shelf) if shelf != "films films" else found["stream"]
    return found


def seen(*houses: PlexHouse | JellyfinHouse) -> list[str]:
    """Return what servers were asked for."""
    return [each.path for house in houses for each in house.server.traffic.requests]


def forget(*houses: PlexHouse | JellyfinHouse) -> None:
    for house in houses:
        house.server.traffic.clear()


# Paths

TAILS = (
    "", "/", "//", ".", "./", "..", "../", "../..", "./x.mp4", "x/..", "x/../y.mp4", "x//y.mp4", "x.mp4/", "x.mp4//",
    "a/b/c/d/e/f", "../../../../etc/passwd", "etc/passwd", "/etc/passwd", "//etc/passwd", "proc/self/environ",
    "%2e%2e", "%2e%2e/", "%2E%2E%2F%2E%2E%2F", "..%2f..%2f", "..%2Fx.mp4", ".%2e/x.mp4", "%2e./x.mp4", "x%2Fy.mp4",
    "%252e%252e%252f", "%252e%252e/x.mp4", "..%252f..%252f", "%25252e%25252e/x", "x%252Fy.mp4", "..\\..\\x",
    "x\\y.mp4", "\\\\host\\share", "..%5c..%5cx", "%5c%5chost%5cshare", "..%255cx", "%c0%ae%c0%ae/x", "%c0%af",
    "%e0%80%af", "%uff0e%uff0e/x", "%ef%bc%8e%ef%bc%8e%ef%bc%8fx", "\uff0e\uff0e\uff0fx", "%f0%9f%8e%ac", "%00",
    "x.mp4%00", "x.mp4%00.png", "x%00/../y", "x\0y", "x%0d%0aSet-Cookie:a=b", "x%0a", "%7f", "%20", "x y.mp4",
    "C:/Windows/win.ini", "C:%5CWindows%5Cwin.ini", "~root/x", "%7eroot", "file:///etc/passwd",
    "http://example.com/x.ts", "http:%2f%2fexample.com%2fx", "//example.com/x.ts", "@example.com/",
    "x@example.com:80/", ":80@example.com/", "x.mp4;/../y", "x.mp4;a=b", "x.mp4%3Fpath=3", "x.mp4%23y",
    "library/sections", "library/parts/3/3/file.mp4", "identity", ":/prefs", "Users", "System/Info",
    "Items/3/Download", "a" * 20_000, "a/" * 2_000, "%2e%2e/" * 500,
)  # fmt: skip


async def test_below_an_address_nothing_else_is_found(
    page: Page, plex: PlexHouse, jellyfin: JellyfinHouse, shelf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(set(TAILS)) == len(TAILS) > 80
    found = await addresses(page, shelf, monkeypatch)
    forget(plex, jellyfin)
    for use, address in found.items():
        home = "/".join(["", "api", "reel", use, address.split("/")[4]])
        # Under any name a film is the same film, as long as it is a name.
        tails = [tail for tail in TAILS if use != "stream" or tail not in {"identity", "Users"}]
        for method in "GET", "HEAD":
            statuses = {tail[:99]: (await ask_raw(page, f"{home}/{tail}", method))[0] for tail in tails}
            assert (use, {tail: status for tail, status in statuses.items() if status not in REFUSED}) == (use, {})
    assert seen(plex, jellyfin) == []


QUERIES = (
    "path=/library/metadata/3", "url=http://example.com/x", "url=//example.com", "X-Plex-Token=abc", "ApiKey=abc",
    "api_key=abc", "itemId=3", "key=3", "download=1", "static=false", "mediaSourceId=3", "userId=3", "authSig=abc",
    "../../x", "%2e%2e/", "a=1;path=3", "width=9999", "offset=7", "session=3", "X-Plex-Session-Identifier=3", "&&&",
    "=",
)  # fmt: skip


async def test_whatever_is_asked_of_an_address_it_is_the_same(
    page: Page, plex: PlexHouse, jellyfin: JellyfinHouse, shelf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for use, address in (await addresses(page, shelf, monkeypatch)).items():
        place = address.partition("?")[0]
        forget(plex, jellyfin)
        known = await page.get(place)
        asked = [(each.path, each.query) for house in (plex, jellyfin) for each in house.server.traffic.requests]
        for query in QUERIES:
            status, body = await ask_raw(page, f"{place}?{query}")
            # What Home Assistant takes for an attack it does not let through.
            assert (use, query, body) == (use, query, known.body) or status == 400
        for house in plex, jellyfin:
            assert [each for each in house.server.traffic.requests if (each.path, each.query) not in asked] == []


ASTRAY = (
    "",
    "start.m3u8x",
    "../start.m3u8",
    "..%2Fstart.m3u8",
    "%2e%2e/%2e%2e/library/sections",
    "%252e%252e/library/sections",
    "session/../../../../library/sections",
    "session/%2e%2e/%2e%2e/decision",
    "session/x%2F..%2F..%2Fdecision",
    "session//etc",
    "session/x/base/index.m3u8?X-Plex-Token=abc",
    "session/x/base/index.m3u8?path=/library/metadata/3",
    "session/x/base/index.m3u8%3Fpath=3",
    "session/x/base/index.m3u8%23",
    "session/x\\..\\..\\decision",
    "session/x%5C..%5Cdecision",
    "session/%00",
    "decision?path=/library/metadata/3",
    "stop?session=1",
    "stream?static=true&mediaSourceId=3",
    "stream.mp4?static=true",
    "master.m3u8/x",
    "x/Subtitles/0/Stream.vtt?itemId=6af2d30e671ebc9deaa134b9f0a1e248",
    "hls1/main/0.ts?ApiKey=abc",
    "hls1/../../../Users",
    "Images/Primary",
    "library/sections",
    "http://example.com/x.ts",
    "//example.com/x.ts",
    "session/0123456789abcdef0123456789abcdef/base/index.m3u8",
    "session/x/base/00000.ts",
    "main.m3u8?PlaySessionId=0123456789abcdef0123456789abcdef",
    "main.m3u8?a=1;itemId=6af2d30e671ebc9deaa134b9f0a1e248",
    "main.m3u8?UserId=6af2d30e671ebc9deaa134b9f0a1e248",
    "6af2d30e671ebc9deaa134b9f0a1e248/master.m3u8",
    "../6af2d30e671ebc9deaa134b9f0a1e248/main.m3u8",
    "%2e%2e%2f6af2d30e671ebc9deaa134b9f0a1e248%2fmain.m3u8",
    "hls1/%2e%2e/%2e%2e/stream",
    "hls1/main/%252e%252e/0.ts",
    "additionalparts",
    "trickplay/320/0.jpg",
)


async def test_a_playlist_leads_nowhere_else(page: Page, plex: PlexHouse, jellyfin: JellyfinHouse, server: str) -> None:
    home = (await first_film(page, server)).rpartition("/")[0]
    forget(plex, jellyfin)
    statuses = {tail: (await ask_raw(page, f"{home}/{tail}"))[0] for tail in ASTRAY}
    assert {tail: status for tail, status in statuses.items() if status not in REFUSED} == {}
    assert seen(plex, jellyfin) == []


async def test_a_playlist_of_one_film_does_not_lead_to_that_of_another(page: Page, server: str) -> None:
    shown = (await page.walk(*server.split()))["children"]
    first, other = [(await page.resolve(each["media_content_id"]))[0] for each in shown[:2]]
    pieces = [inner for inner, _ in await page.pieces(other)]
    playlists = [inner for name in (await page.get(other)).leads if (inner := f"{other.rpartition('/')[0]}/{name}")]
    for foreign in pieces + playlists:
        mine = foreign.replace(other.split("/")[4], first.split("/")[4])
        assert (await page.get(foreign)).status == 200
        if server.startswith("Den") or "PlaySessionId" in mine:
            assert (await page.get(mine)).status == 404


async def test_the_first_playlist_is_of_what_was_granted_whatever_is_asked_of_it(page: Page, server: str) -> None:
    url = await first_film(page, server)
    known = await page.get(url)
    other = await page.get(f"{url.partition('?')[0]}?path=%2Flibrary%2Fmetadata%2F3&itemId=3&offset=5")
    assert (other.status, other.body) == (200, known.body)


# Capabilities

GRANT: Final = Grant(use=Use.STREAM, source="den", item="2", path="/library/parts/2/2/x.mp4", expires=0)
BAD: Mapping[str, Callable[[str], str]] = {
    "nothing": lambda _: "",
    "rubbish": lambda _: "x",
    "dots": lambda _: "..",
    "dots escaped": lambda _: "%2e%2e",
    "none": lambda _: "None",
    "signature alone": lambda text: text[:43],
    "body alone": lambda text: text[43:],
    "cut off": lambda text: text[:-1],
    "longer": lambda text: f"{text}A",
    "padded": lambda text: f"{text}=",
    "twice": lambda text: text * 2,
    "first changed": lambda text: ("A" if text[0] != "A" else "B") + text[1:],
    "last changed": lambda text: text[:-2] + ("A" if text[-2] != "A" else "B") + text[-1],
    "middle changed": lambda text: text[:60] + ("A" if text[60] != "A" else "B") + text[61:],
    "upper case": str.upper,
    "space": lambda text: f"{text}%20",
    "zero": lambda text: f"{text}%00",
    "escaped slash": lambda text: f"{text}%2F",
    "very long": lambda _: "A" * 7000,
    "umlaut": lambda text: f"{text}%C3%A4",
    "unsigned": lambda _: urlsafe_b64encode(bytes(32) + b"[]").rstrip(b"=").decode(),
    "of another house": lambda _: sign(bytes(32), replace(GRANT, expires=2**40)),
}


# What has another shape than an address of ours is not even read; and none has so many characters.
SHAPELESS: Final = {"nothing", "dots", "dots escaped", "very long", "twice", "zero"}


async def test_without_a_capability_of_ours_nothing_comes(
    page: Page, plex: PlexHouse, jellyfin: JellyfinHouse, shelf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await addresses(page, shelf, monkeypatch)
    forget(plex, jellyfin)
    for method in "GET", "HEAD":
        for use, address in found.items():
            _, _, _, _, capability, *rest = address.partition("?")[0].split("/")
            for name, spoil in BAD.items():
                status, _ = await ask_raw(page, "/".join(["/api/reel", use, spoil(capability), *rest]), method)
                assert status in (REFUSED if name in SHAPELESS else {403}), (method, use, name, status)
    assert seen(plex, jellyfin) == []


async def test_who_is_signed_in_needs_one_too(page: Page, plex: PlexHouse, den: str, hass_access_token: str) -> None:
    url = await first_film(page, den)
    plex.server.traffic.clear()
    bearer = {"authorization": f"Bearer {hass_access_token}"}
    assert (await page.get(url.replace(url.split("/")[4], "x"), **bearer)).status == 403
    assert not plex.server.traffic.requests


async def test_a_capability_is_good_for_one_use(page: Page, shelf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = await addresses(page, shelf, monkeypatch)
    if shelf == "films films":
        del found["hls"]
    for use in "stream", "hls", "image":
        for known, address in found.items():
            rest = address.partition("?")[0].split("/")[4:]
            got = await page.get("/".join(["/api/reel", use, *rest]))
            assert (use, known, got.status) == (use, known, 200 if use == known else 403)


async def test_a_capability_expires(
    page: Page, shelf: str, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    found = await addresses(page, shelf, monkeypatch)
    if shelf == "films films":
        del found["hls"]
    image = found.pop("image")
    freezer.tick(DAY - 60)
    assert {use: (await page.get(address, "HEAD")).status for use, address in found.items()} == dict.fromkeys(
        found, 200
    )
    freezer.tick(120)
    for method in "GET", "HEAD":
        statuses = {use: (await page.get(address, method)).status for use, address in found.items()}
        assert statuses == dict.fromkeys(found, 403)
    assert (await page.get(image)).status == 200
    freezer.tick(14 * DAY)
    assert (await page.get(image)).status == 403


async def test_an_expired_capability_asks_nobody(
    hass: HomeAssistant, page: Page, plex: PlexHouse, jellyfin: JellyfinHouse, shelf: str
) -> None:
    grant, secret = await granted(hass, await first_film(page, shelf)), (await links(hass))._secret
    forget(plex, jellyfin)
    for use in Use:
        for method in "GET", "HEAD":
            url = f"/api/reel/{use}/{sign(secret, replace(grant, use=use, expires=1))}/400"
            assert (await page.get(url, method)).status == 403
    assert seen(plex, jellyfin) == []


async def test_a_capability_outlives_a_restart(
    hass: HomeAssistant, page: Page, shelf: str, hass_storage: dict[str, Any]
) -> None:
    url = await first_film(page, shelf)
    before = await links(hass)
    del hass.data["reel.links"]
    after = await links(hass)
    assert before is not after
    assert hass_storage["reel.links"]["data"]["secret"]
    assert (await page.get(url)).status == 200


async def test_what_belongs_to_a_removed_source_is_not_there(hass: HomeAssistant, page: Page, shelf: str) -> None:
    url, image = await first_film(page, shelf), (await film_of(page, shelf))["thumbnail"]
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert [(await page.get(each)).status for each in (url, image)] == [404, 404]


async def test_two_servers_that_count_alike_do_not_answer_for_each_other(
    hass: HomeAssistant, page: Page, plex: PlexHouse, den: str, folder: str
) -> None:
    url = await first_film(page, den)
    grant, secret = await granted(hass, url), (await links(hass))._secret
    foreign = replace(grant, source=(await granted(hass, await first_film(page, folder))).source)
    plex.server.traffic.clear()
    assert (await page.get(f"/api/reel/stream/{sign(secret, foreign)}/film.mp4")).status == 404
    assert not plex.server.traffic.requests


# What even we could not grant


@pytest.mark.usefixtures("folder")
async def test_even_a_signed_path_does_not_leave_its_folder(hass: HomeAssistant, page: Page, films: Path) -> None:
    outside = films.parent / "secret"
    outside.mkdir()
    for name in "secret.mp4", "secret.png":
        (outside / name).write_text("secret")
        (films / f"link-{name}").symlink_to(outside / name)
        (films / f"hard-to-see-{name}").symlink_to(f"../secret/{name}")
    (films / "linked").symlink_to(outside)
    (films / "round.mp4").symlink_to(films / "round.mp4")
    os.mkfifo(films / "pipe.mp4")
    for path in (
        "/../../reel.db", "/Movies/../../secret/secret.mp4", "/%2e%2e/secret/secret.mp4", "/..%2fsecret%2fsecret.mp4",
        "/%252e%252e/secret/secret.mp4", "/..\\secret\\secret.mp4", "/link-secret.mp4", "/link-secret.png",
        "/hard-to-see-secret.mp4", "/linked/secret.mp4", "/linked/secret.png", "/round.mp4", "/pipe.mp4", "/Movies",
        "//secret.mp4", f"/{outside}/secret.mp4", f"//{outside}/secret.mp4", f"/file://{outside}/secret.mp4",
        f"{outside}/secret.mp4", "/secret.mp4%00", "/%00", "/notes.nfo", "/.DS_Store", "/.", "/..", "/", "",
        "/" + "a" * 300 + ".mp4", "/" + "a/" * 500 + "x.mp4", "\\", "/~/x.mp4", "/dev/zero", "/proc/self/environ",
    ):  # fmt: skip
        for use in Use.STREAM, Use.IMAGE, Use.HLS:
            status, body = await ask_raw(page, await signed(hass, "films", path, use))
            assert (path, use, status, b"secret" in body) == (path, use, 404, False)


ELSEWHERE = (
    "", "/", "x", "//example.com/x", "@example.com/x", ":80@example.com/x", ".example.com/x", "http://example.com/x",
    "/library/parts/../../myplex/account", "/library/parts/%2e%2e/%2e%2e/:/prefs", "/library/parts/..\\..\\identity",
    "/myplex/account", "/:/prefs", "/identity", "/library/sections", "/library/metadata/3", "/status/sessions",
    "/security/token?type=delegation", "/photo/:/transcode?url=http://example.com/x", "/photo/:/transcode",
    "/photo/:/transcode?url=//example.com/x", "/photo/:/transcode?url=/a&url=http://example.com/x", "/Users",
    "/System/Info", "/Items", "/Items/6af2d30e671ebc9deaa134b9f0a1e248/Download",
    "/Items/6af2d30e671ebc9deaa134b9f0a1e248/PlaybackInfo", "/Items/6af2d30e671ebc9deaa134b9f0a1e248/Images/",
    "/Videos/6af2d30e671ebc9deaa134b9f0a1e248/../../Users", "/Videos/ActiveEncodings", "/Videos/..%2f..%2fUsers",
    "/Auth/Keys", "/web/index.html", "/socket", "/Sessions",
    "/Videos/6af2d30e671ebc9deaa134b9f0a1e248%2f..%2f..%2fUsers",
)  # fmt: skip


@pytest.mark.usefixtures("den", "attic")
@pytest.mark.parametrize("source", ["Den", "Attic"])
async def test_even_a_signed_path_reaches_only_what_is_for_players(
    hass: HomeAssistant, page: Page, plex: PlexHouse, jellyfin: JellyfinHouse, source: str
) -> None:
    forget(plex, jellyfin)
    for path in ELSEWHERE:
        for use in Use.STREAM, Use.HLS:
            url = await signed(hass, source, path, use)
            assert (path, (await ask_raw(page, url))[0]) == (path, 404)
    assert seen(plex, jellyfin) == []


@pytest.mark.usefixtures("den", "attic")
@pytest.mark.parametrize("source", ["Den", "Attic"])
async def test_pictures_of_other_servers_are_not_fetched(
    hass: HomeAssistant, page: Page, plex: PlexHouse, jellyfin: JellyfinHouse, source: str
) -> None:
    forget(plex, jellyfin)
    for reference in "http://example.com/x", "//example.com/x", "x", "@example.com/", "", "https://127.0.0.1:1/x":
        url = await signed(hass, source, reference, Use.IMAGE)
        assert (reference, (await page.get(url)).status) == (reference, 404)
    assert seen(plex, jellyfin) == []
