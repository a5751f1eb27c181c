"""Two hundred bins: the page stays within its budget, and a stake reaches every one of them."""

import gzip

import pytest
from django.urls import reverse

from markets.core.money import MICRO
from markets.core.numeric import Bins
from markets.core.stated_quantiles import from_three
from markets.models import Fill, Market
from markets.queries.ledger import audit
from markets.services.forecasting import submit_forecast
from tests.instants import NOON
from tests.markets.web.test_page_costs import HTML_MAX

pytestmark = pytest.mark.django_db

FINE = Bins(lower=0, upper=1000, count=200, open_below=True, open_above=True, unit="tons")


@pytest.fixture
def fine(ask):
    return ask(title="How many tons?", type="numeric", outcomes=(), prior=(), bins=FINE)


def staked(alice, fine):
    return submit_forecast(
        forecaster=alice, question_id=fine.pk, stake=200 * MICRO, request_key="f", now=NOON,
        probabilities=from_three(FINE, [200, 400, 700]).tolist(),
    )  # fmt: skip


def test_a_stake_moves_all_of_two_hundred_bins(alice, fine):
    staked(alice, fine)

    fill = Fill.objects.get()
    assert fill.cost == 200 * MICRO
    assert sum(amount > 0 for amount in fill.shares) == 199  # of the dearest there are none
    assert sum(Market.objects.get().probabilities) == pytest.approx(1)
    assert audit() == []


def test_a_page_of_two_hundred_bins_stays_within_its_budget(as_alice, alice, fine):
    staked(alice, fine)

    answer = as_alice.get(reverse("pages:question", args=[fine.slug]))

    assert answer.status_code == 200
    assert len(gzip.compress(answer.content)) < HTML_MAX
