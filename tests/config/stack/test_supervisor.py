"""Programs side by side: restarted when they die, stopped in order, leaving nothing behind."""

import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console

from config.stack import liveness
from config.stack.supervisor import STOP_SIGNALS, Program, Supervisor


@pytest.fixture(autouse=True)
def signals_as_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    yield
    for number, action in before.items():
        signal.signal(number, action)


@pytest.fixture
def supervisor(tmp_path: Path) -> Supervisor:
    return Supervisor(
        environment={**os.environ, "DIARY": str(tmp_path / "diary")},
        logs=tmp_path / "logs",
        console=Console(file=io.StringIO(), width=80),
        restart_delays=(0.0, 0.0),
    )


def shell(name: str, script: str, stop_seconds: float = 10.0) -> Program:
    command = ("/bin/sh", "-c", script)
    return Program(name=name, command=command, colour="white", stop_seconds=stop_seconds)


def notes_its_end(name: str) -> Program:
    trap = f"trap 'echo {name} >>$DIARY; exit 0' TERM"
    return shell(name, f"{trap}; echo {name}-up >>$DIARY; while :; do sleep 0.01; done")


def diary(directory: Path) -> list[str]:
    file = directory / "diary"
    return file.read_text().split() if file.exists() else []


def stop_once(condition: Callable[[], object]) -> None:
    """Send this program what a terminal's Ctrl-C sends, as soon as the condition holds."""
    if condition():
        os.kill(os.getpid(), signal.SIGINT)


def printed(supervisor: Supervisor) -> str:
    assert isinstance(supervisor.console.file, io.StringIO)
    return supervisor.console.file.getvalue()


def test_programs_stop_in_the_order_in_which_they_started(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    names = ["web", "worker", "beat"]

    code = supervisor.run(
        [notes_its_end(name) for name in names],
        every_tick=lambda: stop_once(lambda: len(diary(tmp_path)) == 3),
    )

    assert code == 0
    assert sorted(diary(tmp_path)[:3]) == ["beat-up", "web-up", "worker-up"]
    assert diary(tmp_path)[3:] == names


def test_a_program_that_dies_is_started_again(supervisor: Supervisor, tmp_path: Path) -> None:
    mortal = shell("web", 'echo born >>"$DIARY"; test $(wc -l <"$DIARY") -ge 3 && sleep 60; exit 7')

    code = supervisor.run([mortal], every_tick=lambda: stop_once(lambda: len(diary(tmp_path)) == 3))

    assert code == 0
    assert "web died (7); again in 0 s." in printed(supervisor)


def test_a_program_that_dies_again_and_again_ends_everything(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    hopeless = shell("worker", "until test -e $DIARY; do sleep 0.01; done; exit 3")

    code = supervisor.run([notes_its_end("web"), hopeless], every_tick=lambda: None)

    assert code == 1
    assert "worker died again (3); giving up." in printed(supervisor)
    assert diary(tmp_path) == ["web-up", "web"]


def test_a_program_that_does_not_listen_is_ended_by_force(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    deaf = shell(
        "web", "trap '' TERM; echo deaf >>$DIARY; while :; do sleep 0.01; done", stop_seconds=0.2
    )

    code = supervisor.run([deaf], every_tick=lambda: stop_once(lambda: diary(tmp_path)))

    assert code == 0


def test_what_a_dead_program_left_running_is_ended(supervisor: Supervisor, tmp_path: Path) -> None:
    leaves_a_child = shell("web", "sleep 60 & echo $! >>$DIARY; exit 1")

    supervisor.run([leaves_a_child], every_tick=lambda: None)

    children = [int(line) for line in diary(tmp_path)]
    assert len(children) == 3
    assert liveness.wait_until(
        lambda: not any(liveness.working_directory(pid) for pid in children), 5
    )


@pytest.mark.parametrize(("script", "succeeded"), [("exit 0", True), ("exit 1", False)])
def test_a_preparation_tells_whether_it_succeeded(
    supervisor: Supervisor, script: str, succeeded: bool
) -> None:
    assert supervisor.run_once(shell("migrate", script)) is succeeded


def test_a_preparation_ends_when_somebody_asks_to_stop(supervisor: Supervisor) -> None:
    os.kill(os.getpid(), signal.SIGTERM)

    assert supervisor.run_once(shell("migrate", "sleep 60")) is False
    assert supervisor.is_stopping


def test_lines_are_shown_with_their_origin_and_kept_in_a_log(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    program = Program(
        name="web",
        command=(sys.executable, "-c", "print('[bold]not markup[/bold]')"),
        colour="white",
    )
    log = tmp_path / "logs" / "web.log"

    supervisor.run_once(program)

    assert liveness.wait_until(lambda: "web" in printed(supervisor), 5)
    assert "web      │ [bold]not markup[/bold]" in printed(supervisor)
    assert log.read_text() == "[bold]not markup[/bold]\n"
