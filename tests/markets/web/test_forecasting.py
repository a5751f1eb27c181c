"""How long a forecast stands, numbers in five values, and the crowd's panel."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from markets.core.numeric import Bins
from markets.models import Forecast, StandingForecast
from markets.services import forecasting

pytestmark = pytest.mark.django_db

FORECAST = {"request_key": "first", "probability_0": "60", "rationale": "", "stake": ""}
RANGE = {
    "request_key": "first",
    "low": "2",
    "middle": "5",
    "high": "8",
    "rationale": "",
    "stake": "",
}
DAY, WEEK = timedelta(days=1), timedelta(days=7)


@pytest.fixture
def trade(ask):
    bins = Bins(lower=0, upper=10, count=5)
    return ask(type="numeric", outcomes=(), prior=(), bins=bins, title="How much trade?")


def page(client, question):
    return client.get(reverse("pages:question", args=[question.slug])).content.decode()


def send(client, question, boxes, **changes):
    return client.post(reverse("pages:forecast", args=[question.slug]), {**boxes, **changes})


def test_a_forecast_stands_for_a_week_where_that_is_chosen(as_alice, question):
    last = timezone.now().date() + WEEK

    response = send(as_alice, question, FORECAST, stands="week")

    assert response.status_code == 303
    assert Forecast.objects.get().ends_at == datetime.combine(last + DAY, time(), UTC)
    assert "when it ends by itself" in page(as_alice, question)


def test_a_double_click_is_one_forecast(as_alice, question):
    answers = [send(as_alice, question, FORECAST, stands="week") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert Forecast.objects.count() == 1


def test_through_a_date_is_until_its_end(as_alice, question):
    day = (timezone.now() + timedelta(days=3)).date()

    send(as_alice, question, FORECAST, stands="date", ends_on=f"{day:%Y-%m-%d}")

    assert Forecast.objects.get().ends_at == datetime.combine(day + timedelta(days=1), time(), UTC)


def test_without_a_choice_or_beyond_the_close_it_stands_until_the_close(as_alice, question):
    send(as_alice, question, FORECAST)
    for key, far in (("second", "2999-01-01"), ("third", "9999-12-31")):
        send(as_alice, question, FORECAST, request_key=key, stands="date", ends_on=far)

    assert [each.ends_at for each in Forecast.objects.all()] == [None, None, None]


def test_a_month_is_not_offered_where_the_question_closes_before(as_alice, question):
    html = page(as_alice, question)

    assert "For a week, until" in html
    assert "For a month" not in html


@pytest.mark.parametrize("ends_on", ["", "2020-01-01", "soon"])
def test_a_date_that_is_missing_or_has_passed_is_refused(as_alice, question, ends_on):
    response = send(as_alice, question, FORECAST, stands="date", ends_on=ends_on)

    assert response.status_code == 422
    assert not Forecast.objects.exists()
    assert not StandingForecast.objects.exists()


def test_withdrawing_says_what_it_means_for_the_score(as_alice, question):
    send(as_alice, question, FORECAST)

    html = page(as_alice, question)

    assert "The time that it stood is still scored." in html
    assert "your coverage of this question ends" in html


def test_five_values_are_kept_as_quantiles(as_alice, trade):
    send(as_alice, trade, RANGE, lower="4", upper="6")

    forecast = Forecast.objects.get()
    assert forecast.quantiles == [[0.1, 2], [0.25, 4], [0.5, 5], [0.75, 6], [0.9, 8]]
    assert forecast.probabilities == pytest.approx([0.101, 0.1505, 0.497, 0.1505, 0.101])


def test_three_values_make_the_same_curve_as_five(as_alice, trade):
    send(as_alice, trade, RANGE, low="2", middle="4", high="6")

    forecast = Forecast.objects.get()
    assert forecast.quantiles is None
    assert forecast.probabilities == pytest.approx([0.101, 0.398, 0.398, 0.0515, 0.0515])


@pytest.mark.parametrize(
    ("changes", "box", "sentence"),
    [
        ({"low": "0"}, "low", "The value lies above the lower bound"),
        ({"middle": "2"}, "middle", "The value is larger than the one before."),
        ({"high": "12"}, "high", "The value lies below the upper bound"),
    ],
)
def test_of_three_values_the_one_that_does_not_fit_is_refused(
    as_alice, trade, changes, box, sentence
):
    response = send(as_alice, trade, RANGE, **changes)

    assert response.status_code == 422
    assert sentence in str(response.context["forecast_form"].errors[box])
    assert not Forecast.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"lower": "4"}, "Fill in both of the values in between, or neither."),
        ({"lower": "4", "upper": "5"}, "The value is larger than the one before."),
        ({"lower": "4", "upper": "6", "high": "10"}, "The value lies below the upper bound"),
    ],
)
def test_values_in_between_that_do_not_fit_are_refused_in_their_box(
    as_alice, trade, changes, sentence
):
    response = send(as_alice, trade, RANGE, **changes)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Forecast.objects.exists()


@pytest.mark.parametrize("kind", ["binary", "bins"])
def test_after_everybody_withdrew_the_record_has_a_gap(
    client, as_alice, alice, question, trade, kind
):
    asked, said = (question, [0.6, 0.4]) if kind == "binary" else (trade, [0.2] * 5)
    forecast = forecasting.submit_forecast(
        forecaster=alice, question_id=asked.pk, probabilities=said, request_key="k",
        now=timezone.now() - 2 * timedelta(hours=1),
    )  # fmt: skip
    forecasting.withdraw_forecast(
        forecast_id=forecast.pk, forecaster=alice, now=timezone.now() - timedelta(hours=1)
    )

    sheet = client.get(reverse("pages:history_csv", args=[asked.slug])).content.decode()
    points = client.get(f"/api/v1/questions/{asked.pk}/history").json()["crowd"]

    assert sheet.splitlines()[-1].endswith(",crowd" + "," * len(said))
    assert [len(each["probabilities"]) for each in points] == [len(said), 0]
    assert re.search(r'class="line line--crowd" d="M\d+ \d+H\d{1,3}"', page(client, asked))


def test_the_page_compares_the_methods_and_draws_what_is_said(
    client, question, alice, bob, charlie
):
    now = timezone.now()
    for place, (who, chance) in enumerate(((alice, 0.12), (bob, 0.5), (charlie, 0.93))):
        forecasting.submit_forecast(
            forecaster=who, question_id=question.pk, probabilities=(chance, 1 - chance),
            request_key="k", now=now - timedelta(hours=30 - place),
        )  # fmt: skip

    html = page(client, question)

    assert html.count('class="crowd__bar" x=') == 3
    assert "<title>10% to 15%: 1</title>" in html
    assert "Track-record weighted mean" in html
    assert "Geometric mean of odds" in html
    assert "Recency-weighted median" in html
    assert "Moved in" in html


def test_of_numbers_the_methods_are_compared_by_their_medians(client, trade, alice):
    forecasting.submit_forecast(
        forecaster=alice, question_id=trade.pk, probabilities=[0.2] * 5, request_key="k",
        now=timezone.now(),
    )  # fmt: skip

    html = page(client, trade)

    assert "Recency-weighted mean" in html
    assert "Recency-weighted median" not in html
    assert "crowd__bar" not in html
