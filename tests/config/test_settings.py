"""The settings of production, started as production starts them: in a process of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "DJANGO_SECRET_KEY": "vP2" + "qwertyuiopasdfghjklzxcvbnm0123456789" * 2,
    "ALLOWED_HOSTS": "odds.example.org",
    "BASE_URL": "https://odds.example.org",
}


def manage(*arguments, **changes):
    given = {**os.environ, **PRODUCTION, **changes}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env={name: value for name, value in given.items() if value is not None},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_production_passes_djangos_deployment_checks():
    result = manage("check", "--deploy", "--fail-level", "WARNING")

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        ({"DJANGO_SECRET_KEY": None}, "DJANGO_SECRET_KEY: is not set"),
        ({"DJANGO_SECRET_KEY": "changeme"}, "at least 50 random characters"),
        ({"ALLOWED_HOSTS": "*"}, "a wildcard is refused"),
        ({"DATABASE_URL": "sqlite:///db"}, "only PostgreSQL works"),
    ],
)
def test_production_refuses_to_start_on_unsafe_settings(changes, advice):
    result = manage("check", **changes)

    assert result.returncode != 0
    assert advice in result.stderr


def test_local_settings_know_where_the_embedded_services_are():
    result = manage(
        "shell", "--no-imports", "-c",
        "from django.conf import settings; print(settings.DATABASES['default']['NAME'])",
        DJANGO_SETTINGS_MODULE="config.settings.local", DATABASE_URL=None, VALKEY_URL=None,
        DJANGO_SECRET_KEY=None, ALLOWED_HOSTS=None, BASE_URL=None,
    )  # fmt: skip

    assert result.stdout.strip() == "oddsdesk", result.stderr
