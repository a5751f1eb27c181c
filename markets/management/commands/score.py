"""`manage.py score`: compute stored scores anew, after a formula has changed."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from markets.queries.scored import ScoredQuestion, scored_questions
from markets.services import scoring

QUESTIONS_SHOWN = 30
TITLE_WIDTH = 60


class Command(BaseCommand):
    help = (
        "Compute the scores of scored questions anew and replace those that are stored. "
        "Doing it twice changes nothing more."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--question", nargs="+", type=int, default=[], help="the numbers of questions"
        )
        parser.add_argument("--all", action="store_true", help="every question that is scored")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        questions = _asked_for(options["question"], every=options["all"])
        began = time.perf_counter()
        passed_over = _score(console, questions)
        seconds = time.perf_counter() - began
        ids = [question.question_id for question in questions]
        scored = [each for each in scored_questions(ids) if each.resolution_id not in passed_over]
        if scored:
            console.print(_overview(scored[:QUESTIONS_SHOWN]))
        if len(scored) > QUESTIONS_SHOWN:
            console.print(f"… and {len(scored) - QUESTIONS_SHOWN:,} more.")
        if passed_over:
            console.print(
                f"{len(passed_over):,} were corrected or scored by somebody else meanwhile; "
                "the workers score what was corrected."
            )
        rows = sum(each.forecaster_count for each in scored)
        console.print(
            f"[green]✓[/green] Scored {len(scored):,} questions anew, {rows:,} forecasters, "
            f"in {seconds:.1f} s."
        )


def _asked_for(question_ids: list[int], *, every: bool) -> list[ScoredQuestion]:
    if every == bool(question_ids):
        raise CommandError("Name questions with --question, or say --all.", returncode=2)
    found = scored_questions(None if every else question_ids)
    unknown = sorted(set(question_ids) - {each.question_id for each in found})
    if unknown:
        raise CommandError(
            f"Nothing is scored on question {', '.join(map(str, unknown))}.", returncode=2
        )
    return found


def _score(console: Console, questions: list[ScoredQuestion]) -> set[int]:
    """Score each anew; the resolutions that were passed over."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("questions"), TimeRemainingColumn(),
    )  # fmt: skip
    passed_over = set()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Scoring…", total=len(questions))
        for question in questions:
            progress.update(task, description=f"Scoring question {question.question_id}…")
            if not scoring.score_anew(resolution_id=question.resolution_id, now=timezone.now()):
                passed_over.add(question.resolution_id)
            progress.advance(task)
    return passed_over


def _overview(scored: list[ScoredQuestion]) -> Table:
    table = Table(title="Scored anew")
    table.add_column("question", justify="right")
    table.add_column("title", max_width=TITLE_WIDTH, no_wrap=True, overflow="ellipsis")
    for name in ("forecasters", "series", "traders"):
        table.add_column(name, justify="right")
    for each in scored:
        counts = (each.forecaster_count, each.series_count, each.trader_count)
        table.add_row(str(each.question_id), each.title, *(f"{count:,}" for count in counts))
    return table
