"""A pid is believed only together with the directory that it works in."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.stack import liveness

SLEEP = [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(60)"]


def sleeper(directory: Path, **environment: str) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        SLEEP,
        cwd=directory,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def end(started: subprocess.Popen[str]) -> None:
    started.kill()
    started.communicate()


def test_a_living_program_occupies_the_directory_that_it_works_in(tmp_path: Path) -> None:
    program = sleeper(tmp_path)

    assert liveness.working_directory(program.pid) == tmp_path
    assert liveness.occupants(tmp_path) == [program.pid]

    end(program)

    assert liveness.occupants(tmp_path) == []


@pytest.mark.skipif(sys.platform != "linux", reason="waitid leaves a zombie only where it is known")
def test_a_zombie_occupies_nothing(tmp_path: Path) -> None:
    program = sleeper(tmp_path)
    program.kill()
    os.waitid(os.P_PID, program.pid, os.WEXITED | os.WNOWAIT)

    os.kill(program.pid, 0)  # the pid is still taken
    assert liveness.working_directory(program.pid) is None
    assert liveness.occupants(tmp_path) == []

    end(program)


def test_evicting_ends_the_named_program_and_spares_a_shell(tmp_path: Path) -> None:
    server, shell = sleeper(tmp_path), subprocess.Popen(["sleep", "60"], cwd=tmp_path)
    name = liveness.program_name(server.pid)

    liveness.evict(tmp_path, frozenset({name}))

    assert server.wait(10) != 0
    assert shell.poll() is None
    shell.kill()
    shell.wait()
    end(server)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep environments to themselves")
def test_programs_are_found_by_the_mark_in_their_environment(tmp_path: Path) -> None:
    program = sleeper(tmp_path, ODDSDESK_STACK=str(tmp_path))

    assert liveness.marked(f"ODDSDESK_STACK={tmp_path}") == [program.pid]
    assert liveness.marked(f"ODDSDESK_STACK={tmp_path.parent}") == []

    end(program)
