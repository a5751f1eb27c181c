"""What must hold of every order in every market, on random streams of orders."""

from contextlib import suppress
from copy import deepcopy
from fractions import Fraction
from itertools import zip_longest

import numpy as np
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from markets.core.errors import MarketError
from markets.core.exchange import LOT, TRIGGERED_MAX, Execution, execute
from markets.core.legs import NO_LEG, leg_of_resting
from markets.core.lmsr import Maker, prices
from markets.core.money import MICRO
from tests.markets.core.exchange_scenes import bid
from tests.markets.core.exchange_world import BOB, CHARLIE, ERIN, GRANT, World
from tests.markets.core.strategies import plans, priors, step, streams

on_streams = settings(deadline=None, max_examples=100)

orders_of_a_newcomer = st.fixed_dictionaries(
    {"claim": st.integers(0, 13), "size": st.integers(LOT, 300 * MICRO), "part": st.floats(0, 1),
     "kind": st.sampled_from(["budget", "shares"])}
)  # fmt: skip
"""An order of ERIN, who takes no part in the streams and so holds and offers nothing."""


def answer_of(world, intent, **terms):
    """(execution, None) or (None, the code of the refusal)."""
    try:
        return execute(world.book, intent, available=world.available(intent.trader), **terms), None
    except MarketError as refusal:
        return None, refusal.code


def world_after(prior, stream):
    world = World(prior)
    for plan in stream:
        step(world, plan)
    return world


def claim_numbered(number, outcome_count):
    mask = 1 + number % (2**outcome_count - 2)
    return tuple(outcome for outcome in range(outcome_count) if mask >> outcome & 1)


def require_queues_apart(world):
    """On every pair each bid is below each ask."""
    resting = list(world.book.resting.values())
    for bidding in resting:
        claim = world.book.paired(bidding.claim)
        if not claim.is_bid(is_buy=bidding.is_buy):
            continue
        for asking in resting:
            other = world.book.paired(asking.claim)
            if other.face == claim.face and not other.is_bid(is_buy=asking.is_buy):
                assert claim.on_face(bidding.limit) < other.on_face(asking.limit)


def crossing(world):
    """The orders at the heads of their queues that the maker would trade with."""
    resting = list(world.book.resting.values())
    return [
        order
        for order in resting
        if not ahead_of(order, resting, world)
        and leg_of_resting(world.book.maker, order, world.book.paired(order.claim)) != NO_LEG
    ]


def ahead_of(order, others, world):
    """Those of `others` that come before `order` in its queue, by price and then by time."""

    def rank(each):
        claim = world.book.paired(each.claim)
        is_bid, price = claim.is_bid(is_buy=each.is_buy), claim.on_face(each.limit)
        return (claim.face, is_bid), (-price if is_bid else price, each.id)

    side, place = rank(order)
    return {each.id for each in others if rank(each)[0] == side and rank(each)[1] < place}


@given(priors(), streams)
@on_streams
def test_credits_and_shares_are_conserved_and_the_maker_can_always_pay(prior, stream):
    world = World(prior)

    for plan in stream:
        step(world, plan)

        world.require_sound()


@given(priors(), streams, plans)
@on_streams
def test_working_an_order_out_changes_nothing(prior, stream, plan):
    world = world_after(prior, stream)
    intent = plan.intent(world)
    assume(intent is not None)
    before = world.snapshot()

    with suppress(MarketError):
        execute(world.book, intent, available=world.available(plan.trader))

    assert world.snapshot() == before


@given(priors(), streams)
@on_streams
def test_no_book_is_left_crossed_by_an_order_that_may_trigger_all_that_it_would(prior, stream):
    world = World(prior, triggered_max=10**6)

    for plan in stream:
        execution = step(world, plan)

        require_queues_apart(world)
        if isinstance(execution, Execution):
            assert crossing(world) == []


@given(st.integers(2, 5), st.integers(10, 40), st.lists(plans, min_size=1, max_size=5))
@settings(deadline=None, max_examples=60)
def test_in_a_crowd_triggers_are_bounded_refuse_nothing_and_go_on(bidden, rest, stream):
    limit = (1_000 - rest) // bidden
    world = World((*[limit / 1_000] * bidden, 1 - bidden * limit / 1_000), balance=10**13)
    for outcome in range(bidden):
        bid(world, (BOB, CHARLIE)[outcome % 2], (outcome,), limit, 10**10)

    for plan in stream:
        intent = None if plan.kind == "cancel" else plan.intent(world)
        if intent is None:
            step(world, plan)
            continue
        alone, refused_alone = answer_of(world, intent, triggered_max=0)
        _, refused = answer_of(world, intent, triggered_max=TRIGGERED_MAX)
        assert refused == refused_alone
        if refused is not None:
            continue
        execution = world.submit(intent)

        world.require_sound()
        require_queues_apart(world)
        assert len(execution.fills) <= len(alone.fills) + TRIGGERED_MAX
        if len(execution.fills) < len(alone.fills) + TRIGGERED_MAX:
            assert crossing(world) == []
        event(f"crossing: {bool(crossing(world))}")


def executed(prior, stream):
    """(the world after, the orders that rested before, the execution) of each order taken."""
    world = World(prior)
    for plan in stream:
        before = dict(world.book.resting)
        execution = step(world, plan)
        if plan.kind != "cancel" and execution and not isinstance(execution, MarketError):
            yield world, before, execution


