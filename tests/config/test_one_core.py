"""Each process that serves has a core of its own, while there are enough."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT

TAKE = """
import os, sys
from pathlib import Path
from config import one_core

if not hasattr(os, "sched_setaffinity"):
    print("unsupported")
else:
    print(one_core.take_one_core(Path(sys.argv[1])), sorted(os.sched_getaffinity(0)))
sys.stdin.read()
"""


class Taker:
    """A process that takes a core and keeps it until it is told to end."""

    def __init__(self, directory: Path) -> None:
        self._running = subprocess.Popen(
            [sys.executable, "-c", TAKE, str(directory)],
            cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self._running.stdout is not None
        self.said = self._running.stdout.readline().strip()
        if self.said == "unsupported":
            pytest.skip("this system does not say which cores a process may use")

    def end(self) -> None:
        self._running.communicate("")


@pytest.fixture
def taker(tmp_path: Path):
    takers: list[Taker] = []

    def take() -> Taker:
        takers.append(Taker(tmp_path))
        return takers[-1]

    yield take
    for each in takers:
        each.end()


def test_processes_take_a_core_each_until_there_is_none_left(taker) -> None:
    said = [taker().said for _ in range(len(cores()) + 1)]

    if len(cores()) == 1:
        assert said == [f"None {cores()}"] * 2
    else:
        assert said == [*(f"{core} [{core}]" for core in cores()), f"None {cores()}"]


def test_a_core_is_free_again_once_its_process_has_ended(taker) -> None:
    first = taker()
    first.end()

    assert taker().said == first.said


def cores() -> list[int]:
    return sorted(os.sched_getaffinity(0))
