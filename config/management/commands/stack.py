"""`manage.py stack`: the embedded PostgreSQL and Valkey, and all that runs on them."""

import argparse
import os
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from config.stack import Services, StackError, default_directory
from config.stack.binaries import postgres_binaries
from config.stack.places import places_of
from config.stack.run import run, run_command, stop_run

LINES_SHOWN = 40
FOLLOW_SECONDS = 0.25


class Command(BaseCommand):
    help = "Run Oddsdesk with embedded PostgreSQL and Valkey, or look after those servers."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--directory",
            type=Path,
            default=default_directory(),
            help="Where the servers keep their files (default: .local beside manage.py).",
        )
        what = parser.add_subparsers(dest="what", required=True)
        served = what.add_parser("run", help="Start everything and serve until Ctrl-C.")
        served.add_argument("--no-demo", action="store_true", help="Leave the demo world out.")
        one = what.add_parser("do", help="Run one management command with the servers up.")
        one.add_argument("--fresh", action="store_true", help="On an empty, temporary database.")
        one.add_argument("words", nargs=argparse.REMAINDER, help="Such as: -- audit --full")
        what.add_parser("up", help="Start the servers and leave them running.")
        down = what.add_parser("down", help="Stop the servers, and a run that uses them.")
        down.add_argument("--erase", action="store_true", help="Delete all that they hold, too.")
        what.add_parser("status", help="Say what runs where.")
        logs = what.add_parser("logs", help="Show the last lines of the logs.")
        logs.add_argument("names", nargs="*", help="Such as postgres, web, worker (default: all).")
        logs.add_argument("--follow", action="store_true", help="Go on until Ctrl-C.")
        psql = what.add_parser("psql", help="Open psql on the database.")
        psql.add_argument("words", nargs=argparse.REMAINDER, help="Given to psql: -- -c 'SELECT 1'")

    def handle(self, *args: str, **options: Any) -> None:
        self.console = Console()
        chosen: dict[str, Callable[[dict[str, Any]], None]] = {
            "run": self.run_stack,
            "do": self.do_one,
            "up": self.up,
            "down": self.down,
            "status": self.status,
            "logs": self.logs,
            "psql": self.psql,
        }
        try:
            chosen[options["what"]](options)
        except StackError as error:
            raise CommandError(str(error)) from error

    def run_stack(self, options: dict[str, Any]) -> None:
        code = run(options["directory"], console=self.console, with_demo=not options["no_demo"])
        if code:
            raise SystemExit(code)

    def do_one(self, options: dict[str, Any]) -> None:
        words = [word for word in options["words"] if word != "--"]
        code = run_command(None if options["fresh"] else options["directory"], words)
        if code:
            raise SystemExit(code)

    def up(self, options: dict[str, Any]) -> None:
        Services(options["directory"]).up()
        self.status(options)

    def down(self, options: dict[str, Any]) -> None:
        stop_run(options["directory"])
        services = Services(options["directory"])
        if options["erase"]:
            services.erase()
        else:
            services.down()

    def status(self, options: dict[str, Any]) -> None:
        table = Table("server", "pid", "URL", "log")
        for server in Services(options["directory"]).status():
            state = str(server.pid) if server.pid else "stopped"
            table.add_row(server.name, state, server.url, str(server.log))
        self.console.print(table, soft_wrap=True)

    def logs(self, options: dict[str, Any]) -> None:
        home = places_of(options["directory"]).logs
        names = options["names"] or sorted(path.stem for path in home.glob("*.log"))
        with ExitStack() as files:
            opened = []
            for name in names:
                path = home / f"{name}.log"
                if not path.exists():
                    raise CommandError(f"There is no log {path}. `stack status` names the servers.")
                file = files.enter_context(path.open(errors="replace"))
                self._print_lines(name, deque(file, LINES_SHOWN))
                opened.append((name, file))
            while options["follow"]:
                for name, file in opened:
                    self._print_lines(name, file)
                time.sleep(FOLLOW_SECONDS)

    def _print_lines(self, name: str, lines: Any) -> None:
        for line in lines:
            self.stdout.write(f"{name:<8} | {line.rstrip()}")

    def psql(self, options: dict[str, Any]) -> None:
        services = Services(options["directory"])
        url = os.environ.get("DATABASE_URL") or services.database_url
        program = postgres_binaries() / "psql"
        words = [word for word in options["words"] if word != "--"]
        os.execv(program, [str(program), url, *words])  # noqa: S606 - psql is the wish
