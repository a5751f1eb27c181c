"""Suggesting the answer of a question from its page."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest

from markets.models import UNANSWERED, AnswerSuggestion, Question
from markets.queries.resolvers import sources_of, suggestion_by
from markets.services.suggestions import QUOTE_LENGTH_MAX, URL_LENGTH_MAX, suggest
from markets.web.lookup import reader_of
from markets.web.range_forms import seconds, value_box
from users.models import User


class SuggestionForm(forms.Form):
    """What came true, and the sentence that tells it."""

    quote = forms.CharField(
        max_length=QUOTE_LENGTH_MAX,
        label="The sentence that tells it",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    url = forms.URLField(
        max_length=URL_LENGTH_MAX,
        assume_scheme="https",
        label="The page where it stands",
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
    )
    field_order = ("answer", "quote", "url")

    def __init__(self, question: Question, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "suggest_%s", **options})
        self.question = question
        self.fields["answer"] = self._answer()
        self.order_fields(self.field_order)

    def _answer(self) -> forms.Field:
        if self.question.bins is not None:
            return value_box(self.question.bins, "What came true")
        labels = [(str(each.index), each.label) for each in self.question.outcomes.all()]
        return forms.ChoiceField(choices=[("", "Choose"), *labels], label="What came true")

    def suggest(self, *, suggester: User, now: datetime) -> AnswerSuggestion:
        """Have it wait for an editor; raises what the service raises."""
        given, bins = self.cleaned_data, self.question.bins
        weights = value = None
        if bins is None:
            chosen = int(given["answer"])
            weights = [float(index == chosen) for index in range(len(self.question.prior))]
        else:
            value = seconds(given["answer"]) if bins.is_date else float(given["answer"])
        return suggest(
            question_id=self.question.pk,
            outcome_weights=weights,
            value=value,
            quote=given["quote"],
            url=given["url"],
            suggester=suggester,
            now=now,
        )


def resolving_parts(request: HttpRequest, asked: Question) -> dict[str, Any]:
    """How a question resolves, and what a reader has suggested or may suggest."""
    sources = sources_of(asked) if asked.status in UNANSWERED else ()
    reader = reader_of(request)
    if asked.status not in UNANSWERED or reader is None:
        return {"resolving_sources": sources, "takes_suggestions": asked.status in UNANSWERED}
    made = suggestion_by(reader.pk, asked)
    is_waiting = made is not None and made.decided_at is None
    return {
        "resolving_sources": sources,
        "takes_suggestions": True,
        "my_suggestion": made,
        "suggestion_form": None if is_waiting else SuggestionForm(asked),
    }
