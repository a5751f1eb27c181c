"""The tickets of numbers and dates: a range to trade, three values to forecast."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar

import numpy as np
from django import forms

from markets.core.bin_words import claim_words, edge_words
from markets.core.distribution import STATED_SHARES, InvalidQuantiles, from_quantiles, quantiles
from markets.core.numeric import Bins, moment
from markets.models import Question
from markets.web.forms import ForecastForm, TradeForm

STATED = ("low", "middle", "high")
_STATED_LABELS = ("One chance in ten that it is below", "Even odds", "One in ten that it is above")


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
    """A forecast in three numbers, from which the probabilities of all bins follow."""

    is_range = True
    refusal_fields: ClassVar = {**ForecastForm.refusal_fields, "probabilities": "middle"}

    def add_boxes(self) -> None:
        self.bins = self.question.bins
        self.asked = len(STATED)
        for name, label in zip(STATED, _STATED_LABELS, strict=True):
            self.fields[name] = value_box(self.bins, label)

    @staticmethod
    def box(index: int) -> str:
        return STATED[index]

    def clean(self) -> dict[str, Any]:
        cleaned = forms.Form.clean(self) or self.cleaned_data
        given = [cleaned[name] for name in STATED if cleaned.get(name) is not None]
        if self.bins is None or len(given) < len(STATED):
            return cleaned
        try:
            values = [seconds(value) if self.bins.is_date else float(value) for value in given]
            cleaned["probabilities"] = from_quantiles(self.bins, values).tolist()
        except InvalidQuantiles as refusal:
            self.add_error("high", refusal.message)
        return cleaned


def _middle_half(question: Question, bins: Bins) -> tuple[int, int]:
    """The bins on which the market gives even odds: where a range begins before one is chosen."""
    market = getattr(question, "market", None)
    reached = np.cumsum(market.probabilities if market else question.prior)
    begin, last = (int(np.searchsorted(reached, share)) for share in (0.25, 0.75))
    return begin, min(last, bins.count - 1) + 1 if begin or last < bins.count - 1 else 1


def value_box(bins: Bins | None, label: str) -> forms.Field:
    """A box for a number or a day, as the question's bins have it."""
    attributes = {"autocomplete": "off"}
    if bins is not None and bins.is_date:
        dates = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **attributes})
        return forms.DateField(label=label, widget=dates)
    numbers = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal", **attributes})
    return forms.FloatField(label=label, widget=numbers)


def _box_value(bins: Bins, value: float) -> Any:
    return moment(value).date() if bins.is_date else f"{Decimal(f'{value:.4g}'):f}"


def seconds(day: date) -> float:
    """The beginning of a day in UTC, in seconds since 1970."""
    return datetime.combine(day, time(), UTC).timestamp()
