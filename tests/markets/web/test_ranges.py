"""Numbers and dates on the pages: their bars, a range to trade, three values to forecast."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from markets.core.money import MICRO
from markets.core.numeric import Bins
from markets.models import Forecast, Market, Order
from markets.queries.history import History, Point
from markets.services import forecasting, resolution, trading
from markets.web import distributions
from markets.web.range_forms import RangeForecastForm, RangeTradeForm
from tests.instants import NOON
from tests.markets.web.test_pages import text_of
from tests.markets.web.test_tickets import hidden, nothing_was_written, quote, said_after, send

pytestmark = pytest.mark.django_db

BINS = Bins(lower=10, upper=12, count=6, open_below=True, open_above=True, unit="bn")
CLOSED = Bins(lower=0, upper=4, count=4)
TRADE = {"request_key": "first", "side": "buy", "begin": "1", "end": "3", "amount": "10"}
FORECAST = {
    "request_key": "first", "low": "10.2", "middle": "10.8", "high": "11.6", "rationale": "",
    "stake": "",
}  # fmt: skip


@pytest.fixture
def trade(ask):
    return ask(title="How much trade?", type="numeric", outcomes=(), prior=(), bins=BINS)


@pytest.fixture
def opening(ask):
    bins = Bins(
        lower=datetime(2027, 1, 1, tzinfo=UTC).timestamp(),
        upper=datetime(2027, 7, 1, tzinfo=UTC).timestamp(),
        count=7, open_above=True, is_date=True,
    )  # fmt: skip
    return ask(title="When will it open?", type="date", outcomes=(), prior=(), bins=bins)


def page(client, question):
    return client.get(reverse("pages:question", args=[question.slug]))


def traded_as_quoted(client, question, **changes):
    quoted = hidden(quote(client, "trade", question, TRADE, **changes))
    return send(client, "trade", question, TRADE, **changes, **quoted)


# Geometry and words


def test_bars_share_the_width_and_tails_stand_apart():
    drawn = distributions.draw(BINS, [0.1, 0.2, 0.3, 0.2, 0.1, 0.1])

    assert [(bar.x, bar.width) for bar in drawn.bars] == [
        (0.0, 7.0), (9.0, 20.5), (29.5, 20.5), (50.0, 20.5), (70.5, 20.5), (93.0, 7.0),
    ]  # fmt: skip
    assert [bar.is_tail for bar in drawn.bars] == [True, False, False, False, False, True]
    assert drawn.bars[2].height == pytest.approx(100 / distributions.HEADROOM, abs=0.01)


def test_a_tail_higher_than_the_drawing_is_cut():
    drawn = distributions.draw(BINS, [0.9, 0.02, 0.02, 0.02, 0.02, 0.02])

    assert (drawn.bars[0].y, drawn.bars[0].height) == (0.0, 100.0)
    assert drawn.median_x == 3.5  # in the middle of that tail


def test_the_band_is_the_middle_half_and_the_answer_is_marked():
    drawn = distributions.draw(CLOSED, [0.25] * 4, answer=1.0, answer_index=1)

    assert (drawn.median_x, drawn.band_x, drawn.band_width) == (50.0, 25.0, 50.0)
    assert drawn.answer_x == 25.0
    assert [bar.is_answer for bar in drawn.bars] == [False, True, False, False]


def test_the_crowd_is_a_line_of_steps_that_breaks_beside_a_tail():
    drawn = distributions.draw(BINS, [1 / 6] * 6, crowd=[1 / 6] * 6)

    assert drawn.crowd_path == ("M0 107H70M90 107H295V107H500V107H705V107H910M930 107H1000")


def test_what_a_distribution_says_in_words():
    said = distributions.in_words(BINS, [0.1, 0.2, 0.3, 0.2, 0.1, 0.1])

    assert (said.median, said.band) == ("10.83 bn", "10.38 bn to 11.38 bn")


def test_equal_neighbours_are_one_holding():
    held = distributions.holdings(BINS, (), [0, 5, 5, 7, 0, 0])

    assert [(each.label, each.shares, each.begin, each.end) for each in held] == [
        ("10 to below 11 bn", 5, 1, 3),
        ("11 to below 11.5 bn", 7, 3, 4),
    ]


def test_the_median_is_drawn_over_time_along_the_scale():
    hour = timedelta(hours=1)
    history = History(
        market=(Point(NOON, (0.25,) * 4), Point(NOON + hour, (0.0, 0.0, 0.5, 0.5))),
        crowd=(),
        articles=(),
    )

    drawn = distributions.draw_medians(history, CLOSED, numbers={}, start=NOON, end=NOON + 2 * hour)

    assert drawn.chart.lines[0].path == "M0 500H500V250H1000"
    assert drawn.band_path == "M0 750H500V375H1000V125H500V250H0Z"
    assert [tick.label for tick in drawn.chart.rises] == ["0", "1", "2", "3", "4"]
    assert drawn.rows[0][1] == ("3",)


# The page


def test_the_page_shows_median_band_and_bars(client, trade):
    html = page(client, trade).content.decode()

    assert "Even odds on 10.25 bn to 11.75 bn" in html
    assert len(re.findall(r'class="spread__bar[ "]', html)) == 6 + 1  # and the key's
    assert "10 to below 10.5 bn: 17%" in html
    assert "The median over time" in html


def test_the_page_of_a_date_speaks_of_months(client, opening):
    html = page(client, opening).content.decode()

    assert "Even odds on 22 February 2027 to 8 June 2027" in html
    assert "July 2027 or later: 14%" in html


def test_new_odds_bring_new_bars(client, trade, alice):
    seen = "0-open-none"
    address = reverse("pages:odds", args=[trade.slug])
    assert client.get(address, {"seen": seen}).status_code == 204
    trading.place_order(
        trader=alice, market_id=trade.pk, claim=(4, 5), side="buy", budget=300 * MICRO,
        request_key="k",
    )  # fmt: skip

    html = client.get(address, {"seen": seen}).content.decode()

    assert "The median is 11.85 bn." in " ".join(html.split())
    assert "spread__bar" in html


def test_a_list_shows_the_median_instead_of_a_percentage(client, trade):
    html = client.get(reverse("pages:questions")).content.decode()

    assert "card__figure--range" in html
    assert "even odds on 10.25 to 11.75" in html


def test_a_decided_number_shows_its_value_and_the_last_odds(client, trade, eve, erin):
    resolution.propose(question_id=trade.pk, value=10.7, proposer=eve, now=trade.closes_at)
    resolution.confirm(question_id=trade.pk, editor=erin, now=trade.closes_at)

    html = page(client, trade).content.decode()

    assert '<h2 class="h2">10.7 bn</h2>' in html
    assert html.count("spread__bar--answer") == 1
    assert "Even odds on 10.25 bn to 11.75 bn" in html
    assert "10.7 bn" in client.get(reverse("pages:questions")).content.decode()


# Trading


def test_a_range_is_bought_as_quoted(as_alice, trade):
    shown = text_of(quote(as_alice, "trade", trade, TRADE))
    response = traded_as_quoted(as_alice, trade)

    order = Order.objects.get()
    assert "Moves 10 to below 11 bn from 33% to 36%" in shown
    assert (order.claim, order.budget) == ([1, 2], 10 * MICRO)
    assert "shares of 10 to below 11 bn" in said_after(as_alice, response)


def test_what_one_holds_can_be_sold_as_a_range(as_alice, trade):
    traded_as_quoted(as_alice, trade)
    html = page(as_alice, trade).content.decode()
    link = re.search(r'href="(\?side=sell[^"]*)#trade"', html).group(1).replace("&amp;", "&")

    form = as_alice.get(reverse("pages:question", args=[trade.slug]) + link).context["trade_form"]

    assert (form["side"].value(), form["begin"].value(), form["end"].value()) == ("sell", "1", "3")
    sold = traded_as_quoted(
        as_alice, trade, request_key="second", side="sell", amount=form["amount"].value()
    )
    assert sold.status_code == 303
    assert Market.objects.get().shares == [0] * 6


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"begin": "3", "end": "3"}, "A range begins below its end."),
        ({"begin": "0", "end": "6"}, "Leave something out: all values together are certain."),
        ({"begin": "7"}, "Select a valid choice"),
    ],
)
def test_a_range_that_is_no_claim_is_refused_and_nothing_is_written(
    as_alice, trade, changes, sentence
):
    response = send(as_alice, "trade", trade, TRADE, **changes)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert nothing_was_written()


def test_the_ticket_begins_with_the_range_that_has_even_odds(trade):
    form = RangeTradeForm(trade)

    assert (form["begin"].value(), form["end"].value()) == ("1", "5")
    assert form.fields["begin"].choices[0] == ("0", "anything less")
    assert form.fields["end"].choices[-1] == ("6", "anything more")
    assert form.fields["end"].choices[1] == ("2", "10.5")


# Forecasting


def test_three_values_are_a_forecast(as_alice, trade):
    response = send(as_alice, "forecast", trade, FORECAST)

    made = Forecast.objects.get()
    assert (
        "Your forecast of 10.83 bn, with even odds on 10.5 bn to 11.25 bn, counts."
        in said_after(as_alice, response)
    )
    assert sum(made.probabilities) == pytest.approx(1)
    assert made.probabilities[0] + made.probabilities[1] == pytest.approx(0.25, abs=0.03)


def test_a_forecast_of_a_date_may_carry_a_stake(as_alice, opening):
    boxes = {
        **FORECAST, "low": "2027-02-10", "middle": "2027-03-20", "high": "2027-05-15",
        "stake": "20",
    }  # fmt: skip
    quoted = hidden(quote(as_alice, "forecast", opening, boxes))
    response = send(as_alice, "forecast", opening, boxes, **quoted)

    assert response.status_code == 303
    assert Order.objects.get().cost == 20 * MICRO
    assert Forecast.objects.get().probabilities[2] > 0.25


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"middle": "10.1"}, "The value is larger than the one before."),
        ({"high": "a lot"}, "Enter a number."),
        ({"low": ""}, "This field is required."),
    ],
)
def test_values_that_do_not_rise_are_refused_and_nothing_is_written(
    as_alice, trade, changes, sentence
):
    response = send(as_alice, "forecast", trade, FORECAST, **changes)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert nothing_was_written()


def test_the_boxes_begin_with_what_stands(as_alice, alice, trade):
    forecasting.submit_forecast(
        forecaster=alice, question_id=trade.pk, request_key="f", now=NOON,
        probabilities=[0.1, 0.4, 0.3, 0.1, 0.05, 0.05],
    )  # fmt: skip

    form = page(as_alice, trade).context["forecast_form"]

    assert isinstance(form, RangeForecastForm)
    assert [form[name].value() for name in ("low", "middle", "high")] == ["10", "10.5", "11.5"]


def test_a_ranged_page_costs_no_more_queries_than_another(
    as_alice, question, trade, django_assert_num_queries
):
    page(as_alice, question)  # opens what is opened once
    with CaptureQueriesContext(connection) as other:
        page(as_alice, question)
    with django_assert_num_queries(len(other)):
        page(as_alice, trade)
