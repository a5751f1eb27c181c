"""Invariants 1 to 5: what accounts hold, what is set aside, what was sold, and for how much.

All of it in plain Python, from the append-only rows.
"""

import math
from collections import Counter
from itertools import pairwise
from typing import Any

from tests.markets.domain.rows import Rows, by_id

PROBABILITY_TOLERANCE = 1e-9


def require_balances(rows: Rows) -> None:
    """1. Every balance is what transfers brought less what they took, and all are zero together."""
    balances: Counter[int] = Counter()
    for transfer in rows.transfer:
        balances[transfer.credit_id] += transfer.amount
        balances[transfer.debit_id] -= transfer.amount
    for account in rows.account:
        assert account.balance == balances[account.id], f"balance of {account}"
    assert sum(account.balance for account in rows.account) == 0
    keys = [transfer.key for transfer in rows.transfer]
    assert len(keys) == len(set(keys))


def require_reserves(rows: Rows) -> None:
    """2. Nobody is overdrawn; what is reserved is what open orders need, credits and shares."""
    reserved: Counter[int] = Counter()
    shares: Counter[tuple[int, int, int]] = Counter()
    status = {question.id: question.status for question in rows.question}
    for order in rows.order:
        if order.status != "open":
            assert order.reserved == 0, f"{order} has ended"
            assert order.ended_at is not None
            continue
        assert status[order.market_id] == "open", f"{order} rests on a question that is not open"
        left = _left(order)
        assert left > 0, f"{order} rests, but nothing is left of it"
        if order.side == "buy":
            needed = left if order.shares is None else -(-left * order.limit // 1000)
            assert order.reserved == needed, f"{order} needs {needed}"
            reserved[order.trader_id] += needed
        else:
            for outcome in order.claim:
                shares[order.market_id, order.trader_id, outcome] += left
    for account in rows.account:
        if account.kind != "house":
            assert 0 <= account.reserved <= account.balance, f"{account} is overdrawn"
            assert account.reserved == reserved[account.owner_id], f"{account} reserves too much"
    for position in rows.position:
        offered = [
            shares.pop((position.market_id, position.trader_id, outcome), 0)
            for outcome in range(len(position.shares))
        ]
        assert position.reserved_shares == offered, f"{position} offers {offered}"
        assert all(map(int.__le__, offered, position.shares)), f"{position} offers too much"
    assert not +shares, "shares are offered that nobody holds"


def _left(order: Any) -> int:
    if order.shares is None:
        return int(order.budget - order.cost)
    return int(order.shares - order.filled_shares)


def require_shares(rows: Rows) -> None:
    """3. What a market has sold is what its traders hold, outcome by outcome."""
    for market in rows.market:
        held = [position.shares for position in rows.position
                if position.market_id == market.question_id]  # fmt: skip
        sums = [sum(each) for each in zip(*held, strict=True)] or [0] * len(market.shares)
        assert market.shares == sums, f"market {market.question_id} sold what nobody holds"
        assert market.trader_count == len(held)


def require_escrows(rows: Rows) -> None:
    """4. An unsettled market's escrow is subsidy, costs and proceeds, and covers the worst."""
    question_of = {resolution.id: resolution.question_id for resolution in rows.resolution}
    settled = {question_of[settlement.resolution_id] for settlement in rows.settlement}
    escrows = {account.market_id: account for account in rows.account if account.market_id}
    for market in rows.market:
        if market.question_id in settled:
            continue
        fills = [fill for fill in rows.fill if fill.market_id == market.question_id]
        traded = sum(fill.cost - fill.redeemed for fill in fills)
        balance = escrows[market.question_id].balance
        assert balance == market.subsidy + traded, f"escrow of market {market.question_id}"
        assert balance >= max(market.shares), f"market {market.question_id} cannot pay"
        b, q = market.liquidity, market.shares
        worst = min(
            balance - sold + b * math.log(price)
            for sold, price in zip(q, market.probabilities, strict=True)
        )
        assert worst >= -1, f"market {market.question_id} could be traded into ruin"


def require_replay(rows: Rows) -> None:
    """5. Fills and added liquidity, replayed from the first, make market and positions exactly."""
    questions = by_id(rows.question)
    for market in rows.market:
        fills = [fill for fill in rows.fill if fill.market_id == market.question_id]
        changes = [each for each in rows.liquiditychange if each.market_id == market.question_id]
        _replay_market(market, questions[market.question_id], fills, changes)
        for position in rows.position:
            if position.market_id == market.question_id:
                own = [fill for fill in fills if fill.trader_id == position.trader_id]
                _replay_position(position, own)
    for order in rows.order:
        own = [fill for fill in rows.fill if fill.order_id == order.id]
        assert order.cost == sum(fill.cost for fill in own), f"{order} has another cost"
        filled = sum(max(map(abs, fill.shares)) for fill in own)
        assert order.filled_shares == filled, f"{order} is filled by {filled}"


def _replay_market(market: Any, question: Any, fills: list[Any], changes: list[Any]) -> None:
    assert [fill.seq for fill in fills] == list(range(1, len(fills) + 1))
    assert market.seq == len(fills)
    assert all(before.filled_at <= after.filled_at for before, after in pairwise(fills))
    prior, sold = question.prior, [0] * len(question.prior)
    b = math.floor(question.subsidy / -math.log(min(prior)))
    subsidy, rest = question.subsidy, list(changes)
    for seq in range(len(fills) + 1):
        if seq:
            fill = fills[seq - 1]
            sold = [q + s - fill.redeemed for q, s in zip(sold, fill.shares, strict=True)]
            if fill.counter_order_id is None:
                _require_near(fill.probabilities, _prices(prior, sold, b))
        while rest and rest[0].seq == seq:
            change = rest.pop(0)
            prices = _prices(prior, sold, b)
            b, subsidy = change.liquidity, subsidy + change.subsidy
            prior = _prices(prices, [-q for q in sold], b)
            _require_near(change.prior, prior)
    assert market.shares == sold
    assert not rest
    assert market.subsidy == subsidy
    assert abs(market.liquidity - b) <= 1
    _require_near(market.probabilities, _prices(prior, sold, b))


def _prices(prior: list[float], sold: list[int], b: int) -> list[float]:
    """π·e^(q/b), scaled to sum to one."""
    most = max(sold)
    parts = [part * math.exp((q - most) / b) for part, q in zip(prior, sold, strict=True)]
    return [part / math.fsum(parts) for part in parts]


def _require_near(found: list[float], expected: list[float]) -> None:
    assert all(
        abs(one - other) <= PROBABILITY_TOLERANCE
        for one, other in zip(found, expected, strict=True)
    ), f"{found} instead of {expected}"


def _replay_position(position: Any, fills: list[Any]) -> None:
    shares = [0] * len(position.shares)
    for fill in fills:
        shares = [q + s - fill.redeemed for q, s in zip(shares, fill.shares, strict=True)]
        assert min(shares) >= 0, f"{position} was once short"
    assert position.shares == shares
    assert position.spent == sum(max(0, fill.cost) for fill in fills)
    assert position.received == sum(max(0, -fill.cost) + fill.redeemed for fill in fills)
