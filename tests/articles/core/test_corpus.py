import pytest

from articles.core.canonical import normalise_text
from articles.core.drafting import draft_questions
from tests.articles.core.corpus import FORECASTABLE, NOON, SILENT, Case


@pytest.mark.parametrize("case", FORECASTABLE, ids=lambda case: case.name)
def test_a_forecastable_text_gives_exactly_these_titles(case: Case) -> None:
    text = normalise_text(case.text)

    drafts = draft_questions(text, published_at=NOON)

    assert tuple(draft.title for draft in drafts) == case.titles


@pytest.mark.parametrize("case", SILENT, ids=lambda case: case.name)
def test_a_text_without_anything_to_ask_gives_no_draft(case: Case) -> None:
    text = normalise_text(case.text)

    drafts = draft_questions(text, published_at=NOON)

    assert [draft.title for draft in drafts] == []


@pytest.mark.parametrize("case", FORECASTABLE, ids=lambda case: case.name)
def test_every_draft_carries_its_evidence_and_is_complete(case: Case) -> None:
    text = normalise_text(case.text)

    drafts = draft_questions(text, published_at=NOON)

    for draft in drafts:
        assert draft.quote == text[draft.start : draft.end]
        bins = draft.range.bin_count if draft.range else len(draft.outcomes)
        assert bins == len(draft.prior) >= 2
        assert sum(draft.prior) == pytest.approx(1.0)
        assert NOON < draft.closes_at < draft.resolve_by
        assert 0.5 <= draft.score <= 1.0
        assert "annulled" in draft.resolution_criteria
        assert "two independent established news outlets" in draft.resolution_criteria
        assert "UTC" in draft.resolution_criteria
