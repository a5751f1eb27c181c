"""Numbers and dates at the desk: written with bounds, answered with a value."""

from datetime import UTC, datetime

import pytest

from markets.admin.question_form import QuestionForm, initial_of
from markets.core.numeric import Bins
from markets.models import Question, Resolution
from markets.services import questions
from tests.cast import question_text
from tests.instants import NOON
from tests.markets.admin.desk import rows, status, url
from tests.markets.admin.test_resolving import NO_EVIDENCE
from tests.markets.admin.test_writing import ADD, typed

pytestmark = pytest.mark.django_db

BINS = Bins(lower=10, upper=12, count=6, open_below=True, open_above=True, unit="bn dollars")
NUMBER = {
    "type": "numeric", "outcomes": "", "prior": "", "lower": "10", "upper": "12", "count": "6",
    "scale": "linear", "open_below": "on", "open_above": "on", "unit": "bn dollars",
}  # fmt: skip
DATE = {
    "type": "date", "outcomes": "", "prior": "", "lower": "2027-01-01", "upper": "2028-01-01",
    "count": "13", "scale": "linear", "open_above": "on", "unit": "",
}  # fmt: skip


@pytest.fixture
def trade(publish):
    return publish(type="numeric", outcomes=(), prior=(), bins=BINS)


def answering(value):
    early = {"early_end_reason": "The first figure decides."}
    return {"value": value, "rationale": "As first published.", **early, **NO_EVIDENCE}


def test_a_number_is_written_with_its_bounds(as_eve):
    as_eve.post(ADD, typed(**NUMBER))

    question = Question.objects.get()
    assert question.bins == BINS
    assert question.prior == pytest.approx([1 / 6] * 6)
    assert question.outcomes.count() == 6


def test_a_date_is_written_with_days(as_eve):
    as_eve.post(ADD, typed(**DATE))

    bins = Question.objects.get().bins
    assert bins.edges[:2] == (
        datetime(2027, 1, 1, tzinfo=UTC).timestamp(),
        datetime(2027, 2, 1, tzinfo=UTC).timestamp(),
    )
    assert (bins.open_below, bins.open_above, bins.count) == (False, True, 13)


def test_a_prior_of_bins_is_one_percentage_a_line(as_eve):
    as_eve.post(ADD, typed(**NUMBER | {"prior": "5\n15\n30\n30\n15"}))

    assert Question.objects.get().prior == pytest.approx([0.05, 0.15, 0.3, 0.3, 0.15, 0.05])


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"lower": ""}, "lower", "A number or a date needs this."),
        ({"upper": "a dozen"}, "upper", "Write a number in digits, such as 1250 or 0.5."),
        ({"count": "201"}, "count", "Ensure this value is less than or equal to 200."),
        (
            {"type": "date"},
            "lower",
            "Write a day in UTC such as 2027-01-31, or a time such as 2027-01-31 18:00.",
        ),
        ({"type": "multiple_choice"}, "outcomes", "Name the outcomes, one per line."),
    ],
)
def test_what_is_missing_is_said_beside_its_box(as_eve, changes, field, sentence):
    answer = as_eve.post(ADD, typed(**NUMBER | changes))

    assert answer.context["form"].errors[field] == [sentence]
    assert Question.objects.count() == 0


def test_what_contradicts_itself_is_said_above_the_form(as_eve):
    answer = as_eve.post(ADD, typed(**NUMBER | {"lower": "13"}))

    assert "its lower bound must lie below its upper bound" in answer.content.decode()
    assert Question.objects.count() == 0


@pytest.mark.parametrize("boxes", [NUMBER, DATE, NUMBER | {"scale": "log", "lower": "0.001"}])
def test_saving_a_form_as_it_was_shown_changes_nothing(as_eve, boxes):
    as_eve.post(ADD, typed(**boxes))
    question = Question.objects.get()
    shown = QuestionForm(initial=initial_of(question))

    again = {name: "" if (said := shown[name].value()) is None else said for name in shown.fields}
    again["outcomes"], again["prior"] = "", ""
    again["resolution_sources"], again["tags"] = "", ""
    again["subsidy"] = "500"
    sent = QuestionForm({name: said for name, said in again.items() if said is not False})

    assert sent.is_valid(), sent.errors
    assert sent.to_text().bins == question.bins


