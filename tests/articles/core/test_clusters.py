from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.core.clusters import (
    STORY_WINDOW,
    Place,
    Telling,
    find_place,
    find_stories,
    reprints,
    sketch_story,
    tell_one_story,
)
from articles.core.similarity import SAME_STORY_CONTAINMENT, containment, sketch

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def numbered(first: int, last: int) -> str:
    return " ".join(f"word{number}" for number in range(first, last))


def telling(article: int, *spans: tuple[int, int], days: float = 0) -> Telling:
    text = " ".join(numbered(*span) for span in spans)
    return Telling(article, NOON + days * DAY, sketch(text))


ORIGINAL = telling(1, (0, 200))
REPRINT = telling(2, (0, 195))
FOLLOW_UP = telling(3, (140, 200), (500, 600))
OTHER = telling(4, (900, 1_100))


def test_a_reprint_a_follow_up_and_something_else_are_told_apart() -> None:
    place = find_place(REPRINT, [ORIGINAL, FOLLOW_UP, OTHER])

    assert place == Place(linked=(1, 3), reprints=1)
    assert find_place(FOLLOW_UP, [ORIGINAL, OTHER]) == Place(linked=(1,), reprints=None)
    assert find_place(OTHER, [ORIGINAL, REPRINT, FOLLOW_UP]) == Place(linked=(), reprints=None)


def test_what_came_in_before_is_no_reprint_of_what_came_later() -> None:
    assert reprints(ORIGINAL, REPRINT)
    assert find_place(ORIGINAL, [REPRINT]) == Place(linked=(2,), reprints=None)


def test_a_long_article_around_a_short_one_is_no_reprint_of_it() -> None:
    short, long = telling(1, (0, 80)), telling(2, (0, 80), (300, 700))

    assert find_place(long, [short]) == Place(linked=(1,), reprints=None)
    assert find_place(telling(3, (0, 80)), [long]) == Place(linked=(2,), reprints=2)


def test_of_several_originals_the_one_that_was_published_first_counts() -> None:
    copies = [telling(1, (0, 200), days=2), telling(2, (0, 200), days=1)]

    assert find_place(telling(3, (0, 200), days=3), copies).reprints == 2
    assert find_place(telling(3, (0, 200), days=3), reversed(copies)).reprints == 2


@pytest.mark.parametrize(
    ("apart", "is_one"),
    [(STORY_WINDOW, True), (STORY_WINDOW + timedelta(seconds=1), False)],
)
def test_the_same_words_two_weeks_later_are_another_story(apart: timedelta, is_one: bool) -> None:
    later = Telling(2, NOON + apart, ORIGINAL.sketch)

    assert tell_one_story(ORIGINAL, later) is is_one
    assert tell_one_story(later, ORIGINAL) is is_one


def test_one_phrase_in_common_links_nothing_however_short_one_text_is() -> None:
    long = telling(1, (0, 9_000))
    kept = set(long.sketch.hashes)
    phrase = next(n for n in range(9_000) if kept & set(sketch(numbered(n, n + 5)).hashes))

    short = telling(2, (phrase, phrase + 5), (20_000, 20_055))

    assert containment(long.sketch, short.sketch) > SAME_STORY_CONTAINMENT  # a wild estimate
    assert not tell_one_story(long, short)


def test_an_article_is_not_linked_to_its_own_versions() -> None:
    assert find_place(telling(1, (0, 210)), [ORIGINAL]) == Place(linked=(), reprints=None)


def test_a_chain_of_follow_ups_is_one_story_oldest_first() -> None:
    first = telling(3, (0, 100), days=0)
    second = telling(2, (70, 170), days=1)
    third = telling(1, (140, 240), days=2)

    assert not tell_one_story(first, third)
    assert find_stories([third, OTHER, first, second]) == ((3, 2, 1), (4,))


def test_headings_tags_and_menus_do_not_make_a_story() -> None:
    menu = "Home\nSport\n#halvik\nA headline of the day\n\n"

    assert sketch_story(menu + "A sentence that tells what happened yesterday in Halvik.") == (
        sketch_story("A sentence that tells what happened yesterday in Halvik.")
    )


def arrive(tellings: Sequence[Telling]) -> set[frozenset[int]]:
    """The stories that grow when tellings come in one after the other, each looking for its own."""
    stories: list[set[int]] = []
    for index, newcomer in enumerate(tellings):
        linked = {newcomer.article, *find_place(newcomer, tellings[:index]).linked}
        joined = [story for story in stories if story & linked]
        stories = [story for story in stories if not story & linked]
        stories.append(linked.union(*joined))
    return {frozenset(story) for story in stories}


@st.composite
def newsrooms(draw: st.DrawFn) -> list[Telling]:
    """Articles that share more or less of their words, over a month."""
    starts = draw(st.lists(st.integers(0, 12), min_size=2, max_size=8))
    return [
        telling(
            number,
            (start * 25, start * 25 + draw(st.sampled_from((40, 100, 160)))),
            days=draw(st.integers(0, 30)),
        )
        for number, start in enumerate(starts, start=1)
    ]


@given(newsrooms(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_the_order_of_arrival_does_not_change_what_belongs_together(tellings, shuffler) -> None:
    shuffled = list(tellings)
    shuffler.shuffle(shuffled)

    expected = {frozenset(story) for story in find_stories(tellings)}
    assert arrive(tellings) == arrive(shuffled) == expected
    assert find_stories(shuffled) == find_stories(tellings)


def test_every_order_of_a_chain_and_its_reprint_gives_one_story() -> None:
    chain = [
        telling(1, (0, 100)),
        telling(2, (70, 170)),
        telling(3, (140, 240)),
        telling(4, (0, 98)),
    ]

    assert {frozenset(map(frozenset, arrive(order))) for order in permutations(chain)} == {
        frozenset({frozenset({1, 2, 3, 4})})
    }
