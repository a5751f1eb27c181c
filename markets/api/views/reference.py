"""The API's description: for programs as OpenAPI, for people as a page."""

import hashlib
import json
from functools import cache
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import StaticHTMLRenderer
from rest_framework.request import Request

from markets.api.calls import PublicRead

_CACHE = "public, max-age=300"


@cache
def schema() -> dict[str, Any]:
    """The OpenAPI description of every address, generated once in each process."""
    generated: dict[str, Any] = SchemaGenerator().get_schema(  # type: ignore[no-untyped-call]
        request=None, public=True
    )
    return generated


@cache
def _schema_bytes() -> tuple[bytes, str]:
    body = json.dumps(schema(), ensure_ascii=False, separators=(",", ":")).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:16]}"'


@extend_schema(exclude=True)
class SchemaView(PublicRead):
    cache = _CACHE

    def get(self, request: Request) -> HttpResponseBase:
        body, etag = _schema_bytes()
        return HttpResponse(
            body, content_type="application/vnd.oai.openapi+json", headers={"ETag": etag}
        )


@extend_schema(exclude=True)
class DocsView(PublicRead):
    renderer_classes = [StaticHTMLRenderer]
    cache = _CACHE

    def get(self, request: Request) -> HttpResponseBase:
        return render(request._request, "api/docs.html", {})  # noqa: SLF001 - Django renders its own request
