"""Anything happens to small worlds, in any order: after every step everything must hold."""

from collections import Counter

import pytest
from django.db import transaction

from tests.bench.stage import Stage
from tests.faults.verdict import Verdict
from tests.markets.domain.run import domain, run
from tests.markets.domain.sabotage import SABOTAGE, Break


def let_anything_happen(stage: Stage, *, worlds: int, careless: bool) -> Verdict:
    """Let so many worlds live; `careless` breaks the product in each way, which must be noticed."""
    stage.database("domain")
    verdict = Verdict(seen={"worlds": 0, "commands": 0, "refusals": 0})
    for sabotage in SABOTAGE if careless else (None,):
        name = "anything happens" if sabotage is None else sabotage.__name__
        stage.say(f"{name}, in {worlds:,} worlds")
        fault, seen = _live(worlds, sabotage)
        verdict.seen["worlds"] += worlds
        for what, count in seen.items():
            verdict.seen["refusals" if ":" in what else "commands"] += count
        if fault:
            verdict.faults.append(f"{name}: {fault}")
    if careless:
        verdict.seen["unnoticed"] = len(SABOTAGE) - len(verdict.faults)
    return verdict


def _live(worlds: int, sabotage: Break | None) -> tuple[str, Counter[str]]:
    """What went wrong, if anything did, and what happened."""
    fault = ""
    with pytest.MonkeyPatch.context() as patch, transaction.atomic(), domain() as machine:
        if sabotage is not None:
            sabotage(patch)
        try:
            run(machine, examples=worlds, shrinks=sabotage is None, is_chance=True)
        except BaseException as failure:
            if isinstance(failure, KeyboardInterrupt):
                raise
            fault = "\n".join([f"{type(failure).__name__}: {failure}",
                               *getattr(failure, "__notes__", [])])  # fmt: skip
        transaction.set_rollback(True)
    return fault, machine.seen
