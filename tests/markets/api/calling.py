"""A client of the API, and what every refusal has to look like."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.test import Client

from markets.api.errors import CODES

V1 = "/api/v1"


class Caller:
    """Calls addresses below /api/v1 and sends bodies as JSON."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, path: str, /, headers: dict[str, str] | None = None, **parameters: Any) -> Any:
        return self.client.get(V1 + path, parameters, headers=headers)

    def post(
        self,
        path: str,
        body: Any,
        /,
        *,
        key: str | None = "",
        headers: dict[str, str] | None = None,
        content_type: str = "application/json",
    ) -> Any:
        """`key` is new for each call unless it is given; None leaves the header out."""
        keyed = {} if key is None else {"Idempotency-Key": key or uuid.uuid4().hex}
        return self.client.post(
            V1 + path, body, content_type=content_type, headers={**keyed, **(headers or {})}
        )

    def delete(self, path: str, /) -> Any:
        return self.client.delete(V1 + path)


def refused(response: HttpResponse, code: str, *fields: str) -> dict[str, Any]:
    """Assert that a response is the problem `code`, at these fields; return the document."""
    document: dict[str, Any] = response.json()
    assert document["code"] == code, document
    assert response.status_code == document["status"] == CODES[code].status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    assert set(document) == {
        "type", "title", "status", "detail", "code", "errors", "request_id", "retryable",
    }  # fmt: skip
    assert document["type"] == f"http://testserver/api/v1/docs#{code}"
    assert document["title"] == CODES[code].status.phrase
    assert document["request_id"] == response.headers["X-Request-ID"]
    assert document["detail"].endswith((".", "?"))
    assert ("Retry-After" in response.headers) == document["retryable"]
    assert [error["field"] for error in document["errors"]] == list(fields)
    return document
