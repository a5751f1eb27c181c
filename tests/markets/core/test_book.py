"""The book by itself: its queues, and which of their heads a move of the maker reaches."""

import pytest

from markets.core.exchange import Book, Resting
from markets.core.lmsr import Maker

A, B, C = (0,), (1,), (2,)


def order(id_, claim, limit, *, is_buy=True, shares=1_000_000):
    return Resting(id=id_, trader=1, is_buy=is_buy, claim=claim, limit=limit, shares=shares)


def book_of(*orders):
    return Book(Maker((0, 0, 0), 10**9, (0.5, 0.3, 0.2)), orders)


def queue(book, face, *, is_bid):
    places = range(len(book.resting))
    found = [book.order_at(place, face, is_bid=is_bid) for place in places]
    return [each.id for each in found if each is not None]


def test_bids_stand_dearest_first_asks_cheapest_first_and_each_price_by_age():
    book = book_of(
        order(4, A, 300), order(2, A, 310), order(3, A, 310), order(1, (1, 2), 690, is_buy=False),
        order(7, A, 600, is_buy=False), order(5, A, 590, is_buy=False), order(6, (1, 2), 410),
    )  # fmt: skip

    assert queue(book, A, is_bid=True) == [1, 2, 3, 4]
    assert queue(book, A, is_bid=False) == [5, 6, 7]


def test_an_order_that_is_cancelled_leaves_its_place_to_the_next():
    book = book_of(order(1, A, 310), order(2, A, 310), order(3, A, 300))

    book.cancel(1)

    assert queue(book, A, is_bid=True) == [2, 3]
    with pytest.raises(KeyError):
        book.cancel(1)


def test_whoever_has_no_holding_holds_nothing():
    holding = book_of().holding(7)

    assert holding.shares.tolist() == holding.reserved.tolist() == [0, 0, 0]


def test_the_maker_beats_the_sides_whose_best_price_it_betters():
    book = book_of(
        order(1, A, 490), order(2, B, 290), order(3, B, 310, is_buy=False), order(4, C, 195)
    )
    dearer = book.maker.trade((0, 100_000_000, 0))

    assert book.beaten(book.maker) == []
    assert set(book.beaten(dearer)) == {(A, True), (B, False), (C, True)}


@pytest.mark.parametrize("is_buy", [True, False])
@pytest.mark.parametrize(("limit", "is_bid"), [(310, True), (290, False)])
def test_the_only_side_of_a_book_is_beaten_by_the_maker_like_one_of_many(limit, is_bid, is_buy):
    claim, price = (B, limit) if is_buy == is_bid else ((0, 2), 1_000 - limit)
    book = book_of(order(1, claim, price, is_buy=is_buy))

    assert book.beaten(book.maker) == [(B, is_bid)]
    assert book.beaten(book.maker.trade((0, 100_000_000 if is_bid else -100_000_000, 0))) == []


def test_a_side_is_not_beaten_any_more_once_its_best_order_has_gone():
    book = book_of(order(1, A, 510), order(2, A, 490))
    assert book.beaten(book.maker) == [(A, True)]

    book.cancel(1)

    assert book.beaten(book.maker) == []


@pytest.mark.parametrize("first", [A, B, C])
def test_ladders_that_empty_are_forgotten_and_the_others_are_still_found(first):
    limits = {A: 600, B: 400, C: 100}
    book = book_of(*(order(number + 1, claim, limit) for number, (claim, limit) in
                     enumerate(limits.items())))  # fmt: skip
    beaten = {(A, True), (B, True)}
    assert set(book.beaten(book.maker)) == beaten

    book.cancel(list(limits).index(first) + 1)

    assert set(book.beaten(book.maker)) == beaten - {(first, True)}
    for order_id in list(book.resting)[:1]:
        book.cancel(order_id)
    (left,) = book.resting.values()
    assert set(book.beaten(book.maker)) == beaten & {(left.claim, True)}


def test_a_book_has_room_for_many_pairs_at_once():
    outcome_count = 40
    maker = Maker((0,) * outcome_count, 10**9, (1 / outcome_count,) * outcome_count)
    book = Book(
        maker, [order(number + 1, (number,), 24 + number % 3) for number in range(outcome_count)]
    )

    beaten = {face for face, is_bid in book.beaten(maker) if is_bid}

    assert beaten == {(number,) for number in range(outcome_count) if number % 3 == 2}
