"""`manage.py lint_question FILE`: what is doubtful about the wording of a question?"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from markets.core.question_lint import RULES, Finding, Severity, Wording, lint
from markets.core.question_lint.catalogue import tables
from markets.management.question_file import UnreadableQuestion, read_question

AROUND = 30
WORDS_SHOWN = 120
COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.HINT: "cyan"}


class Command(BaseCommand):
    help = (
        "Look at the wording of a question, a TOML or JSON file, and say which words will lead to "
        "a dispute; exits with 1 where there are errors."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("question", nargs="?", metavar="FILE", help="a question")
        parser.add_argument(
            "--rules", action="store_true", help="print all rules as docs/lint.md has them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rules"] == bool(options["question"]):
            raise CommandError("Name the file of a question, or say --rules.", returncode=2)
        if options["rules"]:
            self.stdout.write(tables())
            return
        try:
            wording = read_question(Path(options["question"]))
        except UnreadableQuestion as wrong:
            raise CommandError(str(wrong), returncode=2) from wrong
        findings = lint(wording, timezone.now())
        _show(Console(), wording, findings)
        errors = sum(each.severity is Severity.ERROR for each in findings)
        if errors:
            raise CommandError(f"{_counted(errors, 'error')}: mend what is red.", returncode=1)


def _show(console: Console, wording: Wording, findings: tuple[Finding, ...]) -> None:
    title = escape(wording.title)
    if not findings:
        console.print(f"[green]✓[/green] {title}\nNone of {len(RULES)} rules finds anything.")
        return
    counts = [
        _counted(count, severity.value)
        for severity in Severity
        if (count := sum(each.severity is severity for each in findings))
    ]
    table = Table(
        "", "rule", "field", "words", "what to do",
        title=f"{title}: {', '.join(counts)}", title_justify="left", show_lines=True,
    )  # fmt: skip
    for finding in findings:
        colour = COLOURS[finding.severity]
        table.add_row(
            Text(finding.severity.value, style=colour),
            finding.rule,
            _place(finding.field),
            _marked(wording.text(finding.field), finding, colour),
            Text(finding.sentence),
        )
    console.print(table)


def _marked(text: str, finding: Finding, colour: str) -> Text:
    """The words that are meant, marked among a few of their neighbours."""
    if not finding.words:
        return Text("–", style="dim")
    before = text[max(0, finding.start - AROUND) : finding.start]
    after = text[finding.end : finding.end + AROUND]
    words = finding.words
    if len(words) > WORDS_SHOWN:
        words, after = words[: WORDS_SHOWN - 1] + "…", ""
    return Text.assemble(
        ("…" if finding.start > AROUND else "") + before,
        (words, f"bold underline {colour}"),
        after + ("…" if after and finding.end + AROUND < len(text) else ""),
    )


def _place(field: str) -> str:
    """A field in words; the lines of a list are counted from one."""
    name, _, line = field.partition(".")
    return name.replace("_", " ") + (f" {int(line) + 1}" if line else "")


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
