"""`manage.py audit`: do the books add up, and are the scores what the forecasts make them?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from markets.queries.audit.check import Finding
from markets.queries.audit.scores import (
    SCORE_RULES,
    score_findings,
    scored_resolutions,
    unscored_findings,
)
from markets.queries.audit.tallies import tally_findings
from markets.queries.ledger import RULES, audit


class Command(BaseCommand):
    help = "Check every rule of the ledger and the markets; exits with 1 where one is broken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--scores", action="store_true",
            help="also compute every stored score anew, and compare; takes a while",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        with console.status("Auditing the ledger…"):
            findings = audit()
        held = [f"All {len(RULES)} rules of the ledger hold."]
        if options["scores"]:
            found, count = _audit_scores(console)
            findings += found
            questions = "question" if count == 1 else "questions"
            held.append(
                f"All {len(SCORE_RULES) + 1} rules of scores hold, on {count:,} {questions}."
            )
        if not findings:
            for sentence in held:
                console.print(f"[green]✓[/green] {sentence}")
            return
        table = Table("rule", "finding", title=f"{len(findings)} findings")
        for finding in findings:
            table.add_row(finding.line, finding.sentence)
        console.print(table)
        raise CommandError(
            f"{len(findings)} rules are broken; docs/runbook.md says what to do.", returncode=1
        )


def _audit_scores(console: Console) -> tuple[list[Finding], int]:
    """Return the findings, and of how many questions the scores were computed anew."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("questions"), TimeRemainingColumn(),
    )  # fmt: skip
    findings = [*unscored_findings(), *tally_findings()]
    resolutions = scored_resolutions()
    with Progress(*columns, console=console, transient=True) as progress:
        for each in progress.track(resolutions, description="Computing scores anew…"):
            findings += score_findings(each)
    return findings, len(resolutions)
