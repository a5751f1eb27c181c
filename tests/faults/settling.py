"""Programs that pay are killed and stopped, again and again: everybody is paid exactly once.

Three of them sweep at the same time, which is what a task does that was delivered three times. At
the end each wallet is compared with what its position is worth by the answer, worked out from the
position alone; the audit comes on top of that.
"""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime

from django.db import connection
from django.utils import timezone

from config.stack import liveness
from markets.core.money import GRANT, MICRO
from markets.models import IN_PAYMENT, Question, Resolution, Settlement
from markets.services import lifecycle, resolution
from tests.bench import world
from tests.bench.stage import Program, Stage
from tests.faults.books import faults_in_the_books
from tests.faults.verdict import Verdict
from tests.holders import give_positions, instant_of_pair
from users.models import User

PROGRAMS = 3
CHUNK = 500
STOPS = 2
STOPPED_SECONDS = 12.0
"""Longer than the database waits for a transaction that does nothing."""
PATIENCE_SECONDS = 300.0

_WRONG_WALLETS = """
SELECT count(*)
FROM markets_position AS position
JOIN markets_account AS wallet ON wallet.owner_id = position.trader_id
JOIN markets_fill AS fill
  ON fill.market_id = position.market_id AND fill.trader_id = position.trader_id
WHERE position.market_id = %(market)s
  AND wallet.balance <> %(grant)s + CASE WHEN fill.filled_at >= %(known_at)s THEN 0
                                         ELSE position.shares[1] - fill.cost END
"""
_PAYMENTS = """
SELECT count(*), count(DISTINCT coalesce(nullif(credit_id, escrow.id), debit_id))
FROM markets_transfer AS transfer
JOIN markets_account AS escrow ON escrow.market_id = transfer.market_id
WHERE transfer.market_id = %(market)s AND code IN ('payout', 'refund', 'clawback')
"""
_STUCK = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND state = 'idle in transaction'
  AND state_change < clock_timestamp() - interval '0.3 s'
"""


def decide(question: Question, *, positions: int, editor: User, second: User) -> Resolution:
    """Have so many hold the market; "yes" is confirmed, and was known after half the trades."""
    at = question.opened_at or timezone.now()
    give_positions(question, count=positions, at=at)
    ends_at = instant_of_pair(at, positions)
    lifecycle.close(question_id=question.pk, editor=editor, reason="Over.", now=ends_at)
    resolution.propose(
        question_id=question.pk, outcome_weights=(1, 0), proposer=editor, now=ends_at,
        effective_at=instant_of_pair(at, positions // 4),
    )  # fmt: skip
    return resolution.confirm(question_id=question.pk, editor=second, now=ends_at).resolution


def kill_settlers(stage: Stage, *, positions: int, kills: int, careless: bool) -> Verdict:
    """The long form, on servers of its own."""
    stage.database("settlers")
    editor = world.an_editor()
    second = User.objects.create_user("second@example.com", None, name="second", is_staff=True)
    stage.say(f"settlers: giving out {positions:,} positions")
    (question,) = world.markets(1, editor=editor, subsidy=500 * MICRO)
    decided = decide(question, positions=positions, editor=editor, second=second)

    def start() -> Program:
        words = ("tests.faults.settler", str(CHUNK), *(["careless"] if careless else []))
        return Program(words, {})

    return besiege(start, decided, kills=kills, stops=0 if careless else STOPS, say=stage.say)


def besiege(
    start: Callable[[], Program],
    decided: Resolution,
    *,
    kills: int,
    stops: int = 0,
    say: Callable[[str], None] = lambda sentence: None,
) -> Verdict:
    """Kill and stop programs that pay an answer until it is paid, and compare."""
    chance = random.Random(11)
    seen: Counter[str] = Counter()
    with ExitStack() as programs:
        payers = [programs.enter_context(start()) for _ in range(PROGRAMS)]
        for payer in payers:
            payer.hear()
        while _in_payment(decided) and seen["kills"] < kills:
            _wait_for_progress(decided)
            time.sleep(chance.uniform(0, 0.15))
            number = chance.randrange(PROGRAMS)
            payers[number].end()
            payers[number] = programs.enter_context(start())
            seen["kills"] += 1
            if seen["stops"] < stops and seen["kills"] >= kills * (seen["stops"] + 1) // 3:
                seen["stops"] += _stop_inside_a_chunk(payers, decided)
            say(f"settlers: {seen['kills']} kills, {_done(decided):,} positions done")
        if not liveness.wait_until(lambda: not _in_payment(decided), PATIENCE_SECONDS):
            raise TimeoutError("the settlement did not come to its end")
    seen["positions"] = _done(decided)
    return Verdict(seen=dict(seen), faults=_faults(decided, decided.effective_at))


def _stop_inside_a_chunk(payers: list[Program], decided: Resolution) -> int:
    """Stop a program while it holds a chunk, long enough that the others go on; then wake it."""
    for attempt in range(400):
        pid = payers[attempt % PROGRAMS].running.pid
        liveness.send(pid, signal.SIGSTOP)
        time.sleep(0.4)
        if not _in_payment(decided) or not _one(_STUCK, {}):
            liveness.send(pid, signal.SIGCONT)
            if not _in_payment(decided):
                return 0
            continue
        before = _done(decided)
        time.sleep(STOPPED_SECONDS)
        went_on = _done(decided) > before or not _in_payment(decided)
        liveness.send(pid, signal.SIGCONT)
        return int(went_on)
    return 0


def _faults(decided: Resolution, known_at: datetime) -> list[str]:
    parameters = {"market": decided.question_id, "grant": GRANT, "known_at": known_at}
    faults = []
    wrong = _one(_WRONG_WALLETS, parameters)
    if wrong:
        faults.append(f"{wrong:,} wallets do not have what their positions are worth")
    with connection.cursor() as cursor:
        cursor.execute(_PAYMENTS, parameters)
        payments, people = cursor.fetchone()
    if payments != people:
        faults.append(f"{people:,} people got {payments:,} payments")
    found = faults_in_the_books()
    return faults + found[:20]


def _one(statement: str, parameters: dict[str, object]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.fetchone()[0])


def _done(decided: Resolution) -> int:
    return Settlement.objects.values_list("done_count", flat=True).get(pk=decided.pk)


def _in_payment(decided: Resolution) -> bool:
    return Settlement.objects.filter(pk=decided.pk, state__in=IN_PAYMENT).exists()


def _wait_for_progress(decided: Resolution) -> None:
    before = _done(decided)
    if not liveness.wait_until(
        lambda: _done(decided) > before or not _in_payment(decided), PATIENCE_SECONDS
    ):
        raise TimeoutError("nothing is paid any more")
