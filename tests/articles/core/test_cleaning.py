import datetime as dt

import pytest

from articles.core.cleaning import (
    TAGS_MAX,
    find_headline,
    find_published,
    find_sentences,
    find_tags,
)
from tests.articles.core.corpus import NOON

STORY = (
    "The council of the harbour town met on Tuesday to look at the plans for a longer pier. "
    "Members asked for new figures before they would vote."
)


def test_the_headline_is_the_first_title_before_the_story() -> None:
    text = f"News\nCouncil weighs a longer pier for 31 boats\nWhat it means for fishers\n\n{STORY}"

    assert find_headline(text) == "Council weighs a longer pier for 31 boats"


def test_a_title_that_the_page_repeats_beats_one_that_it_gives_once() -> None:
    text = (
        "Your town today, every day\n1. News\n2. Council weighs a longer pier\n"
        f"Council weighs a longer pier\n\n{STORY}"
    )

    assert find_headline(text) == "Council weighs a longer pier"


def test_a_text_that_starts_with_its_story_has_no_headline() -> None:
    assert find_headline(f"{STORY}\n\nWhat happens next in town") is None


def test_tags_come_from_hashtag_lines_and_tag_lists_once_each() -> None:
    text = f"{STORY}\n#Central Asia\n#trade #Rail\n#featured\nTags: rail, Harbours"

    assert find_tags(text) == ("Central Asia", "trade", "Rail", "Harbours")


def test_a_rank_is_no_tag_and_there_are_only_so_many() -> None:
    hashtags = "\n".join(f"#tag{chr(97 + i)}" for i in range(26))

    assert find_tags(f"{STORY}\n#1 in the country") == ()
    assert len(find_tags(f"{STORY}\n{hashtags}")) == TAGS_MAX


@pytest.mark.parametrize(
    ("line", "at", "precision", "origin"),
    [
        ("- Nov 20", "2026-11-20T00:00", "day", "date_line"),
        ("Dec 31", "2025-12-31T00:00", "day", "date_line"),
        ("Nov 207 min read", "2026-11-20T00:00", "day", "date_line"),
        ("Published: 14 October 2026 at 10:00", "2026-10-14T00:00", "day", "date_line"),
        ("Updated Monday, 2 November 2026", "2026-11-02T00:00", "day", "date_line"),
        ("NOVEMBER 5, 2026", "2026-11-05T00:00", "day", "date_line"),
        ("2026-11-03", "2026-11-03T00:00", "day", "date_line"),
        ("By Joan Smith | 5 November 2026", "2026-11-05T00:00", "day", "date_line"),
        ("Yesterday", "2026-11-21T00:00", "day", "date_line"),
        ("3 hours ago7 min read1 comments", "2026-11-22T09:00", "hour", "age"),
        ("2 weeks ago", "2026-11-08T00:00", "day", "age"),
        ("20 minutes ago", "2026-11-22T12:00", "hour", "age"),
        ("LONDON, Nov 12 (Agency) - The town is calm.", "2026-11-12T00:00", "day", "dateline"),
        ("Jan 3, 2028", "2026-11-22T12:00", "unknown", "fallback"),
        ("© 2019 Example", "2026-11-22T12:00", "unknown", "fallback"),
        ("The 2026 season", "2026-11-22T12:00", "unknown", "fallback"),
    ],
)
def test_the_day_of_publication_is_read_from_the_head_of_the_page(
    line: str, at: str, precision: str, origin: str
) -> None:
    published = find_published(f"A longer pier for the town\n{line}\n\n{STORY}", NOON)

    assert published.at == dt.datetime.fromisoformat(f"{at}+00:00")
    assert (published.precision, published.origin) == (precision, origin)


def test_a_day_that_has_begun_further_east_is_today_not_a_year_ago() -> None:
    published = find_published(f"Nov 23\n\n{STORY}", NOON)

    assert published.at == dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


def test_a_date_after_the_story_has_begun_is_not_the_day_of_publication() -> None:
    published = find_published(f"{STORY}\n\n3 March 2024\n\n{STORY}", NOON)

    assert published.origin == "fallback"


def test_sentences_come_from_prose_bullets_and_table_rows_only() -> None:
    text = f"A longer pier for the town\n\n{STORY}\nLength | 40 metres |\nRelated News\nNo. Never."

    found = [text[s.start : s.end] for s in find_sentences(text)]

    assert found == [
        STORY.split(". ", maxsplit=1)[0] + ".",
        STORY.split(". ", maxsplit=1)[1],
        "Length | 40 metres |",
    ]
