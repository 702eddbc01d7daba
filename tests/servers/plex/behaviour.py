"""Which of the real servers' quirks are on? Plain fields, to be set before or in the middle of a test."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.servers.media import LongFilm


@dataclass(slots=True)
class Behaviour:
    """How a media server behaves where real ones differ, or annoy."""

    allow_without_token: bool = False
    """The caller's network is on the list that may come in without a token, as the owner."""
    omit_optional_fields: bool = False
    """Lists lack updatedAt, thumb, art, year, summary, duration and the like for every item."""
    omit_totals: bool = False
    """Paged answers lack totalSize and offset, in the body and in the headers."""
    ignore_filters: bool = False
    """Every filter of a listing is ignored: 200 with everything."""
    honour_all_filters: bool = False
    """Also the filters that PMS 1.43 ignores: lastViewedAt>=, lastViewedAt>>= and year>>=."""
    ignore_page_size: bool = False
    """Listings answer everything at once, whatever page was asked for."""
    ignore_sort: bool = False
    """Listings come in the usual order, by title, whatever was asked for."""
    unknown_sorts: frozenset[str] = frozenset()
    """Orders that are answered 400."""
    omit_updated: bool = False
    """No item says when it was changed, and whoever sorts by that gets them in the order of their keys."""
    empty_lists: bool = False
    """Listings are answered 200 with nothing in them, as while the database of a server is repaired."""
    everything_is_films: bool = False
    """/library/all holds films only, if no type is asked for."""
    after_a_page: Callable[[], object] | None = None
    """Called after each answer to a listing: something changes while a client turns the page."""
    repeat_first_page: bool = False
    """Listings honour the size but not the start: every page is page one."""
    size_needs_start: bool = False
    """X-Plex-Container-Size is ignored unless X-Plex-Container-Start comes with it."""
    nothing_searchable: bool = False
    """/hubs/search answers 404, as it does when no library may be searched."""
    shared_status: int = 403
    """What users who do not own the server get at owner endpoints: 401, 403 or 404."""
    shared_push: bool = True
    """Whether users who do not own the server may open the push channel; they hear of the library only."""
    silent_push: bool = False
    """The push channel opens and says nothing."""
    late_sessions: int = 0
    """So many reads of /status/sessions still show the state before the last change."""
    commands_without_effect: bool = False
    """Commands to players are answered 200 and change nothing, as with most current apps."""
    players_answer_ok: bool = False
    """Commands to players are answered with a bare OK instead of XML."""
    players_speak_xml: bool = False
    """Players tell what they play in XML, whatever was asked for, as most do: the server only hands it on."""
    plex_pass: bool = True
    """Whether the owner pays; without it sessions cannot be ended."""
    head_of_parts_fails: bool = True
    """HEAD of a media file answers 500."""
    download_allowed: bool = True
    """Whether download=1 is answered at all; otherwise 403."""
    plays_abroad: bool = True
    """Whether files and conversions are sent through any door but `local`; otherwise 403, since nobody paid."""
    starts_undecided: bool = False
    """Conversions begin without the decision that all current servers want to be asked for."""
    verdict: tuple[int, str] | None = None
    """The code and the text of every decision, such as (2002, "Number of allowed streams has been reached.")."""
    film: LongFilm | None = None
    """What is sent for every film instead of the sample; lists still tell the size of that."""
    event_ping: float = 10.0
    """Seconds between pings of the server-sent events."""


@dataclass(slots=True)
class TvBehaviour:
    """How plex.tv behaves where it is not the same every day."""

    pin_lifetime: int = 900
    """Seconds until a PIN expires."""
    switches_allowed: int | None = None
    """So many switches of Home users are answered, the next ones with 429."""
    switch_by_v2: bool = True
    """Whether the v2 path of the switch exists; some accounts saw 404 there."""
    invalid_token_status: int = 401
    """What an account token that is not valid is answered with: 401, or 422 with "Invalid token"."""
