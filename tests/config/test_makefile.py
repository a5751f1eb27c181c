"""`make` explains itself, and says in one sentence what a machine lacks."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def make(*words: str) -> subprocess.CompletedProcess[str]:
    given_to_outer_make = {"ARGS", "ARTICLE", "MFLAGS", "WORKERS"}
    inherited = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith("MAKE") and name not in given_to_outer_make
    }
    return subprocess.run(
        ["make", *words], cwd=ROOT, env=inherited, capture_output=True, text=True, check=False
    )


def python_that(script: str, directory: Path) -> str:
    """Return a program that is asked in place of Python."""
    program = directory / "python"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


def test_make_alone_lists_every_target_with_a_sentence() -> None:
    listed = make().stdout

    for target in ["run", "demo", "stop", "test", "browser", "check", "format", "lock", "clean"]:
        assert f"  make {target} " in listed


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("exit 1", "Oddsdesk needs Python 3.11 or newer"),
        ('test "$1" = -c', "apt-get install python3-venv"),
    ],
    ids=["an old Python", "a Python without venv"],
)
def test_a_machine_that_lacks_something_is_told_what(
    script: str, sentence: str, tmp_path: Path
) -> None:
    venv = tmp_path / "venv"

    refused = make("run", f"VENV={venv}", f"PYTHON={python_that(script, tmp_path)}")

    assert refused.returncode != 0
    assert sentence in refused.stdout
    assert not venv.exists()


def test_an_article_with_a_space_in_its_name_reaches_the_demo() -> None:
    planned = make("--dry-run", "demo", "ARTICLE=my article.txt").stdout

    assert planned.rstrip().endswith("demo --article 'my article.txt'")


def test_the_lock_alone_says_what_is_installed(tmp_path: Path) -> None:
    """Resolving anew, pip wants the newest of what has extras, and refuses that for its hash."""
    planned = make("--dry-run", "run", f"VENV={tmp_path / 'venv'}").stdout

    assert "--no-deps --require-hashes -r requirements/dev.txt" in planned
