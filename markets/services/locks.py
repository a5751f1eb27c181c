"""Every row lock, in the one order that makes deadlock impossible.

Question, then its settlement, then markets by id, then accounts by id, then positions by id, then
the featured questions. A command takes the locks that it needs from left to right and never goes
back.
"""

from collections.abc import Iterable
from typing import Final

from django.db import connection

from markets.core.errors import MarketError
from markets.models import Account, Feature, Market, Position, Question, Settlement


class QuestionNotFound(MarketError):
    code = "question_not_found"
    field = "question"


class MarketNotFound(MarketError):
    code = "market_not_found"
    field = "question"


LIMITS = """
SELECT set_config('lock_timeout', '2s', true), set_config('statement_timeout', '5s', true),
       set_config('idle_in_transaction_session_timeout', '5s', true),
       set_config('transaction_timeout', '10s', true),
       set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true),
       set_config('plan_cache_mode', 'force_generic_plan', true)
"""
"""Has the server end a trading transaction rather than let anybody wait for ever; and look rows up
by their keys, always. A plan that was made while a table was still small would read all of it, and
is kept until the table's statistics change. Nor is a plan made anew for arrays of another length:
that took a tenth of what a batch costs the server."""

CHECK_AT_ONCE = "SET CONSTRAINTS ALL IMMEDIATE"
"""Has foreign keys checked with each statement: while we compute, and not all in the commit."""


def lock_question(question_id: int) -> Question:
    question = Question.objects.select_for_update(no_key=True).filter(pk=question_id).first()
    if question is None:
        raise QuestionNotFound("There is no such question.")
    return question


def take_question(question_id: int) -> Question | None:
    """Lock a question, or return None at once where another transaction has it."""
    return (
        Question.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(pk=question_id)
        .first()
    )


def lock_market_of(question: Question) -> Market | None:
    """Lock the market of a question that the caller has locked, where it has one."""
    return Market.objects.select_for_update(no_key=True).filter(pk=question.pk).first()


def lock_market(market_id: int) -> Market:
    """Lock a market's row, then read its question, which stays unlocked.

    Every change of a question's status locks its market as well, so a status that is read *after*
    the lock holds until this transaction ends. Read in the same statement it would be as old as
    the wait for the lock.
    """
    market = (
        Market.objects.select_for_update(of=("self",), no_key=True)
        .select_related("escrow")
        .filter(pk=market_id)
        .first()
    )
    if market is None:
        raise MarketNotFound("There is no market on this question.")
    market.question = Question.objects.get(pk=market_id)
    return market


def lock_markets(ids: Iterable[int]) -> list[int]:
    """Lock several markets by id, whatever their questions are; which there were."""
    rows = Market.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def lock_accounts(ids: Iterable[int]) -> dict[int, Account]:
    rows = Account.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk")
    return {account.pk: account for account in rows}


def lock_position(*, trader_id: int, market_id: int) -> Position | None:
    return (
        Position.objects.select_for_update(no_key=True)
        .filter(trader_id=trader_id, market_id=market_id)
        .first()
    )


def lock_features() -> dict[int, Feature]:
    """All featured questions by their id, in their order; other editors wait to change them."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE markets_feature IN SHARE ROW EXCLUSIVE MODE")
    return {feature.pk: feature for feature in Feature.objects.order_by("place")}


def claim_settlement(resolution_id: int) -> Settlement | None:
    """Take a settlement for this transaction, or None where another worker has it."""
    return (
        Settlement.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .select_related("resolution")
        .filter(pk=resolution_id)
        .first()
    )


TALLYING: Final = 0x6F64_6B06  # any number that nothing else in this database locks


def lock_tallies() -> None:
    """Wait for whoever changes the tallies now, and keep others out until the transaction ends.

    A cell is added up from many questions, so two that changed at once could each miss the other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TALLYING])