def test_the_forms_of_other_types_need_no_bounds(as_eve):
    as_eve.post(ADD, typed())

    assert Question.objects.get().bins is None


def test_a_value_is_proposed_once_its_payouts_were_seen(as_eve, trade, buy, alice):
    buy(alice, trade, (1, 2), 50)
    before = rows()

    shown = as_eve.post(url(trade, "propose"), answering("10.5"))
    table = shown.context["payouts"]
    assert table.labels == ("10.5 to below 11 bn dollars",)
    assert [row.trader_name for row in table.rows] == ["alice"]
    assert rows() == before
    assert "lies in the bin “10.5 to below 11 bn dollars”" in shown.content.decode()

    as_eve.post(url(trade, "propose"), answering("10.5") | {"seen": shown.context["seen"]})
    proposed = Resolution.objects.get()
    assert (proposed.value, proposed.outcome_weights) == (10.5, [0, 0, 1, 0, 0, 0])
    assert (
        "10.5 bn dollars (10.5 to below 11 bn dollars)" in as_eve.get(url(trade)).content.decode()
    )


def test_another_value_in_the_same_bin_is_shown_anew(as_eve, trade):
    shown = as_eve.post(url(trade, "propose"), answering("10.5"))

    as_eve.post(url(trade, "propose"), answering("10.6") | {"seen": shown.context["seen"]})

    assert Resolution.objects.count() == 0


def test_a_day_is_proposed_for_a_date(as_eve, eve, publish):
    bins = Bins(
        lower=datetime(2027, 1, 1, tzinfo=UTC).timestamp(),
        upper=datetime(2028, 1, 1, tzinfo=UTC).timestamp(), count=12, is_date=True,
    )  # fmt: skip
    question = publish(type="date", outcomes=(), prior=(), bins=bins)
    shown = as_eve.post(url(question, "propose"), answering("2027-03-31 23:00"))

    as_eve.post(
        url(question, "propose"),
        answering("2027-03-31 23:00") | {"seen": shown.context["seen"]},
    )

    assert Resolution.objects.get().outcome_weights.index(1.0) == 2


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("", "This field is required."),
        ("about ten", "Write a number in digits, such as 1250 or 0.5."),
    ],
)
def test_what_is_no_value_is_refused_and_nothing_is_written(as_eve, trade, value, sentence):
    answer = as_eve.post(url(trade, "propose"), answering(value))

    assert answer.context["form"].errors["value"] == [sentence]
    assert (Resolution.objects.count(), status(trade)) == (0, "open")


def test_a_value_that_no_bin_holds_is_refused_beside_its_box(as_eve, publish):
    closed = publish(type="numeric", outcomes=(), prior=(), bins=Bins(lower=0, upper=1, count=4))

    answer = as_eve.post(url(closed, "propose"), answering("2"))

    assert answer.context["form"].errors["value"] == [
        "That value lies outside of this question's bounds."
    ]


def test_the_list_says_the_median(as_eve, trade):
    html = as_eve.get("/admin/markets/question/").content.decode()

    assert "median 11 bn dollars" in html


def test_two_hundred_bins_have_a_page_and_a_preview(as_eve, eve, publish):
    fine = Bins(lower=0, upper=1, count=200)
    published = publish(type="numeric", outcomes=(), prior=(), bins=fine)
    text = question_text(type="numeric", outcomes=(), prior=(), bins=fine)
    draft = questions.draft_question(text=text, editor=eve, now=NOON)

    assert as_eve.get(url(published)).status_code == 200
    assert as_eve.get(url(published, "propose")).status_code == 200
    assert as_eve.get(url(draft, "preview")).status_code == 200
