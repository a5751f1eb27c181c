"""A range chosen on the drawing, quoted and bought."""

import re

import pytest
from playwright.sync_api import expect

from markets.core.numeric import Bins
from markets.models import Order

pytestmark = pytest.mark.django_db(transaction=True)

BINS = Bins(lower=10, upper=12, count=6, open_below=True, open_above=True, unit="bn dollars")


@pytest.fixture
def trade(publish):
    return publish(
        title="How much trade in 2026?", type="numeric", outcomes=(), prior=(), bins=BINS
    )


def test_a_range_dragged_across_the_bars_is_the_one_that_is_bought(visit, trade, alice):
    page = visit(f"/questions/{trade.slug}/", user=alice)
    first, last = (page.locator(f"[data-bin='{index}']").bounding_box() for index in (2, 3))
    across = first["y"] + first["height"] / 2

    page.mouse.move(first["x"] + 5, across)
    page.mouse.down()
    page.mouse.move(last["x"] + 5, across, steps=4)
    page.mouse.up()

    expect(page.get_by_label("From", exact=True)).to_have_value("2")
    expect(page.get_by_label("To below")).to_have_value("4")
    page.get_by_label(re.compile("^Amount")).fill("20")
    expect(page.locator("#trade .quote")).to_contain_text("10.5 to below 11.5 bn dollars")
    page.get_by_role("button", name="Trade", exact=True).click()
    expect(page.locator(".notices")).to_contain_text("shares of 10.5 to below 11.5 bn dollars")
    assert Order.objects.get().claim == [2, 3]


def test_three_values_are_forecast_without_scripts(visit, trade, alice):
    page = visit(f"/questions/{trade.slug}/", user=alice, scripts=False)

    page.get_by_label("One chance in ten that it is below").fill("10.4")
    page.get_by_label("Even odds", exact=True).fill("11")
    page.get_by_label("One in ten that it is above").fill("11.8")
    page.get_by_role("button", name="Forecast", exact=True).click()

    expect(page.locator(".notices")).to_contain_text("Your forecast of 11 bn dollars")
    expect(page.locator(".odds__one--crowd")).to_contain_text("11 bn dollars")
