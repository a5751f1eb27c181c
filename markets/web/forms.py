"""What people type, turned into what the services take; every box keeps what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.utils import timezone

from markets.core.claims import complement
from markets.core.errors import MarketError
from markets.core.money import parse_amount
from markets.models import Question, QuestionType, Side, TimeInForce
from markets.queries.search import SORTS
from markets.services.forecasting import RATIONALE_LENGTH_MAX
from markets.web.expiry import ends_at, ends_on_field, stands_field
from markets.web.wording import instant, percent_fields

SUM_TOLERANCE_PERCENT = Decimal("0.5")
"""What rounding to a tenth may leave over with many outcomes; it is shared out silently."""

STATUS_FILTERS = {
    "open": ("open",),
    "closed": ("halted", "closed", "proposed", "challenged"),
    "resolved": ("resolved", "final", "annulled"),
}
_NOT = "not-"


def _request_key() -> str:
    return str(uuid4())


def _percents(**attributes: str) -> forms.NumberInput:
    return forms.NumberInput(
        attrs={
            "min": "0.1", "max": "99.9", "step": "0.1", "inputmode": "decimal",
            "autocomplete": "off", **attributes,
        }
    )  # fmt: skip


class AmountField(forms.CharField):
    """Credits or shares in digits, such as 12.5; microcredits or microshares once clean."""

    def __init__(self, **options: Any) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(max_length=24, widget=forms.TextInput(attrs=attributes), **options)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).replace(",", "")
        if not text:
            return None
        try:
            amount = parse_amount(text)
        except MarketError as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from refusal
        if amount == 0:
            raise forms.ValidationError("The amount must be more than zero.", code="zero")
        return amount


class Ticket(forms.Form):
    """What forms that may move credits share: a key per rendered form, and what was quoted."""

    request_key = forms.CharField(max_length=80, widget=forms.HiddenInput, initial=_request_key)
    quoted_for = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    confirmed = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)

    refusal_fields: ClassVar[Mapping[str, str]] = {}

    def refuse(self, refusal: MarketError) -> None:
        """Put a refusal's sentence beside the box that it is about."""
        name = self.refusal_fields.get(refusal.field or "")
        self.add_error(name if name in self.fields else None, refusal.message)


