"""`python -m tests.markets.links.report`: how good suggested links are, on servers of its own."""

import os
import sys
import tempfile
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from tests.progress import shown_progress


def main() -> int:
    from config.stack import Services

    console = Console()
    with (
        tempfile.TemporaryDirectory(prefix="oddsdesk-links-", ignore_cleanup_errors=True) as home,
        shown_progress(console) as (above, say),
        Services(Path(home) / "stack", durable=False, valkey=False) as services,
    ):
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
        os.environ["DATABASE_URL"] = services.database_url
        os.environ.setdefault("VALKEY_URL", "redis://127.0.0.1:1/0")  # nothing here asks it
        say("migrating")
        _migrate()
        say("linking")
        above.print(measured())
        _close()
    return 0


def measured() -> Table:
    """Both halves, and what the threshold costs and brings around the one that was chosen."""
    from markets.core.relevance import THRESHOLD
    from tests.markets.links.figures import figures_of
    from tests.markets.links.labelled import HELD_OUT, TUNING
    from tests.markets.links.world import (
        rankings,
        read_everything,
        store_articles,
        store_questions,
    )
    from users.models import User

    editor = User.objects.create_user(
        "eve@example.com", "a long password", name="eve", is_staff=True
    )
    keys, articles = store_questions(editor), store_articles()
    read_everything()
    found = rankings()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    columns = ("half", "articles", "pairs", "threshold", "nDCG@5", "precision", "recall", "grade 2")
    for column in columns:
        table.add_column(column, justify="left" if column == "half" else "right")
    for half in (TUNING, HELD_OUT):
        for threshold in (THRESHOLD - 0.1, THRESHOLD, THRESHOLD + 0.1):
            seen = figures_of(half, articles, keys, found, threshold)
            numbers = (seen.ndcg, seen.precision, seen.recall, seen.strict_recall)
            table.add_row(
                half, str(seen.articles), str(seen.pairs), f"{threshold:.2f}",
                *(f"{number:.3f}" for number in numbers),
                style="bold" if threshold == THRESHOLD else "dim",
            )  # fmt: skip
    return table


def _migrate() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def _close() -> None:
    from django.db import connections

    connections.close_all()


if __name__ == "__main__":
    sys.exit(main())
