"""The page that explains the API: complete, true, and without a script."""

import json
import re
import uuid
from urllib.parse import urlsplit

import pytest

from markets.api.errors import CODES
from markets.api.reference import BODIES, EXAMPLE_ID, Kind, kind_of, prose_of, reference, schema
from tests.markets.api.calling import refused

OPERATIONS = [operation for _, group in reference().groups for operation in group]


@pytest.fixture
def page(client, db):
    response = client.get("/api/v1/docs")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    return response.content.decode()


def test_every_operation_of_the_schema_is_on_the_page(page):
    described = {
        operation["operationId"]
        for methods in schema()["paths"].values()
        for operation in methods.values()
    }

    assert {operation.name for operation in OPERATIONS} == described
    for operation in OPERATIONS:
        assert f'id="{operation.name}"' in page


def test_every_code_has_an_anchor_that_its_problems_lead_to(page, client):
    document = refused(client.get("/api/v1/nothing"), "not_found")

    assert document["type"] == "http://testserver/api/v1/docs#not_found"
    for code in CODES:
        assert f'id="{code}"' in page


def test_every_link_within_the_page_leads_somewhere(page):
    anchors = set(re.findall(r'id="([^"]+)"', page))

    assert set(re.findall(r'href="#([^"]+)"', page)) <= anchors


def test_every_anchor_is_there_once(page):
    anchors = re.findall(r' id="([^"]+)"', page)

    assert sorted(anchors) == sorted(set(anchors))


def test_the_page_brings_no_style_or_script_of_its_own(page):
    assert " style=" not in page
    assert "<style" not in page
    assert not re.search(r"<script(?! src=\"/static/)", page)
    assert not re.search(r'(src|href)="(https?:)?//', page)


def test_the_page_knows_who_is_signed_in(client, alice):
    client.force_login(alice)

    response = client.get("/api/v1/docs")

    assert "Sign up" not in response.content.decode()
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_example_is_understood(operation, alices, eve, program_of, question):
    address = re.search(r"'http://testserver(/[^']+)'", operation.curl)[1]
    address = address.replace(EXAMPLE_ID, str(question.pk))
    sent = {}
    if operation.name in BODIES:
        example = json.dumps(BODIES[operation.name])
        sent = {
            "data": example.replace(f'"question": {EXAMPLE_ID}', f'"question": {question.pk}'),
            "content_type": "application/json",
            "headers": {"Idempotency-Key": uuid.uuid4().hex},
        }

    caller = program_of(eve) if "editor_needed" in operation.codes else alices
    response = getattr(caller.client, operation.method.lower())(address, **sent)

    not_there = {
        "getOrder", "cancelOrder", "getForecast", "withdrawForecast", "getArticle",
        "getArticleImpact", "getScore", "getSeriesScore",
    }  # fmt: skip
    expected = 404 if operation.name in not_there else int(operation.status)
    assert response.status_code == expected, response.content


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_python_example_compiles_and_asks_for_the_same(operation):
    compile(operation.python, "example", "exec")

    assert urlsplit(re.search(r'"(http[^"]+)"', operation.python)[1]).path in operation.curl
    assert ("Authorization" in operation.python) == (not operation.is_public)
    is_keyed = any(row.name == "Idempotency-Key" for row in operation.rows)
    assert ("Idempotency-Key" in operation.python) == is_keyed


def test_shapes_are_told_in_words():
    assert kind_of({"$ref": "#/components/schemas/Odds"}) == Kind("Odds", "Odds")
    assert kind_of({"$ref": "#/components/schemas/SideEnum"}) == Kind("buy, sell")
    assert kind_of({"type": "array", "items": {"$ref": "#/components/schemas/Fill"}}) == Kind(
        "list of Fill", "Fill"
    )
    assert kind_of({"oneOf": [{"$ref": "#/components/schemas/Crowd"}, {"type": "null"}]}) == Kind(
        "Crowd or null", "Crowd"
    )
    assert kind_of({"type": ["string", "null"], "format": "date-time"}) == Kind("time or null")
    assert kind_of({"type": "string", "pattern": r"^0\.[0-9]{1,3}$"}) == Kind("decimal string")
    assert kind_of({"type": "object", "additionalProperties": {"type": "number"}}) == Kind(
        "number by outcome key"
    )


def test_code_in_descriptions_is_told_apart():
    assert prose_of("With `my`, and `seq`") == (
        ("With ", False), ("my", True), (", and ", False), ("seq", True),
    )  # fmt: skip
