"""Numbers and dates from the first line to the last credit."""

import math
from datetime import UTC, datetime, timedelta

import pytest

from markets.core.money import MICRO
from markets.core.numeric import Bins, ValueOutsideBins
from markets.models import Forecast, Market, Order, Outcome, Question, Resolution
from markets.queries.ledger import audit
from markets.services import questions, resolution, scoring, settlement
from markets.services.answers import InvalidResolution
from markets.services.forecasting import submit_forecast
from markets.services.question_text import InvalidQuestion
from markets.services.trading import place_order
from tests.cast import question_text
from tests.instants import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=11)
BINS = Bins(lower=10, upper=12, count=6, open_below=True, open_above=True, unit="bn dollars")
MONTHS = Bins(
    lower=datetime(2027, 1, 1, tzinfo=UTC).timestamp(),
    upper=datetime(2027, 7, 1, tzinfo=UTC).timestamp(),
    count=7,
    open_above=True,
    is_date=True,
)


def ranged(**changes):
    return question_text(
        **{"title": "How much trade in 2026?", "type": "numeric", "outcomes": (), "prior": (),
           "bins": BINS, **changes}
    )  # fmt: skip


@pytest.fixture
def trade(eve):
    question = questions.draft_question(text=ranged(), editor=eve, now=NOON)
    return questions.publish(
        question_id=question.pk, editor=eve, override_reason="Short for a test.", now=NOON
    )


def test_bins_become_outcomes_with_an_even_prior(trade):
    assert list(trade.outcomes.order_by("index").values_list("key", "label")) == [
        ("below", "below 10 bn dollars"),
        ("bin-001", "10 to below 10.5 bn dollars"),
        ("bin-002", "10.5 to below 11 bn dollars"),
        ("bin-003", "11 to below 11.5 bn dollars"),
        ("bin-004", "11.5 to below 12 bn dollars"),
        ("above", "12 bn dollars or more"),
    ]
    assert trade.prior == pytest.approx([1 / 6] * 6)
    assert Question.objects.get().bins == BINS


def test_the_subsidy_of_two_hundred_bins_covers_the_worst_of_them(eve):
    text = ranged(bins=Bins(lower=0, upper=1, count=200))
    question = questions.draft_question(text=text, editor=eve, now=NOON)
    questions.publish(
        question_id=question.pk, editor=eve, override_reason="Short for a test.", now=NOON
    )

    assert Market.objects.get().liquidity == 94_369_582  # 500 / ln 200 credits
    assert audit() == []


def test_a_date_has_the_months_of_the_calendar(eve):
    text = ranged(type="date", bins=MONTHS)
    question = questions.draft_question(text=text, editor=eve, now=NOON)

    labels = list(question.outcomes.order_by("index").values_list("label", flat=True))
    assert labels[:2] + labels[-1:] == ["January 2027", "February 2027", "July 2027 or later"]


def test_a_revision_may_turn_a_number_into_named_outcomes_and_back(eve):
    question = questions.draft_question(text=ranged(), editor=eve, now=NOON)

    questions.revise(question_id=question.pk, text=question_text(), editor=eve, now=NOON)
    assert (Question.objects.get().bins, Outcome.objects.count()) == (None, 2)

    questions.revise(question_id=question.pk, text=ranged(), editor=eve, now=NOON)
    assert (Question.objects.get().bins, Outcome.objects.count()) == (BINS, 6)


def test_fifty_named_outcomes_are_the_most(eve):
    names = tuple(f"Team {number}" for number in range(50))
    text = question_text(type="multiple_choice", outcomes=names, prior=())
    question = questions.draft_question(text=text, editor=eve, now=NOON)

    assert question.outcomes.count() == 50
    with pytest.raises(InvalidQuestion, match="it needs 2 to 50 outcomes"):
        questions.draft_question(
            text=question_text(type="multiple_choice", outcomes=(*names, "One more"), prior=()),
            editor=eve,
            now=NOON,
        )


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"bins": None}, ["it needs bounds and a number of bins"]),
        ({"outcomes": ("Yes", "No")}, ["its bins are its outcomes, so it names no others"]),
        (
            {"type": "date"},
            ["its bounds must be dates if its type is date, and numbers otherwise"],
        ),
        (
            {"bins": Bins(lower=12, upper=10, count=300)},
            [
                "its lower bound must lie below its upper bound",
                "it needs 2 to 200 bins, open tails included",
            ],
        ),
        (
            {"prior": (0.0001, 0.9995, 0.0001, 0.0001, 0.0001, 0.0001)},
            ["each bin needs a prior of at least 0.00166667, a hundredth of an even share"],
        ),
        ({"type": "binary", "outcomes": ("Yes", "No")}, ["only numbers and dates have bins"]),
    ],
)
def test_every_fault_is_named_and_nothing_is_written(eve, changes, faults):
    with pytest.raises(InvalidQuestion) as refusal:
        questions.draft_question(text=ranged(**changes), editor=eve, now=NOON)

    assert all(fault in refusal.value.message for fault in faults)
    assert (Question.objects.count(), Outcome.objects.count()) == (0, 0)


