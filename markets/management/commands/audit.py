"""`manage.py audit`: do the books add up?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from markets.queries.ledger import RULES, audit


class Command(BaseCommand):
    help = "Check every rule of the ledger and the markets; exits with 1 where one is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        with console.status("Auditing the ledger…"):
            findings = audit()
        if not findings:
            console.print(f"[green]✓[/green] All {len(RULES)} rules of the ledger hold.")
            return
        table = Table("rule", "finding", title=f"{len(findings)} findings")
        for finding in findings:
            table.add_row(finding.line, finding.sentence)
        console.print(table)
        raise CommandError(
            f"{len(findings)} rules are broken; docs/runbook.md says what to do.", returncode=1
        )
