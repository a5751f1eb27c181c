"""Is this process alive; is it ready for traffic?"""

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from redis.exceptions import RedisError

from markets.queries.settlements import load


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    checks = {"database": _database(), "valkey": _valkey()}
    if checks["database"] == "ok":
        checks["migrations"] = _migrations()
    ready = all(answer == "ok" for answer in checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """What this process counts, and what waits in the database, whichever process works it off."""
    return HttpResponse(generate_latest() + _waiting(), content_type=CONTENT_TYPE_LATEST)


def _waiting() -> bytes:
    """How far settlements are; nothing where the database does not answer."""
    registry = CollectorRegistry()
    try:
        settlements = load(now=timezone.now())
    except DatabaseError:
        return b""
    for name, sentence, value in (
        ("due", "Settlements that have not begun.", settlements.due),
        ("paying", "Settlements that have begun and are not done.", settlements.settling),
        ("failing", "Of both, those that failed when last tried.", settlements.failing),
        (
            "positions_left",
            "Positions that begun settlements still pay.",
            settlements.positions_left,
        ),
        ("oldest_seconds", "Age of the oldest that is not done.", settlements.oldest_seconds),
    ):
        Gauge(f"oddsdesk_settlements_{name}", sentence, registry=registry).set(value)
    return generate_latest(registry)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "PostgreSQL does not answer"
    return "ok"


def _valkey() -> str:
    try:
        cache.get("readyz")
    except RedisError:
        return "Valkey does not answer"
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} migrations are not applied" if waiting else "ok"
