"""A question in a file, TOML or JSON, as an editor keeps it beside an article."""

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from markets.core.house_policy import CURRENT
from markets.core.question_lint import Range, Wording

SIZE_MAX: Final = 1_000_000
TYPES: Final = ("binary", "multiple_choice", "numeric", "date")

_TEXTS: Final = (
    "title",
    "resolution_criteria",
    "fine_print",
    "background",
    "quote",
    "article_text",
)
_LISTS: Final = ("outcomes", "resolution_sources", "tags")
_INSTANTS: Final = ("opens_at", "closes_at", "resolve_by")
_KNOWN: Final = (*_TEXTS, "type", *_LISTS, *_INSTANTS, "prior", "range")


class UnreadableQuestion(ValueError):
    """The file holds no question; the message says what is wrong and where."""


def read_question(path: Path) -> Wording:
    """The question that a file holds, to which the current house policy applies.

    Raises:
        UnreadableQuestion
    """
    given = _parsed(path)
    unknown = sorted(given.keys() - set(_KNOWN))
    if unknown:
        raise UnreadableQuestion(
            f"There is no field {unknown[0]!r}. The fields are {', '.join(_KNOWN)}."
        )
    if not isinstance(given.get("title"), str):
        raise UnreadableQuestion('A question has a title: title = "Will … by …?"')
    values = {name: _READERS[name](name, value) for name, value in given.items()}
    if values.get("type", "binary") != "binary":
        values.setdefault("outcomes", ())
    return Wording(**values, policy_version=CURRENT)


def _parsed(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > SIZE_MAX:
            raise UnreadableQuestion(f"{path} is larger than a question may be.")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UnreadableQuestion(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UnreadableQuestion(f"{path} is not text in UTF-8.") from error
    try:
        given = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        kind = "JSON" if path.suffix.lower() == ".json" else "TOML"
        raise UnreadableQuestion(f"{path} is not {kind}: {error}.") from error
    if not isinstance(given, dict):
        raise UnreadableQuestion(f"{path} holds no question, but a {type(given).__name__}.")
    return given


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise UnreadableQuestion(f"{name} is a text, not {value!r}.")
    return value.strip()


def _type(name: str, value: Any) -> str:
    if value not in TYPES:
        raise UnreadableQuestion(f"{name} is one of {', '.join(TYPES)}, not {value!r}.")
    return str(value)


def _lines(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
        raise UnreadableQuestion(f"{name} is a list of texts, not {value!r}.")
    return tuple(value)


def _instant(name: str, value: Any) -> datetime:
    """A time with its zone; without one it is UTC, and a day alone is its last second."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            raise UnreadableQuestion(f"{name} is a time, not {value!r}.") from None
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, 23, 59, 59, tzinfo=UTC)
    if not isinstance(value, datetime):
        raise UnreadableQuestion(f"{name} is a time such as 2027-03-01T23:59:00Z, not {value!r}.")
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _numbers(name: str, value: Any) -> tuple[float, ...]:
    if not isinstance(value, list):
        raise UnreadableQuestion(f"{name} is a list of probabilities, not {value!r}.")
    return tuple(_number(name, each) for each in value)


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnreadableQuestion(f"{name} takes numbers, not {value!r}.")
    return float(value)


def _range(name: str, value: Any) -> Range:
    if not isinstance(value, Mapping):
        raise UnreadableQuestion(f"{name} is a table with lower and upper, not {value!r}.")
    known = {each.name for each in fields(Range)}
    unknown = sorted(value.keys() - known)
    if unknown or not {"lower", "upper"} <= value.keys():
        raise UnreadableQuestion(
            f"{name} needs lower and upper, and may have unit, open_below and open_above."
        )
    return Range(
        lower=_bound("range.lower", value["lower"]),
        upper=_bound("range.upper", value["upper"]),
        unit=_text("range.unit", value.get("unit", "")),
        open_below=bool(value.get("open_below", False)),
        open_above=bool(value.get("open_above", False)),
    )


def _bound(name: str, value: Any) -> float:
    if isinstance(value, str | date):
        return _instant(name, value).timestamp()
    return _number(name, value)


_READERS: Final[Mapping[str, Callable[[str, Any], Any]]] = {
    **dict.fromkeys(_TEXTS, _text),
    **dict.fromkeys(_LISTS, _lines),
    **dict.fromkeys(_INSTANTS, _instant),
    "type": _type,
    "prior": _numbers,
    "range": _range,
}
