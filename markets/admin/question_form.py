"""The form in which an editor writes a question."""

from datetime import timedelta
from typing import Any

from django import forms

from markets.admin.fields import (
    CreditsField,
    ValueField,
    is_uniform,
    percentages,
    probabilities_from,
    value_from,
    value_text,
)
from markets.core.numeric import BIN_COUNT_MAX, BIN_COUNT_MIN, UNIT_LENGTH_MAX, Bins
from markets.core.question_lint import Wording
from markets.models import RANGED, Question, QuestionType, Scale
from markets.models.question import CHALLENGE_WINDOW
from markets.queries.lint import range_of
from markets.services.question_text import DEFAULT_SUBSIDY, TITLE_LENGTH_MAX, QuestionText
from users.desk_fields import LinesField, MomentField, choice, switch, text_area, text_input

_HOUR = timedelta(hours=1)
CHALLENGE_HOURS_MAX = 24 * 30
TEXT_LENGTH_MAX = 20_000
RANGE_FIELDS = ("lower", "upper", "count", "scale", "open_below", "open_above")


class QuestionForm(forms.Form):
    """Everything that is asked, with its dates in UTC and its subsidy in credits."""

    title = forms.CharField(
        max_length=TITLE_LENGTH_MAX,
        widget=text_area(2, autofocus=True),
        help_text="Must stand alone: names, place and date, so that nobody needs the article.",
    )
    type = forms.ChoiceField(choices=QuestionType.choices, widget=choice())
    outcomes = LinesField(
        part_length_max=120,
        required=False,
        initial="Yes\nNo",
        widget=text_area(4, **{"data-lines": "outcomes"}),
        help_text="One per line, in the order in which they are shown.",
    )
    lower = ValueField(
        required=False,
        label="From",
        help_text="A number, or a day in UTC such as 2027-01-01.",
    )
    upper = ValueField(
        required=False,
        label="To",
        help_text="The end; it belongs to what lies above, if that is possible.",
    )
    count = forms.IntegerField(
        required=False,
        min_value=BIN_COUNT_MIN,
        max_value=BIN_COUNT_MAX,
        initial=12,
        label="Bins",
        widget=text_input(inputmode="numeric"),
        help_text="How many outcomes in all. Whole months are the calendar's.",
    )
    scale = forms.ChoiceField(
        required=False,
        choices=Scale.choices,
        widget=choice(),
        help_text="Equal ratios suit values that may differ by factors.",
    )
    open_below = forms.BooleanField(required=False, label="Less is possible", widget=switch())
    open_above = forms.BooleanField(required=False, label="More is possible", widget=switch())
    unit = forms.CharField(
        required=False,
        max_length=UNIT_LENGTH_MAX,
        widget=text_input(),
        help_text="Of a number, such as: billion dollars.",
    )
    prior = LinesField(
        part_length_max=40,
        required=False,
        label="Prior in percent",
        widget=text_area(4, **{"data-lines": "prior"}),
        help_text="One per outcome. Leave out the last and it gets the rest; leave out all and "
        "they are equal.",
    )
    resolution_criteria = forms.CharField(
        max_length=TEXT_LENGTH_MAX,
        widget=text_area(5),
        help_text="What makes it YES, what makes it NO, by whose word, until when.",
    )
    background = forms.CharField(max_length=TEXT_LENGTH_MAX, required=False, widget=text_area(3))
    fine_print = forms.CharField(max_length=TEXT_LENGTH_MAX, required=False, widget=text_area(3))
    resolution_sources = LinesField(
        part_length_max=300,
        required=False,
        widget=text_area(2),
        help_text="One per line: an address or a publication.",
    )
    tags = LinesField(
        part_length_max=40,
        separator=",",
        required=False,
        widget=text_input(),
        help_text="Separated by commas.",
    )
    opens_at = MomentField(
        required=False, label="Opens (UTC)", help_text="Empty: as soon as it is published."
    )
    closes_at = MomentField(label="Closes (UTC)", help_text="Trading and forecasting end.")
    resolve_by = MomentField(label="Resolve by (UTC)", help_text="When the answer will be known.")
    reveal_at = MomentField(
        required=False,
        label="Reveal the crowd (UTC)",
        help_text="Until then, or until decided, the crowd's odds stay hidden. Empty: never.",
    )
    subsidy = CreditsField(
        initial=DEFAULT_SUBSIDY,
        label="Subsidy in credits",
        widget=text_input(inputmode="decimal"),
        help_text="The most that the house can lose; more of it makes the odds move less.",
    )
    challenge_window = forms.FloatField(
        min_value=0,
        max_value=CHALLENGE_HOURS_MAX,
        initial=CHALLENGE_WINDOW / _HOUR,
        label="Challenge window in hours",
        widget=text_input(inputmode="decimal"),
    )

    groups = (
        ("What is asked", ("title", "type")),
        ("Outcomes", ("outcomes",)),
        ("Range", (*RANGE_FIELDS, "unit")),
        ("Prior", ("prior",)),
        (
            "How it is decided",
            ("resolution_criteria", "background", "fine_print", "resolution_sources", "tags"),
        ),
        ("When", ("opens_at", "closes_at", "resolve_by", "reveal_at")),
        ("Market", ("subsidy", "challenge_window")),
    )

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("type") in RANGED:
            cleaned["outcomes"], cleaned["bins"] = (), self._bins()
            outcome_count = cleaned["bins"].count if cleaned["bins"] else 0
        else:
            cleaned["bins"], outcome_count = None, len(cleaned.get("outcomes") or ())
            if "outcomes" in cleaned and not outcome_count:
                self.add_error("outcomes", "Name the outcomes, one per line.")
        prior = cleaned.get("prior")
        if outcome_count and prior is not None:
            try:
                cleaned["prior"] = probabilities_from(prior, outcome_count)
            except forms.ValidationError as wrong:
                self.add_error("prior", wrong)
        return cleaned

    def _bins(self) -> Bins | None:
        """The bins of a number or a date, or None with an error beside what is missing."""
        cleaned, is_date = self.cleaned_data, self.cleaned_data["type"] == QuestionType.DATE
        for name in ("lower", "upper", "count"):
            if name in cleaned and cleaned[name] in {None, ""}:
                self.add_error(name, "A number or a date needs this.")
        bounds = {name: cleaned[name] for name in ("lower", "upper") if cleaned.get(name)}
        for name, text in bounds.items():
            try:
                cleaned[name] = value_from(text, is_date=is_date)
            except forms.ValidationError as wrong:
                self.add_error(name, wrong)
        if any(name in self.errors for name in RANGE_FIELDS):
            return None
        return Bins(
            lower=cleaned["lower"], upper=cleaned["upper"], count=cleaned["count"],
            scale=cleaned["scale"] or Scale.LINEAR.value, open_below=cleaned["open_below"],
            open_above=cleaned["open_above"], is_date=is_date, unit=cleaned["unit"].strip(),
        )  # fmt: skip

    def fieldsets(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.groups]

    def to_text(self) -> QuestionText:
        """What the service is told; call it on a valid form."""
        chosen = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in {*RANGE_FIELDS, "unit"}
        }
        chosen["challenge_window"] = chosen["challenge_window"] * _HOUR
        return QuestionText(**chosen)

    def to_wording(self) -> Wording:
        """What lint reads: whatever was typed so far, valid or not."""
        self.errors  # noqa: B018 - asking for them cleans the form, once
        cleaned = self.cleaned_data
        bins = cleaned.get("bins")
        return Wording(
            title=cleaned.get("title", ""),
            type=cleaned.get("type", ""),
            resolution_criteria=cleaned.get("resolution_criteria", ""),
            background=cleaned.get("background", ""),
            fine_print=cleaned.get("fine_print", ""),
            outcomes=tuple(cleaned.get("outcomes") or ()),
            resolution_sources=tuple(cleaned.get("resolution_sources") or ()),
            tags=tuple(cleaned.get("tags") or ()),
            opens_at=cleaned.get("opens_at"),
            closes_at=cleaned.get("closes_at"),
            resolve_by=cleaned.get("resolve_by"),
            prior=tuple(part for part in cleaned.get("prior") or () if isinstance(part, float)),
            range=None if bins is None or bins.faults() else range_of(bins),
        )


def initial_of(question: Question) -> dict[str, Any]:
    """What the form shows of a question that is there already."""
    bins = question.bins
    initial = {
        name: getattr(question, name) for name in QuestionForm.base_fields if name != "count"
    }
    labels = [outcome.label for outcome in question.outcomes.order_by("index")]
    return {
        **initial,
        "outcomes": [] if bins else labels,
        "count": bins.count if bins else None,
        "lower": value_text(bins, bins.lower) if bins else "",
        "upper": value_text(bins, bins.upper) if bins else "",
        "prior": [] if bins and is_uniform(question.prior) else percentages(question.prior),
        "challenge_window": f"{question.challenge_window / _HOUR:g}",
    }
