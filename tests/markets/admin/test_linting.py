"""What lint finds stands beside the form, for what is saved and for what is being typed."""

import pytest

from markets.models import Question
from markets.services import questions
from tests.cast import question_text
from tests.instants import NOON
from tests.markets.admin.desk import rows, url
from tests.markets.admin.test_writing import ADD, typed

pytestmark = pytest.mark.django_db

NEW = "/admin/markets/question/lint/"
CRITERIA = "YES if the first freight train crosses; otherwise NO."


def notes(answer):
    return [(note.rule, note.place, note.words) for note in answer.context["notes"].all]


@pytest.fixture
def unsourced(eve):
    """A question that names nobody by whose word it is decided."""
    text = question_text(resolution_criteria=CRITERIA)
    return questions.draft_question(text=text, editor=eve, now=NOON)


def test_a_blank_form_is_not_found_fault_with(as_eve):
    answer = as_eve.get(ADD)

    assert answer.context["notes"].all == ()
    assert "Begin to write, and it reads along." in answer.content.decode()
    assert f'data-desk-follow="{NEW}"' in answer.content.decode()


def test_a_saved_question_shows_its_notes_with_words_and_what_to_do(as_eve, unsourced):
    answer = as_eve.get(url(unsourced))

    shown = answer.content.decode()
    assert notes(answer) == [
        ("S01", "Resolution criteria", CRITERIA),
        ("P08", "The quoted sentence", ""),
    ]
    assert answer.context["notes"].counts == (("error", 1), ("hint", 1))
    assert f"<mark>{CRITERIA}</mark>" in shown
    assert "Name the source that decides: a body, a publication or an address." in shown
    assert 'href="#id_resolution_criteria"' in shown


def test_the_preview_shows_them_once_more(as_eve, unsourced):
    answer = as_eve.get(url(unsourced, "preview"))

    assert [rule for rule, _, _ in notes(answer)] == ["S01", "P08"]
    assert f'href="{url(unsourced)}#id_resolution_criteria"' in answer.content.decode()


def test_a_form_that_was_refused_is_read_as_it_was_typed(as_eve):
    answer = as_eve.post(ADD, typed(title="Will the corridor open soon?", subsidy="a lot"))

    assert answer.status_code == 422
    assert ("T10", "Title", "soon") in notes(answer)


def test_a_question_made_of_a_draft_is_compared_with_its_article(as_eve, draft):
    as_eve.post(f"/admin/markets/question/take-up/{draft.pk}/")
    question = Question.objects.get()

    answer = as_eve.post(url(question, "lint"), typed(title="Will the Swan Bridge open by 2028?"))

    assert ("P06", "Title", "Swan") in notes(answer)


def test_lint_follows_what_is_typed_and_stores_nothing(as_eve):
    before = rows()

    answer = as_eve.post(NEW, typed(title="Will the corridor open soon?"))

    assert ("T10", "Title", "soon") in notes(answer)
    assert answer.content.decode().startswith('<section class="desk-said"><h2>Lint')
    assert rows() == before


def test_what_is_typed_is_shown_as_forecasters_will_see_it(as_eve):
    answer = as_eve.post(NEW, typed(prior="35"))

    sketch = answer.context["sketch"]
    assert sketch.title == "Will the corridor open by 2 December 2026?"
    assert [(each.label, each.percent) for each in sketch.outcomes] == [
        ("Yes", "35%"),
        ("No", "65%"),
    ]
    assert "As forecasters will see it" in answer.content.decode()


def test_of_many_bins_the_likeliest_are_shown(as_eve):
    answer = as_eve.post(
        NEW, typed(type="numeric", outcomes="", prior="", lower="0", upper="12", count="12")
    )

    sketch = answer.context["sketch"]
    assert len(sketch.outcomes) == 8
    assert (sketch.outcomes[0].label, sketch.more_count) == ("0 to below 1", 4)


def test_a_prior_that_does_not_add_up_yet_is_shown_as_equal(as_eve):
    answer = as_eve.post(NEW, typed(prior="135\n4"))

    assert [each.percent for each in answer.context["sketch"].outcomes] == ["50%", "50%"]


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "", "outcomes": "", "closes_at": "soon", "resolve_by": ""},
        {"type": "numeric", "lower": "1", "upper": "nan", "count": "x"},
        {"type": "date", "lower": "2027-01-01", "upper": "2026-01-01", "count": "12"},
        {"type": "poll", "prior": "all of it"},
        {"outcomes": "", "prior": "35\n40"},
    ],
)
def test_whatever_is_half_typed_is_read(as_eve, changes):
    assert as_eve.post(NEW, typed(**changes)).status_code == 200


def test_what_is_typed_is_shown_as_text_and_not_as_markup(as_eve):
    answer = as_eve.post(NEW, typed(title="Will <b>soon</b> <script> happen <NAME>?"))

    shown = answer.content.decode()
    assert "<mark>&lt;NAME&gt;</mark>" in shown
    assert "<script>" not in shown


def test_the_notes_alone_are_not_a_page(as_eve):
    assert as_eve.get(NEW).status_code == 405


def test_charlie_may_not_have_anything_read(as_charlie, written):
    answers = [as_charlie.post(NEW, typed()), as_charlie.post(url(written, "lint"), typed())]

    assert {answer["Location"].partition("?")[0] for answer in answers} == {"/admin/login/"}


def test_a_question_that_is_not_there_has_no_notes(as_eve):
    assert as_eve.post("/admin/markets/question/999999999/lint/", typed()).status_code == 404


def test_the_cards_of_waiting_drafts_say_what_lint_finds_in_them(as_eve, eve, draft):
    questions.take_up_draft(draft_id=draft.pk, editor=eve, now=NOON)

    answer = as_eve.get(f"/admin/articles/article/{draft.version.article_id}/change/")

    decided, waiting = sorted(
        answer.context["drafts"], key=lambda card: card.draft.fate == "proposed"
    )
    assert decided.remarks is None
    assert [note.rule for note in waiting.remarks.all] == ["S02"]
    assert answer.content.decode().count(">1 warning</span>") == 1


def test_public_questions_that_ask_the_same_are_shown_while_it_is_typed(as_eve, question):
    same = as_eve.post(NEW, typed())
    later = as_eve.post(NEW, typed(title="Will the corridor open by 2 March 2027?"))

    assert [(each.question_id, each.verdict) for each in same.context["similar"]] == [
        (question.pk, "duplicate")
    ]
    assert "asks the same" in same.content.decode()
    assert [each.verdict for each in later.context["similar"]] == ["related"]
    assert "another date" in later.content.decode()
