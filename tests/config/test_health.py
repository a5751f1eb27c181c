import pytest
from django.test import override_settings

NOWHERE = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "unix:///nowhere/valkey.sock?db=1",
    }
}


def test_a_living_process_says_ok(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_means_database_valkey_and_migrations(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "checks": {"database": "ok", "valkey": "ok", "migrations": "ok"},
    }


@pytest.mark.django_db
def test_without_valkey_it_is_not_ready_and_says_why(client):
    with override_settings(CACHES=NOWHERE):
        answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["valkey"] == "Valkey does not answer"


def test_metrics_are_in_prometheus_form(client):
    answer = client.get("/metrics")

    assert answer.status_code == 200
    assert b"# TYPE python_info gauge" in answer.content


def test_only_reading_is_allowed(client):
    assert client.post("/healthz").status_code == 405


def test_every_answer_carries_a_request_id_of_its_own(client):
    first, second = (client.get("/healthz")["X-Request-ID"] for _ in range(2))

    assert len(first) == 32
    assert first != second
