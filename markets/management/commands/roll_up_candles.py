"""`manage.py roll_up_candles`: catch up with what beat does every minute."""

from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from markets.models import Series
from markets.queries.candles import series_behind
from markets.services.candles import roll_up_due


class Command(BaseCommand):
    help = "Roll all fills and aggregates of the crowd up into candles; may be stopped at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        waiting = sum(sum(series_behind(series).values()) for series in Series)
        columns = (
            TextColumn("Rolling up"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        added = 0
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task("roll up", total=waiting)
            while count := roll_up_due(report=lambda count: progress.advance(bar, count)):
                added += count
        console.print(f"[green]✓[/green] {added:,} changes went into candles.")
        left = sum(sum(series_behind(series).values()) for series in Series)
        if left:
            console.print(f"{left:,} are left: they came meanwhile, or another worker has them.")
