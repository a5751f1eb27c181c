"""How the crowd is kept: what stands, what it costs, and what a forecaster's past weighs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from markets.core.distribution import InvalidQuantiles
from markets.core.limits import InvalidProbabilities
from markets.core.money import MICRO
from markets.core.numeric import Bins
from markets.core.track_weight import track_weight
from markets.models import CrowdSnapshot, Forecast, Question, Resolution, Score, StandingForecast
from markets.queries.crowd import crowd_of, crowds_compared
from markets.queries.ledger import audit
from markets.services import forecasting, lifecycle
from tests.instants import NOON

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
STATEMENTS = 7
STATEMENTS_WITH_STAKE = 7
BINS = {
    "type": "numeric",
    "outcomes": (),
    "prior": (),
    "bins": Bins(lower=0, upper=10, count=6, open_above=True),
}
PAIRS = ((0.1, 2), (0.25, 4), (0.5, 5), (0.75, 6), (0.9, 8))


def submit(forecaster, question, **changes):
    forecast = {
        "forecaster": forecaster, "question_id": question.pk, "request_key": "first", "now": NOON,
        "clock": lambda: NOON,
    }  # fmt: skip
    return forecasting.submit_forecast(**{**forecast, **changes})


def statements_of(act):
    """What is sent to the server, without the savepoints of a test's own transaction."""
    with CaptureQueriesContext(connection) as context:
        act()
    sent = [query["sql"] for query in context.captured_queries]
    return [sql for sql in sent if not sql.startswith(("SAVEPOINT", "RELEASE SAVEPOINT"))]


def standing_on(question):
    rows = StandingForecast.objects.filter(question=question).order_by("forecast_id")
    return [(row.forecaster_id, row.probabilities) for row in rows]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ({}, {"probabilities": (0.7, 0.3)}),
        (
            {"type": "multiple_choice", "outcomes": ("A", "B", "C"), "prior": (0.4, 0.3, 0.3)},
            {"probabilities": (0.2, 0.5, 0.3)},
        ),
        (BINS, {"quantiles": PAIRS}),
    ],
    ids=["binary", "multiple choice", "bins"],
)
def test_one_forecast_takes_seven_statements(alice, bob, publish, kind, said):
    question = publish(**kind)
    submit(bob, question, **said)

    sent = statements_of(lambda: submit(alice, question, **said))

    assert len(sent) == STATEMENTS, "\n".join(sent)


def test_with_a_stake_it_takes_those_of_an_order_more(alice, bob, question):
    submit(bob, question, probabilities=(0.7, 0.3), stake=MICRO)

    sent = statements_of(lambda: submit(alice, question, probabilities=(0.7, 0.3), stake=MICRO))

    assert len(sent) == STATEMENTS + STATEMENTS_WITH_STAKE, "\n".join(sent)


def test_what_stands_is_the_latest_of_each_forecaster(alice, bob, question):
    submit(alice, question, probabilities=(0.7, 0.3))
    submit(bob, question, probabilities=(0.5, 0.5), now=NOON + MINUTE)
    submit(alice, question, probabilities=(0.2, 0.8), request_key="2", now=NOON + 2 * MINUTE)

    assert standing_on(question) == [(bob.pk, [0.5, 0.5]), (alice.pk, [0.2, 0.8])]


def test_withdrawing_what_was_replaced_long_ago_changes_nothing(alice, question):
    first = submit(alice, question, probabilities=(0.7, 0.3))
    submit(alice, question, probabilities=(0.2, 0.8), request_key="2", now=NOON + MINUTE)

    forecasting.withdraw_forecast(forecast_id=first.pk, forecaster=alice, now=NOON + 2 * MINUTE)

    assert standing_on(question) == [(alice.pk, [0.2, 0.8])]
    newest = CrowdSnapshot.objects.filter(question=question).latest("id")
    assert (newest.forecaster_count, newest.centre) == (1, [0.2, 0.8])


def test_what_is_withdrawn_or_has_ended_stands_no_longer(alice, bob, question):
    first = submit(alice, question, probabilities=(0.7, 0.3))
    submit(bob, question, probabilities=(0.5, 0.5), ends_at=NOON + 2 * MINUTE)

    forecasting.withdraw_forecast(forecast_id=first.pk, forecaster=alice, now=NOON + MINUTE)
    assert standing_on(question) == [(bob.pk, [0.5, 0.5])]

    forecasting.refresh_crowds(now=NOON + 3 * MINUTE)
    assert standing_on(question) == []
    assert Question.objects.get(pk=question.pk).forecaster_count == 0


