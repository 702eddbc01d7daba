"""How may a Jellyfin server differ from the one you expect, without being broken?"""

from dataclasses import dataclass

from tests.servers.media import LongFilm


@dataclass(slots=True)
class Behaviour:
    """Switches; all of them may be turned while the server runs."""

    legacy_authorization: bool | None = None
    """See X-Emby-Token, api_key and the like? None: as this version does by default."""
    quick_connect: bool = True
    """Let people sign in with a code."""
    starting: bool = False
    """Answer 503 with Retry-After, as while a database is migrated."""
    retry_after: int | None = 5
    """Seconds that a starting server tells to wait; None tells nothing."""
    setup_answers: bool = False
    """While starting, let `/System/Info/Public` answer with StartupWizardCompleted=false."""
    captive_portal: bool = False
    """Answer everything with 200 and a page of HTML, as the WiFi of a hotel does."""
    html_errors: bool = False
    """Write errors as a reverse proxy does: a page of HTML, whatever was asked for."""
    emby: bool = False
    """Look like Emby: no ProductName, another kind of version."""
    ignores_limit: bool = False
    """Return everything, whatever page was asked for."""
    empty_lists: bool = False
    """Answer every list with none, as while a disk is not mounted yet."""
    nameless_artists: bool = False
    """Have no folders of artists: they are known by name only, from what stands in the files."""
    clock: bool = True
    """Say what time it is; without, the Date header says nothing."""
    totals: bool = True
    """Count all results; without, TotalRecordCount is 0."""
    full: bool = False
    """Answer whoever wants to play that there are too many already."""
    commands_work: bool = True
    """Deliver commands to clients; without, they are accepted with 204 and nothing happens."""
    zero_user_data_ids: bool = False
    """Write UserData.ItemId as zeros, as 10.10.0 does by itself."""
    sparse: bool = False
    """Leave out whatever the API does not promise: years, run times, images, user data."""
    unset_dates: bool = False
    """Write dates as the year 1, as for items whose metadata never was fetched."""
    mixed_library: bool = False
    """Have no collection type on the library of movies, as mixed libraries do."""
    film: LongFilm | None = None
    """Send this for every film instead of the sample; answers still tell the size of that."""
    pushes: bool = True
    """Push LibraryChanged and UserDataChanged; without, a client has only its timer."""
