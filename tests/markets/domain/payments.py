"""Invariants 6 to 8: who is paid what for an answer, and that nothing is left over or missing."""

from collections import Counter
from fractions import Fraction
from typing import Any

from tests.markets.domain.rows import Rows, by_id

MOVED_BY_SETTLEMENT = {"payout", "refund", "clawback"}
Unpaid = dict[tuple[int, int], int]
"""By (market, trader): what could not be taken back from a wallet when it was settled last."""


def owed(position: Any, resolution: Any, rows: Rows) -> int:
    """Microcredits that a position is due in all under a resolution.

    What was traded from when the answer was known is undone; where nothing came true, all is.
    """
    weights = resolution.outcome_weights
    since = None if weights is None else resolution.effective_at
    shares, returned = list(position.shares), 0
    for fill in rows.fill:
        if (fill.market_id, fill.trader_id) != (position.market_id, position.trader_id):
            continue
        if since is None or fill.filled_at >= since:
            returned += fill.cost - fill.redeemed
            shares = [q - s + fill.redeemed for q, s in zip(shares, fill.shares, strict=True)]
    if weights is None:
        assert not any(shares)
        return int(returned)
    exact = [Fraction(each).limit_denominator(10**6) for each in weights]
    assert sum(exact) == 1
    paid = sum(held * weight for held, weight in zip(shares, exact, strict=True))
    return int(paid // 1) + int(returned)


def require_just_payments(before: Rows, after: Rows, unpaid: Unpaid) -> None:
    """Each position that was settled between the two got exactly the difference that it was due.

    What its wallet could not give back is noted in `unpaid`; the house bears it. Where bids were in
    the way, they have ended, and say why.
    """
    resolutions, positions = by_id(after.resolution), by_id(before.position)
    wallets = {account.owner_id: account for account in before.account}
    moved = _moved_by_settlement(after)
    moved.subtract(_moved_by_settlement(before))
    borne = _borne_by_the_house(after) - _borne_by_the_house(before)
    for position in after.position:
        earlier = positions.get(position.id)
        if earlier is None or position.settled_by_id == earlier.settled_by_id:
            continue
        place = position.market_id, position.trader_id
        wallet = wallets[position.trader_id]
        due = owed(position, resolutions[position.settled_by_id], after) - earlier.payout
        amount = max(due, -wallet.balance)
        if due < wallet.reserved - wallet.balance:
            _require_bids_ended(position.trader_id, before, after)
        assert moved.pop(place, 0) == amount, f"{position} was due {due}, and {amount} could move"
        assert position.payout == earlier.payout + amount
        unpaid[place] = amount - due
        borne -= amount - due
    assert not any(moved.values()), "somebody was paid who was not due anything"
    assert borne == 0, "the house bears what wallets cannot give back, and nothing else"


def _require_bids_ended(trader_id: int, before: Rows, after: Rows) -> None:
    ended = by_id(after.order)
    for order in before.order:
        if (order.trader_id, order.status, order.side) == (trader_id, "open", "buy"):
            assert ended[order.id].end_reason == "clawback", f"{order} hides what is owed"


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


def _borne_by_the_house(rows: Rows) -> int:
    return sum(transfer.amount for transfer in rows.transfer if transfer.code == "shortfall")


def require_each_paid_once(rows: Rows, unpaid: Unpaid) -> None:
    """6. Each position has what the resolution that paid it last owed, by one transfer for each."""
    resolutions, moved = by_id(rows.resolution), _moved_by_settlement(rows)
    for position in rows.position:
        place = position.market_id, position.trader_id
        assert position.payout == moved.pop(place, 0)
        if position.settled_by_id is None:
            assert position.payout == 0
            continue
        due = owed(position, resolutions[position.settled_by_id], rows)
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
    """8. A question that is annulled or ambiguous leaves every wallet as if it had never been."""
    resolutions = by_id(rows.resolution)
    settled = {
        settlement.resolution_id
        for settlement in rows.settlement
        if settlement.state in {"settled", "scored"}
    }
    annulled = {
        question.id
        for question in rows.question
        if question.resolution_id in settled
        and resolutions[question.resolution_id].verdict in {"annulled", "ambiguous"}
    }
    owners = {account.id: account.owner_id for account in rows.account}
    net: Counter[tuple[int, int]] = Counter()
    for transfer in rows.transfer:
        if transfer.market_id in annulled:
            for account, sign in ((transfer.credit_id, 1), (transfer.debit_id, -1)):
                if owners[account] is not None:
                    net[transfer.market_id, owners[account]] += sign * transfer.amount
    bonds: Counter[tuple[int, int]] = Counter()
    for challenge in rows.challenge:
        if not challenge.upheld:
            place = resolutions[challenge.resolution_id].question_id, challenge.challenger_id
            bonds[place] += challenge.bond
    for place, amount in net.items():
        expected = unpaid.get(place, 0) - bonds[place]
        assert amount == expected, f"(market, trader) {place} is left with {amount}"
