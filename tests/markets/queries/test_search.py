import pytest

from markets.queries.search import public_questions, visible_question
from markets.services import questions
from tests.cast import question_text
from tests.instants import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(publish, eve):
    questions.draft_question(text=question_text(title="A secret draft?"), editor=eve, now=NOON)
    return [
        publish(title="Will the corridor open?", tags=("transport",)),
        publish(title="Will rates fall?", tags=("economy",), type="multiple_choice"),
    ]


def titles(**filters):
    return [question.title for question in public_questions(**filters)]


def test_drafts_are_nobodys_business(asked):
    assert titles() == ["Will rates fall?", "Will the corridor open?"]


def test_words_are_found_in_any_form(asked):
    assert titles(q="corridors opening") == ["Will the corridor open?"]


@pytest.mark.parametrize(
    "filters",
    [{"tag": "economy"}, {"type": "multiple_choice"}, {"q": "rates"}, {"q": "rate fall"}],
)
def test_filters_narrow_the_list(asked, filters):
    assert titles(**filters) == ["Will rates fall?"]


def test_a_status_filter_takes_several(asked):
    assert titles(status=["closed"]) == []
    assert len(titles(status=["closed", "open"])) == 2


def test_odd_searches_find_nothing_and_break_nothing(asked):
    for oddity in ("'; DROP TABLE", "(((", "&|!", "\\", '"unclosed', "a" * 5_000):
        assert titles(q=oddity) == []


def test_a_question_is_found_by_number_or_slug(asked):
    question = asked[0]

    for name in (str(question.pk), question.slug):
        assert visible_question(slug_or_id=name, user=None) == question
    assert visible_question(slug_or_id="9" * 30, user=None) is None


def test_only_editors_see_a_draft(alice, eve):
    draft = questions.draft_question(text=question_text(), editor=eve, now=NOON)

    assert visible_question(slug_or_id=draft.slug, user=alice) is None
    assert visible_question(slug_or_id=draft.slug, user=eve) == draft
