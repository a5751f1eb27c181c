"""The tickets of numbers and dates: a range to trade, three values to forecast."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar

import numpy as np
from django import forms

from markets.core.bin_words import claim_words, edge_words
from markets.core.distribution import (
    QUANTILE_SHARES,
    STATED_SHARES,
    InvalidQuantiles,
    quantiles,
)
from markets.core.numeric import Bins, moment
from markets.core.stated_quantiles import from_stated_quantiles, from_three
from markets.models import Question
from markets.web.forms import ForecastForm, TradeForm

STATED = ("low", "middle", "high")
BOXES = {
    "low": "One chance in ten that it is below",
    "lower": "One in four that it is below",
    "middle": "Even odds",
    "upper": "One in four that it is above",
    "high": "One in ten that it is above",
}
"""In the order of QUANTILE_SHARES. Three are enough; with the other two it is five quantiles."""


def forecast_form(question: Question, *args: Any, **options: Any) -> ForecastForm:
    """The form in which this kind of question is forecast."""
    form = ForecastForm if question.bins is None else RangeForecastForm
    return form(question, *args, **options)


def trade_form(question: Question, *args: Any, **options: Any) -> TradeForm:
    """The form in which this kind of question is traded."""
    form = TradeForm if question.bins is None else RangeTradeForm
    return form(question, *args, **options)


def stated_start(bins: Bins, probabilities: Sequence[float]) -> dict[str, Any]:
    """What the three boxes begin with: the quantiles of a distribution, cut to the bounds."""
    found = quantiles(bins, probabilities, STATED_SHARES)
    below = (bins.lower, bins.lower, bins.upper)
    values = [edge if value is None else value for value, edge in zip(found, below, strict=True)]
    return {name: _box_value(bins, value) for name, value in zip(STATED, values, strict=True)}


class RangeTradeForm(TradeForm):
    """Buying or selling the claim that the value lies in a range from edge to edge."""

    is_range = True
    refusal_fields: ClassVar = {**TradeForm.refusal_fields, "claim": "end"}

    def __init__(self, question: Question, *args: Any, **options: Any) -> None:
        super().__init__(question, *args, **options)
        del self.fields["claim"]
        bins = self.bins
        begins = [(str(index), edge_words(bins, low)) for index, (low, _) in self._bounds()]
        ends = [(str(index + 1), edge_words(bins, high)) for index, (_, high) in self._bounds()]
        if bins.open_below:
            begins[0] = ("0", "any time before" if bins.is_date else "anything less")
        if bins.open_above:
            ends[-1] = (ends[-1][0], "any time later" if bins.is_date else "anything more")
        begin, end = _middle_half(question, bins)
        self.fields["begin"] = forms.ChoiceField(choices=begins, label="From", initial=str(begin))
        self.fields["end"] = forms.ChoiceField(
            choices=ends,
            label="Until before" if bins.is_date else "To below",
            initial=str(end),
        )

    @property
    def bins(self) -> Bins:
        found = self.question.bins
        if found is None:
            raise TypeError("this form is for numbers and dates")
        return found

    def range_ends(self) -> list[forms.BoundField]:
        return [self["begin"], self["end"]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "begin" in cleaned and "end" in cleaned:
            begin, end = int(cleaned["begin"]), int(cleaned["end"])
            cleaned["claim"] = f"{begin}-{end}"
            if begin >= end:
                self.add_error("end", "A range begins below its end.")
            elif (begin, end) == (0, self.bins.count):
                self.add_error("end", "Leave something out: all values together are certain.")
        return cleaned

    def claim_of(self, chosen: str) -> tuple[int, ...]:
        begin, end = chosen.split("-")
        return tuple(range(int(begin), int(end)))

    def claim_words(self) -> str:
        return claim_words(self.bins, self.claim_of(self.cleaned_data["claim"]))

    def _bounds(self) -> list[tuple[int, tuple[float | None, float | None]]]:
        return [(index, self.bins.bounds(index)) for index in range(self.bins.count)]


class RangeForecastForm(ForecastForm):
    """A forecast in three or five numbers, from which the probabilities of all bins follow."""

    is_range = True
    refusal_fields: ClassVar = {**ForecastForm.refusal_fields, "probabilities": "middle"}

    def add_boxes(self) -> None:
        self.bins = self.question.bins
        self.asked = len(BOXES)
        for name, label in BOXES.items():
            self.fields[name] = value_box(self.bins, label, is_required=name in STATED)

    @staticmethod
    def box(index: int) -> str:
        return list(BOXES)[index]

    def clean(self) -> dict[str, Any]:
        cleaned = forms.Form.clean(self) or self.cleaned_data
        given = {name: cleaned[name] for name in BOXES if cleaned.get(name) is not None}
        if self.bins is None or not given.keys() >= set(STATED):
            return cleaned
        bins = self.bins
        values = [seconds(each) if bins.is_date else float(each) for each in given.values()]
        try:
            if len(given) == len(STATED):
                cleaned["probabilities"] = from_three(bins, values).tolist()
            elif len(given) == len(BOXES):
                pairs = list(zip(QUANTILE_SHARES, values, strict=True))
                cleaned["probabilities"] = from_stated_quantiles(bins, pairs).tolist()
                cleaned["quantiles"] = pairs
            else:
                self.add_error("lower", "Fill in both of the values in between, or neither.")
        except InvalidQuantiles as refusal:
            sentence = refusal.message.rpartition("]: ")[2]
            self.add_error(
                _box_of(refusal, list(given)) or "high", sentence[0].upper() + sentence[1:]
            )
        return cleaned

    def said(self) -> dict[str, Any]:
        """The quantiles where five were given, so that they are kept as they were stated."""
        if "quantiles" in self.cleaned_data:
            return {"quantiles": self.cleaned_data["quantiles"]}
        return super().said()


def _box_of(refusal: InvalidQuantiles, given: Sequence[str]) -> str | None:
    """The box of the quantile that a refusal names by its index among those that were given."""
    names = {f"quantiles[{index}]": name for index, name in enumerate(given)}
    return names.get(refusal.field or "")


def _middle_half(question: Question, bins: Bins) -> tuple[int, int]:
    """The bins on which the market gives even odds: where a range begins before one is chosen."""
    market = getattr(question, "market", None)
    reached = np.cumsum(market.probabilities if market else question.prior)
    begin, last = (int(np.searchsorted(reached, share)) for share in (0.25, 0.75))
    return begin, min(last, bins.count - 1) + 1 if begin or last < bins.count - 1 else 1


def value_box(bins: Bins | None, label: str, *, is_required: bool = True) -> forms.Field:
    """A box for a number or a day, as the question's bins have it."""
    attributes = {"autocomplete": "off"}
    if bins is not None and bins.is_date:
        dates = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **attributes})
        return forms.DateField(label=label, widget=dates, required=is_required)
    numbers = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal", **attributes})
    return forms.FloatField(label=label, widget=numbers, required=is_required)


def _box_value(bins: Bins, value: float) -> Any:
    return moment(value).date() if bins.is_date else f"{Decimal(f'{value:.4g}'):f}"


def seconds(day: date) -> float:
    """The beginning of a day in UTC, in seconds since 1970."""
    return datetime.combine(day, time(), UTC).timestamp()
