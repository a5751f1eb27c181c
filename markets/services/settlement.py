"""Paying a confirmed resolution: in chunks, each one transaction, each position exactly once.

The settlement's row is the queue, and the lock on its question the lease. A chunk pays the next
positions by primary key and moves the mark in the same transaction, so a worker killed at any
instant leaves either a whole chunk or none; the next worker goes on from the mark. Should two ever
pay one position, the unique key (resolution, trader) of the transfer makes the second fail as a
whole.

What moves is the difference between what this version owes and what earlier ones have moved
already, whichever came to an end and whichever did not. So after any chain of versions every
wallet has what the last one owes; a wallet that cannot give back enough goes to zero, and the house
bears the rest in a transfer of its own. Before that, what the trader's open orders reserve is set
free, in whatever markets they rest.

Rows that fail wait longer after each failure and hold up nobody else; an editor may have one tried
again at once.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum

from markets.core.errors import MarketError
from markets.core.lifecycle import QuestionStatus
from markets.core.money import format_amount
from markets.models import (
    IN_PAYMENT,
    UNFINISHED,
    Account,
    EndReason,
    Order,
    OrderStatus,
    Question,
    Resolution,
    Settlement,
    SettlementState,
    Side,
    Transfer,
    TransferCode,
)
from markets.services import ledger, payouts
from markets.services.authority import require_editor
from markets.services.lifecycle import move
from markets.services.locks import claim_settlement, lock_accounts, lock_markets, take_question
from markets.services.release import end_resting_buys
from users.models import User

logger = structlog.get_logger(__name__)

SETTLE_CHUNK = 5_000
"""Positions a transaction. Their wallets are locked meanwhile, 0.6 s on a busy machine; with 20,000
it was 3.1 s, longer than an order waits, and hardly faster (docs/performance.md)."""

CLAWBACK_TRIES = 4
"""How often a chunk is paid anew because debtors have placed other orders meanwhile."""

RETRY_FIRST = timedelta(seconds=2)
RETRY_MAX = timedelta(minutes=15)
ERROR_LENGTH = 500


class NothingToRetry(MarketError):
    code = "nothing_to_retry"


class EscrowShort(AssertionError):
    """A market has less than it owes, which no course of trading and of answers explains."""


class Unfinished(AssertionError):
    """No position is left to pay, but not as many were paid as there were at first."""


class StillReserved(AssertionError):
    """Traders who owe something reserve credits again as fast as their orders are ended."""


def settle(
    *,
    resolution_id: int,
    now: datetime,
    chunk: int = SETTLE_CHUNK,
    may_go_on: Callable[[], bool] = lambda: True,
) -> bool:
    """Pay everything that a resolution owes; True once nothing is left to do for it.

    False where another worker is at it, or where `may_go_on` said no between two chunks. A failure
    is noted in the row, which then waits, and raised.
    """
    try:
        while True:
            state = settle_chunk(resolution_id=resolution_id, now=now, chunk=chunk)
            if state is None:
                return False
            if state not in IN_PAYMENT:
                return True
            if not may_go_on():
                return False
    except Exception as failure:
        note_failure(resolution_id, failure, now)
        raise


@transaction.atomic
def settle_chunk(*, resolution_id: int, now: datetime, chunk: int) -> str | None:
    """Take the next step and return the state after it; None where another is at it.

    The question's lock is held throughout: chunks of two versions never overlap, and no correction
    is confirmed in the middle of one.
    """
    payouts.limit_patience()
    question_id = Resolution.objects.values_list("question_id", flat=True).get(pk=resolution_id)
    question = take_question(question_id)
    settlement = None if question is None else claim_settlement(resolution_id)
    if question is None or settlement is None:
        return None
    if settlement.state in IN_PAYMENT:
        _step(settlement, question, chunk, now)
        settlement.attempts, settlement.last_error = 0, ""
        settlement.next_attempt_at = now if settlement.state in IN_PAYMENT else None
        settlement.save()
    return settlement.state


@transaction.atomic
def retry(*, resolution_id: int, editor: User, now: datetime) -> Settlement:
    """Have what failed to be paid or scored tried again by the next sweep, and not after its wait.

    Raises:
        EditorNeeded, NothingToRetry: and then nothing was written.
    """
    require_editor(editor)
    settlement = Settlement.objects.select_for_update(no_key=True).get(pk=resolution_id)
    if settlement.state not in UNFINISHED or not settlement.attempts:
        raise NothingToRetry("This settlement does not wait after a failure.")
    settlement.next_attempt_at = now
    settlement.save(update_fields=["next_attempt_at"])
    logger.info("settlement tried again", resolution=resolution_id, editor=editor.pk)
    return settlement


def retry_delay(attempts: int) -> timedelta:
    """How long a settlement waits after so many failures in a row: twice as long each time.

    >>> [str(retry_delay(attempts)) for attempts in (1, 2, 5, 50)]
    ['0:00:02', '0:00:04', '0:00:32', '0:15:00']
    """
    doublings: int = 2 ** min(attempts - 1, 20)
    return min(RETRY_MAX, RETRY_FIRST * doublings)


def _step(settlement: Settlement, question: Question, chunk: int, now: datetime) -> None:
    if _is_superseded(settlement.resolution):
        settlement.state = SettlementState.SUPERSEDED
    elif settlement.state == SettlementState.DUE:
        _begin(settlement, now)
    elif not _pay(settlement, chunk, now):
        _finish(settlement, question, now)


def _is_superseded(resolution: Resolution) -> bool:
    """Has a later version been confirmed? Then that one pays, from what has been paid so far."""
    return Settlement.objects.filter(
        resolution__question_id=resolution.question_id, resolution__version__gt=resolution.version
    ).exists()


def _begin(settlement: Settlement, now: datetime) -> None:
    """Count the work, and let the house advance what the escrow lacks for paying all of it.

    Only a correction or an answer that was known early takes anything back, and in the order of
    positions like everything else: without the advance the escrow could run dry half-way.

    Raises:
        EscrowShort: where even with all that is to come back, and with what earlier versions left
            to the house, the market could not pay. Then its books are wrong; the audit says how.
    """
    resolution = settlement.resolution
    settlement.undone_count = payouts.note_undone(resolution)
    work = payouts.totals(resolution)
    settlement.position_count = work.position_count
    settlement.due_amount = work.to_pay - work.to_take_back
    settlement.state = SettlementState.SETTLING
    settlement.begun_at = now
    house, escrow = _lock_house_and_escrow(resolution, now)
    means = escrow.balance + _left_to_the_house(resolution.question_id)
    if settlement.due_amount > means:
        raise EscrowShort(
            f"{format_amount(settlement.due_amount)} are due, and the market has "
            f"{format_amount(means)}"
        )
    if work.to_pay > escrow.balance:
        ledger.post(
            ledger.Posting(
                debit=house, credit=escrow, amount=work.to_pay - escrow.balance,
                code=TransferCode.ADVANCE, key=f"advance:{resolution.pk}",
                market_id=resolution.question_id,
            ),
            now=now,
        )  # fmt: skip


def _left_to_the_house(question_id: int) -> int:
    """What earlier versions' settlements left to the house, less what it lent or bore for them."""
    settlements = Settlement.objects.filter(resolution__question_id=question_id)
    ids = list(settlements.values_list("pk", flat=True))
    moved = dict.fromkeys((TransferCode.REMAINDER, TransferCode.ADVANCE), 0)
    for code in moved:
        keys = [f"{code}:{resolution_id}" for resolution_id in ids]
        found = Transfer.objects.filter(key__in=keys).aggregate(total=Sum("amount"))
        moved[code] = found["total"] or 0
    borne = settlements.aggregate(total=Sum("borne_amount"))["total"] or 0
    return moved[TransferCode.REMAINDER] - moved[TransferCode.ADVANCE] - int(borne)


