"""The picture of an order book, placed exactly."""

from markets.core.money import MICRO
from markets.queries.orderbook import Ladder, Level
from markets.web import depth


def level(price, *, shares=0, maker=0):
    return Level(
        price=price, shares=shares * MICRO, orders=1 if shares else 0, maker_shares=maker * MICRO
    )


def ladder(*, price=0.5, bids=(), asks=()):
    return Ladder(claim=(0,), price=price, bids=tuple(bids), asks=tuple(asks))


def test_the_picture_reaches_a_quarter_to_either_side_of_the_price():
    drawn = depth.draw(ladder())

    assert [tick.label for tick in drawn.prices] == ["25%", "35%", "45%", "55%", "65%", "75%"]
    assert drawn.price == 50
    assert drawn.bars == ()
    assert (drawn.bid_area, drawn.ask_area) == ("", "")


def test_near_the_ends_it_stops_there():
    low, high = depth.draw(ladder(price=0.04)), depth.draw(ladder(price=0.97))

    assert (low.prices[0].label, low.prices[-1].label, low.price) == ("0%", "50%", 8)
    assert (high.prices[0].label, high.prices[-1].label, high.price) == ("50%", "100%", 94)


def test_it_widens_where_orders_lie_beyond():
    drawn = depth.draw(ladder(bids=[level(100, shares=5)]))

    assert (drawn.prices[0].label, drawn.prices[-1].label) == ("0%", "100%")


def test_a_bar_stands_at_its_price_and_is_as_high_as_its_shares():
    drawn = depth.draw(
        ladder(bids=[level(400, shares=100)], asks=[level(600, shares=50, maker=30)])
    )

    bid, ask = drawn.bars
    assert (bid.is_bid, bid.label, bid.x + bid.width / 2) == (True, "40%", 300)
    assert (ask.is_bid, ask.label, ask.x + ask.width / 2) == (False, "60%", 700)
    assert bid.height == round(1000 / 1.15, 1)
    assert ask.height == round(500 / 1.15, 1)
    assert round(bid.y + bid.height, 1) == 1000


def test_prices_next_to_each_other_are_one_bar():
    drawn = depth.draw(ladder(bids=[level(401, shares=10), level(399, shares=20)]))

    (bar,) = drawn.bars
    assert (bar.label, bar.height) == ("40%", round(1000 / 1.15, 1))


def test_the_makers_curve_rises_from_where_it_stands():
    drawn = depth.draw(ladder(asks=[level(600, maker=50), level(700, maker=100)]))

    assert drawn.ask_area == "M500 1000L700 500L900 0V1000Z"
    assert [tick.label for tick in drawn.rises] == ["50", "100"]
