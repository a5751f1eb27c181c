"""Real PostgreSQL and Valkey for every session, and the instant at which tests happen.

Whoever runs `pytest`, in whichever way, gets servers of their own in a temporary directory:
one PostgreSQL, in which pytest-django gives each xdist worker its own database, and one Valkey
for each worker, because publish and subscribe know no databases. `DATABASE_URL` and
`VALKEY_URL` name servers to use instead.

The settings read those URLs once, so they are set here, before Django is set up. Modules with
fixtures that import models can therefore not be imported at the top of this file; load them at
the end of `pytest_configure` with `config.pluginmanager.import_plugin`.
"""

import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

import pytest

from tests.instants import NOON

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = "config.settings.test"
LONG = (
    "tests/faults/",
    "tests/config/stack/test_run.py",
    "tests/config/test_compose.py",
    "tests/journeys/",
    "tests/markets/management/test_demo_",
)
"""Where single tests take ten seconds and more: they start programs, or load whole worlds."""
_DIRECTORY = "ODDSDESK_TESTS_DIRECTORY"
_SETTINGS_ARE_NAMED = bool(os.environ.get("DJANGO_SETTINGS_MODULE"))
_VALKEY_IS_GIVEN = bool(os.environ.get("VALKEY_URL")) and _DIRECTORY not in os.environ

os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS  # before anything imports `config`


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.hasplugin("django"):
        return  # `-p no:django` is for the pure core, which needs no server
    if _SETTINGS_ARE_NAMED and "DATABASE_URL" not in os.environ:
        raise pytest.UsageError(
            "DJANGO_SETTINGS_MODULE is set, so Django read its settings before there were servers "
            "to name in them. Unset it, or set DATABASE_URL and VALKEY_URL as well."
        )
    looks_only = config.getoption("collectonly") or config.getoption("help")
    if hasattr(config, "workerinput"):
        _start_worker_services(config)
    elif not looks_only:
        _start_session_services(config)

    import django

    django.setup()
    config.pluginmanager.import_plugin("tests.cast")
    if config.getoption("tx", None):
        # The workers inherit this environment, and must not read their settings before they
        # have a Valkey either.
        del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Keep to one worker when somebody's own Valkey is used: workers would disturb each other."""
    return 1 if _VALKEY_IS_GIVEN else None


def _start_session_services(config: pytest.Config) -> None:
    """Start what nobody gave, in the session's controller, and name it in the environment."""
    from config.stack import Services

    postgres, valkey = (not os.environ.get(name) for name in ("DATABASE_URL", "VALKEY_URL"))
    directory = Path(tempfile.mkdtemp(prefix="oddsdesk-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(directory, ignore_errors=True))
    services = Services(directory, durable=False, postgres=postgres, valkey=valkey)
    services.__enter__()
    config.add_cleanup(services.__exit__)
    if postgres:
        os.environ["DATABASE_URL"] = services.database_url
    if valkey:
        os.environ["VALKEY_URL"] = services.valkey_url
        os.environ[_DIRECTORY] = str(directory)


def _start_worker_services(config: pytest.Config) -> None:
    """Give an xdist worker a Valkey of its own, unless somebody gave one."""
    from config.stack import Services

    shared = os.environ.get(_DIRECTORY)
    if shared is None:
        return
    directory = Path(shared) / os.environ["PYTEST_XDIST_WORKER"]
    services = Services(directory, durable=False, postgres=False)
    services.__enter__()
    config.add_cleanup(services.__exit__)
    os.environ["VALKEY_URL"] = services.valkey_url


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long tests, or a worker runs one while the others have nothing left."""
    items.sort(key=lambda item: not item.path.relative_to(ROOT).as_posix().startswith(LONG))


@pytest.fixture
def now() -> datetime:
    return NOON


@pytest.fixture(autouse=True)
def nothing_is_kept(request: pytest.FixtureRequest) -> None:
    """Begin without what an earlier test left in the cache, where there is a database."""
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        from django.core.cache import cache

        cache.clear()
