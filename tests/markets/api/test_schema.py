"""The schema is true: whatever is sent, every answer is one that it describes."""

from pathlib import Path

import pytest
import schemathesis
import yaml
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks as conformance

from config.wsgi import application
from markets.api.views.reference import schema
from users.models import Scope
from users.services import issue_api_key

COMMITTED = Path(__file__).resolve().parents[3] / "docs/openapi.yaml"
_PATHS = yaml.safe_load(COMMITTED.read_text())["paths"]
OPERATIONS = [
    (f"{method.upper()} {path}", mode)
    for path, methods in _PATHS.items()
    for method, operation in methods.items()
    for mode in GenerationMode
    # Only what takes parameters or a body can be sent what its schema does not allow.
    if mode is GenerationMode.POSITIVE
    or "requestBody" in operation
    or any(parameter["in"] == "query" for parameter in operation.get("parameters", ()))
]
CHECKS = [
    checks.not_a_server_error,
    conformance.status_code_conformance,
    conformance.content_type_conformance,
    conformance.response_headers_conformance,
    conformance.response_schema_conformance,
    conformance.negative_data_rejection,
]


def test_the_committed_schema_is_the_one_that_is_generated(tmp_path):
    generated = tmp_path / "openapi.yaml"

    call_command("spectacular", "--file", str(generated), "--fail-on-warn")

    assert generated.read_text() == COMMITTED.read_text(), (
        "docs/openapi.yaml is stale; run: manage.py spectacular --file docs/openapi.yaml"
    )


def test_the_schema_is_valid_openapi():
    validate_schema(schema())


def test_the_schema_is_served_as_it_was_generated(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/api/v1/schema")

    assert response.json() == schema()
    assert response.headers["Content-Type"] == "application/vnd.oai.openapi+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.fixture
def one_connection():
    """Let an in-process server share the test's connection, as Django's own client does."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def key(alice):
    _, spelled = issue_api_key(user=alice, label="", scopes=list(Scope), now=timezone.now())
    return spelled


@pytest.mark.parametrize(("operation", "mode"), OPERATIONS)
def test_whatever_is_sent_the_answer_is_a_described_one(
    operation, mode, key, question, race, one_connection
):
    method, path = operation.split()
    described = schemathesis.openapi.from_wsgi("/api/v1/schema", application)[path][method]

    @settings(
        max_examples=10, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=described.as_strategy(generation_mode=mode))
    def send(case):
        if "question" in case.path_parameters and mode is GenerationMode.POSITIVE:
            case.path_parameters["question"] = question.slug
        response = case.call(headers={"Authorization": f"Bearer {key}"})
        case.validate_response(response, checks=CHECKS)

    send()
