"""`manage.py draft FILE|URL`: the questions that an article would give, without storing it."""

import argparse
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from rich.console import Console, RenderableType
from rich.text import Text

from articles.core.drafting import draft_questions
from articles.core.errors import ArticleError
from articles.core.passages import find_passages
from articles.management.material import material_of, reading_of, refused
from articles.management.views import article_panel, draft_list, passage_table
from articles.services.drafting import is_draftable
from articles.services.reading import Reading


class Command(BaseCommand):
    help = "Show the forecastable passages of an article and the questions drafted from them."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("article", metavar="FILE|URL", help="What to read.")
        parser.add_argument("--url", default="", help="The address that the file was saved from.")

    def handle(self, *args: str, **options: Any) -> None:
        console, now = Console(), timezone.now()
        material = material_of(options["article"])
        try:
            with console.status("Reading the article…"):
                reading = reading_of(material, url=options["url"], now=now)
        except ArticleError as refusal:
            raise refused(refusal) from refusal
        passages = find_passages(reading.text, reading.published_at, headline=reading.title)
        console.print(
            article_panel(
                reading, text=reading.text, source=reading.source_name, note="nothing is stored"
            )
        )
        if passages:
            console.print(passage_table(passages, reading.text))
        console.print(_drafts(reading, now))


def _drafts(reading: Reading, now: datetime) -> RenderableType:
    if not is_draftable(reading):
        return Text("No drafts: they are made from articles in English that passed the gate.")
    return draft_list(
        draft_questions(
            reading.text,
            published_at=reading.published_at,
            headline=reading.title,
            tags=reading.tags,
            not_before=now,
        )
    )
