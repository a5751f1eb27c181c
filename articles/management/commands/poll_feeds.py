"""`manage.py poll_feeds [--all] [URL…]`: asks feeds for new articles now, and tells how it went."""

import argparse
from collections.abc import Sequence
from datetime import datetime
from random import random
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from articles.core.canonical import canonical_url
from articles.core.errors import ArticleError
from articles.management.material import MISUSED, refused
from articles.models import Feed
from articles.services.feeds import FeedBusy, Poll, PollAnswer, poll_feed
from articles.services.ingest import FetchingIsOff

FAILED = 1
COLOURS = {
    PollAnswer.READ: "green",
    PollAnswer.UNCHANGED: "dim",
    PollAnswer.FAILED: "yellow",
    PollAnswer.DISABLED: "red",
    PollAnswer.OVERTAKEN: "dim",
}


class Command(BaseCommand):
    help = "Poll the feeds that are due, all active ones, or those that are named."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("urls", metavar="URL", nargs="*", help="Feeds to poll, due or not.")
        parser.add_argument("--all", action="store_true", help="Every active feed, due or not.")

    def handle(self, *args: str, **options: Any) -> None:
        console = Console()
        feeds = _chosen(options["urls"], everything=options["all"])
        if not feeds:
            console.print("No feed is due.")
            return
        polls = _poll(console, feeds)
        console.print(_table(polls, timezone.now()))
        if any(poll.answer in {PollAnswer.FAILED, PollAnswer.DISABLED} for poll in polls):
            raise CommandError("Not every feed could be read.", returncode=FAILED)


def _chosen(urls: Sequence[str], *, everything: bool) -> list[Feed]:
    if urls and everything:
        raise CommandError("Name feeds or say --all, not both.", returncode=MISUSED)
    if everything:
        return list(Feed.objects.filter(is_active=True).order_by("url"))
    return [_named(url) for url in urls] if urls else list(Feed.objects.due(timezone.now()))


def _named(url: str) -> Feed:
    try:
        feed = Feed.objects.filter(url=canonical_url(url)).first()
    except ArticleError as refusal:
        raise refused(refusal) from refusal
    if feed is None:
        raise CommandError(f"There is no feed at {url}; add it on the desk.", returncode=MISUSED)
    return feed


def _poll(console: Console, feeds: Sequence[Feed]) -> list[Poll]:
    """Poll one after the other; a feed that a worker polls at this moment is left to it."""
    polls = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Polling", total=len(feeds))
        for feed in feeds:
            progress.update(task, description=str(feed)[:60])
            try:
                jitter = random()  # noqa: S311 - spreads polls
                polls.append(poll_feed(feed_id=feed.pk, now=timezone.now(), jitter=jitter))
            except FeedBusy:
                continue
            except FetchingIsOff as refusal:
                raise refused(refusal) from refusal
            except ArticleError as refusal:
                progress.console.print(Text(f"{feed}: {refusal}", style="yellow"))
            finally:
                progress.advance(task)
    return polls


def _table(polls: Sequence[Poll], now: datetime) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("feed", overflow="fold")
    table.add_column("answer", overflow="fold")
    table.add_column("new", justify="right")
    table.add_column("next poll", no_wrap=True)
    for poll in polls:
        table.add_row(
            Text(poll.title or poll.url),
            Text(poll.sentence, style=COLOURS[poll.answer]),
            str(poll.taken.new_count),
            _when(poll.next_poll_at, now),
        )
    return table


def _when(next_poll_at: datetime | None, now: datetime) -> str:
    """When a feed is asked next, as somebody at the console would say it."""
    if next_poll_at is None:
        return "never: switched off"
    minutes = max(round((next_poll_at - now).total_seconds() / 60), 0)
    return f"in {minutes} min" if minutes < 120 else f"in {minutes // 60} h {minutes % 60} min"
