"""`manage.py find_stories`: put the articles that came in before there were stories into them."""

from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console

from articles.services.stories import place_backlog


class Command(BaseCommand):
    help = "Sketch the versions of articles that have no sketch yet, and join what tells the same."

    def handle(self, *args: str, **options: Any) -> None:
        console, placed = Console(), 0
        with console.status("Looking for stories…") as status:
            while found := place_backlog():
                placed += found
                status.update(f"Looking for stories… {placed}")
        console.print(f"Placed {placed} versions." if placed else "Everything has its place.")
