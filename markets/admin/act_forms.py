"""The small forms of the desk's acts: a reason, an instant, a typed word."""

from typing import Any

from django import forms

from markets.models import Question
from markets.services.clarifications import CLARIFICATION_LENGTH_MAX
from users.desk_fields import MomentField, text_area, text_input

REASON_LENGTH_MAX = 300


class Nothing(forms.Form):
    """An act that asks for nothing still has a place for its refusal."""


class ConfirmForm(forms.Form):
    """Confirming asks for nothing, but says which version was read."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        if "version" not in self.cleaned_data:
            raise forms.ValidationError(
                "Open this page anew: it did not say which version you read."
            )
        return self.cleaned_data


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=REASON_LENGTH_MAX,
        widget=text_input(autofocus=True),
        help_text="Kept in the log for good.",
    )


class DropForm(ReasonForm):
    """Why a correction is declined or withdrawn, and which version was read."""

    reason = forms.CharField(
        max_length=REASON_LENGTH_MAX,
        widget=text_area(2),
        help_text="Why the answer stays as it is. Everybody will read it.",
    )
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class ClarificationForm(forms.Form):
    text = forms.CharField(
        max_length=CLARIFICATION_LENGTH_MAX,
        label="How the rules are to be read",
        widget=text_area(4, autofocus=True),
        help_text="Dated, shown beside the rules, and kept for good. It may not change them.",
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
