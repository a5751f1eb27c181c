"""`manage.py demo`: from an article to odds, an answer, money and scores, on the console."""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone
from kombu.exceptions import OperationalError
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from articles.core.errors import ArticleError
from articles.models import Article, Draft
from markets.core.errors import MarketError
from markets.management.demo import show, tables
from markets.management.demo.paper import read_paper
from markets.management.demo.show import QUESTION_COUNT_MAX, Show, Story
from markets.management.demo.worker import Worker, running_worker
from markets.models import Question, Settlement, SettlementState
from markets.queries.ledger import RULES, audit
from markets.queries.lint import findings_of_drafts
from markets.queries.odds import odds_of
from markets.tasks import score_due, settle_due

WIDTH_WITHOUT_TERMINAL = 110
PATIENCE_SECONDS = 40.0
NUDGE_SECONDS = 1.0
LOOK_SECONDS = 0.1


class Command(BaseCommand):
    help = "Show the main job in half a minute: articles in, odds out, winners paid by Celery."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--article",
            type=Path,
            metavar="FILE",
            help="Your own article, text or HTML (default: two that came with this project).",
        )

    def handle(self, *args: str, **options: Any) -> None:
        began = time.monotonic()
        self.console = Console()
        if not self.console.is_terminal:
            self.console = Console(width=WIDTH_WITHOUT_TERMINAL)
        try:
            with running_worker() as worker:
                self._run(options["article"], worker)
        except (ArticleError, MarketError) as refusal:
            raise CommandError(f"The demonstration was refused a step: {refusal}") from refusal
        except OperationalError as error:
            raise CommandError(f"Valkey does not answer, so Celery cannot work: {error}") from error
        except DatabaseError as error:
            raise CommandError(f"The database gave up: {error}") from error
        self.console.print(f"[green]Done in {time.monotonic() - began:.1f} seconds.[/green]")

    def _run(self, path: Path | None, worker: Worker) -> None:
        stage = show.prepare(now=timezone.now())
        drafts = self._drafts(stage, path)
        stories = stage.publish(drafts[:QUESTION_COUNT_MAX])
        self.console.print(
            f"The editor takes up the best {_counted(stories, 'draft')} and publishes; "
            "the house puts its subsidy into each market.\n"
        )
        self._play(stage, stories)
        asked = Question.objects.filter(pk__in=[story.question.pk for story in stories])
        self.console.print(tables.odds_panel(stories, odds_of(list(asked), now=stage.now)))
        self._settle(stage, stories, worker)
        self.console.print(tables.leader_table(stories))
        self._audit()

    def _drafts(self, stage: Show, path: Path | None) -> list[Draft]:
        """Take articles in and return the drafts that the rules make of them."""
        if path is not None:
            article = self._own_article(stage, path)
            drafts = self._shown_drafts([article])
            if drafts:
                return drafts
            self.console.print(
                f"No question came out of {path.name}: {show.why_no_draft(article)} That is an "
                "answer, too. The show goes on with the project's own articles.\n"
            )
        drafts = self._shown_drafts(stage.take_in_samples())
        if not drafts:
            raise CommandError("The drafting rules found nothing in the project's own articles.")
        return drafts

    def _own_article(self, stage: Show, path: Path) -> Article:
        try:
            paper = read_paper(path)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        try:
            return stage.take_in(paper)
        except ArticleError as refusal:
            raise CommandError(f"{path} is no article: {refusal}") from refusal

    def _shown_drafts(self, articles: Sequence[Article]) -> list[Draft]:
        self.console.print(tables.article_table(articles))
        drafts = show.drafts_of(articles)
        if drafts:
            findings = findings_of_drafts(drafts, now=timezone.now())
            self.console.print(tables.draft_table(drafts, findings))
        return drafts

    def _play(self, stage: Show, stories: Sequence[Story]) -> None:
        visits = stage.visits(stories)
        label = f"{len(stage.crowd)} people forecast and trade for an hour, played fast"
        columns = (TextColumn(label), BarColumn(), TextColumn("{task.completed} acts"))
        with Progress(*columns, console=self.console) as progress:
            bar = progress.add_task("play", total=len(visits))
            stage.play(visits, report=lambda: progress.advance(bar))

    def _settle(self, stage: Show, stories: Sequence[Story], worker: Worker) -> None:
        """Answer every question, and wait until Celery has paid and scored them all."""
        resolutions = [stage.answer(story).pk for story in stories]
        self.console.print(
            "One editor proposes an answer, made up for the show, and a second confirms it. "
            "From here on a Celery worker does the work."
        )
        with self.console.status("Celery pays and scores"):
            settlements = _settled(resolutions, worker)
        self.console.print(tables.settlement_table(stories, settlements))

    def _audit(self) -> None:
        findings = audit()
        if findings:
            first = findings[0]
            raise CommandError(
                f"The audit has {len(findings)} findings; the first is {first.line}: "
                f"{first.sentence}"
            )
        self.console.print(f"The audit is clean: {len(RULES)} rules over every account and fill.")


def _settled(resolutions: Sequence[int], worker: Worker) -> dict[int, Settlement]:
    """Return the settlements by question once all are scored; nudge the worker meanwhile.

    A message is only a hint and may be lost, so it is sent again every second, as beat does.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    nudged_at = 0.0
    while time.monotonic() < deadline and not worker.has_ended:
        rows = Settlement.objects.filter(pk__in=resolutions).select_related("resolution")
        settlements = {row.resolution.question_id: row for row in rows}
        if all(row.state == SettlementState.SCORED for row in settlements.values()):
            return settlements
        if time.monotonic() - nudged_at >= NUDGE_SECONDS:
            nudged_at = time.monotonic()
            settle_due.apply_async(queue="money", expires=5)
            score_due.apply_async(queue="batch", expires=5)
        time.sleep(LOOK_SECONDS)
    fault = "ended early" if worker.has_ended else f"did not finish in {PATIENCE_SECONDS:.0f} s"
    raise CommandError(f"The Celery worker {fault}. The end of its log:\n{worker.last_words()}")


def _counted(things: Sequence[object], noun: str) -> str:
    return noun if len(things) == 1 else f"{len(things)} {noun}s"
