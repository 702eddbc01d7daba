"""What .nfo files say, whoever wrote them, and whatever is wrong with them."""

from hypothesis import given, strategies as st
import pytest

from custom_components.reel.backends.item import ExternalId, Person, Provider
from custom_components.reel.backends.local.nfo import MOST_BYTES, Notes, read_notes

MOVIE = """<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>
<movie>
    <title>Der Himmel &amp; Berlin</title>
    <originaltitle>Sky over Berlin</originaltitle>
    <sorttitle>Himmel</sorttitle>
    <ratings>
        <rating name="imdb" max="10"><value>7.9</value><votes>100</votes></rating>
        <rating name="tomatometerallcritics" max="100" default="true"><value>95</value></rating>
    </ratings>
    <plot>An angel looks down.</plot>
    <tagline>There are angels.</tagline>
    <runtime>128</runtime>
    <mpaa>PG-13</mpaa>
    <genre>Drama</genre>
    <genre>Fantasy / Romance</genre>
    <studio>Road</studio>
    <studio>Argos</studio>
    <premiered>1987-09-23</premiered>
    <dateadded>2024-01-02 03:04:05</dateadded>
    <uniqueid type="imdb" default="true">tt0093191</uniqueid>
    <uniqueid type="tmdb">144</uniqueid>
    <uniqueid type="themoviedb">99</uniqueid>
    <director>Wim</director>
    <credits>Peter</credits>
    <actor><name>Bruno</name><role>Damiel</role><order>0</order></actor>
    <actor><role>Nobody</role></actor>
    <fileinfo><streamdetails>
        <video><codec>HEVC</codec><width>1920</width><height>1080</height><durationinseconds>7680</durationinseconds></video>
        <audio><codec>ac3</codec><channels>6</channels></audio>
    </streamdetails></fileinfo>
</movie>
"""


def only(text: str | bytes) -> Notes:
    """Return what is written about the one thing that something is written about."""
    (notes,) = read_notes(text.encode() if isinstance(text, str) else text)
    return notes


def movie(inside: str) -> Notes:
    return only(f"<movie>{inside}</movie>")


def ids(notes: Notes) -> dict[str, str]:
    return {each.provider.value: each.value for each in notes.ids}


def test_all_that_kodi_writes_about_a_film_is_read() -> None:
    notes = only(MOVIE)
    assert (notes.root, notes.title, notes.original_title, notes.sort_title) == (
        "movie",
        "Der Himmel & Berlin",
        "Sky over Berlin",
        "Himmel",
    )
    assert (notes.year, notes.aired, notes.summary, notes.tagline) == (
        1987,
        "1987-09-23",
        "An angel looks down.",
        "There are angels.",
    )
    assert (notes.genres, notes.studio) == (("Drama", "Fantasy", "Romance"), "Road")
    assert (notes.rating, notes.content_rating) == (9.5, "PG-13")
    assert notes.ids == (ExternalId(Provider.IMDB, "tt0093191"), ExternalId(Provider.TMDB, "144"))
    assert notes.people == (Person("Bruno", role="Damiel"), Person("Wim", "director"), Person("Peter", "writer"))
    assert notes.duration_ms == 7_680_000
    assert notes.added_at is not None
    assert notes.file is not None
    assert (notes.file.width, notes.file.height, notes.file.video, notes.file.audio, notes.file.channels) == (
        1920,
        1080,
        "hevc",
        "ac3",
        6,
    )


def test_several_episodes_in_one_file_are_several() -> None:
    text = "".join(
        f"<episodedetails><title>{n}</title><season>1</season><episode>{n}</episode></episodedetails>" for n in (1, 2)
    )
    found = read_notes(f'<?xml version="1.0"?>\n{text}'.encode())
    assert [(each.title, each.season, each.episode) for each in found] == [("1", 1, 1), ("2", 1, 2)]


def test_shows_seasons_artists_and_albums_are_read() -> None:
    assert ids(only("<tvshow><title>Dark</title><id>334824</id></tvshow>")) == {"tvdb": "334824"}
    assert only("<season><seasonnumber>2</seasonnumber></season>").season == 2
    artist = (
        "<artist><name>Adele</name><biography>Sings.</biography><musicBrainzArtistID>{}</musicBrainzArtistID></artist>"
    )
    notes = only(artist.format("cc2c9c3c-b7bc-4b8b-84d8-4fbd8779e493"))
    assert (notes.title, notes.summary) == ("Adele", "Sings.")
    assert ids(notes) == {"musicbrainz": "cc2c9c3c-b7bc-4b8b-84d8-4fbd8779e493"}
    assert only("<album><title>25</title><review>Good.</review><label>XL</label></album>").studio == "XL"


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://www.imdb.com/title/tt0113277/", {"imdb": "tt0113277"}),
        ("http://www.themoviedb.org/movie/949-heat", {"tmdb": "949"}),
        ("https://www.thetvdb.com/?tab=series&id=73545", {"tvdb": "73545"}),
        ("https://thetvdb.com/series/73545", {"tvdb": "73545"}),
    ],
)
def test_an_address_is_as_good_as_an_id(address: str, found: dict[str, str]) -> None:
    assert ids(only(address)) == found
    assert ids(only(f"<movie><title>Heat</title></movie>\n{address}")) == found
    assert only(address).root == ""


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("<uniqueid type='imdb'>113277</uniqueid>", {}),
        ("<uniqueid type='tmdb'>0</uniqueid>", {}),
        ("<uniqueid type='tmdb'>-1</uniqueid>", {}),
        ("<uniqueid>949</uniqueid>", {}),
        ("<imdbid>tt0113277</imdbid><tmdbid>949</tmdbid>", {"imdb": "tt0113277", "tmdb": "949"}),
        ("<id>tt0113277</id>", {"imdb": "tt0113277"}),
        ("<id>949</id>", {}),
    ],
)
def test_an_id_that_cannot_be_one_is_none(inside: str, found: dict[str, str]) -> None:
    assert ids(movie(inside)) == found


