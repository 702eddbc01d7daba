"""Which files are one item, which are several, and what each of them is called."""

from custom_components.reel.backends.item import ItemKind
from custom_components.reel.backends.local.scan import sections_of

from .trees import drafts, names, tree

MOVIE, EPISODE, SHOW, SEASON = ItemKind.MOVIE, ItemKind.EPISODE, ItemKind.SHOW, ItemKind.SEASON
ALBUM, TRACK, ARTIST, VIDEO = ItemKind.ALBUM, ItemKind.TRACK, ItemKind.ARTIST, ItemKind.VIDEO


def films(*paths: str) -> dict[str, list[str]]:
    return names(*(f"Movies/{each}" for each in paths), kind=MOVIE)


def test_versions_in_one_folder_are_one_film() -> None:
    found = films("Heat (1995)/Heat (1995) - 1080p.mkv", "Heat (1995)/Heat (1995) - 2160p {edition-Final}.mkv")
    assert found == {"Movies/Heat (1995)": ["Heat (1995) - 1080p.mkv", "Heat (1995) - 2160p {edition-Final}.mkv"]}


def test_parts_are_one_film_also_in_folders_of_their_own() -> None:
    assert list(films("Heat (1995)/heat-cd1.avi", "Heat (1995)/heat-cd2.avi")) == ["Movies/Heat (1995)"]
    assert list(films("Heat (1995)/CD1/a.avi", "Heat (1995)/CD2/b.avi")) == ["Movies/Heat (1995)"]
    assert list(films("Heat.1995.cd1.avi", "Heat.1995.cd2.avi")) == ["Movies/Heat (1995)"]


def test_versions_that_lie_among_other_films_are_one_film() -> None:
    found = films("Heat.1995.1080p.x264.mkv", "Heat (1995) - 2160p.mkv", "Ran (1985).mkv")
    assert {key: len(value) for key, value in found.items()} == {"Movies/Heat (1995)": 2, "Movies/Ran (1985)": 1}


def test_a_better_copy_and_a_folder_of_its_own_leave_a_film_what_it_is() -> None:
    places = ("Heat.1995.720p.mkv", "Heat.1995.2160p.REMUX.mkv", "Heat (1995).mp4", "Heat (1995)/whatever.mkv")
    assert {identity for place in places for identity in films(place)} == {"Movies/Heat (1995)"}


def test_a_film_that_lies_loose_and_in_its_folder_has_two_copies() -> None:
    assert films("Heat (1995).mkv", "Heat (1995)/Heat.mkv") == {"Movies/Heat (1995)": ["Heat (1995).mkv", "Heat.mkv"]}


def test_films_of_one_name_and_different_years_are_two() -> None:
    assert list(films("Solaris (1972).mkv", "Solaris (2002).mkv")) == ["Movies/Solaris (1972)", "Movies/Solaris (2002)"]


def test_parts_of_a_story_are_films_of_their_own() -> None:
    found = films(
        "Dune - Part One (2021)/Dune - Part One (2021).mkv", "Dune - Part Two (2024)/Dune - Part Two (2024).mkv"
    )
    assert len(found) == 2
    assert len(films("Kill Bill Vol. 1.mkv", "Kill Bill Vol. 2.mkv")) == 2


def test_a_folder_with_films_of_different_years_is_none_of_theirs() -> None:
    found = films("Alien Collection/Alien (1979).mkv", "Alien Collection/Aliens (1986).mkv")
    assert list(found) == ["Movies/Alien Collection/Alien (1979)", "Movies/Alien Collection/Aliens (1986)"]


def test_another_film_in_the_folder_of_one_is_not_its_version() -> None:
    found = films("Alien (1979)/Alien (1979).mkv", "Alien (1979)/Aliens (1986).mkv")
    assert list(found) == ["Movies/Alien (1979)", "Movies/Alien (1979)/Aliens (1986)"]


