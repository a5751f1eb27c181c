"""Questions that are like a question, and what tells them apart."""

import pytest

from markets.queries.similar import similar_to
from markets.services import links, questions
from tests.cast import question_text
from tests.instants import NOON
from tests.markets.links.stories import ASKED, ELSEWHERE

pytestmark = pytest.mark.django_db

TITLE = ASKED["title"]


def said(found):
    return [(each.title, each.verdict, each.differs) for each in found]


@pytest.fixture
def bridge(publish):
    publish(**ELSEWHERE)
    return publish(**ASKED)


def test_the_same_question_in_other_words_is_a_duplicate(bridge):
    (found,) = similar_to(title="Will Lark Bridge be opened to traffic by 2 December 2026?")

    assert (found.question_id, found.slug, found.status) == (bridge.pk, bridge.slug, "open")
    assert (found.verdict, found.differs) == ("duplicate", ())
    assert 0.8 <= found.likeness <= 1


@pytest.mark.parametrize(
    ("title", "differs"),
    [
        ("Will the Lark Bridge open to traffic by 2 December 2027?", ("another date",)),
        ("Will the Swan Bridge open to traffic by 2 December 2026?", ("another name",)),
        ("Will the Lark Bridge open to traffic of 500 by 2 December 2026?", ("another number",)),
        (
            "Will the Swan Bridge open to traffic by 2 March 2027?",
            ("another date", "another name"),
        ),
    ],
)  # fmt: skip
def test_another_date_name_or_number_makes_it_related(bridge, title, differs):
    assert said(similar_to(title=title)) == [(TITLE, "related", differs)]


def test_a_question_is_not_like_itself_nor_like_one_about_something_else(bridge):
    assert similar_to(title=TITLE, exclude_id=bridge.pk) == ()


def test_what_is_not_public_is_like_nothing(eve):
    questions.draft_question(text=question_text(**ASKED), editor=eve, now=NOON)

    assert similar_to(title=TITLE) == ()


def test_duplicates_come_first_and_five_at_most(bridge, publish):
    for number in range(7):
        publish(**{**ASKED, "title": f"Will the Lark Bridge open to traffic in week {number}?"})

    found = similar_to(title=TITLE, criteria=ASKED["resolution_criteria"])

    assert len(found) == 5
    assert [each.verdict for each in found] == ["duplicate", *["related"] * 4]
    assert len(similar_to(title=TITLE, limit=2)) == 2


def test_nothing_written_is_like_nothing(bridge):
    assert similar_to(title="") == ()
    assert similar_to(title="?", criteria="the of and") == ()


def test_quotes_and_signs_in_a_title_are_only_words(bridge):
    found = similar_to(title="Lark Bridge: open to 'traffic' | & ! ( \\ :* <-> by 2 December 2026?")

    assert [each.question_id for each in found] == [bridge.pk]


def test_finding_them_takes_three_queries(bridge, django_assert_num_queries):
    links.recount_terms(now=NOON)

    with django_assert_num_queries(3):
        similar_to(title=TITLE, criteria=ASKED["resolution_criteria"])
