"""`manage.py load_demo_world`: a world to look at, with a past of eight weeks."""

import argparse
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from markets.management.demo import world
from markets.management.demo.dates import NOON_HOUR, latest_noon
from markets.management.demo.people import PASSWORD, SIGN_INS
from markets.models import Fill, Forecast, Question


class Command(BaseCommand):
    help = (
        "Fill an empty database with articles, questions, forecasters and eight weeks of trading."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--once",
            action="store_true",
            help="Do nothing, and succeed, where the world is loaded or people have signed up.",
        )
        parser.add_argument(
            "--force", action="store_true", help="Load it beside the users who are here already."
        )
        parser.add_argument(
            "--anchor",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="The day that the world ends on, at noon UTC (default: the latest noon).",
        )

    def handle(self, *args: str, **options: Any) -> None:
        self.console = Console()
        anchor = _anchor(options["anchor"])
        if self._is_needless(once=options["once"], force=options["force"]):
            return
        try:
            loaded = self._load(anchor)
        except (DatabaseError, world.BooksDoNotAddUp) as error:
            raise CommandError(
                f"The demo world was not loaded, and nothing of it stayed: {error}"
            ) from error
        if loaded:
            self._summarise(anchor)
        else:
            self.console.print("The demo world has just been loaded by somebody else.")

    def _is_needless(self, *, once: bool, force: bool) -> bool:
        """Say why there is nothing to do, or refuse; False where the world is to be loaded."""
        if world.is_loaded():
            self.console.print("The demo world is here already; nothing was changed.")
            return True
        strangers = world.strangers()
        if force or not strangers:
            return False
        people = "1 user" if strangers == 1 else f"{strangers} users"
        if once:
            self.console.print(f"This database has {people} of its own: no demo world for it.")
            return True
        raise CommandError(
            f"This database has {people} of its own. The demo world belongs into an empty one; "
            "add --force to load it beside them all the same."
        )

    def _load(self, anchor: datetime) -> bool:
        columns = (
            TextColumn("Loading the demo world"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total} steps"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.console) as progress:
            bar = progress.add_task("load", total=None)
            return world.load(
                anchor=anchor,
                report=lambda done, of: progress.update(bar, completed=done, total=of),
            )

    def _summarise(self, anchor: datetime) -> None:
        self.console.print(f"The demo world as of noon UTC on {anchor:%d %B %Y}:")
        table = Table("status", box=box.SIMPLE)
        table.add_column("questions", justify="right")
        statuses = Question.objects.values_list("status", flat=True)
        for status in sorted(set(statuses)):
            table.add_row(status, str(sum(each == status for each in statuses)))
        self.console.print(table)
        self.console.print(
            f"{Forecast.objects.count():,} forecasts, {Fill.objects.count():,} fills. "
            "The books add up."
        )
        self.console.print(
            f"Sign in as {', '.join(f'{name}@example.com' for name in SIGN_INS)}; "
            f"the password is {PASSWORD}.",
            highlight=False,
        )


def _anchor(day: date | None) -> datetime:
    if day is None:
        return latest_noon(timezone.now())
    return datetime.combine(day, time(NOON_HOUR), tzinfo=UTC)
