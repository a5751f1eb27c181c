"""`manage.py draft FILE|URL [--model]`: the questions an article would give, without storing it."""

import argparse
from datetime import datetime
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from rich.console import Console

from articles.core.errors import ArticleError
from articles.core.passages import find_passages
from articles.core.second_opinions import merged
from articles.management.material import material_of, reading_of, refused
from articles.management.views import article_panel, draft_list, model_table, passage_table
from articles.services.drafting import is_draftable
from articles.services.providers.language_model import LanguageModel, require_configured
from articles.services.providers.provider import Draftable
from articles.services.providers.rules import Rules
from articles.services.reading import Reading


class Command(BaseCommand):
    help = "Show the forecastable passages of an article and the questions drafted from them."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("article", metavar="FILE|URL", help="What to read.")
        parser.add_argument("--url", default="", help="The address that the file was saved from.")
        parser.add_argument(
            "--model", action="store_true", help="Ask the configured language model as well."
        )

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
        if not is_draftable(reading):
            console.print("No drafts: they are made from articles in English that passed the gate.")
            return
        article = _draftable(reading, now)
        if options["model"]:
            _print_with_model(console, article)
        else:
            console.print(draft_list(Rules().propose(article).drafts))


def _print_with_model(console: Console, article: Draftable) -> None:
    """Ask the model too; what it costs is shown and counts towards no budget."""
    drafts = Rules().propose(article).drafts
    try:
        endpoint = require_configured()
        model, began = LanguageModel(endpoint), monotonic()
        with console.status(f"Asking the language model {endpoint.model}…"):
            proposals = model.propose(article)
    except ArticleError as refusal:
        raise refused(refusal) from refusal
    console.print(draft_list(merged(drafts, proposals.drafts), model=endpoint.model))
    console.print(
        model_table(
            endpoint.model,
            model.usage,
            seconds=monotonic() - began,
            dropped=proposals.dropped,
        )
    )


def _draftable(reading: Reading, now: datetime) -> Draftable:
    return Draftable(
        text=reading.text,
        title=reading.title,
        published_at=reading.published_at,
        tags=reading.tags,
        opens_at=now,
    )