def test_a_folder_that_sorts_films_does_not_become_one_by_holding_one() -> None:
    assert list(films("Action/Heat (1995).mkv")) == ["Movies/Action/Heat (1995)"]


def test_a_copy_of_a_disc_is_one_file() -> None:
    found = drafts("Movies/Heat (1995)/VIDEO_TS", "Movies/Ran (1985)/BDMV")
    assert [draft.title for draft in found.values()] == ["Heat", "Ran"]
    assert [[each.suffix for each in draft.media] for draft in found.values()] == [["/dvd"], ["/bluray"]]


def test_what_belongs_to_a_film_is_found_beside_it() -> None:
    (film,) = drafts(
        "Movies/Heat (1995)/Heat (1995).mkv",
        "Movies/Heat (1995)/movie.nfo",
        "Movies/Heat (1995)/Heat (1995).nfo",
        "Movies/Heat (1995)/poster.jpg",
        "Movies/Heat (1995)/fanart.png",
        "Movies/Heat (1995)/Heat (1995)-clearlogo.png",
        "Movies/Heat (1995)/landscape.jpg",
        "Movies/Heat (1995)/Heat (1995).en.forced.srt",
        "Movies/Heat (1995)/Subs/2_English.srt",
        "Movies/Heat (1995)/extrafanart.jpg",
    ).values()
    assert [each.path.rpartition("/")[2] for each in film.notes] == ["Heat (1995).nfo", "movie.nfo"]
    assert {kind.value: each.path.rpartition("/")[2] for kind, each in film.pictures.items()} == {
        "poster": "poster.jpg",
        "backdrop": "fanart.png",
        "thumb": "landscape.jpg",
        "logo": "Heat (1995)-clearlogo.png",
    }
    assert [each.path.rpartition("/")[2] for each in film.subtitles] == ["Heat (1995).en.forced.srt", "2_English.srt"]


def test_among_other_films_only_what_is_called_after_one_belongs_to_it() -> None:
    found = drafts(
        "Movies/Heat (1995).mkv",
        "Movies/Heat (1995).nfo",
        "Movies/Heat (1995)-poster.jpg",
        "Movies/Heat (1995).de.srt",
        "Movies/Ran (1985).mkv",
        "Movies/Ran (1985).jpg",
        "Movies/poster.jpg",
        "Movies/movie.nfo",
        "Movies/stray.srt",
    )
    heat, ran = found["Movies/Heat (1995)"], found["Movies/Ran (1985)"]
    assert [each.path for each in heat.entries[1:]] == [
        "Movies/Heat (1995).nfo",
        "Movies/Heat (1995)-poster.jpg",
        "Movies/Heat (1995).de.srt",
    ]
    assert [each.path for each in ran.entries[1:]] == ["Movies/Ran (1985).jpg"]


# Shows


def test_a_show_has_its_seasons_and_they_have_its_episodes() -> None:
    found = drafts(
        "TV/Fargo/Season 1/Fargo S01E01.mkv", "TV/Fargo/Season 1/Fargo S01E02.mkv", "TV/Fargo/Specials/Fargo S00E01.mkv"
    )
    assert {identity: draft.children for identity, draft in found.items() if draft.children} == {
        "TV/Fargo": 3,
        "TV/Fargo#season-0": 1,
        "TV/Fargo#season-1": 2,
    }
    assert (found["TV/Fargo#season-0"].title, found["TV/Fargo#season-1"].title) == ("Specials", "Season 1")
    episode = found["TV/Fargo#s1e2"]
    assert (episode.parent, episode.grandparent) == ("TV/Fargo#season-1", "TV/Fargo")


def test_two_files_of_an_episode_are_one_episode_wherever_they_lie() -> None:
    found = names("TV/Fargo/Season 1/Fargo S01E01 720p.mkv", "TV/Fargo/Fargo.1x01.2160p.mkv", kind=EPISODE)
    assert {key: len(value) for key, value in found.items()} == {"TV/Fargo#s1e1": 2}


