"""`manage.py replay`: does the history of a market lead to where it stands?"""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from markets.queries.replay import ReplayedMarket, markets_to_replay, replay_market

MARKETS_SHOWN = 30


class Command(BaseCommand):
    help = (
        "Rebuild markets from their fills, and compare every price, holding and figure; "
        "exits with 1 where one differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("question", nargs="*", type=int, help="the number of a question")
        parser.add_argument("--all", action="store_true", help="replay every market")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        markets = _asked_for(options["question"], every=options["all"])
        began = time.perf_counter()
        replayed = _replay(console, markets)
        seconds = time.perf_counter() - began
        wrong = [market for market in replayed if market.difference_count]
        shown = replayed if len(replayed) <= MARKETS_SHOWN else wrong
        if shown:
            console.print(_overview(shown))
        if wrong:
            console.print(_differences(wrong))
        fills = sum(market.fills for market in replayed)
        console.print(
            f"Replayed {fills:,} fills of {len(replayed):,} markets in {seconds:.1f} s, "
            f"{fills / seconds:,.0f} a second."
        )
        if wrong:
            raise CommandError(
                f"{len(wrong)} markets are not what their fills make them; "
                "docs/runbook.md says what to do.",
                returncode=1,
            )
        console.print("[green]✓[/green] Every market stands where its fills lead.")


def _asked_for(question_ids: list[int], *, every: bool) -> dict[int, int]:
    if every == bool(question_ids):
        raise CommandError("Name questions by their numbers, or say --all.", returncode=2)
    markets = markets_to_replay(None if every else question_ids)
    unknown = sorted(set(question_ids) - markets.keys())
    if unknown:
        raise CommandError(
            f"There is no market on question {', '.join(map(str, unknown))}.", returncode=2
        )
    return markets


def _replay(console: Console, markets: dict[int, int]) -> list[ReplayedMarket]:
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("fills"),
        TimeRemainingColumn(),
    )  # fmt: skip
    replayed = []
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Replaying…", total=sum(markets.values()))
        for market_id in markets:
            progress.update(task, description=f"Replaying market {market_id}…")
            replayed.append(
                replay_market(market_id, advance=lambda fills: progress.advance(task, fills))
            )
    return replayed


def _overview(replayed: list[ReplayedMarket]) -> Table:
    table = Table(title="Markets replayed")
    table.add_column("market", justify="right")
    table.add_column("fills", justify="right")
    table.add_column("traders", justify="right")
    table.add_column("as it stands?")
    for market in replayed:
        count = market.difference_count
        verdict = f"[red]{count:,} differences[/red]" if count else "[green]yes[/green]"
        table.add_row(str(market.market_id), f"{market.fills:,}", f"{market.traders:,}", verdict)
    return table


def _differences(wrong: list[ReplayedMarket]) -> Table:
    table = Table(
        "market", "at fill", "what", "replayed", "stored",
        title="The first differences of each market",
    )  # fmt: skip
    for market in wrong:
        for each in market.differences:
            at = "the end" if each.seq is None else f"{each.seq:,}"
            table.add_row(str(market.market_id), at, each.what, each.replayed, each.stored)
    return table
