"""The forms of an answer: what came true and since when, why, and the evidence for it."""

from typing import TYPE_CHECKING, Any, cast

from django import forms

from markets.admin.fields import ValueField, probabilities_from, value_from
from markets.core.errors import MarketError
from markets.core.evidence import EVIDENCE_MAX, QUOTE_LENGTH_MAX, URL_LENGTH_MAX
from markets.core.lifecycle import QuestionStatus
from markets.models import Question, QuestionType, Verdict
from markets.services.answers import Answer, weights_for_value
from users.desk_fields import LinesField, MomentField, choice, text_area, text_input

SPLIT = "split"
VALUE = "value"
SPLIT_LABEL = "The truth is split: weights below"
_REFUNDED = {
    Verdict.AMBIGUOUS: "Ambiguous: the question was sound, but the truth cannot be told. "
    "Everybody gets back what they spent.",
    Verdict.ANNULLED: "Annulled: the question itself was flawed. "
    "Everybody gets back what they spent.",
}


class _AnswerForm(forms.Form):
    """What every answer has: its verdict, its instant, and why."""

    answer = forms.ChoiceField(widget=forms.RadioSelect)
    effective_at = MomentField(
        required=False,
        label="Known since (UTC)",
        help_text="From then on the answer was known: later trades and forecasts are undone. "
        "Empty: when trading ended.",
    )
    early_end_reason = forms.CharField(
        max_length=2_000,
        label="Why the criteria let it end early",
        widget=text_area(2),
        help_text="It is still open. Quote the words that decide it before its scheduled close.",
    )
    rationale = forms.CharField(
        max_length=5_000,
        widget=text_area(4),
        help_text="How the evidence meets the criteria. Everybody will read it.",
    )

    def __init__(self, *args: Any, question: Question, is_correction: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question = question
        if question.status != QuestionStatus.OPEN:
            del self.fields["early_end_reason"]
        if is_correction:
            self.fields[
                "rationale"
            ].help_text = (
                "What was wrong with the answer, and what shows it. Everybody will read it."
            )
            self.fields[
                "effective_at"
            ].help_text = (
                "Later trades and forecasts are undone. Empty: as in the answer that stands."
            )
        refunded = [Verdict.AMBIGUOUS, *([Verdict.ANNULLED] if is_correction else [])]
        cast("forms.ChoiceField", self.fields["answer"]).choices = [
            *self.answers(),
            *((verdict.value, _REFUNDED[verdict]) for verdict in refunded),
        ]

    def answers(self) -> list[tuple[str, str]]:
        """The choices of what came true."""
        raise NotImplementedError

    def to_answer(self, evidence: list[dict[str, str | int]]) -> Answer:
        given = self.cleaned_data
        return Answer(
            verdict=self.verdict(),
            outcome_weights=None if given.get("value") is not None else given.get("weights"),
            value=given.get("value"),
            effective_at=given.get("effective_at"),
            evidence=evidence,
            rationale=given["rationale"],
            early_end_reason=given.get("early_end_reason", ""),
        )

    def verdict(self) -> str:
        chosen = self.cleaned_data.get("answer")
        return chosen if chosen in _REFUNDED else Verdict.OUTCOME

    def said(self) -> str:
        """What decides who gets what, to tell whether that was on the page before."""
        given = self.cleaned_data
        parts = [self.verdict()] if self.verdict() in _REFUNDED else []
        if given.get("value") is not None:
            parts.append(repr(given["value"]))
        else:
            parts += map(repr, given.get("weights") or ())
        if given.get("effective_at") is not None:
            parts.append(given["effective_at"].isoformat())
        return " ".join(parts)


class AnswerForm(_AnswerForm):
    """Which outcome came true, or how one credit is divided among them, and why."""

    weights = LinesField(
        part_length_max=40,
        required=False,
        label="Weights in percent",
        widget=text_area(3),
        help_text="Only where the truth is split: one per outcome, in order.",
    )
    field_order = ("answer", "weights", "effective_at", "early_end_reason", "rationale")

    def answers(self) -> list[tuple[str, str]]:
        labels = [outcome.label for outcome in self.question.outcomes.order_by("index")]
        return [*((str(index), label) for index, label in enumerate(labels)), (SPLIT, SPLIT_LABEL)]

    def clean(self) -> dict[str, Any]:
        answer, lines = self.cleaned_data.get("answer"), self.cleaned_data.pop("weights", None)
        count = len(self.question.prior)
        if answer == SPLIT and lines is not None:
            try:
                self.cleaned_data["weights"] = probabilities_from(lines, count)
            except forms.ValidationError as wrong:
                self.add_error("weights", wrong)
        elif answer is not None and answer.isdigit():
            chosen = int(answer)
            self.cleaned_data["weights"] = tuple(float(index == chosen) for index in range(count))
        return self.cleaned_data


class ValueAnswerForm(_AnswerForm):
    """The number or the date that came true; its bin follows from it."""

    value = ValueField(required=False)
    field_order = ("answer", "value", "effective_at", "early_end_reason", "rationale")

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, question=question, **kwargs)
        is_date = question.type == QuestionType.DATE
        answer = self.fields["answer"]
        answer.required, answer.initial = False, VALUE
        self.fields["value"].label = "Day (UTC)" if is_date else "Number"
        self.fields["value"].help_text = (
            "Such as 2027-01-31, or 2027-01-31 18:00 where the hour matters."
            if is_date
            else f"In digits{f', in {question.unit}' if question.unit else ''}."
        )

    def answers(self) -> list[tuple[str, str]]:
        kind = "day" if self.question.type == QuestionType.DATE else "number"
        return [(VALUE, f"It came out at the {kind} below")]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        typed = cleaned.pop("value", "")
        if self.verdict() in _REFUNDED:
            return cleaned
        if not typed:
            self.add_error("value", forms.Field.default_error_messages["required"])
            return cleaned
        try:
            is_date = self.question.type == QuestionType.DATE
            cleaned["value"] = value_from(typed, is_date=is_date)
            cleaned["weights"] = weights_for_value(self.question, cleaned["value"])
        except forms.ValidationError as wrong:
            self.add_error("value", wrong)
        except MarketError as refusal:
            self.add_error("value", refusal.message)
        return cleaned


def answer_form(posted: Any, *, question: Question, is_correction: bool = False) -> _AnswerForm:
    """The form for a question's answer, bound or blank."""
    form = AnswerForm if question.bins is None else ValueAnswerForm
    return form(posted, question=question, is_correction=is_correction)


class EvidenceForm(forms.Form):
    """One piece of evidence: a quote, and where it stands."""

    quote = forms.CharField(max_length=QUOTE_LENGTH_MAX, required=False, widget=text_area(2))
    article = forms.TypedChoiceField(coerce=int, required=False, empty_value=None, widget=choice())
    url = forms.URLField(
        max_length=URL_LENGTH_MAX,
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


def evidence_lines(
    posted: Any,
    *,
    articles: list[tuple[int, str]],
    begin: list[dict[str, str | int]] | None = None,
) -> EvidenceFormSet:
    """The lines of evidence, bound or blank, with the articles that they may choose from."""
    lines = _FACTORY(
        posted, prefix="evidence", form_kwargs={"articles": articles}, initial=begin or None
    )
    return cast("EvidenceFormSet", lines)