def test_a_double_episode_is_not_its_first_half() -> None:
    found = names("TV/Fargo/Fargo S01E01.mkv", "TV/Fargo/Fargo S01E01-E02.mkv", kind=EPISODE)
    assert sorted(found) == ["TV/Fargo#s1e1", "TV/Fargo#s1e1-2"]


def test_loose_episodes_and_packs_belong_to_the_show_of_their_name() -> None:
    found = drafts("TV/Fargo/Season 1/Fargo S01E01.mkv", "TV/Fargo.S01E02.mkv", "TV/Fargo.S02.1080p/Fargo.S02E01.mkv")
    assert [identity for identity, draft in found.items() if draft.kind is SHOW] == ["TV/Fargo"]
    assert found["TV/Fargo"].children == 3


def test_shows_of_one_name_and_different_years_are_two() -> None:
    found = names("TV/Fargo (1997)/S01E01.mkv", "TV/Fargo (2014)/S01E01.mkv", kind=SHOW)
    assert list(found) == ["TV/Fargo (1997)", "TV/Fargo (2014)"]


def test_a_folder_that_sorts_shows_is_none() -> None:
    found = names("TV/Kids/Bluey/Season 1/Bluey S01E01.mkv", "TV/Kids/Pingu/Pingu S01E01.mkv", kind=SHOW)
    assert list(found) == ["TV/Kids/Bluey", "TV/Kids/Pingu"]
    found = names("TV/New/Fargo.S01E01.mkv", "TV/New/Dark.S01E01.mkv", kind=SHOW)
    assert sorted(found) == ["TV/New/Dark", "TV/New/Fargo"]


def test_pictures_of_seasons_lie_with_the_show_or_in_the_season() -> None:
    found = drafts(
        "TV/Fargo/season01-poster.jpg",
        "TV/Fargo/season-specials-poster.jpg",
        "TV/Fargo/Season 2/poster.jpg",
        "TV/Fargo/Season 1/S01E01.mkv",
        "TV/Fargo/Season 1/S01E01-thumb.jpg",
        "TV/Fargo/Season 2/S02E01.mkv",
        "TV/Fargo/Season 2/S02E01.jpg",
        "TV/Fargo/Specials/S00E01.mkv",
    )
    pictures = {key: [each.path for each in draft.pictures.values()] for key, draft in found.items()}
    assert pictures == {
        "TV/Fargo": [],
        "TV/Fargo#season-0": ["TV/Fargo/season-specials-poster.jpg"],
        "TV/Fargo#season-1": ["TV/Fargo/season01-poster.jpg"],
        "TV/Fargo#season-2": ["TV/Fargo/Season 2/poster.jpg"],
        "TV/Fargo#s0e1": [],
        "TV/Fargo#s1e1": ["TV/Fargo/Season 1/S01E01-thumb.jpg"],
        "TV/Fargo#s2e1": ["TV/Fargo/Season 2/S02E01.jpg"],
    }


def test_several_episodes_of_one_day_are_several_files_of_one() -> None:
    assert len(names("TV/News/News 2026-11-20 a.mp4", "TV/News/News 2026-11-20 b.mp4", kind=EPISODE)) == 1
    assert len(names("TV/News/News 2026-11-20.mp4", "TV/News/News 2026-11-21.mp4", kind=EPISODE)) == 2


# Music


def test_discs_are_one_album() -> None:
    found = drafts("Music/Pink Floyd/The Wall (1979)/CD1/01 A.flac", "Music/Pink Floyd/The Wall (1979)/CD2/01 B.flac")
    assert [(each.title, each.children) for each in found.values() if each.kind is ALBUM] == [("The Wall", 2)]
    assert [each.parent_number for each in found.values() if each.kind is TRACK] == [1, 2]