def _pay(settlement: Settlement, chunk: int, now: datetime) -> bool:
    """Pay the next positions; False where none is left."""
    paid = _pay_next(settlement.resolution, settlement.last_position, chunk, now)
    if paid.last_position is None:
        return False
    settlement.last_position = paid.last_position
    settlement.done_count += paid.done
    settlement.paid_count += paid.moved_count
    settlement.paid_amount += paid.moved
    settlement.borne_amount += paid.borne
    return True


def _pay_next(resolution: Resolution, after: int, chunk: int, now: datetime) -> payouts.Paid:
    """Pay a chunk, and have the house bear nothing that open orders of a debtor still reserve.

    Who hides credits is only known for certain once the wallets are locked, and the markets of
    their orders come before wallets. So such a chunk is rolled back and paid anew.

    Raises:
        StillReserved: where even that finds new orders, again and again.
    """
    escrow_id, house_id = _escrow_id(resolution), ledger.house_account(now=now).pk
    hiding: set[int] = set()
    for _ in range(CLAWBACK_TRIES):
        with transaction.atomic():
            if hiding:
                others = payouts.wallets_of_next(resolution, after=after, chunk=chunk)
                _end_buys_of(hiding, [house_id, escrow_id, *others], now)
            paid = payouts.pay_next(
                resolution, after=after, chunk=chunk, escrow_id=escrow_id, house_id=house_id,
                now=now,
            )  # fmt: skip
            if not paid.hiding:
                return paid
            transaction.set_rollback(True)
        hiding.update(paid.hiding)
    raise StillReserved(f"{len(hiding)} traders who owe something keep placing orders")


