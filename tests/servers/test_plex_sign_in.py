"""Do other people's clients sign in at the fake plex.tv? python-plexapi and plexauth try."""

# mypy: disable-error-code="no-untyped-call"
# python-plexapi has no types to speak of.

from collections.abc import AsyncIterator, Iterator

from aiohttp import ClientSession
from plexapi.exceptions import BadRequest, NotFound, Unauthorized
from plexapi.myplex import MyPlexAccount, MyPlexPinLogin, MyPlexResource, MyPlexUser
from plexapi.server import PlexServer as PlexApi
import plexauth  # type: ignore[import-untyped]  # it has no types
import pytest

from tests.servers.library import Kind, make_library
from tests.servers.plex import PlexServer, PlexTv, User
from tests.servers.plex.threads import Threads


@pytest.fixture
def threads() -> Iterator[Threads]:
    threads = Threads()
    yield threads
    threads.close()


@pytest.fixture
async def tv() -> AsyncIterator[PlexTv]:
    async with PlexTv() as tv:
        yield tv


@pytest.fixture
async def plex() -> AsyncIterator[PlexServer]:
    async with PlexServer("Den", library=make_library(1)) as plex:
        yield plex


@pytest.fixture
def owner(tv: PlexTv, plex: PlexServer) -> User:
    owner = tv.add_user("ada@example.com", username="ada", password="lovelace")
    tv.give(plex, owner, owned=True)
    return owner


@pytest.fixture
def instead_of_plex_tv(tv: PlexTv, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send plexapi and plexauth to the fake."""
    for owner in (MyPlexAccount, MyPlexPinLogin, MyPlexResource, MyPlexUser):
        for name, value in vars(owner).items():
            if isinstance(value, str) and value.startswith("https://plex.tv/"):
                monkeypatch.setattr(owner, name, value.replace("https://plex.tv", tv.url()))
    for name in ("CODES_URL", "TOKEN_URL"):
        monkeypatch.setattr(plexauth, name, getattr(plexauth, name).replace("https://plex.tv", tv.url()))


@pytest.mark.usefixtures("owner")
async def test_plexapi_falls_back_to_the_sections_for_a_shared_user(
    tv: PlexTv, plex: PlexServer, threads: Threads
) -> None:
    guest = tv.add_user("bo@example.com", username="bo")
    token = tv.give(plex, guest, sections=frozenset({"1"}))

    def look() -> None:
        api = PlexApi(plex.url(), token, threads.session)
        assert [section.title for section in api.library.sections()] == ["Movies"]
        with pytest.raises(BadRequest):
            api.sessions()
        with pytest.raises(NotFound):
            api.fetchItem(next(title.number for title in plex.titles.values() if title.kind is Kind.SHOW))

    await threads.run(look)


@pytest.mark.usefixtures("instead_of_plex_tv")
async def test_plexapi_signs_in_and_connects_over_what_plex_tv_lists(
    tv: PlexTv, plex: PlexServer, owner: User, threads: Threads
) -> None:
    await plex.open("relay")
    tv.advertise(plex, "local", local=True)
    tv.advertise(plex, "relay", relay=True)

    def connect() -> None:
        account = MyPlexAccount("ada@example.com", "lovelace", session=threads.session)
        assert account.ping()
        assert account.username == "ada"
        resource = account.resource("Den")
        assert [connection.relay for connection in resource.connections] == [False, True]
        assert resource.connect(ssl=False, timeout=5).machineIdentifier == plex.identifier
        account.signout()
        with pytest.raises(Unauthorized):
            MyPlexAccount(token=owner.token, session=threads.session)

    await threads.run(connect)
    assert plex.traffic.tokens == {tv.listing(plex).shares[0].token}


@pytest.mark.usefixtures("instead_of_plex_tv")
async def test_plexapi_becomes_a_home_user(tv: PlexTv, plex: PlexServer, owner: User, threads: Threads) -> None:
    kid = tv.add_user("kid@example.com", username="kid", admin=owner, pin="1234", restricted=True)
    tv.give(plex, kid, home=True)

    def switch() -> None:
        account = MyPlexAccount(token=owner.token, session=threads.session)
        with pytest.raises(BadRequest):
            account.switchHomeUser("kid", pin="0000")
        other = account.switchHomeUser("kid", pin="1234")
        assert (other.username, other.homeSize) == ("kid", 2)
        assert other.resource("Den").accessToken != account.resource("Den").accessToken

    await threads.run(switch)


@pytest.mark.usefixtures("instead_of_plex_tv")
async def test_plexapi_signs_in_with_a_short_pin(tv: PlexTv, owner: User, threads: Threads) -> None:
    login = MyPlexPinLogin(session=threads.session)
    code = await threads.run(lambda: login.pin)
    assert len(code) == 4
    assert not await threads.run(login.checkLogin)
    tv.approve(code, owner)
    assert await threads.run(login.checkLogin)
    assert login.token == owner.token


@pytest.mark.usefixtures("instead_of_plex_tv")
async def test_plexauth_signs_in_through_the_browser(tv: PlexTv, owner: User) -> None:
    async with ClientSession() as session:
        auth = plexauth.PlexAuth({"X-Plex-Product": "Reel"}, session)
        await auth.initiate_auth()
        assert await auth.request_auth_token() is None
        assert auth.auth_url().startswith("https://app.plex.tv/auth#")
        tv.approve(next(iter(tv.pins.pins.values())).code, owner)
        assert await auth.request_auth_token() == owner.token
