"""The crowd by any method, as everybody may read it."""

from datetime import timedelta

import numpy as np
import pytest
from django.urls import reverse

from markets.core.aggregation import Method, aggregate
from markets.core.numeric import Bins
from markets.models import CrowdSnapshot, Forecast, Question, StandingForecast
from markets.queries.odds import odds_for
from markets.services import forecasting
from tests.markets.api.calling import refused

STATED = (0.2, 0.5, 0.6)


@pytest.fixture
def state(today):
    """Have somebody state a chance of the first outcome, so many minutes ago."""

    def make(forecaster, on, chance, minutes=0, key="k"):
        return forecasting.submit_forecast(
            forecaster=forecaster, question_id=on.pk, probabilities=(chance, 1 - chance),
            request_key=key, now=today - timedelta(minutes=minutes),
        )  # fmt: skip

    return make


@pytest.fixture
def three(state, alice, bob, charlie, question):
    for forecaster, chance, minutes in zip((alice, bob, charlie), STATED, (3, 2, 1), strict=True):
        state(forecaster, question, chance, minutes)
    return question


@pytest.mark.parametrize("method", Method)
def test_every_method_is_answered_with_quartiles_and_histogram(anyone, three, method):
    body = anyone.get(f"/questions/{three.pk}/crowd", method=str(method)).json()

    crowd = aggregate(np.array([[chance, 1 - chance] for chance in STATED]), method)
    yes = body["outcomes"][0]
    assert body["method"] == method
    assert body["forecaster_count"] == 3
    assert (yes["key"], sum(yes["histogram"])) == ("yes", 3)
    assert yes["probability"] == pytest.approx(crowd.centre[0])
    assert [yes["lower"], yes["upper"]] == pytest.approx([crowd.lower[0], crowd.upper[0]])
    assert yes["histogram"] == crowd.histogram[0].tolist()


def test_without_a_method_it_is_the_crowd_of_the_odds(anyone, three):
    crowd = anyone.get(f"/questions/{three.slug}/crowd").json()
    odds = anyone.get(f"/questions/{three.slug}/odds").json()["crowd"]

    assert crowd["method"] == odds["method"] == "recency_weighted_median"
    assert len(crowd["methods"]) == len(Method)
    assert crowd["outcomes"][1]["probability"] == odds["outcomes"][1]["probability"]
    assert crowd["outcomes"][1]["lower"] == odds["outcomes"][1]["lower"]


def test_extremising_moves_the_logit_mean_outwards(anyone, three):
    plain = anyone.get(f"/questions/{three.pk}/crowd", method="logit_mean").json()
    pushed = anyone.get(
        f"/questions/{three.pk}/crowd", method="logit_mean", extremising="2.5"
    ).json()

    low, high = plain["outcomes"]
    assert low["probability"] < high["probability"]
    assert pushed["outcomes"][1]["probability"] > high["probability"]


def test_track_records_weigh_in_the_mean_that_is_weighted_by_them(anyone, three, alice):
    StandingForecast.objects.filter(forecaster=alice).update(track_weight=3.0)

    body = anyone.get(f"/questions/{three.pk}/crowd", method="track_record_weighted_mean").json()

    assert body["outcomes"][0]["probability"] == pytest.approx((3 * 0.2 + 0.5 + 0.6) / 5)


def test_of_the_past_it_is_what_stood_then(anyone, three, alice, state, today):
    first = Forecast.objects.get(forecaster=alice)
    forecasting.withdraw_forecast(forecast_id=first.pk, forecaster=alice, now=today)
    two_minutes_ago = (today - timedelta(seconds=90)).isoformat()

    then = anyone.get(f"/questions/{three.pk}/crowd", as_of=two_minutes_ago, method="mean").json()
    now = anyone.get(f"/questions/{three.pk}/crowd", method="mean").json()

    assert (then["forecaster_count"], now["forecaster_count"]) == (2, 2)
    assert then["outcomes"][0]["probability"] == pytest.approx(0.35)
    assert now["outcomes"][0]["probability"] == pytest.approx(0.55)


def test_of_nobody_the_numbers_are_null(anyone, question):
    body = anyone.get(f"/questions/{question.pk}/crowd").json()

    assert body["forecaster_count"] == 0
    assert body["outcomes"][0]["probability"] is body["outcomes"][0]["histogram"] is None


