"""What names say, held against a table, and against guessit, which reads such names for many programs."""

from dataclasses import dataclass
from pathlib import Path
import re

from guessit import guessit
import pytest

from custom_components.reel.backends.item import ItemKind
from custom_components.reel.backends.local.draft import Draft
from custom_components.reel.backends.local.names import is_extra, read_clip_date, read_season
from custom_components.reel.backends.local.release import height_in, ids_in, title_in

from .trees import drafts


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    path: str
    wanted: str
    differs: str

    @property
    def is_guessable(self) -> bool:
        """Whether it is something that guessit knows of."""
        return self.wanted.startswith(("movie ", "episode "))


def read_table() -> list[Row]:
    text = Path(__file__).with_name("names.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [Row(*f"{line} | ".split(" | ")[:3]) for line in lines]


TABLE = read_table()


def label(draft: Draft | None) -> str:
    if draft is None:
        return "-"
    return f"{draft.title} ({draft.year})" if draft.year else draft.title


def described(path: str) -> str:
    """Return what a single file is taken for, as the table writes it."""
    found = drafts(path)
    lines = [line for draft in found.values() if (line := _described(draft, found))]
    return "; ".join(lines) or "nothing"


def _described(draft: Draft, found: dict[str, Draft]) -> str:
    match draft.kind:
        case ItemKind.MOVIE:
            return " ".join(["movie", label(draft), *(f"{each.provider}={each.value}" for each in draft.ids)])
        case ItemKind.VIDEO:
            return " ".join(["video", draft.title, *([draft.aired] if draft.aired else [])])
        case ItemKind.EPISODE:
            number = draft.aired or _number(draft)
            title = [] if draft.title in {f"Episode {draft.number}", draft.aired} else [draft.title]
            return " ".join(["episode", label(found.get(draft.grandparent or "")), number, *title])
        case ItemKind.TRACK:
            artist = found.get(draft.grandparent or "")
            place = f"{draft.parent_number}-" if draft.parent_number else ""
            name = f"{place}{draft.number} {draft.title}" if draft.number else draft.title
            by = f" by {draft.artist}" if draft.artist else ""
            return f"track {artist.title if artist else '-'} / {label(found.get(draft.parent or ''))} / {name}{by}"
        case _:
            return ""


def _number(draft: Draft) -> str:
    if draft.number is None:
        return "?"
    last = f"-{draft.last_number}" if draft.last_number else ""
    return f"S{draft.parent_number}E{draft.number}{last}"


def test_the_table_is_long_and_names_nothing_twice() -> None:
    assert len(TABLE) >= 150
    assert len({row.path for row in TABLE}) == len(TABLE)


def test_names_say_what_they_are() -> None:
    wrong = {row.path: found for row in TABLE if (found := described(row.path)) != row.wanted}
    assert wrong == {}


# guessit as an oracle

type Guess = tuple[object, ...]

_MOVIE = re.compile(r"movie (?P<title>.*?)(?: \((?P<year>\d{4})\))?(?: \w+=\S+)*")
_EPISODE = re.compile(
    r"episode (?P<title>.*?)(?: \((?P<year>\d{4})\))? "
    r"(?:S(?P<season>\d+)E(?P<first>\d+)(?:-(?P<last>\d+))?|(?P<aired>\d{4}-\d\d-\d\d)|\?)(?: .*)?"
)


def ours(row: Row) -> Guess:
    """Return what we take something for, as far as guessit has an opinion."""
    pattern, kind = (_MOVIE, "movie") if row.wanted.startswith("movie") else (_EPISODE, "episode")
    found = pattern.fullmatch(row.wanted)
    assert found is not None
    told = found.groupdict()
    numbers = [int(told[each]) if told.get(each) else None for each in ("year", "season", "first", "last")]
    return kind, told["title"], *numbers, told.get("aired")


def theirs(row: Row) -> Guess:
    """Return the same as guessit sees it."""
    told = guessit(row.path)
    title, episodes = told.get("title"), told.get("episode")
    if isinstance(title, list):
        title = title[0]
    if not isinstance(episodes, list):
        episodes = [] if episodes is None else [episodes]
    is_episode = told["type"] == "episode"
    return (
        told["type"],
        title,
        told.get("year"),
        told.get("season") if is_episode else None,
        episodes[0] if episodes else None,
        episodes[-1] if len(episodes) > 1 else None,
        told["date"].isoformat() if is_episode and "date" in told else None,
    )


def test_what_guessit_takes_for_something_else_is_explained_and_nothing_else_is() -> None:
    guessable = {row: theirs(row) for row in TABLE if row.is_guessable}
    assert {row.path: guess for row, guess in guessable.items() if guess != ours(row) and not row.differs} == {}
    assert [row.path for row, guess in guessable.items() if guess == ours(row) and row.differs] == []
    assert sum(not row.differs for row in guessable) > len(guessable) * 0.7


# What the table has no column for


@pytest.mark.parametrize(
    ("name", "height"),
    [
        ("Heat (1995) - 1080p", 1080),
        ("Heat.1995.2160p.UHD", 2160),
        ("Heat 4K", 2160),
        ("Heat [1920x1080]", 1080),
        ("Heat (1995) 720p", 720),
        ("Apollo 1080", 1080),
        ("Heat (1995)", None),
        ("300", None),
    ],
)
def test_a_name_says_how_many_lines_the_picture_has(name: str, height: int | None) -> None:
    assert height_in(name) == height


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("Heat {tmdb-949}{imdb-tt0113277}", {"tmdb": "949", "imdb": "tt0113277"}),
        ("Heat [tvdbid-73545]", {"tvdb": "73545"}),
        ("Heat {imdb-949}", {}),
        ("Heat {tmdb-tt0113277}", {"imdb": "tt0113277"}),
        ("Heat [1080p] {edition-Final Cut}", {}),
    ],
)
def test_an_id_has_the_form_that_its_provider_gives_it(name: str, ids: dict[str, str]) -> None:
    assert {each.provider.value: each.value for each in ids_in(name)} == ids


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Season 1", 1),
        ("Season 01 - The Beginning", 1),
        ("S02", 2),
        ("Staffel 3", 3),
        ("Saison 04", 4),
        ("2. Staffel", 2),
        ("Series 5", 5),
        ("Season 2023", 2023),
        ("Season 0", 0),
        ("Specials", 0),
        ("OVA", 0),
        ("Fargo - Season 2", 2),
        ("Fargo.S02.1080p.BluRay", 2),
        ("03", 3),
        ("Seasons Greetings", None),
        ("9-1-1", None),
        ("Extras", None),
        ("12 Monkeys", None),
    ],
)
def test_a_folder_says_which_season_it_holds(name: str, number: int | None) -> None:
    season = read_season(name)
    assert (season.number if season else None) == number


