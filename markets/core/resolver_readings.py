"""What a document says, and which answer that is: read strictly, or not at all.

Whatever does not fit, a missing field, a word where a number belongs, a number in an unknown
notation, is a reason for being undetermined. No document, however malformed, raises anything but
`Undetermined`.
"""

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from markets.core.numeric import Bins, ValueOutsideBins

ROWS_MAX: Final = 100_000
EXCERPT_LENGTH_MAX: Final = 300
TEXT_LENGTH_MAX: Final = 60
ALTERNATIVES: Final = "|"
"""Between the texts that mean the same outcome."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?")
_YEAR_FIRST: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Reason(StrEnum):
    """Why a run does not end with an answer."""

    TOO_EARLY = "too_early"
    UNCONFIRMED = "unconfirmed"
    CONTRADICTORY = "contradictory"
    OTHERS_UNDECIDED = "others_undecided"
    SOURCE_DOWN = "source_down"
    SOURCE_GONE = "source_gone"
    SOURCE_REFUSED = "source_refused"
    SOURCE_CHANGED = "source_changed"
    SOURCE_LATE = "source_late"
    NOT_A_NUMBER = "not_a_number"
    UNKNOWN_VALUE = "unknown_value"
    OUTSIDE_BOUNDS = "outside_bounds"
    PARTS_UNDECIDED = "parts_undecided"
    PARTS_UNCLEAR = "parts_unclear"
    NOTHING_TOLD = "nothing_told"
    TRADING_HALTED = "trading_halted"
    NOT_PROPOSED = "not_proposed"
    RUN_FAILED = "run_failed"


class Undetermined(Exception):
    """A document does not say the answer; `reason` and the sentence say why not."""

    def __init__(self, reason: Reason, sentence: str) -> None:
        self.reason = reason
        super().__init__(sentence)


class Comparison(StrEnum):
    """How a number is held against a threshold."""

    LESS = "<"
    AT_MOST = "<="
    EQUAL = "="
    AT_LEAST = ">="
    MORE = ">"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source says: the index of an outcome, or a value in the question's unit.

    `is_no` marks the answer that only the passing of time makes true: nothing has happened.
    """

    outcome: int | None = None
    value: float | None = None
    is_no: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How what a source says becomes an answer.

    With a `comparison`, a number that passes it means outcome 0 (yes), another one outcome 1 (no).
    With `texts`, one per outcome, a text means the outcome that it is listed for; alternatives are
    divided by "|", and nothing is listed for an outcome that no text means. With neither, the
    number or the date is the value itself. Numbers are multiplied by `multiplier` first, which
    turns the source's unit into the question's.
    """

    comparison: Comparison | None = None
    threshold: float = 0.0
    texts: tuple[str, ...] = ()
    no_index: int | None = None
    multiplier: float = 1.0
    bins: Bins | None = None

    def answer(self, said: object) -> Answer:
        """The answer that a field of a document gives.

        Raises:
            Undetermined: not_a_number, unknown_value, outside_bounds, source_changed.

        >>> rate = Reader(comparison=Comparison.AT_LEAST, threshold=4.5)
        >>> rate.answer("4.50"), rate.answer(4.25)
        (Answer(outcome=0, value=None, is_no=False), Answer(outcome=1, value=None, is_no=True))
        >>> Reader(texts=("Okafor|A. Okafor", "Lindqvist")).answer(" a. okafor ").outcome
        0
        >>> rate.answer("4,50")
        Traceback (most recent call last):
        ...
        markets.core.resolver_readings.Undetermined: “4,50” is not a number.
        """
        if self.texts:
            return self._outcome_meant(said)
        if self.bins is not None and self.bins.is_date:
            return self._value(seconds_of(said))
        number = number_of(said) * self.multiplier
        if not math.isfinite(number):
            raise Undetermined(Reason.NOT_A_NUMBER, f"{quoted(said)} is too large a number.")
        if self.comparison is None:
            return self._value(number)
        passes = holds(number, self.comparison, self.threshold)
        return Answer(outcome=0) if passes else Answer(outcome=1, is_no=True)

    def _outcome_meant(self, said: object) -> Answer:
        text = spelled(said)
        for index, listed in enumerate(self.texts):
            if _plain(text) in _alternatives(listed):
                return Answer(outcome=index, is_no=index == self.no_index)
        raise Undetermined(Reason.UNKNOWN_VALUE, f"{quoted(said)} is not listed for any outcome.")

    def _value(self, value: float) -> Answer:
        if self.bins is None:
            raise Undetermined(Reason.UNKNOWN_VALUE, "Nothing says which outcome a number means.")
        try:
            self.bins.bin_of(value)
        except ValueOutsideBins as refusal:
            raise Undetermined(Reason.OUTSIDE_BOUNDS, str(refusal)) from refusal
        return Answer(value=value)


def holds(number: float, comparison: Comparison, threshold: float) -> bool:
    """Whether a number passes a comparison, exactly: no tolerance is allowed for.

    >>> [holds(4.5, comparison, 4.5) for comparison in Comparison]
    [False, True, True, True, False]
    """
    return {
        Comparison.LESS: number < threshold,
        Comparison.AT_MOST: number <= threshold,
        Comparison.EQUAL: number == threshold,
        Comparison.AT_LEAST: number >= threshold,
        Comparison.MORE: number > threshold,
    }[comparison]


def json_document(body: bytes) -> Any:
    """A document in JSON, whose objects name no key twice.

    Raises:
        Undetermined: source_changed.

    >>> json_document(b'{"rate": {"now": 4.5}}')
    {'rate': {'now': 4.5}}
    >>> json_document(b"<html>")
    Traceback (most recent call last):
    ...
    markets.core.resolver_readings.Undetermined: What the source sends is not JSON.
    """
    try:
        return json.loads(
            body.decode("utf-8-sig"), parse_constant=_refused, object_pairs_hook=_keys_once
        )
    except (ValueError, RecursionError) as error:
        raise Undetermined(Reason.SOURCE_CHANGED, "What the source sends is not JSON.") from error


def csv_cell(
    text: str, *, column: str, row_column: str = "", row_value: str = "", delimiter: str = ","
) -> str:
    """A cell of a table whose first row names its columns: of one row, or of the last.

    Raises:
        Undetermined: source_changed where the table or a column is missing or there twice;
            contradictory where several rows fit and differ; source_late where none does, or the
            cell is empty.

    >>> table = "month,index\\n2026-10,3.1\\n2026-11,2.9\\n"
    >>> csv_cell(table, column="index")
    '2.9'
    >>> csv_cell(table, column="index", row_column="month", row_value="2026-10")
    '3.1'
    >>> csv_cell(table, column="index", row_column="month", row_value="2026-12")
    Traceback (most recent call last):
    ...
    markets.core.resolver_readings.Undetermined: No row has “2026-12” in the column “month” yet.
    """
    rows = _rows(text, delimiter)
    names = [name.strip() for name in next(rows, [])]
    wanted = _place(names, column)
    by = _place(names, row_column) if row_column else None
    cells: list[str] = []
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(names):
            raise Undetermined(
                Reason.SOURCE_CHANGED, "A row of the table has more or fewer cells than its head."
            )
        if by is None:
            cells = [row[wanted].strip()]
        elif row[by].strip() == row_value.strip():
            cells.append(row[wanted].strip())
    return _only(cells, row_column, row_value)


def number_of(said: object) -> float:
    """A number, or a text that spells one in ASCII digits with a point: nothing is guessed at.

    Raises:
        Undetermined: not_a_number.

    >>> number_of(" -1250.5 "), number_of(3)
    (-1250.5, 3.0)
    """
    if isinstance(said, str) and _NUMBER.fullmatch(said.strip()):
        said = float(said)
    if isinstance(said, int | float) and not isinstance(said, bool):
        try:
            number = float(said)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
    raise Undetermined(Reason.NOT_A_NUMBER, f"{quoted(said)} is not a number.")


def seconds_of(said: object) -> float:
    """An ISO 8601 date or time in seconds since 1970; in UTC where it names no zone.

    Raises:
        Undetermined: not_a_number.

    >>> seconds_of("2027-01-01"), seconds_of("2027-01-01T06:30:00+00:00")
    (1798761600.0, 1798785000.0)
    """
    text = said.strip() if isinstance(said, str) else ""
    if _YEAR_FIRST.match(text) and len(text) <= TEXT_LENGTH_MAX:
        try:
            at = datetime.fromisoformat(text)
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            pass
    raise Undetermined(Reason.NOT_A_NUMBER, f"{quoted(said)} is not a date such as 2027-01-31.")


def spelled(said: object) -> str:
    """What a field says, as it would stand in the document.

    >>> spelled("Okafor"), spelled(True), spelled(4.5), spelled(None)
    ('Okafor', 'true', '4.5', 'null')
    """
    if isinstance(said, str):
        return said
    try:
        return json.dumps(said, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return "something that is no value"


def quoted(said: object) -> str:
    """What a field says, short, for a sentence."""
    text = printable(spelled(said).strip())
    return f"“{text[:TEXT_LENGTH_MAX]}{'…' if len(text) > TEXT_LENGTH_MAX else ''}”"


def printable(text: str) -> str:
    """A text that every database and page takes: one line without controls and lone surrogates.

    >>> printable("4.5\\x00\\n%")
    '4.5 %'
    """
    sound = text.encode("utf-8", errors="replace").decode("utf-8")
    kept = (each if each.isprintable() else " " for each in sound[: 2 * EXCERPT_LENGTH_MAX])
    return " ".join("".join(kept).split())


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _alternatives(listed: str) -> set[str]:
    return {_plain(each) for each in listed.split(ALTERNATIVES)} - {""}


def _refused(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")


def _keys_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _rows(text: str, delimiter: str) -> Iterator[Sequence[str]]:
    table = csv.reader(
        io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter, strict=True
    )
    try:
        for count, row in enumerate(table):
            if count > ROWS_MAX:
                raise Undetermined(
                    Reason.SOURCE_CHANGED, f"The table has more than {ROWS_MAX:,} rows."
                )
            yield row
    except (csv.Error, ValueError) as error:
        raise Undetermined(
            Reason.SOURCE_CHANGED, "What the source sends is no table in CSV."
        ) from error


def _place(names: list[str], name: str) -> int:
    if names.count(name.strip()) == 1:
        return names.index(name.strip())
    there = "more than one" if name.strip() in names else "no"
    raise Undetermined(Reason.SOURCE_CHANGED, f"The table has {there} column {quoted(name)}.")


def _only(cells: list[str], row_column: str, row_value: str) -> str:
    if len(set(cells)) > 1:
        raise Undetermined(
            Reason.CONTRADICTORY,
            f"Several rows have {quoted(row_value)} in the column {quoted(row_column)}, and they "
            "differ.",
        )
    if not cells:
        where = f"No row has {quoted(row_value)} in the column {quoted(row_column)} yet."
        raise Undetermined(
            Reason.SOURCE_LATE, where if row_column else "The table has no rows yet."
        )
    if not cells[0]:
        raise Undetermined(Reason.SOURCE_LATE, "The cell is still empty.")
    return cells[0]
