"""The API's description: for programs as OpenAPI, for people as a page."""

import hashlib
import json
from functools import cache

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.renderers import StaticHTMLRenderer
from rest_framework.request import Request

from markets.api.calls import Call, PublicRead
from markets.api.reference import reference, schema


@cache
def _schema_bytes() -> tuple[bytes, str]:
    body = json.dumps(schema(), ensure_ascii=False, separators=(",", ":")).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:16]}"'


@extend_schema(exclude=True)
class SchemaView(PublicRead):
    cache = "public, max-age=300"

    def get(self, request: Request) -> HttpResponseBase:
        body, etag = _schema_bytes()
        answer = HttpResponse(body, content_type="application/vnd.oai.openapi+json")
        answer.headers["ETag"] = etag
        django_request = request._request  # noqa: SLF001 - Django compares its own request
        return get_conditional_response(django_request, etag=etag, response=answer) or answer


@extend_schema(exclude=True)
class DocsView(Call):
    """A page, with the masthead of whoever is signed in."""

    authentication_classes = (SessionAuthentication,)
    permission_classes = (AllowAny,)
    renderer_classes = (StaticHTMLRenderer,)

    def get(self, request: Request) -> HttpResponseBase:
        described = reference()
        operations = {each.name: each for _, group in described.groups for each in group}
        shown = {
            "reference": described,
            "first": operations["getOdds"],
            "second": operations["submitForecast"],
        }
        return render(request._request, "api/docs.html", shown)  # noqa: SLF001 - as above
