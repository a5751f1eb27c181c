"""`manage.py feeds import FILE` and `manage.py feeds export [FILE]`: lists of feeds in OPML."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from articles.core.errors import ArticleError
from articles.management.material import MISUSED, refused
from articles.models import Feed
from articles.services.opml import OPML_BYTES_MAX, Imported, export_feeds, import_feeds


class Command(BaseCommand):
    help = "Import feeds from an OPML file of a feed reader, or export them to one."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="import|export")
        taking = acts.add_parser("import", help="Add the feeds of a list that are not here yet.")
        taking.add_argument("file", metavar="FILE", help="The OPML file.")
        giving = acts.add_parser("export", help="Write a list of all active feeds.")
        giving.add_argument("file", metavar="FILE", nargs="?", help="Where to (default: stdout).")

    def handle(self, *args: str, **options: Any) -> None:
        named = options["file"]
        try:
            if options["act"] == "import":
                self._import(Path(named))
            else:
                self._export(Path(named) if named else None)
        except OSError as error:
            raise CommandError(f"{named}: {error.strerror}.", returncode=MISUSED) from error

    def _import(self, path: Path) -> None:
        console = Console()
        with path.open("rb") as file:
            opml = file.read(OPML_BYTES_MAX + 1)
        try:
            with console.status("Adding the feeds…"):
                imported = import_feeds(opml=opml, now=timezone.now())
        except ArticleError as refusal:
            raise refused(refusal) from refusal
        console.print(
            f"{len(imported.added)} added, {len(imported.known)} here already, "
            f"{len(imported.refused)} refused."
        )
        if imported.refused:
            console.print(_refusals(imported))

    def _export(self, path: Path | None) -> None:
        feeds = Feed.objects.filter(is_active=True).order_by("url")
        opml = export_feeds(feeds, now=timezone.now())
        if path is None:
            self.stdout.write(opml.decode())
            return
        path.write_bytes(opml)
        Console().print(f"Wrote {len(feeds)} feeds to {path}.")


def _refusals(imported: Imported) -> Table:
    table = Table(title="Refused", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("address", overflow="fold")
    table.add_column("why", overflow="fold", style="yellow")
    for address, why in imported.refused:
        table.add_row(Text(address), Text(why))
    return table
