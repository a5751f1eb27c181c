"""Form fields for what editors of markets type: credits and percentages."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import forms

from markets.core.errors import MarketError
from markets.core.money import MICRO, format_amount, parse_amount
from markets.core.numeric import DAY, Bins, moment
from users.desk_fields import text_input

SUBSIDY_MAX = 1_000_000 * MICRO
_NUMBER = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,15})?")


class CreditsField(forms.CharField):
    """An amount of credits, kept in microcredits."""

    def prepare_value(self, value: Any) -> Any:
        return format_amount(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            amount = parse_amount(text.replace(",", ""))
        except MarketError as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal
        if not 0 < amount <= SUBSIDY_MAX:
            raise forms.ValidationError(
                f"Give more than nothing and at most {SUBSIDY_MAX // MICRO:,} credits.",
                code="out_of_range",
            )
        return amount


class ValueField(forms.CharField):
    """A number or a day, as typed: which of the two it is, the question's type says."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, widget=text_input(), **options)


def value_from(text: str, *, is_date: bool) -> float:
    """What an editor typed as a value: a number, or seconds since 1970 of a day or time in UTC.

    >>> value_from("1,250.5", is_date=False), value_from("2027-01-01", is_date=True)
    (1250.5, 1798761600.0)
    >>> value_from("2027-01-01 06:30", is_date=True)
    1798785000.0
    """
    if is_date:
        try:
            at = datetime.fromisoformat(text.strip())
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            raise forms.ValidationError(
                "Write a day in UTC such as 2027-01-31, or a time such as 2027-01-31 18:00.",
                code="invalid",
            ) from None
    if not _NUMBER.fullmatch(text.replace(",", "").strip()):
        raise forms.ValidationError(
            "Write a number in digits, such as 1250 or 0.5.", code="invalid"
        )
    return float(text.replace(",", ""))


def value_text(bins: Bins, value: float) -> str:
    """A value as `value_from` reads it back exactly.

    >>> value_text(Bins(lower=0, upper=5, count=5), 2.5)
    '2.5'
    """
    if not bins.is_date:
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    at = moment(value)
    return f"{at:%Y-%m-%d}" if value % DAY == 0 else f"{at:%Y-%m-%d %H:%M:%S}"


def is_uniform(probabilities: Sequence[float]) -> bool:
    """Are they all the same, as where an editor gave none?"""
    return max(probabilities) - min(probabilities) < 1e-12


def percentages(probabilities: Sequence[float]) -> tuple[str, ...]:
    """Probabilities as percentages that `probabilities_from` reads back exactly.

    >>> percentages([0.35, 1 / 3])
    ('35', '33.33333333333333')
    """
    return tuple(f"{Decimal(repr(each)) * 100:f}".rstrip("0").rstrip(".") for each in probabilities)


def probabilities_from(lines: Sequence[str], outcome_count: int) -> tuple[float, ...]:
    """Probabilities from percentages: none means equal ones, and a missing last gets the rest.

    >>> probabilities_from([], 2), probabilities_from(["35 %"], 2)
    ((0.5, 0.5), (0.35, 0.65))
    """
    if not lines:
        return (1 / outcome_count,) * outcome_count
    try:
        parts = [Decimal(line.removesuffix("%").strip()) / 100 for line in lines]
        if len(parts) == outcome_count - 1:
            parts.append(1 - sum(parts, Decimal()))
    except ArithmeticError:
        raise forms.ValidationError(
            "Write one percentage per line, such as 35 or 12.5.", code="invalid"
        ) from None
    if len(parts) != outcome_count:
        raise forms.ValidationError(
            f"Write a percentage for each of the {outcome_count} outcomes, or leave the last out: "
            "it gets the rest.",
            code="wrong_count",
        )
    return tuple(float(part) for part in parts)
