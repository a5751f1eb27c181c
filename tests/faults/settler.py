"""A program that pays what is due, again and again, until it is killed; it may be at any moment.

It runs as `python -m tests.faults.settler CHUNK [careless]`, and says {"ready": true}. What it does
is the task of the workers, with chunks so small that a kill in the middle of one is no rarity.
Careless, it moves the mark first and pays afterwards: then a kill must be seen to lose payments.
"""

import sys
import time

import django

from tests.bench.driver import say

PAUSE_SECONDS = 0.02


def pay(resolution_id: int, chunk: int) -> bool:
    return settlement.settle(resolution_id=resolution_id, now=timezone.now(), chunk=chunk)


def pay_carelessly(resolution_id: int, chunk: int) -> bool:
    """As somebody writes it who thinks that the mark is the payment."""
    row = Settlement.objects.select_related("resolution").get(pk=resolution_id)
    after, market_id = row.last_position, row.resolution.question_id
    following = Position.objects.filter(market_id=market_id, pk__gt=after).order_by("pk")[:chunk]
    ids = list(following.values_list("pk", flat=True))
    if row.begun_at is None or not ids:
        state = settlement.settle_chunk(resolution_id=resolution_id, now=timezone.now(), chunk=1)
        return state not in {None, "settling"}
    moved = Settlement.objects.filter(pk=resolution_id, last_position=after).update(
        last_position=ids[-1], done_count=F("done_count") + len(ids)
    )
    if moved:
        time.sleep(PAUSE_SECONDS)  # a kill in between is no rarity here either
        with transaction.atomic():
            payouts.pay_next(
                row.resolution,
                after=after,
                chunk=chunk,
                escrow_id=Account.objects.get(market_id=market_id).pk,
                house_id=Account.objects.get(kind="house").pk,
                now=timezone.now(),
            )
    return False


def main(chunk: int, *, is_careless: bool) -> None:
    one = pay_carelessly if is_careless else pay
    say({"ready": True})
    while True:
        close_old_connections()  # as happens between the tasks of a worker
        for_each(settlements_due(now=timezone.now()), lambda each: one(each, chunk))
        if not is_careless:
            time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    django.setup()
    from django.db import close_old_connections, transaction
    from django.db.models import F
    from django.utils import timezone

    from markets.models import Account, Position, Settlement
    from markets.queries.settlements import settlements_due
    from markets.services import payouts, settlement
    from markets.services.sweeps import for_each

    main(int(sys.argv[1]), is_careless="careless" in sys.argv[2:])
