"""The product broken on purpose, once for each thing that must hold: the machine has to notice."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from markets.core.lmsr import Maker
from markets.models import Forecast, Question
from markets.queries import scores
from markets.services import (
    batch,
    idempotency,
    ledger,
    lifecycle,
    liquidity,
    payouts,
    questions,
    release,
    resolution,
)
from markets.services.bonds import post_bond
from markets.services.resolution import ChallengeClosed

Patch = pytest.MonkeyPatch
Break = Callable[[Patch], None]


def _replace(patch: Patch, module: Any, name: str, old: str, new: str) -> None:
    """Write something else into a statement of SQL."""
    assert old in getattr(module, name)
    patch.setattr(module, name, getattr(module, name).replace(old, new))


def balances_lose_a_microcredit(patch: Patch) -> None:
    """1. Moving credits by a transfer that is odd leaves one behind."""
    _replace(patch, ledger, "_MOVE", "+ moved.amount", "+ moved.amount - mod(abs(moved.amount), 2)")


def reserves_stay(patch: Patch) -> None:
    """2. What a bid reserved is not given back when its question is halted."""
    _replace(patch, release, "_RELEASE_CREDITS", "wallet.reserved - resting.reserved",
             "wallet.reserved")  # fmt: skip


def a_sale_is_forgotten(patch: Patch) -> None:
    """3. Positions keep the shares that were sold."""
    positions = batch.move.__globals__["_positions"]

    def only_opened(standings: Any) -> Any:
        opened, _ = positions(standings)
        return opened, batch.move.__globals__["Rows"](4, vectors=2)

    patch.setitem(batch.move.__globals__, "_positions", only_opened)


def escrows_are_half_full(patch: Patch) -> None:
    """4. The house pays half of the subsidy that it promised."""
    open_escrow = questions.open_escrow

    def halved(*, market: Any, now: Any) -> Any:
        promised, market.subsidy = market.subsidy, market.subsidy // 2
        escrow = open_escrow(market=market, now=now)
        market.subsidy = promised
        return escrow

    patch.setattr(questions, "open_escrow", halved)


def more_liquidity_moves_prices(patch: Patch) -> None:
    """5. A maker goes on with the prior that it had, so that its prices jump."""
    deepened = liquidity.maker_with

    def careless(maker: Maker, amount: int) -> Maker:
        return Maker(maker.shares, deepened(maker, amount).liquidity, maker.prior)

    patch.setattr(liquidity, "maker_with", careless)


def payouts_are_rounded_up(patch: Patch) -> None:
    """6. A position is paid a microcredit too much."""
    for name in ("_PAY", "_TOTALS"):
        _replace(patch, payouts, name, "END - position.payout", "+ 1 END - position.payout")


def corrections_pay_anew(patch: Patch) -> None:
    """6. A correction pays all that it owes, and not the difference."""
    for name in ("_PAY", "_TOTALS"):
        _replace(patch, payouts, name, "END - position.payout", "END")


def trading_goes_on(patch: Patch) -> None:
    """7. Orders are taken after the close, until a sweep comes by."""
    patch.setattr(batch, "_require_open", lambda standing, now: None)


def the_last_fill_is_not_undone(patch: Patch) -> None:
    """7. What was traded at the very instant at which the answer was known stays."""
    _replace(patch, payouts, "_NOTE_UNDONE", "filled_at >=", "filled_at >")


def refunds_forget_what_was_received(patch: Patch) -> None:
    """8. An annulled question gives back what was spent, whatever came back before."""
    for name in ("_PAY", "_TOTALS"):
        _replace(patch, payouts, name, "position.spent - position.received", "position.spent")


def the_past_can_be_changed(patch: Patch) -> None:
    """9. No trigger protects forecasts."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE markets_forecast DISABLE TRIGGER USER")


def refusals_leave_traces(patch: Patch) -> None:
    """A challenge that comes too late, or from a stranger, has cost its bond all the same."""
    challenge = resolution.challenge.__wrapped__

    def half_done(**asked: Any) -> Any:
        try:
            return challenge(**asked)
        except ChallengeClosed:
            question = Question.objects.get(pk=asked["question_id"])
            post_bond(asked["challenger"], question.resolution, now=asked["now"])
            raise

    half_done.__name__ = "challenge"
    patch.setattr(resolution, "challenge", half_done)


def retries_are_taken_anew(patch: Patch) -> None:
    """A forecast that is sent twice is made twice."""
    patch.setattr(idempotency, "recognise", lambda earlier, sha256: None)
    patch.setattr(Forecast.objects, "create", _create_under_another_key(Forecast.objects.create))


def _create_under_another_key(create: Any) -> Any:
    count = iter(range(10**9))
    return lambda **row: create(**{**row, "request_key": f"{row['request_key']}-{next(count)}"})


def early_answers_score_late_forecasts(patch: Patch) -> None:
    """Scores count forecasts that were made when the answer was known."""
    patch.setattr(scores, "_end_of", lambda question, resolution: question.closed_at)


def closes_skip_a_step(patch: Patch) -> None:
    """A question that is halted is closed without a word in its log."""
    move = lifecycle.move

    def silently(question: Any, to: Any, **how: Any) -> None:
        if question.status == "halted" and to == "closed":
            question.status, question.closed_at = to, how["now"]
            question.save()
        else:
            move(question, to, **how)

    patch.setattr(lifecycle, "move", silently)


SABOTAGE: tuple[Break, ...] = (
    balances_lose_a_microcredit,
    reserves_stay,
    a_sale_is_forgotten,
    escrows_are_half_full,
    more_liquidity_moves_prices,
    payouts_are_rounded_up,
    corrections_pay_anew,
    trading_goes_on,
    the_last_fill_is_not_undone,
    refunds_forget_what_was_received,
    the_past_can_be_changed,
    refusals_leave_traces,
    retries_are_taken_anew,
    early_answers_score_late_forecasts,
    closes_skip_a_step,
)