@pytest.mark.parametrize(
    ("inside", "rating"),
    [
        ("<rating>7.5</rating>", 7.5),
        ("<rating>7,5</rating>", 7.5),
        ("<rating max='100'>75</rating>", 7.5),
        ("<rating>0</rating>", None),
        ("<rating>11</rating>", None),
        ("<rating>nan</rating>", None),
        ("<rating max='0'>5</rating>", 5.0),
        ("<ratings><rating><value>-1</value></rating><rating><value>6</value></rating></ratings>", 6.0),
        ("<ratings/>", None),
    ],
)
def test_ratings_go_from_0_to_10(inside: str, rating: float | None) -> None:
    assert movie(inside).rating == rating


@pytest.mark.parametrize(
    ("inside", "minutes"),
    [
        ("<runtime>95</runtime>", 95),
        ("<runtime>95 min</runtime>", 95),
        ("<runtime>1h 35min</runtime>", 95),
        ("<runtime>2 h</runtime>", 120),
        ("<runtime>0</runtime>", None),
        ("<runtime>soon</runtime>", None),
        ("<runtime>999999999</runtime>", None),
    ],
)
def test_playing_times_are_minutes(inside: str, minutes: int | None) -> None:
    assert movie(inside).duration_ms == (None if minutes is None else minutes * 60_000)


@pytest.mark.parametrize("day", ["1987-02-31", "0001-01-01", "soon", "1987", "-1-1-1"])
def test_a_day_that_cannot_be_is_none(day: str) -> None:
    assert movie(f"<premiered>{day}</premiered><dateadded>{day}</dateadded>").aired is None


@pytest.mark.parametrize(
    "raw",
    [
        "<movie><title>Amélie</title></movie>".encode("utf-8-sig"),
        "<movie><title>Amélie</title></movie>".encode("utf-16"),
        "<movie><title>Amélie</title></movie>".encode("cp1252"),
        '<?xml version="1.0" encoding="ISO-8859-1"?><movie><title>Amélie</title></movie>'.encode("latin-1"),
        '<?xml version="1.0" encoding="utf-16"?><movie><title>Amélie</title></movie>'.encode(),
        '<?xml version="1.0" encoding="no-such-thing"?><movie><title>Amélie</title></movie>'.encode(),
        '<?xml version="1.0" encoding="hex"?><movie><title>Amélie</title></movie>'.encode(),
    ],
)
def test_letters_are_read_whatever_they_are_written_in(raw: bytes) -> None:
    assert only(raw).title == "Amélie"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("<movie><title>Tom & Jerry</title></movie>", "Tom & Jerry"),
        ("<movie><title>A&nbsp;B</title></movie>", "A&nbsp;B"),
        ("<movie><title>A\x00\x1bB</title></movie>", "AB"),
        ("<movie><title>Heat</title></movie> trailing < words", "Heat"),
        ("words before <movie><title>Heat</title></movie>", "Heat"),
        ("<MOVIE><TITLE>Heat</TITLE></MOVIE>", "Heat"),
        ("<movie><title>&#72;eat</title></movie>", "Heat"),
    ],
)
def test_small_mistakes_are_forgiven(text: str, title: str) -> None:
    assert only(text).title == title


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0\0\0",
        b"\xff\xfe\xff",
        b"<movie>",
        b"<movie><title>Heat</movie>",
        b"<html><body>nothing</body></html>",
        b"release notes\n======\nby nobody",
        b"<movie/>" * 0 + b"<?xml ?>",
        b"<!DOCTYPE movie [<!ENTITY a 'aaaa'>]><movie><title>&a;</title></movie>",
        b"<movie><!ENTITY a 'aaaa'></movie>",
        b"<movie><title>" + b"a" * MOST_BYTES + b"</title></movie>",
        "<?xml version='1.0' encoding='utf-8'?><!doctype x><movie/>".encode("utf-16"),
    ],
)
def test_what_makes_no_sense_says_nothing(raw: bytes) -> None:
    assert read_notes(raw) == ()


@pytest.mark.parametrize(
    "piece",
    [b"<movie ", b"<movie>", b"<?", b"<a>", b"thetvdb.com/", b"thetvdb.com/?", b"&", b"<movie></movie>", b"</movie>"],
)
def test_reading_takes_no_longer_for_what_was_made_to_take_long(piece: bytes) -> None:
    read_notes(piece * (MOST_BYTES // 4 // len(piece)))
    read_notes(b"<movie>" + piece * (MOST_BYTES // 4 // len(piece) - 10) + b"</movie>")


@given(
    st.binary(max_size=400) | st.text(max_size=400).map(lambda text: f"<movie>{text}</movie>".encode(errors="replace"))
)
def test_nothing_that_is_written_does_any_harm(raw: bytes) -> None:
    assert isinstance(read_notes(raw), tuple)