def test_a_value_is_an_answer_and_pays_whoever_bought_its_range(trade, alice, bob, eve, erin):
    bought = place_order(
        trader=alice, market_id=trade.pk, claim=(1, 2), side="buy", budget=50 * MICRO,
        request_key="a", clock=lambda: NOON,
    )  # fmt: skip
    place_order(
        trader=bob, market_id=trade.pk, claim=(5,), side="buy", budget=50 * MICRO,
        request_key="b", clock=lambda: NOON,
    )  # fmt: skip

    proposed = resolution.propose(question_id=trade.pk, value=10.5, proposer=eve, now=LATER)
    resolution.confirm(question_id=trade.pk, editor=erin, now=LATER)
    settlement.settle(resolution_id=proposed.pk, now=LATER)

    assert (proposed.value, proposed.outcome_weights) == (10.5, [0, 0, 1, 0, 0, 0])
    paid = {each.trader.name: each.payout for each in trade.market.positions.all()}
    assert paid == {"alice": bought.filled_shares, "bob": 0}
    assert audit() == []


@pytest.mark.parametrize(("value", "outcome"), [(-5, 0), (10, 1), (11.9999, 4), (12, 5)])
def test_a_value_belongs_to_the_bin_that_begins_with_it(trade, eve, value, outcome):
    proposed = resolution.propose(question_id=trade.pk, value=value, proposer=eve, now=LATER)

    assert proposed.outcome_weights.index(1.0) == outcome


def test_where_only_the_bin_is_known_weights_answer(trade, eve):
    proposed = resolution.propose(
        question_id=trade.pk, outcome_weights=[0, 0, 0, 0, 0, 1], proposer=eve, now=LATER
    )

    assert proposed.value is None


def test_a_value_outside_of_closed_bounds_is_refused(eve):
    text = ranged(bins=Bins(lower=10, upper=12, count=4))
    question = questions.draft_question(text=text, editor=eve, now=NOON)
    questions.publish(
        question_id=question.pk, editor=eve, override_reason="Short for a test.", now=NOON
    )

    with pytest.raises(ValueOutsideBins):
        resolution.propose(question_id=question.pk, value=12.5, proposer=eve, now=LATER)

    assert Resolution.objects.count() == 0
    assert Question.objects.get().status == "open"


@pytest.mark.parametrize("answer", [{}, {"value": 1.0, "outcome_weights": [1, 0]}, {"value": 1.0}])
def test_a_question_without_bins_takes_no_value(question, eve, answer):
    with pytest.raises(InvalidResolution):
        resolution.propose(question_id=question.pk, proposer=eve, now=LATER, **answer)

    assert Resolution.objects.count() == 0


def test_a_number_is_forecast_staked_on_and_scored(trade, alice, bob, eve, erin):
    for forecaster, stated in ((alice, [0.02, 0.1, 0.6, 0.2, 0.06, 0.02]), (bob, [1 / 6] * 6)):
        submit_forecast(
            forecaster=forecaster, question_id=trade.pk, probabilities=stated,
            stake=20 * MICRO if forecaster == alice else None, request_key="f", now=NOON,
            clock=lambda: NOON,
        )  # fmt: skip
    proposed = resolution.propose(question_id=trade.pk, value=10.75, proposer=eve, now=LATER)
    resolution.confirm(question_id=trade.pk, editor=erin, now=LATER)
    settlement.settle(resolution_id=proposed.pk, now=LATER)
    scoring.score(resolution_id=proposed.pk, now=LATER)

    scores = {each.forecaster.name: each for each in trade.scores.select_related("forecaster")}
    assert scores["alice"].peer == pytest.approx(50 * math.log(0.6 * 6))
    assert scores["bob"].peer == pytest.approx(-scores["alice"].peer)
    assert scores["bob"].baseline == pytest.approx(50 * math.log(1 / 6 / 0.225))
    assert scores["bob"].brier == pytest.approx(2 * (1 + 4 + 9 + 4 + 1) / 36 / 5)
    assert scores["alice"].crps == pytest.approx(0.0451667, abs=1e-6)
    assert scores["alice"].relative_brier == pytest.approx(
        (scores["alice"].brier - scores["bob"].brier) / 2
    )
    assert scores["alice"].spot_peer == pytest.approx(scores["alice"].peer)  # nothing changed
    assert Order.objects.get().cost > 0
    assert audit() == []


def test_a_bin_below_the_floor_is_refused_and_nothing_is_written(trade, alice):
    stated = [0.0001, 0.9995, 0.0001, 0.0001, 0.0001, 0.0001]

    with pytest.raises(Exception, match=r"between 0.00166667 and 0.998333"):
        submit_forecast(
            forecaster=alice, question_id=trade.pk, probabilities=stated, request_key="f", now=NOON
        )

    assert Forecast.objects.count() == 0


def test_an_answer_is_a_value_or_weights_but_not_both(trade, eve):
    with pytest.raises(InvalidResolution, match="either a value or the weights"):
        resolution.propose(
            question_id=trade.pk, value=10.5, outcome_weights=[0, 0, 0, 0, 0, 1], proposer=eve,
            now=LATER,
        )  # fmt: skip

    assert Resolution.objects.count() == 0
