"""The small forms of the desk's acts: a reason, an answer with its evidence, a typed word."""

from typing import TYPE_CHECKING, Any, cast

from django import forms

from markets.admin.fields import ValueField, probabilities_from, value_from
from markets.core.errors import MarketError
from markets.models import Question, QuestionType
from markets.services.answers import weights_for_value
from users.desk_fields import LinesField, MomentField, choice, text_area, text_input

REASON_LENGTH_MAX = 300
EVIDENCE_MAX = 10
SPLIT = "split"
SPLIT_LABEL = "The truth is split: weights below"


class Nothing(forms.Form):
    """An act that asks for nothing still has a place for its refusal."""


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=REASON_LENGTH_MAX,
        widget=text_input(autofocus=True),
        help_text="Kept in the log for good.",
    )


class PublishForm(forms.Form):
    """Publishing asks for nothing, unless lint found errors that are to stand."""

    override_reason = forms.CharField(
        max_length=REASON_LENGTH_MAX,
        required=False,
        label="Why the errors are none here",
        widget=text_input(),
        help_text="Kept in the log for good. Or go back to the text and mend them.",
    )


class OpeningForm(forms.Form):
    opens_at = MomentField(
        required=False, label="Opens (UTC)", help_text="Empty: it opens at once."
    )


class AnnulForm(forms.Form):
    """Undoing a whole question takes a reason, and its name typed out."""

    reason = forms.CharField(
        max_length=REASON_LENGTH_MAX,
        widget=text_area(3),
        help_text="Everybody who traded or forecast will see it.",
    )
    typed = forms.CharField(label="Confirmation", widget=text_input(autocomplete="off"))

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.phrase = f"annul {question.pk}"
        self.fields["typed"].help_text = f"Type “{self.phrase}”."

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if typed.strip().lower() != self.phrase:
            raise forms.ValidationError(
                f"Type “{self.phrase}” to say that you mean it.", code="not_confirmed"
            )
        return typed


class AnswerForm(forms.Form):
    """Which outcome came true, or how one credit is divided among them, and why."""

    answer = forms.ChoiceField(widget=forms.RadioSelect)
    weights = LinesField(
        part_length_max=40,
        required=False,
        label="Weights in percent",
        widget=text_area(3),
        help_text="Only where the truth is split: one per outcome, in order.",
    )
    rationale = forms.CharField(
        max_length=5_000,
        widget=text_area(4),
        help_text="How the evidence meets the criteria. Everybody will read it.",
    )

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = [outcome.label for outcome in question.outcomes.order_by("index")]
        self.outcome_count = len(labels)
        answer = cast("forms.ChoiceField", self.fields["answer"])
        answer.choices = [
            *((str(index), label) for index, label in enumerate(labels)),
            (SPLIT, SPLIT_LABEL),
        ]

    def clean(self) -> dict[str, Any]:
        answer, lines = self.cleaned_data.get("answer"), self.cleaned_data.get("weights")
        if answer == SPLIT and lines is not None:
            try:
                self.cleaned_data["weights"] = probabilities_from(lines, self.outcome_count)
            except forms.ValidationError as wrong:
                self.add_error("weights", wrong)
        elif answer is not None:
            chosen = int(answer)
            self.cleaned_data["weights"] = tuple(
                float(index == chosen) for index in range(self.outcome_count)
            )
        return self.cleaned_data


class ValueAnswerForm(forms.Form):
    """The number or the date that came true; its bin follows from it."""

    value = ValueField()
    rationale = forms.CharField(
        max_length=5_000,
        widget=text_area(4),
        help_text="How the evidence meets the criteria. Everybody will read it.",
    )

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question = question
        is_date = question.type == QuestionType.DATE
        self.fields["value"].label = "Day (UTC)" if is_date else "Number"
        self.fields["value"].help_text = (
            "Such as 2027-01-31, or 2027-01-31 18:00 where the hour matters."
            if is_date
            else f"In digits{f', in {question.unit}' if question.unit else ''}."
        )

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("value"):
            try:
                is_date = self.question.type == QuestionType.DATE
                cleaned["value"] = value_from(cleaned["value"], is_date=is_date)
                cleaned["weights"] = weights_for_value(self.question, cleaned["value"])
            except forms.ValidationError as wrong:
                self.add_error("value", wrong)
            except MarketError as refusal:
                self.add_error("value", refusal.message)
        return cleaned


class EvidenceForm(forms.Form):
    """One piece of evidence: a quote, and where it stands."""

    quote = forms.CharField(max_length=2_000, required=False, widget=text_area(2))
    article = forms.TypedChoiceField(coerce=int, required=False, empty_value=None, widget=choice())
    url = forms.URLField(
        max_length=2_000,
        required=False,
        assume_scheme="https",
        label="Address",
        widget=text_input(type="url", placeholder="https://"),
    )

    def __init__(self, *args: Any, articles: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        article = cast("forms.TypedChoiceField", self.fields["article"])
        article.choices = [("", "—"), *articles]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("quote") and not (given.get("url") or given.get("article")):
            self.add_error("quote", "Say where this quote stands: choose the article or its page.")
        return given

    def evidence(self) -> dict[str, str | int]:
        return {name: value for name, value in self.cleaned_data.items() if value}


if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet[EvidenceForm]
else:
    _FormSet = forms.BaseFormSet


class EvidenceFormSet(_FormSet):
    """Several lines of evidence; empty ones are passed over."""

    def evidence(self) -> list[dict[str, str | int]]:
        return [found for form in self.forms if (found := form.evidence())]


_FACTORY = forms.formset_factory(
    EvidenceForm, formset=EvidenceFormSet, extra=2, max_num=EVIDENCE_MAX, validate_max=True
)


def evidence_lines(posted: Any, *, articles: list[tuple[int, str]]) -> EvidenceFormSet:
    """The lines of evidence, bound or blank, with the articles that they may choose from."""
    lines = _FACTORY(posted, prefix="evidence", form_kwargs={"articles": articles})
    return cast("EvidenceFormSet", lines)
