from datetime import timedelta

import pytest
import time_machine
from django.test import override_settings

from markets.services import lifecycle, resolution, settlement
from tests.holders import give_positions
from tests.instants import NOON

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


@pytest.mark.django_db
def test_metrics_are_in_prometheus_form(client):
    answer = client.get("/metrics")

    assert answer.status_code == 200
    assert b"# TYPE python_info gauge" in answer.content


@pytest.mark.django_db
def test_metrics_tell_how_far_settlements_are(client, question, eve, erin):
    give_positions(question, count=100, at=NOON)
    later = NOON + timedelta(days=1)
    lifecycle.close(question_id=question.pk, editor=eve, reason="Over.", now=later)
    resolution.propose(question_id=question.pk, outcome_weights=(1, 0), proposer=eve, now=later)
    due = resolution.confirm(question_id=question.pk, editor=erin, now=later)
    for _ in range(2):
        settlement.settle_chunk(resolution_id=due.pk, now=later, chunk=30)

    with time_machine.travel(later + timedelta(seconds=90), tick=False):
        told = client.get("/metrics").content.decode().splitlines()

    assert "oddsdesk_settlements_due 0.0" in told
    assert "oddsdesk_settlements_paying 1.0" in told
    assert "oddsdesk_settlements_failing 0.0" in told
    assert "oddsdesk_settlements_positions_left 70.0" in told
    assert "oddsdesk_settlements_oldest_seconds 90.0" in told


def test_only_reading_is_allowed(client):
    assert client.post("/healthz").status_code == 405


def test_every_answer_carries_a_request_id_of_its_own(client):
    first, second = (client.get("/healthz")["X-Request-ID"] for _ in range(2))

    assert len(first) == 32
    assert first != second
