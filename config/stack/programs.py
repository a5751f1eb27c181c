"""Run a program to its end. Every command line here is our own: no text of a visitor is in it."""

import subprocess
from collections.abc import Sequence
from typing import Any


def outcome_of(
    command: Sequence[str], *, typed: str = "", options: dict[str, Any] | None = None
) -> subprocess.CompletedProcess[str]:
    """Return what `command` printed and its exit code, 127 when it could not even be started.

    `typed` is its standard input; `options` go to `subprocess.run` (such as another user).
    """
    try:
        return subprocess.run(  # noqa: S603 - see the module's docstring
            command,
            input=typed,
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            **(options or {}),
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, 127, "", str(error))
