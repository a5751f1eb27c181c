"""Invariants 6 to 8: who is paid what for an answer, and that nothing is left over or missing."""

from collections import Counter
from fractions import Fraction
from typing import Any

from tests.markets.domain.rows import Rows, by_id

MOVED_BY_SETTLEMENT = {"payout", "refund", "clawback"}
Unpaid = dict[tuple[int, int], int]
"""By (market, trader): what could not be taken back from a wallet when it was settled last."""


def owed(position: Any, resolution: Any) -> int:
    """Microcredits that a position is due in all under a resolution."""
    if resolution.outcome_weights is None:
        return int(position.spent - position.received)
    weights = [Fraction(each).limit_denominator(10**6) for each in resolution.outcome_weights]
    assert sum(weights) == 1
    paid = sum(held * weight for held, weight in zip(position.shares, weights, strict=True))
    return int(paid // 1)


def require_just_payments(before: Rows, after: Rows, unpaid: Unpaid) -> None:
    """Each position that was settled between the two got exactly the difference that it was due.

    What its wallet could not give back is noted in `unpaid`; the house bears it.
    """
    resolutions, positions = by_id(after.resolution), by_id(before.position)
    wallets = {account.owner_id: account for account in before.account}
    moved = _moved_by_settlement(after)
    moved.subtract(_moved_by_settlement(before))
    for position in after.position:
        earlier = positions.get(position.id)
        if earlier is None or position.settled_by_id == earlier.settled_by_id:
            continue
        place = position.market_id, position.trader_id
        wallet = wallets[position.trader_id]
        due = owed(position, resolutions[position.settled_by_id]) - earlier.payout
        amount = max(due, wallet.reserved - wallet.balance)
        assert moved.pop(place, 0) == amount, f"{position} was due {due}, and {amount} could move"
        assert position.payout == earlier.payout + amount
        unpaid[place] = amount - due
    assert not any(moved.values()), "somebody was paid who was not due anything"


def _moved_by_settlement(rows: Rows) -> Counter[tuple[int, int]]:
    """By (market, trader): the credits that settlements have brought to wallets, net."""
    owners = {account.id: account.owner_id for account in rows.account}
    moved: Counter[tuple[int, int]] = Counter()
    for transfer in rows.transfer:
        if transfer.code in MOVED_BY_SETTLEMENT:
            for account, sign in ((transfer.credit_id, 1), (transfer.debit_id, -1)):
                if owners[account] is not None:
                    moved[transfer.market_id, owners[account]] += sign * transfer.amount
    return moved


def require_each_paid_once(rows: Rows, unpaid: Unpaid) -> None:
    """6. Each position has what the resolution that paid it last owed, by one transfer for each."""
    resolutions, moved = by_id(rows.resolution), _moved_by_settlement(rows)
    for position in rows.position:
        place = position.market_id, position.trader_id
        assert position.payout == moved.pop(place, 0)
        if position.settled_by_id is None:
            assert position.payout == 0
            continue
        due = owed(position, resolutions[position.settled_by_id])
        assert position.payout == due + unpaid[place], f"{position} was due {due}"
    assert not +moved, "somebody was paid without a position"


def require_settled_whole(rows: Rows) -> None:
    """6. A settled market has passed nobody over, and its escrow is empty."""
    escrows = {account.market_id: account for account in rows.account if account.market_id}
    settlements = {each.resolution_id: each for each in rows.settlement}
    for question in rows.question:
        settlement = settlements.get(question.resolution_id)
        if settlement is None or settlement.state not in {"settled", "scored"}:
            continue
        assert question.status in {"final", "annulled"}
        assert escrows[question.id].balance == 0, f"escrow of market {question.id} has a rest"
        for position in rows.position:
            if position.market_id == question.id:
                assert position.settled_by_id == question.resolution_id


def require_no_late_fills(rows: Rows) -> None:
    """7. Nothing was filled once a question had closed."""
    closed = {question.id: question.closed_at for question in rows.question}
    for fill in rows.fill:
        ended = closed[fill.market_id]
        assert ended is None or fill.filled_at < ended, f"{fill} came after the close"


def require_annulled_whole(rows: Rows, unpaid: Unpaid) -> None:
    """8. An annulled question leaves every wallet as if it had never been."""
    annulled = {
        question.id
        for question in rows.question
        for settlement in rows.settlement
        if question.status == "annulled"
        and settlement.resolution_id == question.resolution_id
        and settlement.state in {"settled", "scored"}
    }
    owners = {account.id: account.owner_id for account in rows.account}
    net: Counter[tuple[int, int]] = Counter()
    for transfer in rows.transfer:
        if transfer.market_id in annulled:
            for account, sign in ((transfer.credit_id, 1), (transfer.debit_id, -1)):
                if owners[account] is not None:
                    net[transfer.market_id, owners[account]] += sign * transfer.amount
    bonds = {
        (resolution.question_id, challenge.challenger_id): challenge.bond
        for resolution in rows.resolution
        for challenge in rows.challenge
        if challenge.resolution_id == resolution.id and challenge.upheld is False
    }
    for place, amount in net.items():
        expected = unpaid.get(place, 0) - bonds.get(place, 0)
        assert amount == expected, f"(market, trader) {place} is left with {amount}"
