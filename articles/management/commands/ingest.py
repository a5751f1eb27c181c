"""`manage.py ingest FILE|URL`: an article into the desk's inbox, with its drafts."""

import argparse
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console

from articles.core.errors import ArticleError
from articles.management.material import MISUSED, Material, material_of, refused
from articles.management.views import article_panel, draft_list
from articles.models import Article
from articles.services.ingest import ingest_html, ingest_text, ingest_url
from users.models import User


class Command(BaseCommand):
    help = "Store an article (a file of text or HTML, or an address) and propose questions from it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("article", metavar="FILE|URL", help="What to ingest.")
        parser.add_argument("--url", default="", help="The address that the file was saved from.")
        parser.add_argument(
            "--editor", metavar="EMAIL", help="The editor who adds it (default: nobody)."
        )

    def handle(self, *args: str, **options: Any) -> None:
        console = Console()
        material = material_of(options["article"])
        if material.address and options["url"]:
            raise CommandError(
                "Give either an address to fetch or a file with --url, not both.",
                returncode=MISUSED,
            )
        editor = _editor(options["editor"])
        try:
            with console.status("Reading the article…"):
                article = _ingest(material, options["url"], editor, timezone.now())
        except ArticleError as refusal:
            raise refused(refusal) from refusal
        _show(console, article)


def _editor(email: str | None) -> User | None:
    if email is None:
        return None
    editor = User.objects.filter(email__iexact=email, is_staff=True, is_active=True).first()
    if editor is None:
        raise CommandError(f"There is no editor with the email {email}.", returncode=MISUSED)
    return editor


def _ingest(material: Material, url: str, editor: User | None, now: datetime) -> Article:
    if material.address:
        return ingest_url(url=material.address, editor=editor, now=now)
    if material.html:
        return ingest_html(html=material.html, url=url, editor=editor, now=now)
    return ingest_text(text=material.text, url=url, editor=editor, now=now)


def _show(console: Console, article: Article) -> None:
    version = article.versions.latest("number")
    known = "it was here already" if article.replayed else "stored"
    console.print(
        article_panel(
            article,
            text=version.text,
            source=article.source.name if article.source else "",
            note=f"article {article.pk}, version {version.number}: {known}",
        )
    )
    console.print(draft_list(list(version.drafts.order_by("-score", "start"))))
