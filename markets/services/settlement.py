"""Paying a confirmed resolution: in chunks, each one transaction, each position exactly once.

The settlement's row is the queue and its lock the lease. A chunk pays the next positions by primary
key and moves the mark in the same transaction, so a worker killed at any instant leaves either a
whole chunk or none; the next worker goes on from the mark. Should two ever pay one position, the
unique key (resolution, trader) of the transfer makes the second fail as a whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from markets.core.lifecycle import QuestionStatus
from markets.core.settlement import weight_parts
from markets.models import (
    Account,
    Position,
    Resolution,
    Settlement,
    SettlementState,
    TransferCode,
    Verdict,
)
from markets.services import ledger
from markets.services.lifecycle import move
from markets.services.locks import claim_settlement, lock_accounts, lock_question

SETTLE_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Due:
    """Microcredits that still have to move to one position's trader; negative is taken back."""

    position_id: int
    trader_id: int
    moved: int


def settle(*, resolution_id: int, now: datetime, chunk: int = SETTLE_CHUNK) -> bool:
    """Pay everything that a resolution owes; True once it is settled, False if another is at it."""
    while True:
        state = settle_chunk(resolution_id=resolution_id, now=now, chunk=chunk)
        if state is None:
            return False
        if state in {SettlementState.SETTLED, SettlementState.SCORED}:
            return True


@transaction.atomic
def settle_chunk(*, resolution_id: int, now: datetime, chunk: int) -> str | None:
    """Pay the next `chunk` positions and return the state after it; None if it is taken."""
    settlement = claim_settlement(resolution_id)
    if settlement is None:
        return None
    if settlement.state == SettlementState.DUE:
        _begin(settlement, now)
    elif settlement.state == SettlementState.SETTLING:
        positions = _next_positions(settlement, chunk)
        if positions:
            _pay(settlement, positions, now)
        else:
            _finish(settlement, now)
    settlement.save()
    return settlement.state


def _begin(settlement: Settlement, now: datetime) -> None:
    """Count the work, and let the house advance what will be taken back from traders.

    Taking back comes in the order of positions like everything else, so without the advance the
    escrow could run dry half-way; what is really taken back returns to the house at the end.
    """
    resolution = settlement.resolution
    positions = Position.objects.filter(market_id=resolution.question_id)
    settlement.position_count = positions.count()
    settlement.state = SettlementState.SETTLING
    to_take_back = _to_take_back(resolution)
    if to_take_back:
        house, escrow = _lock_house_and_escrow(resolution, now)
        ledger.post(
            ledger.Posting(
                debit=house, credit=escrow, amount=to_take_back, code=TransferCode.ADVANCE,
                key=f"advance:{resolution.pk}", market_id=resolution.question_id,
            ),
            now=now,
        )  # fmt: skip


def _to_take_back(resolution: Resolution) -> int:
    """Microcredits that traders would have to give back, were all of their wallets full."""
    positions = Position.objects.filter(market_id=resolution.question_id)
    if resolution.verdict != Verdict.ANNULLED:
        positions = positions.exclude(payout=0)  # only who was paid before can owe anything
    return sum(max(0, -due.moved) for due in _dues(resolution, positions.iterator()))


def _next_positions(settlement: Settlement, chunk: int) -> list[Position]:
    return list(
        Position.objects.filter(
            market_id=settlement.resolution.question_id, pk__gt=settlement.last_position
        ).order_by("pk")[:chunk]
    )


def _pay(settlement: Settlement, positions: list[Position], now: datetime) -> None:
    resolution = settlement.resolution
    dues = list(_dues(resolution, positions))
    wallets = dict(
        Account.objects.filter(owner_id__in=[due.trader_id for due in dues]).values_list(
            "owner_id", "pk"
        )
    )
    escrow_id = Account.objects.values_list("pk", flat=True).get(market_id=resolution.question_id)
    accounts = lock_accounts([escrow_id, *wallets.values()])
    escrow = accounts[escrow_id]
    postings, moved = [], {}
    for due in dues:
        wallet = accounts[wallets[due.trader_id]]
        # A wallet that cannot cover what is taken back goes to zero; the house bears the rest.
        amount = max(due.moved, -wallet.available)
        moved[due.position_id] = amount
        if amount:
            postings.append(_posting(resolution, due, amount, wallet, escrow))
    ledger.post(*postings, now=now)
    _mark_paid(resolution, moved)
    settlement.last_position = positions[-1].pk
    settlement.paid_count += len(postings)
    settlement.paid_amount += sum(moved.values())


def _posting(
    resolution: Resolution, due: Due, amount: int, wallet: Account, escrow: Account
) -> ledger.Posting:
    payer, payee = (escrow, wallet) if amount > 0 else (wallet, escrow)
    paying = TransferCode.REFUND if resolution.verdict == Verdict.ANNULLED else TransferCode.PAYOUT
    return ledger.Posting(
        debit=payer, credit=payee, amount=abs(amount),
        code=paying if amount > 0 else TransferCode.CLAWBACK,
        key=f"settle:{resolution.pk}:{due.trader_id}", market_id=resolution.question_id,
    )  # fmt: skip


def _dues(resolution: Resolution, positions: Iterable[Position]) -> Iterator[Due]:
    """What each position is owed under this resolution, less what an earlier one moved."""
    if resolution.outcome_weights is None:
        for position in positions:
            yield _due(position, position.spent - position.received)
        return
    parts, denominator = weight_parts(resolution.outcome_weights)
    for position in positions:
        weighed = sum(held * part for held, part in zip(position.shares, parts, strict=True))
        yield _due(position, weighed // denominator)


def _due(position: Position, owed: int) -> Due:
    return Due(position.pk, position.trader_id, owed - position.payout)


def _mark_paid(resolution: Resolution, moved: dict[int, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE markets_position AS position
            SET payout = position.payout + paid.amount, settled_by_id = %s
            FROM unnest(%s::bigint[], %s::bigint[]) AS paid (id, amount)
            WHERE position.id = paid.id
            """,
            [resolution.pk, list(moved), list(moved.values())],
        )


def _finish(settlement: Settlement, now: datetime) -> None:
    """Return what is left in escrow to the house and make the question final."""
    resolution = settlement.resolution
    question = lock_question(resolution.question_id)
    if question.status == QuestionStatus.RESOLVED:
        move(question, QuestionStatus.FINAL, actor=None, now=now)
    house, escrow = _lock_house_and_escrow(resolution, now)
    if escrow.balance:
        ledger.post(
            ledger.Posting(
                debit=escrow, credit=house, amount=escrow.balance, code=TransferCode.REMAINDER,
                key=f"remainder:{resolution.pk}", market_id=question.pk,
            ),
            now=now,
        )  # fmt: skip
    settlement.state = SettlementState.SETTLED
    settlement.settled_at = now


def _lock_house_and_escrow(resolution: Resolution, now: datetime) -> tuple[Account, Account]:
    house_id = ledger.house_account(now=now).pk
    escrow_id = Account.objects.values_list("pk", flat=True).get(market_id=resolution.question_id)
    accounts = lock_accounts([house_id, escrow_id])
    return accounts[house_id], accounts[escrow_id]
