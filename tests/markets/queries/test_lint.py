"""Lint as the desk asks for it: with the evidence of a question and its open neighbours."""

from dataclasses import replace

import pytest

from articles.models import Draft
from markets.core.question_lint.examples import SOUND
from markets.models import Citation, Question
from markets.queries.lint import findings_in, findings_of, findings_of_drafts, wording_of
from markets.services import questions
from tests.cast import question_text
from tests.instants import NOON

pytestmark = pytest.mark.django_db


def rules(findings):
    return [(finding.rule, finding.words) for finding in findings]


@pytest.fixture
def taken_up(eve):
    """A question made of a draft whose deadline the rules assumed."""
    from articles.services.ingest import ingest_text

    ingest_text(
        text=(
            "Samana waits for its corridor\n\n"
            "Trucks will one day use the Samana Corridor. Its construction along the northern "
            "coast is almost done.\n\n"
            "Drivers in the port wait for three hours on most days, and the owners of the cafés "
            "beside the old road are in no hurry to see them go. A harbour pilot, who has counted "
            "the lorries from his window since he was a boy, speaks of nine hundred on a day in "
            "spring, and of half as many when the rains have come and the lower road is closed."
        ),
        url="https://post.example/samana", editor=eve, now=NOON,
    )  # fmt: skip
    draft = Draft.objects.get(flags__contains=["deadline_assumed"])
    return questions.take_up_draft(draft_id=draft.pk, editor=eve, now=NOON)


def test_a_saved_question_is_read_as_it_is_written(question):
    found = wording_of(question)

    assert found.title == "Will the corridor open by 2 December 2026?"
    assert found.outcomes == ("Yes", "No")
    assert found.prior == (0.5, 0.5)
    assert (found.closes_at, found.resolve_by) == (question.closes_at, question.resolve_by)


def test_a_question_without_a_source_or_an_article_is_told_so(publish):
    question = publish(resolution_criteria="YES if a freight train crosses; otherwise NO.")

    found = rules(findings_of(question, now=NOON))

    assert found == [
        ("S01", "YES if a freight train crosses; otherwise NO."),
        ("P08", ""),
    ]


def test_the_house_policy_holds_for_every_question(question):
    assert {"T03", "S03", "O03"}.isdisjoint(
        finding.rule for finding in findings_of(question, now=NOON)
    )


def test_a_deadline_that_was_assumed_is_doubted_until_an_editor_chooses_one(taken_up):
    before = findings_of(taken_up, now=NOON)

    chosen = replace(wording_of(taken_up), closes_at=taken_up.closes_at.replace(day=30))
    after = findings_in(chosen, question=taken_up, now=NOON)

    assert ("P05", "") in rules(before)
    assert ("P05", "") not in rules(after)


def test_names_are_looked_up_in_the_article_that_the_question_is_from(taken_up):
    title = taken_up.title.replace("Samana", "Samara")

    found = findings_in(replace(wording_of(taken_up), title=title), question=taken_up, now=NOON)

    assert ("P06", "Samara") in rules(found)
    assert "P06" not in dict(rules(findings_of(taken_up, now=NOON)))


def test_a_quote_that_was_changed_behind_our_back_is_an_error(taken_up):
    Citation.objects.update(quote="It will be operational tomorrow.")

    found = rules(findings_of(taken_up, now=NOON))

    assert found[:2] == [
        ("P01", "It will be operational tomorrow."),
        ("P02", "It will be operational tomorrow."),
    ]


def test_an_open_question_that_asks_the_same_is_named(question):
    title = "Will the corridor be open by 2 December 2026?"

    found = findings_in(replace(SOUND, title=title), now=NOON)

    assert [each.sentence for each in found if each.rule == "P04"] == [
        (
            "An open question asks the same: “Will the corridor open by 2 December 2026?” "
            "Link to that one."
        )
    ]


def test_a_question_is_no_duplicate_of_itself_or_of_a_draft(question, eve):
    questions.draft_question(text=question_text(), editor=eve, now=NOON)

    assert "P04" not in dict(rules(findings_of(question, now=NOON)))


def test_a_closed_question_or_another_date_is_no_duplicate(question):
    Question.objects.update(status="closed")
    same = findings_in(replace(SOUND, title=question.title), now=NOON)
    Question.objects.update(status="open")
    other = findings_in(
        replace(SOUND, title="Will the corridor open by 3 December 2026?"), now=NOON
    )

    assert "P04" not in dict(rules(same))
    assert "P04" not in dict(rules(other))


def test_lint_of_a_saved_question_takes_three_queries(taken_up, django_assert_num_queries):
    asked = Question.objects.select_related("draft").get(pk=taken_up.pk)

    with django_assert_num_queries(3):
        findings_of(asked, now=NOON)


def test_a_draft_is_read_with_its_article_before_anybody_takes_it_up(taken_up, eve):
    draft = Draft.objects.select_related("version").get(pk=taken_up.draft_id)

    found = findings_of_drafts([draft], now=NOON)

    assert list(found) == [draft.pk]
    assert ("P05", "") in rules(found[draft.pk])


def test_drafts_are_read_in_one_query_however_many(taken_up, django_assert_num_queries):
    draft = Draft.objects.select_related("version").get(pk=taken_up.draft_id)

    with django_assert_num_queries(1):
        findings_of_drafts([draft, draft], now=NOON)
    with django_assert_num_queries(0):
        assert findings_of_drafts([], now=NOON) == {}
