"""What every test may rely on: servers of the session's own, one Valkey for each worker."""

import os
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


def test_the_settings_name_the_servers_of_this_worker() -> None:
    valkey = urlsplit(os.environ["VALKEY_URL"]).path

    assert settings.SETTINGS_MODULE == "config.settings.test"
    assert urlsplit(settings.CACHES["default"]["LOCATION"]).path == valkey
    assert urlsplit(settings.CELERY_BROKER_URL).path == valkey


@pytest.mark.django_db
def test_the_database_is_this_worker_s_own() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        (name,) = cursor.fetchone()

    assert name.startswith("test_")
    assert name.endswith(WORKER)


def test_the_cache_is_a_real_one() -> None:
    cache.set("greeting", "hello")

    assert cache.get("greeting") == "hello"