@pytest.mark.parametrize(
    "stem", ["Heat-trailer", "Heat-trailer2", "Heat.sample", "sample", "sample-heat", "Heat-short"]
)
def test_an_extra_says_so_at_its_end(stem: str) -> None:
    assert is_extra(stem)


@pytest.mark.parametrize("stem", ["Trailer Park Boys", "The Sample Room", "The Interview", "Big Short", "Free Sampler"])
def test_what_sounds_like_an_extra_is_a_film(stem: str) -> None:
    assert not is_extra(stem)


@pytest.mark.parametrize("stem", ["2024-02-31 Nowhere", "IMG_0042", "Party 12-2024", "19991399"])
def test_what_is_no_date_is_none(stem: str) -> None:
    assert read_clip_date(stem) is None


@pytest.mark.parametrize(
    "name",
    ["", " ", ".", "-", "()", "[]", "[a]", "(2010)", "1080p", "x264-TYPO", "S01E01", "\udce9", "a" * 255, "((((", "{"],
)
def test_no_name_is_too_odd_to_be_read(name: str) -> None:
    assert title_in(name).text == name or title_in(name).text
    assert len(drafts(f"Movies/{name}_.mkv", f"TV/{name}_/{name}_.mkv", f"Music/{name}_.mp3")) >= 3
