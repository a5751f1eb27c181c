"""Opaque cursors: where a page ended, in the order that its list is sorted by."""

import base64
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import F, Field, Model, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.utils.timezone import is_naive

from articles.api.fields import CURSOR_LENGTH_MAX
from articles.api.refusals import InvalidCursor


class Term(NamedTuple):
    """One column that a list is sorted by."""

    path: str
    descending: bool


def sorted_by(queryset: QuerySet[Any]) -> Iterator[Term]:
    for each in queryset.query.order_by:
        if isinstance(each, OrderBy) and isinstance(each.expression, F):
            yield Term(each.expression.name, each.descending)
        else:
            yield Term(str(each).removeprefix("-"), str(each).startswith("-"))


def after(terms: Sequence[Term], values: Sequence[Any]) -> Q:
    """The rows behind the one with these values: a < x, or a = x and b < y, …"""
    behind, level = Q(), Q()
    for (path, descending), value in zip(terms, values, strict=True):
        beyond = Q(**{f"{path}__{'lt' if descending else 'gt'}": value})
        behind |= level & beyond
        level &= Q(**{path: value})
    # The first column alone bounds the scan; PostgreSQL cannot see that through the OR.
    path, descending = terms[0]
    return Q(**{f"{path}__{'lte' if descending else 'gte'}": values[0]}) & behind


def write_cursor(row: Model, terms: Sequence[Term]) -> str:
    values = [_value(row, term.path) for term in terms]
    plain = [each.isoformat() if isinstance(each, datetime) else each for each in values]
    spelled = json.dumps([_fingerprint(terms), *plain], separators=(",", ":"))
    return base64.urlsafe_b64encode(spelled.encode()).decode().rstrip("=")


def read_cursor(cursor: str, model: type[Model], terms: Sequence[Term]) -> list[Any]:
    """Return the values that `cursor` was written from; raises `InvalidCursor`."""
    try:
        padded = cursor[:CURSOR_LENGTH_MAX] + "=" * (-len(cursor) % 4)
        fingerprint, *plain = json.loads(base64.b64decode(padded, b"-_", validate=True))
        values = [
            _storable(_field(model, term.path).to_python(value))
            for term, value in zip(terms, plain, strict=True)
        ]
    except (ValueError, TypeError, OverflowError, RecursionError, ValidationError):
        raise InvalidCursor from None
    if fingerprint != _fingerprint(terms) or None in values:
        raise InvalidCursor
    return values


def _storable(value: Any) -> Any:
    """Raises ValueError or OverflowError for what no column holds: text with NUL or half a
    surrogate pair, and times that have no zone or no place in UTC."""
    if isinstance(value, str):
        value.encode()
        if "\0" in value:
            raise ValueError("PostgreSQL's text has no NUL")
    if not isinstance(value, datetime):
        return value
    if is_naive(value):
        raise ValueError("a cursor's times have zones")
    return value.astimezone(UTC)


def _fingerprint(terms: Sequence[Term]) -> str:
    return ",".join(f"-{path}" if descending else path for path, descending in terms)


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def _field(model: type[Model], path: str) -> "Field[Any, Any]":
    field: Any = None
    for name in path.split("__"):
        options = model._meta  # noqa: SLF001 - the documented way to a model's fields
        field = options.pk if name == "pk" else options.get_field(name)
        model = field.related_model
    resolved: Field[Any, Any] = field
    return resolved