class ForecastForm(Ticket):
    """Stated probabilities in percent, a rationale, and perhaps a stake."""

    stake = AmountField(required=False, label="Stake, in credits")
    rationale = forms.CharField(
        required=False,
        max_length=RATIONALE_LENGTH_MAX,
        label="Rationale",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    refusal_fields: ClassVar = {"budget": "stake", "probabilities": "probability_0"}
    ends_at: datetime | None = None

    def __init__(self, question: Question, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.question = question
        self.labels = [outcome.label for outcome in question.outcomes.all()]
        self.add_boxes()
        self.fields["stands"] = stands_field(question.closes_at, timezone.now())
        self.fields["ends_on"] = ends_on_field()

    def clean_ends_on(self) -> Any:
        """Also finds out when the forecast ends, which the two fields say together."""
        self.ends_at = ends_at(self.cleaned_data, self.question.closes_at, timezone.now())
        return self.cleaned_data.get("ends_on")

    def add_boxes(self) -> None:
        """A box for each outcome; of two, for the first."""
        self.asked = 1 if self.question.type == QuestionType.BINARY else len(self.labels)
        for index in range(self.asked):
            self.fields[self.box(index)] = forms.DecimalField(
                min_value=Decimal("0.1"),
                max_value=Decimal("99.9"),
                max_digits=4,
                decimal_places=1,
                label=self.labels[index],
                widget=_percents(),
                error_messages={
                    "min_value": "Give at least 0.1%%: nothing is impossible.",
                    "max_value": "Give at most 99.9%%: nothing is certain.",
                },
            )

    @staticmethod
    def box(index: int) -> str:
        return f"probability_{index}"

    def boxes(self) -> list[forms.BoundField]:
        return [self[self.box(index)] for index in range(self.asked)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        given = [cleaned.get(self.box(index)) for index in range(self.asked)]
        stated: list[Decimal] = [part for part in given if part is not None]
        if len(stated) < self.asked:
            return cleaned
        if self.asked == 1:
            cleaned["probabilities"] = _of_two(stated[0])
            return cleaned
        total = sum(stated, Decimal(0))
        if abs(total - 100) > SUM_TOLERANCE_PERCENT:
            self.add_error(
                self.box(0), f"These add up to {total.normalize():f}%; they must make 100%."
            )
            return cleaned
        cleaned["probabilities"] = _of_many(stated, total)
        return cleaned

    def said(self) -> dict[str, Any]:
        """What the service is told of it."""
        return {"probabilities": self.cleaned_data["probabilities"]}

    def signature(self) -> str:
        """What a quote was for: the same boxes give the same words."""
        stated = ":".join(str(self.cleaned_data[self.box(index)]) for index in range(self.asked))
        return f"{stated}:{self.cleaned_data['stake']}"


@dataclass(frozen=True)
class Wanted:
    """An order as the trade form understands it; amounts in microcredits and microshares."""

    side: str
    claim: tuple[int, ...]
    budget: int | None
    shares: int | None
    limit: Decimal | None
    time_in_force: str = TimeInForce.IOC
    expires_at: datetime | None = None

    @property
    def is_buy(self) -> bool:
        return self.side == Side.BUY

    @property
    def rests(self) -> bool:
        """Does what is not traded at once wait in the book?"""
        return self.time_in_force in {TimeInForce.GTC, TimeInForce.GTD}


AT_MARKET, AT_LIMIT = "market", "limit"
"""The two ways to name a price: whatever it is, or only this one and better."""

_LASTS = [
    (TimeInForce.GTC.value, "until I cancel it"),
    (TimeInForce.GTD.value, "until a date"),
    (TimeInForce.IOC.value, "not at all: cancel the rest"),
]


class TradeForm(Ticket):
    """Buying a claim for credits, or selling shares of it, at the market or at a limit."""

    side = forms.ChoiceField(choices=Side, initial=Side.BUY.value, widget=forms.RadioSelect)
    amount = AmountField(label="Amount")
    pricing = forms.ChoiceField(
        required=False,
        choices=[(AT_MARKET, "At the market"), (AT_LIMIT, "At a limit")],
        initial=AT_MARKET,
        widget=forms.RadioSelect,
    )
    limit = forms.DecimalField(
        required=False,
        min_value=Decimal("0.1"),
        max_value=Decimal("99.9"),
        max_digits=4,
        decimal_places=1,
        label="Limit, in percent",
        widget=_percents(),
    )
    time_in_force = forms.ChoiceField(
        required=False,
        choices=_LASTS,
        initial=TimeInForce.GTC.value,
        label="What is not filled at once waits",
    )
    expires_at = forms.DateTimeField(
        required=False,
        label="Until, in UTC",
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "autocomplete": "off"}, format="%Y-%m-%dT%H:%M"
        ),
    )
    quoted_price = forms.FloatField(required=False, widget=forms.HiddenInput)

    refusal_fields: ClassVar = {
        "budget": "amount", "shares": "amount", "claim": "claim", "price": "amount",
    }  # fmt: skip

    def __init__(self, question: Question, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.question = question
        self.labels = [outcome.label for outcome in question.outcomes.all()]
        self.fields["claim"] = self._claim_field()

    def _claim_field(self) -> forms.ChoiceField:
        """Two outcomes side by side; more of them in a list, each with its opposite."""
        plain = [(str(index), label) for index, label in enumerate(self.labels)]
        if self.question.type == QuestionType.BINARY:
            return forms.ChoiceField(choices=plain, initial="0", widget=forms.RadioSelect)
        opposites = [(f"{_NOT}{index}", f"Not {label}") for index, label in enumerate(self.labels)]
        choices = [("It comes true", plain), ("It does not", opposites)]
        return forms.ChoiceField(choices=choices, initial="0", label="Claim")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        pricing = cleaned.get("pricing") or (AT_LIMIT if cleaned.get("limit") else AT_MARKET)
        if pricing != AT_LIMIT:
            cleaned.update(limit=None, time_in_force=TimeInForce.IOC.value, expires_at=None)
            return cleaned
        if cleaned.get("limit") is None and "limit" not in self.errors:
            self.add_error("limit", forms.ValidationError("Say at which price.", code="required"))
        cleaned["time_in_force"] = cleaned.get("time_in_force") or TimeInForce.IOC.value
        if cleaned["time_in_force"] != TimeInForce.GTD:
            cleaned["expires_at"] = None
        elif "expires_at" not in self.errors:
            self._require_time_ahead(cleaned.get("expires_at"))
        return cleaned

    def _require_time_ahead(self, expires_at: datetime | None) -> None:
        closes_at = self.question.closes_at
        if expires_at is None:
            self.add_error("expires_at", forms.ValidationError("Say until when.", code="required"))
        elif expires_at <= timezone.now():
            self.add_error("expires_at", "That time has passed.")
        elif closes_at is not None and expires_at > closes_at:
            self.add_error(
                "expires_at", f"The question closes before that, on {instant(closes_at)}."
            )

    def claim_words(self) -> str:
        """The chosen claim of a clean form, by name."""
        chosen: str = self.cleaned_data["claim"]
        label = self.labels[int(chosen.removeprefix(_NOT))]
        return f"not {label}" if chosen.startswith(_NOT) else label

    def wanted(self) -> Wanted:
        """The order that the clean form asks for."""
        cleaned = self.cleaned_data
        is_buy = cleaned["side"] == Side.BUY
        limit = cleaned.get("limit")
        return Wanted(
            side=cleaned["side"],
            claim=self.claim_of(cleaned["claim"]),
            budget=cleaned["amount"] if is_buy else None,
            shares=None if is_buy else cleaned["amount"],
            limit=None if limit is None else limit / 100,
            time_in_force=cleaned["time_in_force"],
            expires_at=cleaned["expires_at"],
        )

    def claim_of(self, chosen: str) -> tuple[int, ...]:
        index = (int(chosen.removeprefix(_NOT)),)
        return complement(index, len(self.labels)) if chosen.startswith(_NOT) else index

    def signature(self) -> str:
        """What a quote was for: the same boxes give the same words."""
        cleaned = self.cleaned_data
        names = ("side", "claim", "amount", "limit", "time_in_force", "expires_at")
        return ":".join(str(cleaned[name]) for name in names)


class ChallengeForm(forms.Form):
    reason = forms.CharField(
        max_length=2000,
        label="Why is the proposed answer wrong?",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class QuestionFilter(forms.Form):
    """The filters above the list of questions; nonsense in the address is read as no filter."""

    q = forms.CharField(required=False, max_length=200, label="Words", empty_value="")
    status = forms.ChoiceField(
        required=False,
        label="Status",
        choices=[
            ("", "Any"), ("open", "Open"), ("closed", "Closed, undecided"),
            ("resolved", "Decided"),
        ],
    )  # fmt: skip
    type = forms.ChoiceField(
        required=False, label="Kind", choices=[("", "Any"), *QuestionType.choices]
    )
    sort = forms.ChoiceField(
        required=False,
        label="Order",
        choices=[
            ("newest", "Newest"), ("closing_soon", "Closing soon"), ("volume", "Most traded"),
            ("forecasters", "Most forecasters"),
        ],
    )  # fmt: skip
    tag = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, empty_value="")

    def asked(self) -> dict[str, Any]:
        """Keyword arguments for `public_questions`."""
        self.is_valid()
        cleaned = self.cleaned_data
        sort = cleaned.get("sort") or "newest"
        return {
            "q": cleaned.get("q", ""),
            "status": STATUS_FILTERS.get(cleaned.get("status", ""), ()),
            "type": cleaned.get("type", ""),
            "tag": cleaned.get("tag", ""),
            "sort": sort if sort in SORTS else "newest",
        }


def forecast_start(probabilities: Sequence[float]) -> dict[str, str]:
    """What the boxes begin with: a forecast or odds, in percent."""
    start = percent_fields(probabilities)
    return {ForecastForm.box(index): part for index, part in enumerate(start)}


def _of_two(percent: Decimal) -> list[float]:
    share = float(percent / 100)
    return [share, 1 - share]


def _of_many(percents: list[Decimal], total: Decimal) -> list[float]:
    """Probabilities that sum to one: the likeliest outcome takes what rounding left over."""
    largest = percents.index(max(percents))
    shared = [part + (100 - total) * (place == largest) for place, part in enumerate(percents)]
    return [float(part / 100) for part in shared]