def test_a_song_in_two_formats_is_one_track() -> None:
    found = names("Music/Adele/25/01 Hello.mp3", "Music/Adele/25/01 Hello.flac", kind=TRACK)
    assert found == {"Music/Adele/25/01 Hello": ["01 Hello.flac", "01 Hello.mp3"]}


def test_an_album_among_the_artists_belongs_to_the_artist_of_its_name() -> None:
    found = drafts("Music/Adele/25/01 Hello.mp3", "Music/Adele - 21 (2011)/01 Rolling.mp3", "Music/Untitled/01 A.mp3")
    assert [each.identity for each in found.values() if each.kind is ARTIST] == ["Music/Adele"]
    assert {each.title: each.parent for each in found.values() if each.kind is ALBUM} == {
        "25": "Music/Adele",
        "21": "Music/Adele",
        "Untitled": None,
    }


def test_an_artist_may_sort_albums() -> None:
    found = drafts("Music/Queen/Albums/Jazz (1978)/01 Mustapha.mp3", "Music/Queen/Singles/Flash/01 Flash.mp3")
    assert {each.title: each.parent for each in found.values() if each.kind is ALBUM} == {
        "Jazz": "Music/Queen",
        "Flash": "Music/Queen",
    }


def test_videos_in_music_are_videos() -> None:
    assert list(names("Music/Adele/Hello (video).mkv", kind=VIDEO)) == ["Music/Adele/Hello (video)"]


# Libraries


def libraries(*paths: str, folder: str = "media") -> list[tuple[str, str]]:
    return [(each.identity, each.shelf.value) for each in sections_of(tree(paths), folder)]


def test_folders_that_say_what_they_hold_are_libraries() -> None:
    found = libraries("Filme/a.mkv", "4K Movies/a.mkv", "TV Shows/a.mkv", "Musik/a.mp3", "Home Videos/a.mp4")
    assert sorted(found) == [
        ("4K Movies", "films"),
        ("Filme", "films"),
        ("Home Videos", "clips"),
        ("Musik", "music"),
        ("TV Shows", "shows"),
    ]


def test_the_rest_is_a_library_of_its_own_if_there_is_any() -> None:
    assert libraries("Movies/a.mkv", "readme.nfo") == [("Movies", "films")]
    assert libraries("Movies/a.mkv", "b.mkv") == [(".", "mixed"), ("Movies", "films")]
    assert libraries("nas/b.mkv") == [(".", "mixed")]
    assert libraries() == [(".", "mixed")]


def test_a_folder_that_says_itself_what_it_holds_is_one_library() -> None:
    assert libraries("Anime/a.mkv", "4K Movies/b.mkv", folder="Movies") == [(".", "films")]
    assert list(names("Heat (1995).mkv", "Anime/Akira (1988).mkv", kind=MOVIE, folder="Movies")) == [
        "Heat (1995)",
        "Anime/Akira (1988)",
    ]


def test_within_it_a_plain_word_for_something_else_is_a_library_too() -> None:
    found = libraries("Heat (1995).mkv", "TV/Fargo/S01E01.mkv", "Music/a.mp3", folder="Films")
    assert sorted(found) == [(".", "films"), ("Music", "music"), ("TV", "shows")]


def test_every_item_has_an_identity_of_its_own() -> None:
    paths = ("Fargo (1996).mkv", "Fargo (1996)/Season 1/S01E01.mkv", "Fargo (1996)/Season 1/S01E01.nfo")
    found = drafts(*paths)
    assert {identity: draft.kind for identity, draft in found.items()} == {
        "Fargo (1996)": SHOW,
        "Fargo (1996)#season-1": SEASON,
        "Fargo (1996)#s1e1": EPISODE,
        "Fargo (1996)#movie": MOVIE,
    }


def test_months_of_home_videos_are_no_seasons() -> None:
    assert set(names("Family/2020/07/clip.mp4", "Family/2020/08/clip.mp4", kind=VIDEO)) == {
        "Family/2020/07/clip",
        "Family/2020/08/clip",
    }
