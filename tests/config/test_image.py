"""The image holds what runs, as nobody special, with every static file that is referred to."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPRESSED = "whitenoise.storage.CompressedManifestStaticFilesStorage"


def test_the_locked_wheels_and_nothing_else_are_installed() -> None:
    installs = re.findall(r"pip install (.*)", DOCKERFILE)

    assert installs == ["--no-deps --require-hashes --only-binary :all: -r /tmp/production.txt"]


def test_both_stages_start_from_the_same_python() -> None:
    assert len(set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE))) == 1


def test_every_package_and_nothing_else_is_copied() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}

    assert set(re.findall(r"^COPY (\w+) \w+$", DOCKERFILE, re.MULTILINE)) == packages


def test_it_runs_as_the_user_that_compose_names() -> None:
    users = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)

    assert users == ["10001:10001"]
    assert f'user: "{users[0]}"' in (ROOT / "docker-compose.yml").read_text()


def test_every_static_file_that_another_refers_to_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    storages = {"staticfiles": {"BACKEND": COMPRESSED}}

    with override_settings(STATIC_ROOT=tmp_path, STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=1)

    assert "post-processed" in capsys.readouterr().out
    assert (tmp_path / "staticfiles.json").exists()
