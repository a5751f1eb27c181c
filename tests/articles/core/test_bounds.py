"""Whatever is pasted: no crash, spans that hold, and an answer in time."""

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.core.blocks import find_blocks
from articles.core.canonical import TEXT_LENGTH_MAX, normalise_text
from articles.core.cleaning import find_headline, find_published, find_sentences, find_tags
from articles.core.clusters import sketch_story
from articles.core.drafting import draft_questions
from articles.core.errors import ArticleError
from articles.core.passages import find_passages
from articles.core.quantities import find_quantities
from articles.core.similarity import containment, sketch
from articles.core.temporal import find_times
from tests.articles.core.corpus import FORECASTABLE, NOON, SILENT

# Far above what a text takes on an idle machine: a busy one must not fail, a quadratic rule must.
SECONDS_MAX = 5.0

FRAGMENTS = (
    "The Delta Bridge", "Ghana", "it", "Its parliament", "is expected to", "plans to", "will",
    "has tried to join", "as an observer", "open", "vote on the Volta Act", "reach $5 billion",
    "by the end of 2027", "in October", "on 3 May", "next week", "the 7th Volta Forum", "was held",
    "which", ",", ".", "?", ";", "—", "(", ")", "“", "”", '"', "|", "\n", "\n\n", "#tag", "and",
    "candidates", "Ann Smith", "election", "4.1%", "rose to", "under construction", "3 hours ago",
    "Related News", "Comments", "U.S.", "Dr.", "\u200d", "é", "İ", "ß", "١٢", "中文。",
)  # fmt: skip

ENDLESS = (
    "1234567890", "ABC DEF ", "A, ", ".", ". ", "A. ", "(", '" ', "a\n", "#a ", "a | b | ", "will ",
    "A plans to be 2030 ", "7th Big Of The On ", "$1,000,000.50 billion tons ", "3 March 2027 ",
    "3 hours ago\n", "a.A", "A of ", "; ", "e\u0301", "said that ",
    "The Delta Line is expected to open in June 2027, the ministry said. ",
    "The bridge is expected to open in 2027. ",
    "Ghana has influence through the Volta Union (VU). Togo has tried to join as an observer. ",
    "Ann Smith and Bo Chen are candidates in the election. ",
    "Exports (2024) | $5 billion |\n",
    "Title of the day\n3 hours ago\nTitle of the day\n",
)  # fmt: skip


def assert_spans_hold(text: str) -> None:
    blocks = find_blocks(text)
    sentences = find_sentences(text, blocks)
    for spans in (blocks, sentences):
        ordered = [(span.start, span.end) for span in spans]
        assert all(0 <= start < end <= len(text) for start, end in ordered)
        assert all(one[1] <= two[0] for one, two in itertools.pairwise(ordered))
    for found in (find_times(text, NOON), find_quantities(text)):
        offsets = [(each.start_offset, each.end_offset) for each in found]
        assert all(0 <= start < end <= len(text) for start, end in offsets)
        assert all(one[1] <= two[0] for one, two in itertools.pairwise(offsets))
    assert all(0 <= p.start < p.end <= len(text) for p in find_passages(text, NOON))
    for draft in draft_questions(text, published_at=NOON):
        assert draft.quote == text[draft.start : draft.end] != ""


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text_is_read_without_a_crash(text: str) -> None:
    assert_spans_hold(text)
    find_headline(text)
    find_tags(text)
    find_published(text, NOON)
    assert 0.0 <= containment(sketch(text), sketch(text[:50])) <= 1.0


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map(" ".join))
@settings(max_examples=120, deadline=None)
def test_any_mixture_of_what_the_rules_look_for_is_read_without_a_crash(text: str) -> None:
    try:
        normalised = normalise_text(text)
    except ArticleError:
        return

    assert_spans_hold(normalised)
    assert find_published(normalised, NOON).at <= NOON.replace(hour=23)


@pytest.mark.parametrize("case", FORECASTABLE + SILENT, ids=lambda case: case.name)
def test_the_same_text_gives_the_same_drafts(case: object) -> None:
    text = normalise_text(case.text)  # type: ignore[attr-defined]

    assert draft_questions(text, published_at=NOON) == draft_questions(text, published_at=NOON)
    assert_spans_hold(text)


@pytest.mark.parametrize("fragment", ENDLESS)
def test_the_longest_text_of_any_kind_is_read_in_time(fragment: str) -> None:
    text = (fragment * (TEXT_LENGTH_MAX // len(fragment) + 1))[:TEXT_LENGTH_MAX]

    started = time.process_time()
    draft_questions(text, published_at=NOON)
    find_headline(text)
    find_published(text, NOON)
    sketch_story(text)

    assert time.process_time() - started < SECONDS_MAX
