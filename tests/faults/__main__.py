"""`python -m tests.faults [scenario …]`: break things at length, and say what held."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from tests.bench.stage import Stage
from tests.faults.verdict import Verdict
from tests.progress import shown_progress

SCENARIOS = {
    "domain": "anything happens to small worlds, and everything holds after each step",
    "crowd": "64 threads mix every operation on a few markets",
    "postgres": "kill -9 of PostgreSQL under load, again and again",
    "settlers": "kill -9 and SIGSTOP of programs that pay 100 000 positions",
    "traders": "kill -9 of the programs that trade, again and again",
}
KILLS, OPERATIONS, POSITIONS, WORLDS = 50, 2_000, 100_000, 500


def arguments() -> argparse.Namespace:
    scenarios = "\n".join(f"  {name:<10} {what}" for name, what in SCENARIOS.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description=f"Break things under load.\n\nscenarios:\n{scenarios}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("scenario", nargs="*", help="which; all of them by default")
    parser.add_argument("--kills", type=int, default=KILLS, help=f"default {KILLS}")
    parser.add_argument(
        "--operations", type=int, default=OPERATIONS, help=f"of each thread (default {OPERATIONS})"
    )
    parser.add_argument("--worlds", type=int, default=WORLDS, help=f"default {WORLDS}")
    parser.add_argument(
        "--positions", type=int, default=POSITIONS, help=f"to be paid (default {POSITIONS:,})"
    )
    parser.add_argument(
        "--careless",
        action="store_true",
        help="answer before it is safe: PostgreSQL before a commit is on the disk, a trader before "
        "the order is sent, a settler before it has paid; a kill must then be seen to lose "
        "something. Of the domain, break the product in many ways, each of which must be noticed. "
        "So this has to fail",
    )
    options = parser.parse_args()
    unknown = set(options.scenario) - set(SCENARIOS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; take of {', '.join(SCENARIOS)}")
    return options


def main() -> int:
    options = arguments()
    console = Console()
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("scenario", "seen", "seconds", "held"):
        shown.add_column(column)
    faults: list[str] = []
    with (
        tempfile.TemporaryDirectory(prefix="oddsdesk-faults-", ignore_cleanup_errors=True) as home,
        shown_progress(console) as (_, say),
        Stage(Path(home) / "stack", say=say) as stage,
    ):
        for name in options.scenario or SCENARIOS:
            began = time.monotonic()
            verdict = _scenario(name, options)(stage, Path(home))
            seen = ", ".join(f"{count:,} {what}" for what, count in verdict.seen.items())
            held = "[red]no[/red]" if verdict.faults else "[green]yes[/green]"
            shown.add_row(name, seen, f"{time.monotonic() - began:.0f}", held)
            faults += [f"{name}: {fault}" for fault in verdict.faults]
    console.print(shown)
    for fault in faults:
        console.print(f"✗ {fault}", style="red", highlight=False, markup=False, soft_wrap=True)
    return 1 if faults else 0


def _scenario(name: str, options: argparse.Namespace) -> Callable[[Stage, Path], Verdict]:
    """Return what runs a scenario; models can only be imported on a stage."""

    def run(stage: Stage, directory: Path) -> Verdict:
        from tests.faults import crowd, domain, settling, siege

        if name == "domain":
            return domain.let_anything_happen(
                stage, worlds=options.worlds, careless=options.careless
            )
        if name == "crowd":
            return crowd.mix_everything(stage, operations=options.operations)
        if name == "settlers":
            return settling.kill_settlers(
                stage,
                positions=options.positions,
                kills=options.kills,
                careless=options.careless,
            )
        kill = siege.kill_postgres if name == "postgres" else siege.kill_traders
        return kill(stage, directory, kills=options.kills, careless=options.careless)

    return run


if __name__ == "__main__":
    sys.exit(main())
