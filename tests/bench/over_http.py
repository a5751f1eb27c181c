"""Orders over HTTP, against the same endpoint when it only authenticates and reads."""

import http.client
import json
import os
import re
import time
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from config.stack import probe
from config.stack.run import HOST, free_port
from tests.bench import world
from tests.bench.figures import Figure, Round
from tests.bench.http_client import HttpLoad
from tests.bench.orders import WARM_UP_SECONDS, Seen, audited
from tests.bench.stage import Program, Stage
from users.models import Scope
from users.services import issue_api_key

CONNECTIONS = 64
WORKERS, THREADS, BACKPRESSURE = 2, 24, 256  # what docker-compose.yml starts
START_SECONDS = 30.0
PATH, ONLY_READ = "/api/v1/orders", "/bench/orders"


def orders_over_http(stage: Stage) -> list[Figure]:
    stage.database("over_http")
    stage.say("starting granian")
    (question,) = world.markets(1, editor=world.an_editor())
    people = world.traders(CONNECTIONS)
    scopes = [Scope.READ, Scope.TRADE]
    keys = [
        issue_api_key(user=person, label="bench", scopes=scopes, now=timezone.now())[1]
        for person in people
    ]
    port = free_port(8400)
    server = _serve(stage, port)
    load = HttpLoad(
        port=port, market=question.pk, outcome_keys=["yes", "no"], api_keys=keys
    )  # fmt: skip
    client = stage.program("tests.bench.http_client", json.dumps(asdict(load)))
    client.hear()
    seen = Seen()
    for path in (ONLY_READ, PATH):
        _turn(client, path, WARM_UP_SECONDS)
    what, rounds = "orders over HTTP, one market, 64 connections", []
    for number in range(stage.rounds):
        stage.say(f"{what}: round {number + 1} of {stage.rounds}")
        stage.settle()
        ours = _turn(client, PATH, stage.seconds)
        seen.add(ours)
        only_read = _turn(client, ONLY_READ, stage.seconds)
        if only_read["refused"]:
            raise RuntimeError(f"The yardstick refuses: {only_read['refused']}")
        rounds.append(Round(_rate(ours), _rate(only_read)))
    seen.engine.update(_engine_metrics(port))
    client.end()
    server.end()
    against = "the same endpoint, only authentication and parsing"
    return [
        Figure(
            what=what, against=against, unit="/s", rounds=tuple(rounds), aim=0.6,
            details=seen.details(), faults=audited(),
        )
    ]  # fmt: skip


def _serve(stage: Stage, port: int) -> Program:
    """Start granian as production does; return it once it answers."""
    server = stage.program(
        "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port), "--no-ws",
        "--workers", str(WORKERS), "--blocking-threads", str(THREADS),
        "--backpressure", str(BACKPRESSURE), "--log-level", "error", "config.wsgi:application",
        environment={"BASE_URL": f"http://{HOST}:{port}", "PYTHONPATH": os.getcwd()},
    )  # fmt: skip
    until = time.monotonic() + START_SECONDS
    while not probe.answers(HOST, port, "/healthz"):
        if time.monotonic() > until:
            raise RuntimeError("granian did not start")
        time.sleep(0.1)
    return server


def _engine_metrics(port: int) -> dict[str, float]:
    """What one of the workers, whichever answers, tells of its batches since it started."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    found = re.findall(r"^(oddsdesk_batch_\w+_(?:sum|count)) (\S+)$", text, re.MULTILINE)
    return {name: float(number) for name, number in found}


def _turn(client: Program, path: str, seconds: float) -> dict[str, Any]:
    client.tell(f"{path} {seconds}")
    turn: dict[str, Any] = client.hear()
    return turn


def _rate(turn: dict[str, Any]) -> float:
    rate: float = turn["answered"] / turn["seconds"]
    return rate