def test_bins_have_means_and_quantiles_and_no_medians(anyone, ask, alice, today):
    bins = Bins(lower=0, upper=10, count=5)
    question = ask(type="numeric", outcomes=(), prior=(), bins=bins)
    forecasting.submit_forecast(
        forecaster=alice, question_id=question.pk, probabilities=[0.2] * 5, request_key="k",
        now=today,
    )  # fmt: skip

    body = anyone.get(f"/questions/{question.pk}/crowd").json()
    median = anyone.get(f"/questions/{question.pk}/crowd", method="median")

    assert body["methods"] == [
        "recency_weighted_mean", "mean", "logit_mean", "track_record_weighted_mean",
    ]  # fmt: skip
    assert body["quantiles"]["0.5"] == pytest.approx(5)
    assert (body["outcomes"][1]["from"], body["outcomes"][1]["to"]) == (2.0, 4.0)
    refused(median, "method_not_for_bins", "method")


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"method": "mode"}, "invalid_parameter", "method"),
        ({"extremising": "9"}, "invalid_parameter", "extremising"),
        ({"as_of": "1999-01-01T00:00:00Z"}, "instant_out_of_range", "as_of"),
    ],
)
def test_what_makes_no_sense_is_refused(anyone, question, asked, code, field):
    refused(anyone.get(f"/questions/{question.pk}/crowd", **asked), code, field)


def test_odds_say_how_far_the_crowd_has_moved(publish, alice, today, django_assert_num_queries):
    question = publish(
        at=today - timedelta(days=3),
        closes_at=today + timedelta(days=1),
        resolve_by=today + timedelta(days=2),
    )
    for key, chance, hours in (("1", 0.3, 30), ("2", 0.5, 2), ("3", 0.6, 0)):
        forecasting.submit_forecast(
            forecaster=alice, question_id=question.pk, probabilities=(chance, 1 - chance),
            request_key=key, now=today - timedelta(hours=hours),
        )  # fmt: skip

    crowd = odds_for(question, now=today).crowd

    assert crowd.change_1h == pytest.approx((0.1, -0.1))
    assert crowd.change_24h == pytest.approx((0.3, -0.3))
    assert crowd.change_7d is None


def test_a_crowd_of_nobody_is_nothing_to_have_moved_from(alice, question, today):
    first = forecasting.submit_forecast(
        forecaster=alice, question_id=question.pk, probabilities=(0.3, 0.7), request_key="1",
        now=today - timedelta(hours=3),
    )  # fmt: skip
    forecasting.withdraw_forecast(
        forecast_id=first.pk, forecaster=alice, now=today - timedelta(hours=2)
    )
    forecasting.submit_forecast(
        forecaster=alice, question_id=question.pk, probabilities=(0.4, 0.6), request_key="2",
        now=today,
    )  # fmt: skip

    assert CrowdSnapshot.objects.count() == 3
    assert odds_for(question, now=today).crowd.change_1h is None


@pytest.fixture
def large(three, monkeypatch):
    """A question on which three stand, where two are all that is aggregated."""
    monkeypatch.setattr("markets.queries.crowd.COUNTED_MAX", 4)
    return three


def test_a_crowd_that_is_too_large_is_told_as_it_was_noted(anyone, large, monkeypatch):
    monkeypatch.setattr("markets.queries.crowd.aggregate", None)

    body = anyone.get(f"/questions/{large.pk}/crowd").json()

    yes = body["outcomes"][0]
    assert (body["method"], body["forecaster_count"]) == ("recency_weighted_median", 3)
    assert (yes["probability"], yes["lower"], yes["upper"]) == (0.5, 0.5, 0.6)
    assert yes["histogram"] is None


def test_of_the_past_too_a_large_crowd_is_told_as_it_was_noted(anyone, large, today, monkeypatch):
    monkeypatch.setattr("markets.queries.crowd.COUNTED_MAX", 2)
    monkeypatch.setattr("markets.queries.crowd.aggregate", None)

    then = anyone.get(
        f"/questions/{large.pk}/crowd", as_of=(today - timedelta(seconds=90)).isoformat()
    ).json()

    assert then["forecaster_count"] == 2
    assert then["outcomes"][0]["histogram"] is None


def test_by_another_method_a_large_crowd_is_refused(anyone, large):
    address = f"/questions/{large.pk}/crowd"

    refused(anyone.get(address, method="mean"), "crowd_too_large", "method")
    assert anyone.get(address, method="recency_weighted_median").status_code == 200


def test_a_large_crowd_is_no_less_hidden(anyone, large, today):
    Question.objects.filter(pk=large.pk).update(reveal_at=today + timedelta(hours=1))

    body = anyone.get(f"/questions/{large.pk}/crowd").json()

    assert body["forecaster_count"] == 3
    assert body["outcomes"][0]["probability"] is None


@pytest.mark.parametrize(("numbers", "is_shown"), [(5, False), (6, True)])
def test_a_page_compares_methods_up_to_so_many_forecasters_times_outcomes(
    three, client, numbers, is_shown, monkeypatch
):
    monkeypatch.setattr("markets.web.crowds.COUNTED_MAX", numbers)

    answer = client.get(reverse("pages:question", args=[three.slug]))

    assert (answer.context["crowd_panel"] is not None) == is_shown
