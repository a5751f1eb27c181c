"""History and candles of one question with ten million fills, against one page of its rows.

A market is published by the services and given one real order; the rest of its fills are written
straight into the table, by the server itself, because ten million orders would take an hour. They
wander as prices do, and some share an instant as those of a batch do. No ledger stands behind
them, so the database is for nothing else.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

from django.db import connection, transaction

from markets.core.money import MICRO
from markets.models import Fill, Period, Question, Series
from markets.queries.candles import candles_of
from markets.queries.history import history_of
from markets.queries.past import odds_at
from markets.services import questions, trading
from markets.services.candles import roll_up
from markets.services.questions import QuestionText
from tests.bench.figures import Figure, Round
from tests.bench.stage import Stage
from users.models import User

FILLS = 10_000_000
LIFE = timedelta(days=60)
BATCH = 8
"""How many fills share an instant."""

SLICE = 500_000
"""How many fills one statement writes: progress is seen, and a transaction stays small."""

PAGE = 200
"""As many rows as a page of the API holds."""

TIMES = 20
"""How often a turn reads; its time is the median."""

AIM = 5.0

OPENED_AT = datetime(2026, 9, 1, tzinfo=UTC)

_MORE_FILLS = """
INSERT INTO markets_fill (
    market_id, seq, order_id, trader_id, claim, shares, redeemed, cost, price_before, price_after,
    probabilities, filled_at
)
SELECT first.market_id, next.seq, first.order_id, first.trader_id, first.claim, first.shares, 0,
       first.cost, price, price, ARRAY[price, 1 - price],
       first.filled_at + (next.seq / %(batch)s) * %(batch)s * %(pause)s::interval
FROM markets_fill AS first
CROSS JOIN generate_series(%(from)s::bigint, %(to)s::bigint) AS next (seq)
CROSS JOIN LATERAL (
    SELECT 0.5 + 0.3 * sin(next.seq / 900001.0)
         + 0.1 * sin(next.seq / 7919.0) + 0.05 * sin(next.seq / 61.0)
) AS walk (price)
WHERE first.market_id = %(market)s AND first.seq = 1
ORDER BY next.seq
"""
_MARKET_MOVES_ON = """
UPDATE markets_market
SET seq = fill.seq, probabilities = fill.probabilities, last_fill_at = fill.filled_at
FROM (SELECT * FROM markets_fill WHERE market_id = %(market)s ORDER BY seq DESC LIMIT 1) AS fill
WHERE question_id = %(market)s
"""

_EVERY_FILL = """
SELECT count(*), max(probabilities[1]), max(probabilities[2]), sum(abs(cost))
FROM markets_fill WHERE market_id = %(market)s
"""


def measure(stage: Stage) -> list[Figure]:
    """Make the market, roll it up, and read it in turns with a page of its fills."""
    fills = max(PAGE * 2, round(FILLS * stage.scale))
    stage.database("history")
    question = one_order()
    write_fills(question, fills, report=lambda n: stage.say(f"history: {n:,} fills written"))
    stage.settle()
    rolling_up = _rolling_up(question, fills, stage)
    now = Fill.objects.filter(market_id=question.pk).latest("seq").filled_at
    past = OPENED_AT + LIFE * 0.637
    answers: dict[str, Callable[[], object]] = {
        "400 points of its whole life": lambda: history_of(question, now=now),
        "400 points of its last day": lambda: history_of(
            question, start=now - timedelta(days=1), now=now
        ),
        "400 candles of an hour": lambda: candles_of(
            question, period=Period.HOUR, now=now, limit=400
        ),
        "400 candles of a minute as of a past instant": lambda: candles_of(
            question, period=Period.MINUTE, start=past - timedelta(minutes=400), now=past
        ),
        "the odds as of a past instant": lambda: odds_at(question, as_of=past, now=now),
    }
    figures = [_against_a_page(what, answer, fills, stage) for what, answer in answers.items()]
    return [*figures, rolling_up]


def _against_a_page(what: str, answer: Callable[[], object], fills: int, stage: Stage) -> Figure:
    stage.say(f"history: {what}")
    middle = Fill.objects.order_by("pk").values_list("pk", flat=True)[fills // 2]

    def page() -> None:
        assert len(Fill.objects.filter(pk__gte=middle).order_by("pk")[:PAGE]) == PAGE

    return Figure(
        what=f"{what}, of {fills:,} fills",
        against=f"a page of {PAGE} of them by primary key",
        unit="ms",
        rounds=tuple(Round(_took(answer), _took(page)) for _ in range(stage.rounds)),
        aim=AIM,
        is_ceiling=True,
    )


def _took(read: Callable[[], object]) -> float:
    """Milliseconds, in the middle of `TIMES` readings."""
    took = []
    for _ in range(TIMES):
        began = perf_counter()
        read()
        took.append(1000 * (perf_counter() - began))
    return median(took)


def _rolling_up(question: Question, fills: int, stage: Stage) -> Figure:
    """Once, because it can only be done once, against reading every fill in one statement."""
    began, added = perf_counter(), 0
    while count := roll_up(question_id=question.pk, series=Series.MARKET):
        added += count
        stage.say(f"history: {added:,} fills rolled up")
    assert added == fills
    ours = perf_counter() - began
    with connection.cursor() as cursor:
        began = perf_counter()
        cursor.execute(_EVERY_FILL, {"market": question.pk})
        yardstick = perf_counter() - began
    return Figure(
        what=f"rolling up {fills:,} fills",
        against="reading them in one statement",
        unit="ms",
        rounds=(Round(1000 * ours, 1000 * yardstick),),
        aim=None,
        details={"fills_per_second": round(fills / ours)},
    )


def one_order() -> Question:
    """A question with one fill, opened sixty days before its history ends."""
    editor = User.objects.create_user(
        "bench-editor@example.com", "a long password", name="bench-editor", is_staff=True
    )
    trader = User.objects.create_user(
        "bench-trader@example.com", "a long password", name="bench-trader"
    )
    text = QuestionText(
        title="Will ten million fills be read in milliseconds?", type="binary",
        outcomes=("Yes", "No"), prior=(0.5, 0.5), resolution_criteria="YES if the table says so.",
        closes_at=OPENED_AT + 2 * LIFE, resolve_by=OPENED_AT + 3 * LIFE,
    )  # fmt: skip
    draft = questions.draft_question(text=text, editor=editor, now=OPENED_AT)
    question = questions.publish(
        question_id=draft.pk, editor=editor, override_reason="Nobody will read it.", now=OPENED_AT
    )
    trading.place_order(
        trader=trader, market_id=question.pk, claim=(0,), side="buy", budget=MICRO,
        request_key="first", clock=lambda: OPENED_AT,
    )  # fmt: skip
    return question


def write_fills(
    question: Question, fills: int, *, report: Callable[[int], None] = lambda written: None
) -> None:
    """Give the question's market as many fills in all, evenly over its life."""
    for first in range(2, fills + 1, SLICE):
        last = min(first + SLICE - 1, fills)
        with transaction.atomic(), connection.cursor() as cursor:
            # The rows that they refer to exist; asking ten million times takes minutes.
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(
                _MORE_FILLS,
                {"from": first, "to": last, "market": question.pk, "batch": BATCH,
                 "pause": LIFE / fills},
            )  # fmt: skip
        report(last)
    with connection.cursor() as cursor:
        cursor.execute(_MARKET_MOVES_ON, {"market": question.pk})
        cursor.execute("VACUUM (ANALYZE) markets_fill")