def _end_buys_of(trader_ids: set[int], account_ids: list[int], now: datetime) -> None:
    """End all resting buys of debtors; markets are locked first, then all accounts of the chunk."""
    buys = Order.objects.filter(trader__in=trader_ids, status=OrderStatus.OPEN, side=Side.BUY)
    market_ids = lock_markets(buys.values_list("market_id", flat=True))
    lock_accounts(account_ids)
    end_resting_buys(
        market_ids=market_ids, trader_ids=sorted(trader_ids), reason=EndReason.CLAWBACK, now=now
    )


def _finish(settlement: Settlement, question: Question, now: datetime) -> None:
    """Return what is left in escrow to the house and make the question final."""
    if settlement.done_count != settlement.position_count:
        raise Unfinished(
            f"{settlement.done_count} of {settlement.position_count} positions are done"
        )
    resolution = settlement.resolution
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


def _escrow_id(resolution: Resolution) -> int:
    return Account.objects.values_list("pk", flat=True).get(market_id=resolution.question_id)


def _lock_house_and_escrow(resolution: Resolution, now: datetime) -> tuple[Account, Account]:
    house_id, escrow_id = ledger.house_account(now=now).pk, _escrow_id(resolution)
    accounts = lock_accounts([house_id, escrow_id])
    return accounts[house_id], accounts[escrow_id]


def note_failure(resolution_id: int, failure: Exception, now: datetime) -> None:
    """Have the row wait, longer each time. Where not even that can be written, nothing is lost."""
    try:
        if not connection.in_atomic_block:  # the failure may be that the server ended it
            connection.close_if_unusable_or_obsolete()
        with transaction.atomic():
            settlement = claim_settlement(resolution_id)
            if settlement is None or settlement.state not in UNFINISHED:
                return
            settlement.attempts += 1
            settlement.next_attempt_at = now + retry_delay(settlement.attempts)
            settlement.last_error = f"{type(failure).__name__}: {failure}"[:ERROR_LENGTH]
            settlement.save(update_fields=["attempts", "next_attempt_at", "last_error"])
    except DatabaseError:
        logger.exception("a settlement's failure could not be noted", resolution=resolution_id)
