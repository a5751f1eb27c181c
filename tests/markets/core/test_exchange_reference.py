"""`execute` against the slow, obvious exchange of `reference_exchange`, on streams of orders.

After every order both start again from the same state, so that roundings of the maker's floats do
not add up. Who trades with whom, in which order, must agree exactly; so must the amounts,
but for a few millionths from where the maker first had a part.
"""

from hypothesis import given, settings
from hypothesis import strategies as st

from markets.core.errors import MarketError
from markets.core.exchange import TRIGGERED_MAX
from tests.markets.core.exchange_world import TRADERS, World
from tests.markets.core.reference_exchange import Order, ReferenceExchange, Refused, mills
from tests.markets.core.strategies import crowded_streams, priors, step, streams

MILLIONTHS = 8
"""How far amounts may differ after a few fills by the maker; after the first it is 2."""


def reference_of(world):
    maker = world.book.maker
    return ReferenceExchange(
        sold=maker.shares.tolist(),
        liquidity=maker.liquidity,
        prior=maker.prior.tolist(),
        orders=[_order(order, order.id) for order in world.book.resting.values()],
        held={trader: world.held(trader) for trader in TRADERS},
        triggered_max=world.triggered_max,
    )


def _order(asked, order_id):
    return Order(
        id=order_id, trader=asked.trader, is_buy=asked.is_buy, claim=frozenset(asked.claim),
        limit=mills(asked.limit), shares=asked.shares, budget=asked.budget,
    )  # fmt: skip


def answer_of_code(world, intent):
    try:
        return world.execute(intent), None
    except MarketError as refusal:
        return None, refusal.code


def answer_of_reference(reference, world, intent):
    try:
        reference.submit(
            _order(intent, intent.order), available=world.available(intent.trader),
            rests=intent.rests, fill_or_kill=intent.fill_or_kill,
        )  # fmt: skip
    except Refused as refusal:
        return refusal.code
    return None


def is_near(one, other, tolerance=MILLIONTHS):
    return abs(one - other) <= tolerance


def require_agreement(execution, reference):
    fills, trades = execution.fills, reference.trades
    assert [(fill.order, fill.counter, fill.trader, frozenset(fill.claim)) for fill in fills] == [
        (each.order, each.counter, each.trader, each.claim) for each in trades
    ]
    tolerance = 0
    for fill, traded in zip(fills, trades, strict=True):
        if fill.counter is None and fill.filled:
            tolerance = min(tolerance + 2, MILLIONTHS)
        assert is_near(fill.filled, abs(traded.shares), tolerance)
        assert is_near(fill.cost, traded.cost, tolerance)
        assert is_near(fill.redeemed, traded.redeemed, tolerance)
    assert list(execution.displaced) == reference.displaced


def require_same_state(world, reference):
    standing = {order.id: order for order in reference.orders}
    assert standing.keys() == world.book.resting.keys()
    for order_id, order in world.book.resting.items():
        assert is_near(order.shares or 0, standing[order_id].shares or 0)
        assert is_near(order.budget or 0, standing[order_id].budget or 0)
    for trader in TRADERS:
        for held, other in zip(world.held(trader), reference.held[trader], strict=True):
            assert is_near(held, other)
    for sold, other in zip(world.book.maker.shares.tolist(), reference.sold, strict=True):
        assert is_near(sold, other)


@given(priors(), streams)
@settings(deadline=None, max_examples=120)
def test_the_code_does_what_the_rules_say(prior, stream):
    require_agreement_throughout(World(prior), stream)


@given(priors(outcomes_min=3), crowded_streams, st.sampled_from([TRIGGERED_MAX, 0, 1, 2]))
@settings(deadline=None, max_examples=150)
def test_the_code_triggers_what_the_rules_say_and_no_more(prior, stream, triggered_max):
    require_agreement_throughout(World(prior, triggered_max=triggered_max), stream)


def require_agreement_throughout(world, stream):
    for plan in stream:
        intent = None if plan.kind == "cancel" else plan.intent(world)
        if intent is None:
            step(world, plan)
            continue
        reference = reference_of(world)
        execution, code = answer_of_code(world, intent)
        code_of_reference = answer_of_reference(reference, world, intent)
        if reference.doubtful:
            step(world, plan)
            continue

        assert code == code_of_reference
        if execution is not None:
            require_agreement(execution, reference)
            world.submit(intent)
            require_same_state(world, reference)
