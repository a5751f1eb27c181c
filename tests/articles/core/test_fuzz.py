"""Whatever happens to a text on its way to the desk: no crash, spans that hold, bounded work."""

import itertools
import sys
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.core.blocks import find_blocks
from articles.core.canonical import normalise_text
from articles.core.cleaning import find_headline, find_published, find_sentences, find_tags
from articles.core.drafting import DRAFTS_MAX, draft_questions
from articles.core.errors import ArticleError
from articles.core.passages import find_passages
from articles.core.quantities import find_quantities
from articles.core.ranges import FLOOR_TOGETHER
from articles.core.temporal import find_times
from tests.articles.core.corpus import FORECASTABLE, NOON, SILENT
from tests.articles.core.test_bounds import ENDLESS
from tests.articles.mutation import EXAMPLES, HOSTILE, mutated

BASES = tuple(case.text for case in (*FORECASTABLE, *SILENT))
GROWTH_MAX = 2.6
"""How much more work a text twice as long may be; twice, and some that is not yet amortised."""

moments = st.datetimes(NOON.replace(1950, tzinfo=None), NOON.replace(2149, tzinfo=None)).map(
    lambda naive: naive.replace(tzinfo=NOON.tzinfo)
)


def normalised(text: str) -> str | None:
    try:
        return normalise_text(text)
    except ArticleError:
        return None


def assert_spans(spans: list[tuple[int, int]], text: str) -> None:
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans))


@given(mutated(BASES))
@settings(max_examples=EXAMPLES, deadline=None)
def test_blocks_and_sentences_of_a_mutated_text_lie_inside_it_in_order(text: str) -> None:
    blocks = find_blocks(text)
    sentences = find_sentences(text, blocks)

    assert_spans([(block.start, block.end) for block in blocks], text)
    assert_spans([(sentence.start, sentence.end) for sentence in sentences], text)
    assert all(
        any(block.start <= s.start and s.end <= block.end for block in blocks) for s in sentences
    )


@given(mutated(BASES), moments)
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_mutated_page_still_says_what_it_is(text: str, published_at: object) -> None:
    clean = normalised(text)
    if clean is None:
        return

    headline = find_headline(clean)
    found = find_published(clean, published_at)

    assert headline is None or headline.strip()
    assert all(tag.strip() for tag in find_tags(clean))
    assert found.at.tzinfo is not None


@given(st.one_of(mutated(BASES), st.text(max_size=300)), moments)
@settings(max_examples=EXAMPLES, deadline=None)
def test_times_quantities_and_passages_lie_inside_the_text(text: str, published_at: object) -> None:
    times, quantities = find_times(text, published_at), find_quantities(text)

    assert_spans([(time.start_offset, time.end_offset) for time in times], text)
    assert_spans([(each.start_offset, each.end_offset) for each in quantities], text)
    assert all(time.starts_at < time.ends_at for time in times)
    for passage in find_passages(text, published_at):
        assert 0 <= passage.start < passage.end <= len(text)
        assert passage.subject.strip()
        assert 0.0 < passage.prior < 1.0


@given(mutated(BASES), moments, st.none() | moments)
@settings(max_examples=EXAMPLES, deadline=None)
def test_every_draft_of_a_mutated_text_is_whole(
    text: str, published_at: object, not_before: object
) -> None:
    clean = normalised(text)
    if clean is None:
        return

    drafts = draft_questions(clean, published_at=published_at, not_before=not_before)

    assert len(drafts) <= DRAFTS_MAX
    for draft in drafts:
        assert draft.quote == clean[draft.start : draft.end] != ""
        assert draft.title.endswith("?")
        assert draft.closes_at <= draft.resolve_by
        assert (draft.range is None) == (draft.type in {"binary", "multiple_choice"})
        bins = draft.range.bin_count if draft.range else len(draft.outcomes)
        assert len(draft.prior) == bins >= 2
        assert sum(draft.prior) == pytest.approx(1.0)
        if draft.range is not None:
            assert draft.range.lower < draft.range.upper
            assert min(draft.prior) >= FLOOR_TOGETHER / bins - 1e-5


@given(st.lists(st.sampled_from(HOSTILE), max_size=60).map("".join))
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_text_of_nothing_but_traps_gives_no_crash(text: str) -> None:
    clean = normalised(text)

    assert clean is None or len(draft_questions(clean, published_at=NOON)) <= DRAFTS_MAX


def steps(text: str) -> int:
    """How many functions, Python's own included, are called to draft from a text."""
    called = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal called
        called += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        draft_questions(text, published_at=NOON)
    finally:
        sys.setprofile(before)
    return called


@pytest.mark.parametrize("fragment", ENDLESS)
def test_a_text_twice_as_long_is_about_twice_the_work(fragment: str) -> None:
    text = fragment * (6_000 // len(fragment))
    steps(text)  # what is remembered from now on is not counted

    assert steps(text * 2) <= GROWTH_MAX * steps(text) + 2_000
