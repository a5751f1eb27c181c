"""`manage.py stack run`: everything that one computer needs to serve Oddsdesk."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console
from rich.panel import Panel

from config.stack import liveness, probe
from config.stack.errors import AlreadyRunning, StackError
from config.stack.places import Places, places_of
from config.stack.services import Services
from config.stack.supervisor import Program, Supervisor

HOST = "127.0.0.1"
PORT = 8000
PORTS_TRIED = 100
BLOCKING_THREADS = 8
WORKER_CONCURRENCY = 2
QUEUES = "money,articles,webhooks,batch"
REVIVE_SECONDS = 1.0
LEFTOVER_SECONDS = 10.0
STOP_SECONDS = 90.0
INTERRUPTED = 130

DEMO_PEOPLE = {"alice@example.com": "trades", "eve@example.com": "edits the desk"}
DEMO_PASSWORD = "oddsdesk-demo"  # noqa: S105 - printed for everybody who runs the demo world

_ROOT = Path(__file__).resolve().parents[2]
_MARK = "ODDSDESK_STACK"


def run(directory: Path, *, console: Console, with_demo: bool) -> int:
    """Serve until told to stop; return the exit code for the shell."""
    places = places_of(directory)
    with _only_run(places):
        _end_leftovers(places)
        port = free_port(int(os.environ.get("PORT") or PORT))
        environment = environment_for(places, os.environ, port=port)
        supervisor = Supervisor(environment=environment, logs=places.logs, console=console)
        with ExitStack() as stack:
            services = _own_services(places, os.environ, durable=True)
            if services is not None:
                supervisor.say("stack", "starting PostgreSQL and Valkey")
                stack.enter_context(services)
            for program in preparations(with_demo=with_demo):
                if not supervisor.run_once(program):
                    return _ended_early(supervisor, program)
            watch = _Watch(supervisor, services, port)
            code = supervisor.run(programs(places, port), every_tick=watch.look)
        supervisor.say("stack", "stopped; everything is kept for the next run")
        return code


def run_command(directory: Path | None, words: list[str]) -> int:
    """Run one management command on migrated servers; return its exit code.

    Without a `directory` the servers are empty and gone afterwards, so that a demonstration
    always starts from the same place and never meets the sweeps of a stack that runs.
    """
    is_fresh = directory is None
    with ExitStack() as stack:
        if directory is None:
            temporary = tempfile.TemporaryDirectory(prefix="oddsdesk-", ignore_cleanup_errors=True)
            directory = Path(stack.enter_context(temporary)) / "stack"
        services = _own_services(places_of(directory), os.environ, durable=not is_fresh)
        if services is not None:
            stack.enter_context(services)
        environment = environment_for(places_of(directory), os.environ, port=PORT)
        for command in (_manage("migrate", "--no-input", "--verbosity", "0"), _manage(*words)):
            try:
                code = subprocess.call(command, env=environment)  # noqa: S603 - the operator's own
            except KeyboardInterrupt:
                return INTERRUPTED
            if code:
                return code
    return 0


def stop_run(directory: Path) -> bool:
    """End a `run` in another terminal; return whether there was one."""
    places = places_of(directory)
    if not _is_locked(places.run_lock):
        return False
    os.kill(int(places.run_lock.read_text()), signal.SIGTERM)
    if not liveness.wait_until(lambda: not _is_locked(places.run_lock), STOP_SECONDS):
        raise StackError("The running stack does not end; press Ctrl-C twice where it runs.")
    return True


def environment_for(places: Places, given: Mapping[str, str], *, port: int) -> dict[str, str]:
    """Return what the programs get to see: what was given, and what follows from the stack."""
    return {
        "DATABASE_URL": places.urls.database_url,
        "VALKEY_URL": places.urls.valkey_url,
        "BASE_URL": f"http://{HOST}:{port}",
        "WEB_ONE_CORE": "true",
        **{name: text for name, text in given.items() if text},
        "PORT": str(port),
        _MARK: str(places.directory),
    }


def preparations(*, with_demo: bool) -> list[Program]:
    """Return what must have ended well before anything serves."""
    migrate = Program(
        name="migrate",
        command=_manage("migrate", "--no-input", "--verbosity", "0"),
        colour="blue",
        announcement="bringing the database up to date",
    )
    demo = Program(
        name="demo",
        command=_manage("load_demo_world", "--once"),
        colour="blue",
        announcement="looking after the demo world; the first time takes half a minute",
    )
    return [migrate, demo] if with_demo else [migrate]


def programs(places: Places, port: int) -> list[Program]:
    """Return what serves, in the order in which it starts and stops."""
    places.beat.mkdir(mode=0o700, exist_ok=True)
    web = (
        *("granian", "--interface", "wsgi", "--host", HOST, "--port", str(port), "--no-ws"),
        *("--workers", "1", "--blocking-threads", str(BLOCKING_THREADS)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "5"),
        "config.wsgi:application",
    )
    worker = (
        *("celery", "--quiet", "-A", "config", "worker", "-Q", QUEUES, "--loglevel", "INFO"),
        *("--concurrency", str(WORKER_CONCURRENCY), "--without-gossip", "--without-mingle"),
    )
    beat = (
        *("celery", "--quiet", "-A", "config", "beat", "--loglevel", "WARNING"),
        *("--schedule", str(places.beat / "schedule"), "--pidfile", ""),
    )
    return [
        Program(name="web", command=_installed(*web), colour="green"),
        Program(name="worker", command=_installed(*worker), colour="yellow", stop_seconds=30.0),
        Program(name="beat", command=_installed(*beat), colour="magenta"),
    ]


def free_port(wanted: int) -> int:
    """Return the first port from `wanted` on that nobody listens on."""
    for port in range(wanted, min(wanted + PORTS_TRIED, 65_536)):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((HOST, port))
            except OSError:
                continue
            return port
    raise StackError(f"No port from {wanted} on is free. Set PORT to one that is.")


def announce(console: Console, port: int) -> None:
    """Say where everything is and how to sign in."""
    address = f"http://{HOST}:{port}"
    people = "\n".join(f"  {email:<20} {what}" for email, what in DEMO_PEOPLE.items())
    console.print(
        Panel(
            f"[bold]Oddsdesk runs at {address}[/bold]\n\n"
            f"  {address}/admin        the editors' desk\n"
            f"  {address}/api/v1/docs  the API\n\n"
            f"Sign in with the password {DEMO_PASSWORD}:\n{people}\n\n"
            "Ctrl-C stops it; what it holds stays.",
            border_style="green",
            expand=False,
        ),
        highlight=False,
    )


class _Watch:
    """Bring back servers that died, and announce the address once it answers."""

    def __init__(self, supervisor: Supervisor, services: Services | None, port: int) -> None:
        self._supervisor = supervisor
        self._services = services
        self._port = port
        self._looked_at = 0.0
        self._announced = False

    def look(self) -> None:
        now = time.monotonic()
        if now - self._looked_at < REVIVE_SECONDS:
            return
        self._looked_at = now
        for name in self._services.revive() if self._services is not None else ():
            self._supervisor.say("stack", f"{name} had died and runs again", "red")
        if not self._announced and probe.answers(HOST, self._port, "/healthz"):
            self._announced = True
            announce(self._supervisor.console, self._port)


def _own_services(places: Places, given: Mapping[str, str], *, durable: bool) -> Services | None:
    """Return the services to start: those whose URL nobody gave."""
    postgres, valkey = not given.get("DATABASE_URL"), not given.get("VALKEY_URL")
    if not (postgres or valkey):
        return None
    return Services(places.directory, durable=durable, postgres=postgres, valkey=valkey)


def _ended_early(supervisor: Supervisor, program: Program) -> int:
    if supervisor.is_stopping:
        return 0
    supervisor.say("stack", f"{program.name} failed, so nothing is served", "red")
    return 1


def _manage(*words: str) -> tuple[str, ...]:
    return (sys.executable, str(_ROOT / "manage.py"), *words)


def _installed(name: str, *words: str) -> tuple[str, ...]:
    """Return a command of the environment that this Python belongs to."""
    return (str(Path(sys.executable).with_name(name)), *words)


def _end_leftovers(places: Places) -> None:
    """Kill programs of an earlier run that was killed, and wait until their ports are free."""

    def are_gone() -> bool:
        left = liveness.marked(f"{_MARK}={places.directory}")
        for pid in left:
            liveness.send(pid, signal.SIGKILL)
        return not left

    liveness.wait_until(are_gone, LEFTOVER_SECONDS)


@contextmanager
def _only_run(places: Places) -> Iterator[None]:
    """Refuse a second run of the same directory; its lock ends with this program."""
    places.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with places.run_lock.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyRunning(
                f"Oddsdesk runs already (pid {lock.read()}). Use that one, or `make stop` first."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _is_locked(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