@given(priors(), streams)
@on_streams
def test_nobody_is_passed_over(prior, stream):
    for world, before, execution in executed(prior, stream):
        traded = [fill.order for fill in execution.fills if fill.filled and fill.order in before]
        for order_id in traded:
            for passed in ahead_of(before[order_id], before.values(), world):
                assert execution.resting[passed] is None


@given(priors(), streams)
@on_streams
def test_resting_orders_trade_at_their_limit_or_better(prior, stream):
    for _, before, execution in executed(prior, stream):
        for fill in execution.fills:
            if fill.order in before and fill.filled:
                limit = Fraction(before[fill.order].limit, 1000)
                assert fill.cost < fill.filled * limit + 1 if fill.cost > 0 else True
                assert -fill.cost > fill.filled * limit - 1 if fill.cost < 0 else True


@given(priors(), streams)
@on_streams
def test_an_order_never_passes_its_own_limit_budget_or_amount(prior, stream):
    world = World(prior)

    for plan in stream:
        intent = None if plan.kind == "cancel" else plan.intent(world)
        execution = step(world, plan)
        if intent is None or execution is None or isinstance(execution, MarketError):
            continue

        fills = [fill for fill in execution.fills if fill.order == intent.order]
        if intent.budget is not None:
            assert execution.cost <= intent.budget
        else:
            assert execution.filled <= intent.shares
        if intent.fill_or_kill:
            assert execution.is_complete
        if intent.limit is not None:
            at_limit = execution.filled * Fraction(intent.limit, 1000)
            ahead = at_limit - execution.cost if intent.is_buy else -execution.cost - at_limit
            assert ahead > -len(fills) or not fills


@given(priors(), streams)
@on_streams
def test_replaying_the_fills_gives_the_maker_to_the_last_bit(prior, stream):
    world = world_after(prior, stream)
    replayed = World(prior).book.maker

    for fill, following in zip_longest(world.fills, world.fills[1:]):
        replayed = replayed.trade(fill.shares - fill.redeemed)
        is_first_of_a_match = (
            fill.counter is not None
            and following is not None
            and (following.order, following.counter) == (fill.counter, fill.order)
        )
        if not is_first_of_a_match:
            assert replayed.prices().tolist() == fill.probabilities.tolist()

    maker = world.book.maker
    assert replayed.shares.tolist() == maker.shares.tolist()
    assert replayed.prices().tolist() == maker.prices().tolist()


@given(priors(), streams)
@on_streams
def test_the_makers_prices_are_those_that_the_formulas_give(prior, stream):
    maker = world_after(prior, stream).book.maker

    anew = Maker(maker.shares.tolist(), maker.liquidity, maker.prior.tolist())

    expected = prices(maker.shares, maker.liquidity, maker.prior).tolist()
    assert maker.prices().tolist() == anew.prices().tolist() == expected


@given(priors(), streams, orders_of_a_newcomer)
@settings(deadline=None, max_examples=200)
def test_a_round_trip_never_profits_beside_any_book(prior, stream, order):
    world = world_after(prior, stream)
    claim = claim_numbered(order["claim"], len(prior))

    try:
        world.buy(ERIN, claim, **{order["kind"]: order["size"]})
        world.sell(ERIN, claim, min(world.held(ERIN)[outcome] for outcome in claim))
    except MarketError:
        assume(False)

    assert world.balance[ERIN] <= GRANT
    assert world.held(ERIN) == [0] * len(prior)


@given(st.integers(1, 19), streams, orders_of_a_newcomer)
@settings(deadline=None, max_examples=200)
def test_splitting_an_order_never_helps_beside_any_book_of_its_own_claims(share, stream, order):
    world = world_after((share / 20, 1 - share / 20), stream)
    claim, whole, split = (order["claim"] % 2,), deepcopy(world), deepcopy(world)
    kind, size = order["kind"], order["size"]
    first = min(size - 1, max(1, int(size * order["part"])))

    try:
        whole.buy(ERIN, claim, **{kind: size})
        split.buy(ERIN, claim, **{kind: first})
        split.buy(ERIN, claim, **{kind: size - first})
    except MarketError:
        assume(False)

    if kind == "shares":
        assert split.balance[ERIN] <= whole.balance[ERIN]
    else:
        assert split.held(ERIN)[claim[0]] <= whole.held(ERIN)[claim[0]]


@given(priors(), streams)
@on_streams
def test_a_book_changed_step_by_step_is_the_book_made_anew(prior, stream):
    world = world_after(prior, stream)
    book = world.book
    anew = type(book)(book.maker, book.resting.values())

    for order in book.resting.values():
        face = book.paired(order.claim).face
        for is_bid in (True, False):
            places = range(len(book.resting) + 1)
            assert [book.order_at(place, face, is_bid=is_bid) for place in places] == [
                anew.order_at(place, face, is_bid=is_bid) for place in places
            ]
    for outcome in range(len(prior)):
        elsewhere = book.maker.trade((np.arange(len(prior)) == outcome) * 300 * MICRO)
        assert set(book.beaten(elsewhere)) == set(anew.beaten(elsewhere))
