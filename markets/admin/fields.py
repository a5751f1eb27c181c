"""Form fields for what editors of markets type: credits and percentages."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from markets.core.errors import MarketError
from markets.core.money import MICRO, format_amount, parse_amount

SUBSIDY_MAX = 1_000_000 * MICRO


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
