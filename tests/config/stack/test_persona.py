"""PostgreSQL refuses root, so the stack must start it for every kind of user there is."""

import json
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = next(path for path in sys.path if path.endswith("site-packages"))
NOBODY = pwd.getpwnam("nobody")
IS_ROOT = os.geteuid() == 0

START = """
import json, os, sys
from pathlib import Path
from config.stack import Services, persona
from config.stack.programs import outcome_of
services = Services(Path(sys.argv[1]), durable=False)
with services:
    server = services.status()[0]
    psql = str(services._postgres.binaries / "psql")
    row = outcome_of([psql, services.database_url, "-Atc", "SELECT 6 * 7"])
    owner = os.stat(services.places.postgres).st_uid
    print(json.dumps({"me": os.geteuid(), "runs_as": os.stat(f"/proc/{server.pid}").st_uid,
                      "owner": owner, "row": row.stdout.strip(), "error": row.stderr}))
left = [server.pid for server in services.status() if server.pid]
assert left == [], left
if len(sys.argv) > 2:
    services.erase()
"""


def start_as(prefix: list[str], python: str, directory: Path, **environment: str) -> dict[str, Any]:
    finished = subprocess.run(
        [*prefix, python, "-c", START, str(directory), "erase"],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{PACKAGES}", **environment},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    told: dict[str, Any] = json.loads(finished.stdout)
    assert told.pop("row") == "42", told["error"]
    assert told.pop("error") == ""
    return told


def as_nobody() -> tuple[list[str], str]:
    """Return how to become an ordinary user, and a Python that this user can run.

    Where root keeps its Python in a home that nobody can enter and the system has no other,
    an ordinary user of a user namespace is the next best: it owns root's files.
    """
    become = ["setpriv", f"--reuid={NOBODY.pw_uid}", f"--regid={NOBODY.pw_gid}", "--clear-groups"]
    for python in (sys.executable, "/usr/bin/python3"):
        asked = [*become, python, "-c", "import config.stack"]
        path = {"PYTHONPATH": f"{ROOT}:{PACKAGES}"}
        tried = subprocess.run(asked, env=path, cwd="/", capture_output=True, check=False)
        if tried.returncode == 0:
            return become, python
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"], sys.executable


def test_an_ordinary_user_runs_the_servers_itself(directory: Path) -> None:
    prefix, python = as_nobody() if IS_ROOT else ([], sys.executable)
    directory.mkdir()
    if prefix[:1] == ["setpriv"]:
        os.chown(directory, NOBODY.pw_uid, NOBODY.pw_gid)

    told = start_as(prefix, python, directory)

    assert told["me"] != 0
    assert told == {"me": told["me"], "runs_as": told["me"], "owner": told["me"]}


def as_root() -> list[str]:
    return [] if IS_ROOT else ["unshare", "--user", "--map-root-user", "--"]


def test_root_runs_postgres_in_a_user_namespace_and_keeps_its_files(directory: Path) -> None:
    told = start_as(as_root(), sys.executable, directory)

    assert told == {"me": 0, "runs_as": 0, "owner": 0}


@pytest.mark.skipif(not IS_ROOT, reason="only root can become somebody else")
def test_root_without_namespaces_runs_postgres_as_nobody(directory: Path) -> None:
    programs_without_unshare = directory.parent / "bin"
    programs_without_unshare.mkdir()
    for name in ("setpriv", "sh"):
        found = shutil.which(name)
        assert found is not None
        (programs_without_unshare / name).symlink_to(found)

    told = start_as([], sys.executable, directory, PATH=str(programs_without_unshare))

    assert told == {"me": 0, "runs_as": NOBODY.pw_uid, "owner": NOBODY.pw_uid}
