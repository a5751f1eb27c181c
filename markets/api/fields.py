"""Amounts, prices and outcomes as the API spells them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from articles.api.fields import Probability, QueryParameters, StrictText
from markets.api.ranges import EdgeText, RangeAsked, outcomes_between
from markets.core.claims import InvalidClaim
from markets.core.limits import InvalidProbabilities
from markets.core.money import InvalidAmount, format_amount, parse_amount
from markets.models import Outcome

PRICE_PLACES = 6
LIMIT_STEP = Decimal("0.001")
DECIMAL_ODDS_PLACES = 2

_LIMIT = re.compile(r"0\.[0-9]{1,3}")
_Value = TypeVar("_Value")


_DECIMAL = {
    "type": "string",
    "description": "A decimal string with up to six places.",
    "examples": ["12.5"],
}
_CREDITS_A_SHARE = {
    "type": "string",
    "description": "Credits per share, as a decimal string.",
    "examples": ["0.65"],
}


@extend_schema_field({**_DECIMAL, "pattern": r"^-?[0-9]{1,13}(\.[0-9]{1,6})?$"})
class Amount(serializers.Field[int, Any, str, Any]):
    """Credits or shares in an answer: a decimal string outside, whole millionths inside."""

    def to_representation(self, value: int) -> str:
        return format_amount(value)


@extend_schema_field({**_DECIMAL, "pattern": r"^[0-9]{1,13}(\.[0-9]{1,6})?$"})
class AmountAsked(serializers.Field[int, Any, str, Any]):
    """Credits or shares in a request, always without a sign."""

    default_error_messages = {
        "invalid": 'Give a decimal string with at most six places, such as "12.5".'
    }

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            return parse_amount(data)
        except InvalidAmount as refusal:
            raise serializers.ValidationError(refusal.message) from None


@extend_schema_field({**_CREDITS_A_SHARE, "pattern": r"^[0-9]+(\.[0-9]{1,6})?$"})
class Price(serializers.Field[Decimal, Any, str, Any]):
    """Credits per share in an answer."""

    def to_representation(self, value: Decimal | float) -> str:
        return f"{value:.{PRICE_PLACES}f}".rstrip("0").rstrip(".")


@extend_schema_field({**_CREDITS_A_SHARE, "pattern": r"^0\.[0-9]{1,3}$"})
class Limit(serializers.Field[Decimal, Any, str, Any]):
    """The worst price per share that a request takes, in steps of 0.001."""

    default_error_messages = {
        "invalid": 'Give a decimal string from "0.001" to "0.999" in steps of 0.001.'
    }

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str) or not _LIMIT.fullmatch(data) or not Decimal(data):
            self.fail("invalid")
        return Decimal(data).quantize(LIMIT_STEP)


def decimal_odds(probability: float | None) -> str | None:
    """What a bookmaker would write: the payout for one credit at this probability.

    >>> decimal_odds(0.5512), decimal_odds(0.0), decimal_odds(None)
    ('1.81', None, None)
    """
    return f"{1 / probability:.{DECIMAL_ODDS_PLACES}f}" if probability else None


class OutcomeKeys(serializers.ListField):
    """The outcomes of a claim, by their keys."""

    child = StrictText(max_length=60)

    def __init__(self, **options: Any) -> None:
        super().__init__(min_length=1, max_length=200, **options)


class ClaimParameters(QueryParameters):
    """A claim in a query string: `claim` by outcome keys, or a range by `from` and `to`."""

    claim = OutcomeKeys(
        required=False,
        default=None,
        help_text="Outcome keys; repeat it for several: `claim=a&claim=b`.",
    )

    def get_fields(self) -> dict[str, Any]:
        """With two names that are Python's own words."""
        begin = EdgeText(
            required=False,
            default=None,
            help_text="Instead of a claim, of a number or a date: where the range begins.",
        )
        end = EdgeText(required=False, default=None, help_text="Where it ends, which is outside.")
        return {**super().get_fields(), "from": begin, "to": end}

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        keys, asked = given.pop("claim"), RangeAsked(given.pop("from"), given.pop("to"))
        is_range = asked != RangeAsked(None, None)
        if (keys is not None) == is_range:
            raise serializers.ValidationError(
                {"claim": ["Name the outcomes of the claim, or the ends of its range."]}
            )
        return {**given, "claim": asked if is_range else keys}


class OutcomeProbabilities(serializers.DictField):
    """A probability for each outcome, by its key."""

    child = Probability()


def by_key(outcomes: Sequence[Outcome], values: Iterable[_Value]) -> dict[str, _Value]:
    """One value per outcome, named by the outcome's key instead of by its place."""
    return {outcome.key: value for outcome, value in zip(outcomes, values, strict=True)}


def claim_of(outcomes: Sequence[Outcome], asked: Sequence[str] | RangeAsked) -> list[int]:
    """The numbers of the outcomes that a claim means, by their keys or by a range.

    Raises:
        InvalidClaim: for names that no outcome bears, or what is no range of this question.
        RangeOffEdges: for a range that begins or ends inside a bin.
    """
    if isinstance(asked, RangeAsked):
        return outcomes_between(outcomes[0].question.bins, asked)
    numbers = {outcome.key: outcome.index for outcome in outcomes}
    unknown = [key for key in asked if key not in numbers]
    if unknown:
        raise InvalidClaim(
            f"This question has no outcome {unknown[0]!r}; its outcomes are {', '.join(numbers)}."
        )
    return [numbers[key] for key in asked]


def probabilities_of(outcomes: Sequence[Outcome], stated: Mapping[str, float]) -> list[float]:
    """The stated probabilities in the outcomes' order; of two outcomes one says both.

    Raises:
        InvalidProbabilities: for an outcome that is missing, or that the question does not have.
    """
    keys = [outcome.key for outcome in outcomes]
    unknown = [key for key in stated if key not in keys]
    if unknown:
        raise InvalidProbabilities(
            f"This question has no outcome {unknown[0]!r}; its outcomes are {', '.join(keys)}."
        )
    if len(keys) == 2 and len(stated) == 1:
        (said,) = stated.values()
        return [stated.get(key, round(1 - said, 12)) for key in keys]
    missing = [key for key in keys if key not in stated]
    if missing:
        raise InvalidProbabilities(f"Give a probability for {', '.join(missing)} too.")
    return [stated[key] for key in keys]
