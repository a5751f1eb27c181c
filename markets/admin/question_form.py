"""The form in which an editor writes a question."""

from datetime import timedelta
from typing import Any

from django import forms

from markets.admin.fields import CreditsField, percentages, probabilities_from
from markets.models import Question, QuestionType
from markets.models.question import CHALLENGE_WINDOW
from markets.services.question_text import DEFAULT_SUBSIDY, TITLE_LENGTH_MAX, QuestionText
from users.desk_fields import LinesField, MomentField, choice, text_area, text_input

_HOUR = timedelta(hours=1)
CHALLENGE_HOURS_MAX = 24 * 30
TEXT_LENGTH_MAX = 20_000


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
        initial="Yes\nNo",
        widget=text_area(4, **{"data-lines": "outcomes"}),
        help_text="One per line, in the order in which they are shown.",
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
        help_text="Until then the crowd's odds stay hidden. Empty: never hidden.",
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
        ("Outcomes", ("outcomes", "prior")),
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
        outcomes, prior = self.cleaned_data.get("outcomes"), self.cleaned_data.get("prior")
        if outcomes and prior is not None:
            try:
                self.cleaned_data["prior"] = probabilities_from(prior, len(outcomes))
            except forms.ValidationError as wrong:
                self.add_error("prior", wrong)
        return self.cleaned_data

    def fieldsets(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.groups]

    def to_text(self) -> QuestionText:
        """What the service is told; call it on a valid form."""
        chosen = dict(self.cleaned_data)
        chosen["challenge_window"] = chosen["challenge_window"] * _HOUR
        return QuestionText(**chosen)


def initial_of(question: Question) -> dict[str, Any]:
    """What the form shows of a question that is there already."""
    initial = {name: getattr(question, name) for name in QuestionForm.base_fields}
    return {
        **initial,
        "outcomes": [outcome.label for outcome in question.outcomes.order_by("index")],
        "prior": percentages(question.prior),
        "challenge_window": f"{question.challenge_window / _HOUR:g}",
    }
