"""The reference for people, made from the OpenAPI schema: what the page at /api/v1/docs shows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any, TypeAlias

from drf_spectacular.generators import SchemaGenerator

from markets.api.addresses import absolute
from markets.api.errors import CODES, Meaning

Schema = Mapping[str, Any]

GROUPS = (
    "Questions",
    "Resolutions",
    "Scores",
    "Orders",
    "Forecasts",
    "You",
    "Articles",
    "Track records",
)
EXAMPLE_ID = "17"
EXAMPLE_NAMES = {"forecaster": "alice", "name": "alice", "series": "market"}
QUERIES = {
    "listQuestions": "?status=open&sort=closing_soon&limit=5",
    "getHistory": "?points=100",
    "getQuote": "?claim=yes&budget=25",
    "listOrders": f"?question={EXAMPLE_ID}",
    "listArticles": "?tag=trade&limit=5",
    "listLeaders": "?kind=peer&limit=10",
}
BODIES: Mapping[str, Schema] = {
    "lintQuestion": {
        "title": "Will the Lark Bridge open soon?",
        "resolution_criteria": "YES if the Lark Bridge is open by 1 March 2027, otherwise NO.",
    },
    "proposeResolution": {
        "outcomes": {"yes": 1},
        "early_end_reason": "The criteria say that the first lorry decides.",
        "rationale": "The first lorry crossed on 20 February, as the ministry says.",
        "evidence": [{
            "url": "https://roads.example.org/lark-bridge",
            "quote": "The bridge was opened to traffic at 9.30 this morning.",
        }],
    },
    "declineCorrection": {"reason": "The ministry has taken its statement back."},
    "annulQuestion": {"reason": "There are two bridges of that name."},
    "challengeResolution": {"reason": "Only lorries of the builders crossed, not traffic."},
    "pushArticle": {
        "text": "The Lark Bridge is almost done\n\nThe bridge is expected to open by 1 March 2027, "
        "the ministry of transport said on Friday.",
        "url": "https://post.example/lark-bridge",
    },
    "placeOrder": {
        "question": int(EXAMPLE_ID), "claim": ["yes"], "budget": "25", "limit": "0.65"
    },
    "placeOrders": {"orders": [
        {"question": int(EXAMPLE_ID), "claim": ["yes"], "budget": "25", "idempotency_key": "a"},
        {
            "question": int(EXAMPLE_ID), "claim": ["no"], "shares": "40", "limit": "0.31",
            "time_in_force": "gtc", "idempotency_key": "b",
        },
    ]},
    "cancelOrders": {"question": int(EXAMPLE_ID)},
    "suggestAnswer": {
        "weights": {"yes": 1},
        "quote": "The first freight train crossed the border on Friday.",
        "url": "https://rail.example/first-train",
    },
    "submitForecast": {
        "question": int(EXAMPLE_ID), "probabilities": {"yes": 0.62}, "stake": "20"
    },
}  # fmt: skip

KEYED = {"placeOrder", "submitForecast"}
"""Whose requests bring an Idempotency-Key in their header."""

_REFERENCE = "#/components/schemas/"
_WORDS = {"integer": "whole number", "boolean": "true or false", "string": "text"}


Prose: TypeAlias = tuple[tuple[str, bool], ...]
"""A sentence in parts, each with whether it is code."""


@dataclass(frozen=True)
class Kind:
    """What a value is, in words, and the shape that explains it further."""

    words: str
    shape: str = ""


@dataclass(frozen=True)
class Row:
    """A parameter, or a field of an object."""

    name: str
    place: str
    kind: Kind
    is_required: bool
    description: Prose


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    name: str
    method: str
    path: str
    summary: str
    description: Prose
    is_public: bool
    rows: tuple[Row, ...]
    status: str
    answer: Kind
    codes: tuple[str, ...]
    curl: str
    python: str


@dataclass(frozen=True)
class Shape:
    """An object that answers are made of, or a part of what is sent."""

    name: str
    description: Prose
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Reference:
    """The page: operations by group, shapes, and codes by chapter."""

    groups: tuple[tuple[str, tuple[Operation, ...]], ...]
    shapes: tuple[Shape, ...]
    chapters: tuple[tuple[str, tuple[Meaning, ...]], ...]


@cache
def schema() -> dict[str, Any]:
    """The OpenAPI description of every address, generated once in each process."""
    generated: dict[str, Any] = SchemaGenerator().get_schema(  # type: ignore[no-untyped-call]
        request=None, public=True
    )
    return generated


@cache
def reference() -> Reference:
    operations = [
        (described["tags"][0], _operation(method.upper(), path, described))
        for path, methods in schema()["paths"].items()
        for method, described in methods.items()
    ]
    chapters = groupby(CODES.values(), key=lambda meaning: meaning.chapter)
    return Reference(
        groups=tuple(
            (name, tuple(operation for tag, operation in operations if tag == name))
            for name in GROUPS
        ),
        shapes=tuple(
            Shape(name, prose_of(component.get("description", "")), _fields(component))
            for name, component in _components().items()
            if "properties" in component and name not in _bodies() and not _is_page(name)
        ),
        chapters=tuple((title, tuple(meanings)) for title, meanings in chapters),
    )


def prose_of(text: str) -> Prose:
    """Markdown's code spans apart from the rest.

    >>> prose_of("Grows with `seq`.")
    (('Grows with ', False), ('seq', True), ('.', False))
    """
    parts = enumerate(text.split("`"))
    return tuple((part, place % 2 == 1) for place, part in parts if part)


def kind_of(described: Schema) -> Kind:
    """A schema in a few words.

    >>> kind_of({"type": ["string", "null"], "format": "date-time"}).words
    'time or null'
    >>> kind_of({"type": "array", "items": {"type": "integer"}}).words
    'list of whole number'
    """
    if "$ref" in described:
        name = described["$ref"].removeprefix(_REFERENCE)
        component = _components()[name]
        return kind_of(component) if "enum" in component else Kind(name, name)
    alternatives = described.get("oneOf") or described.get("allOf")
    if alternatives:
        kinds = [kind_of(each) for each in alternatives]
        return Kind(" or ".join(kind.words for kind in kinds), max(kind.shape for kind in kinds))
    if "enum" in described:
        return Kind(", ".join(described["enum"]))
    types = described.get("type", "value")
    named = [types] if isinstance(types, str) else types
    return Kind(" or ".join(_words(each, described) for each in named), _inner(described).shape)


def _words(named: str, described: Schema) -> str:
    if named == "array":
        return f"list of {_inner(described).words}"
    if named == "object":
        return f"{_inner(described).words} by outcome key"
    if named == "string" and described.get("format") == "date-time":
        return "time"
    if named == "string" and r"\." in described.get("pattern", ""):
        return "decimal string"
    return _WORDS.get(named, named)


def _inner(described: Schema) -> Kind:
    inner = described.get("items") or described.get("additionalProperties")
    return kind_of(inner) if isinstance(inner, Mapping) else Kind("value")


def _operation(method: str, path: str, described: Schema) -> Operation:
    name = described["operationId"]
    is_public = {} in described["security"]
    body = described.get("requestBody", {}).get("content", {}).get("application/json")
    status, answered = next(
        (status, answer)
        for status, answer in described["responses"].items()
        if status.startswith("2")
    )
    return Operation(
        name=name,
        method=method,
        path=path,
        summary=described["summary"],
        description=prose_of(described.get("description", "")),
        is_public=is_public,
        rows=(
            *_parameters(described.get("parameters", ())),
            *(_fields(_resolved(body["schema"])) if body else ()),
        ),
        status=status,
        answer=_answer(answered),
        codes=_codes(described["responses"].values()),
        curl=_curl(method, path, name, is_public=is_public),
        python=_python(method, path, name, is_public=is_public),
    )


def _parameters(parameters: Sequence[Schema]) -> Iterable[Row]:
    places = ("path", "header", "query")
    for each in sorted(parameters, key=lambda parameter: places.index(parameter["in"])):
        yield Row(
            each["name"],
            each["in"],
            kind_of(each["schema"]),
            each.get("required", False),
            prose_of(each.get("description", "")),
        )


def _fields(component: Schema) -> tuple[Row, ...]:
    required = component.get("required", ())
    return tuple(
        Row(name, "body", kind_of(field), name in required, prose_of(field.get("description", "")))
        for name, field in component["properties"].items()
    )


def _answer(answered: Schema) -> Kind:
    content = answered.get("content", {}).get("application/json")
    if content is None:
        return Kind("nothing")
    component = _resolved(content["schema"])
    if "results" in component.get("properties", {}):
        kind = _inner(component["properties"]["results"])
        return Kind(f"a page of {kind.words}", kind.shape)
    return kind_of(content["schema"])


def _codes(responses: Iterable[Schema]) -> tuple[str, ...]:
    told = "\n".join(response.get("description", "") for response in responses)
    return tuple(code for code in CODES if f"- `{code}`:" in told)


def _components() -> Schema:
    components: Schema = schema()["components"]["schemas"]
    return components


def _resolved(described: Schema) -> Schema:
    component: Schema = _components()[described["$ref"].removeprefix(_REFERENCE)]
    return component


def _bodies() -> set[str]:
    """What is sent as a whole: its fields are listed where it is sent."""
    sent = (
        described["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        for methods in schema()["paths"].values()
        for described in methods.values()
        if "requestBody" in described
    )
    return {address.removeprefix(_REFERENCE) for address in sent}


def _is_page(name: str) -> bool:
    return "results" in _components()[name]["properties"]


def example_path(path: str, name: str) -> str:
    for part in ("question", "article", "order", "forecast", "version"):
        path = path.replace(f"{{{part}}}", EXAMPLE_ID)
    for part, example in EXAMPLE_NAMES.items():
        path = path.replace(f"{{{part}}}", example)
    return path + QUERIES.get(name, "")


def _curl(method: str, path: str, name: str, *, is_public: bool) -> str:
    address = absolute(example_path(path, name))
    lines = [f"curl '{address}'"]
    if method == "DELETE":
        lines[0] = f"curl -X DELETE '{address}'"
    if not is_public:
        lines.append('-H "Authorization: Bearer $KEY"')
    if name in BODIES:
        lines.append("-H 'Content-Type: application/json'")
        if name in KEYED:
            lines.append('-H "Idempotency-Key: $(uuidgen)"')
        lines.append(f"-d '{json.dumps(BODIES[name])}'")
    return " \\\n  ".join(lines)


def _python(method: str, path: str, name: str, *, is_public: bool) -> str:
    headers = [] if is_public else ['"Authorization": f"Bearer {KEY}"']
    options = [f'"{absolute(example_path(path, name))}"']
    if name in BODIES:
        options.append(f"data=json.dumps({BODIES[name]!r}).encode()")
        headers.append('"Content-Type": "application/json"')
        if name in KEYED:
            headers.append('"Idempotency-Key": str(uuid4())')
    if headers:
        options.append("headers={" + ", ".join(headers) + "}")
    if method == "DELETE":
        options.append('method="DELETE"')
    imports = ["import json"] if method != "DELETE" else []
    imports.append("from urllib.request import Request, urlopen")
    if name in KEYED:
        imports.append("from uuid import uuid4")
    call = "Request(\n    " + ",\n    ".join(options) + ",\n)"
    end = "urlopen(request)" if method == "DELETE" else "print(json.load(urlopen(request)))"
    return "\n".join([*imports, "", f"request = {call}", end])