def test_after_an_early_close_the_crowd_stays_as_it_was(alice, bob, charlie, eve, question):
    closed_at = NOON + 2 * MINUTE
    for forecaster, ends_at in ((alice, None), (bob, NOON + MINUTE), (charlie, NOON + 3 * MINUTE)):
        submit(forecaster, question, probabilities=(0.7, 0.3), ends_at=ends_at)
    lifecycle.close(question_id=question.pk, editor=eve, reason="Known.", now=closed_at)
    question.refresh_from_db()

    assert [row[0] for row in standing_on(question)] == [alice.pk, charlie.pk]
    assert question.forecaster_count == 2
    for as_of in (None, closed_at, NOON + 5 * MINUTE):
        read = crowd_of(question, as_of=as_of, now=NOON + 9 * MINUTE)
        assert read.forecaster_count == 2
    assert len(crowds_compared(question, now=NOON + 9 * MINUTE)) == 6
    assert crowd_of(question, as_of=NOON, now=NOON + 9 * MINUTE).forecaster_count == 3
    assert audit() == []


def test_a_newcomer_weighs_one(alice, question):
    submit(alice, question, probabilities=(0.7, 0.3))

    assert Forecast.objects.get().track_weight == StandingForecast.objects.get().track_weight == 1


def test_a_forecast_keeps_what_its_forecasters_scores_weighed_then(alice, eve, publish):
    told, asked = publish(), publish()
    resolution = Resolution.objects.create(
        question=told, version=1, verdict="outcome", outcome_weights=[1.0, 0.0], proposer=eve,
        proposed_at=NOON, effective_at=NOON, challenge_until=NOON,
    )  # fmt: skip
    score = {
        "forecaster": alice, "question": told, "resolution": resolution, "baseline": 0, "brier": 0,
        "log": 0, "coverage": 1, "attainable_coverage": 1, "scored_at": NOON,
    }  # fmt: skip
    Score.objects.create(**score, peer=60.0)

    submit(alice, asked, probabilities=(0.7, 0.3))
    Question.objects.filter(pk=told.pk).update(resolution=resolution)
    submit(alice, asked, probabilities=(0.6, 0.4), request_key="2")

    weights = list(Forecast.objects.order_by("id").values_list("track_weight", flat=True))
    assert weights == [1.0, track_weight(peer_sum=60.0, question_count=1)]


def test_quantiles_are_kept_as_stated_beside_the_bins_that_they_make(alice, publish):
    forecast = submit(alice, publish(**BINS), quantiles=PAIRS)

    assert forecast.quantiles == [(0.1, 2), (0.25, 4), (0.5, 5), (0.75, 6), (0.9, 8)]
    assert len(forecast.probabilities) == 6
    assert sum(forecast.probabilities) == pytest.approx(1)


@pytest.mark.parametrize(
    ("said", "refusal", "field"),
    [
        ({}, InvalidProbabilities, "probabilities"),
        ({"quantiles": PAIRS, "probabilities": [1 / 6] * 6}, InvalidQuantiles, "quantiles"),
        ({"quantiles": PAIRS[:4]}, InvalidQuantiles, "quantiles"),
        (
            {"quantiles": (*PAIRS[:3], (0.75, 5), (0.9, 8))},
            InvalidQuantiles,
            "quantiles[3]",
        ),
    ],
)
def test_what_is_said_twice_not_at_all_or_wrongly_is_refused(alice, publish, said, refusal, field):
    question = publish(**BINS)

    with pytest.raises(refusal) as refused:
        submit(alice, question, **said)

    assert refused.value.field == field
    assert not Forecast.objects.exists()
    assert not StandingForecast.objects.exists()
    assert not CrowdSnapshot.objects.exists()


def test_a_question_of_two_answers_takes_no_quantiles(alice, question):
    with pytest.raises(InvalidQuantiles):
        submit(alice, question, quantiles=PAIRS)

    assert not Forecast.objects.exists()
