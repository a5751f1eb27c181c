"""`python -m tests.bench [row …]`: measure, show a table, and write it down where asked."""

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.bench import report
from tests.bench.figures import ROWS, Figure
from tests.bench.stage import Stage
from tests.progress import shown_progress

WIDTH = 120
"""Of the table where no terminal says how wide it is."""


def arguments() -> argparse.Namespace:
    rows = "\n".join(f"  {name:<10} {row.sentence}" for name, row in ROWS.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=f"Measure ratios on servers of our own.\n\nrows:\n{rows}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("row", nargs="*", help="which rows; all of them by default")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each turn (default 10)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each side (default 3)")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="share of the rows, where a row counts them"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every round there")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there")
    options = parser.parse_args()
    unknown = set(options.row) - set(ROWS)
    if unknown:
        parser.error(f"there is no row {', '.join(sorted(unknown))}; take of {', '.join(ROWS)}")
    return options


def measure(options: argparse.Namespace, console: Console) -> list[Figure]:
    """Measure row by row; a table shows what is there so far, whatever happens later."""
    figures: list[Figure] = []
    wanted = options.row or list(ROWS)
    with (
        tempfile.TemporaryDirectory(prefix="oddsdesk-bench-", ignore_cleanup_errors=True) as home,
        shown_progress(console) as (above, say),
        Stage(
            Path(home) / "stack",
            seconds=options.seconds,
            rounds=options.rounds,
            scale=options.scale,
            say=say,
        ) as stage,
    ):
        for name in wanted:
            found = ROWS[name].measure(stage)
            figures += found
            above.print(report.shown(found))
    return figures


def main() -> int:
    options = arguments()
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    figures = measure(options, console)
    console.print(report.shown(figures))
    taken = {"seconds": options.seconds, "rounds": options.rounds}
    if options.json:
        options.json.write_text(report.document(figures, **taken))
    if options.markdown:
        options.markdown.write_text(report.markdown(figures, **taken))
    return 1 if any(figure.faults for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
