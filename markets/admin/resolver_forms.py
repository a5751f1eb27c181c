"""The forms in which editors set up resolvers: one for each kind, with what that kind needs."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms

from markets.core.resolver_readings import TEXT_LENGTH_MAX, Comparison
from markets.core.resolvers import CONFIRMATIONS_MAX, GRACE_MAX
from markets.models import RANGED, Question, QuestionType, Resolver, ResolverKind
from markets.models.resolver import CONFIRM_AFTER, GRACE
from markets.queries.resolvers import rhythm
from markets.services.resolver_settings import ResolverSettings
from users.desk_fields import LinesField, MomentField, choice, switch, text_area, text_input

_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
_MINUTES = (5, 15, 30, 60, 180, 360, 720, 1440, 2880, 10080)
RHYTHMS = [(str(each), rhythm(each * _MINUTE).capitalize()) for each in _MINUTES]
TEXTS_SHOWN_MAX = 20
COMPARED = {
    Comparison.LESS: "is less than",
    Comparison.AT_MOST: "is at most",
    Comparison.EQUAL: "is exactly",
    Comparison.AT_LEAST: "is at least",
    Comparison.MORE: "is more than",
}


def _minutes(every: timedelta) -> str:
    return str(round(every / _MINUTE))


class ResolverForm(forms.Form):
    """When a resolver looks, and until when: what all kinds have in common."""

    kind: ClassVar[str]
    decides: ClassVar[bool] = False

    first_at = MomentField(
        required=False, label="First look (UTC)", help_text="Empty: as soon as possible."
    )
    every = forms.ChoiceField(choices=RHYTHMS, initial="1440", widget=choice(), label="Looks")
    until = MomentField(
        required=False,
        label="Last look before (UTC)",
        help_text="Empty: until the question is answered.",
    )

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question = question

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields in the order in which they are asked for."""
        schedule = ["first_at", "every", "until"]
        weighing = [
            name
            for name in ("grace_hours", "confirmations", "confirm_minutes", "ends_early")
            if name in self.fields
        ]
        first = [name for name in self.fields if name not in {*schedule, *weighing}]
        named = [("What is read", first), ("When it is an answer", weighing), ("When", schedule)]
        return [(title, [self[name] for name in names]) for title, names in named if names]

    def settings(self, *, now: Any) -> ResolverSettings:
        """What was typed, as the service takes it."""
        given = self.cleaned_data
        return ResolverSettings(
            kind=self.kind,
            first_at=given["first_at"] or now,
            every=int(given["every"]) * _MINUTE,
            until=given["until"],
            **self.own_settings(given),
        )

    def own_settings(self, given: dict[str, Any]) -> dict[str, Any]:
        """What this kind has beside its schedule."""
        raise NotImplementedError

    @classmethod
    def start(cls, resolver: Resolver) -> dict[str, Any]:
        """What the boxes begin with for a resolver that is set up already."""
        return {
            "first_at": resolver.first_at,
            "every": _minutes(resolver.every),
            "until": resolver.until,
            "expression": resolver.expression,
            "url": resolver.url,
            "column": resolver.column,
            "row_column": resolver.row_column,
            "row_value": resolver.row_value,
            "delimiter": {"\t": "tab"}.get(resolver.delimiter, resolver.delimiter),
            "comparison": resolver.comparison,
            "threshold": resolver.threshold,
            "multiplier": resolver.multiplier,
            "unit": resolver.unit,
            "phrases": tuple(resolver.phrases),
            "outcome": resolver.outcome,
            "note": resolver.note,
            "ends_early": resolver.ends_early,
            "confirmations": resolver.confirmations,
            "confirm_minutes": _minutes(resolver.confirm_after),
            "grace_hours": round(resolver.grace / _HOUR),
            **{f"text_{index}": text for index, text in enumerate(resolver.texts)},
        }


class DecidingForm(ResolverForm):
    """When what was read is an answer."""

    decides = True
    confirmations_min: ClassVar[int] = 2

    grace_hours = forms.IntegerField(
        min_value=0,
        max_value=round(GRACE_MAX / _HOUR),
        initial=round(GRACE / _HOUR),
        label="Hours of grace after the close",
        widget=text_input(inputmode="numeric"),
        help_text="How late the source may be. Before that, nothing is ever answered with no.",
    )
    confirmations = forms.IntegerField(
        min_value=1,
        max_value=CONFIRMATIONS_MAX,
        initial=2,
        label="Reads that have to agree",
        widget=text_input(inputmode="numeric"),
    )
    confirm_minutes = forms.IntegerField(
        min_value=1,
        max_value=44_640,
        initial=round(CONFIRM_AFTER / _MINUTE),
        label="Minutes between these reads",
        widget=text_input(inputmode="numeric"),
    )
    ends_early = forms.BooleanField(
        required=False,
        label="The criteria let it end early",
        widget=switch(),
        help_text="Then anything but no may be proposed while the question is open.",
    )

    def weighing(self, given: dict[str, Any]) -> dict[str, Any]:
        return {
            "grace": given["grace_hours"] * _HOUR,
            "confirmations": given["confirmations"],
            "confirm_after": given["confirm_minutes"] * _MINUTE,
            "ends_early": given["ends_early"],
        }


class SourceForm(DecidingForm):
    """A source on the web, and which answer what it says is."""

    url = forms.CharField(
        max_length=2000,
        label="Address",
        widget=text_input(type="url", placeholder="https://"),
    )
    comparison = forms.ChoiceField(
        required=False,
        choices=[("", "—"), *((each.value, COMPARED[each]) for each in Comparison)],
        widget=choice(),
        label="Yes if the number",
    )
    threshold = forms.FloatField(required=False, widget=text_input(inputmode="decimal"))
    unit = forms.CharField(required=False, max_length=40, widget=text_input())
    multiplier = forms.FloatField(
        initial=1.0,
        widget=text_input(inputmode="decimal"),
        help_text="What turns the source's unit into that of the question, such as 0.001.",
    )

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, question=question, **kwargs)
        if question.type != QuestionType.BINARY:
            for name in ("comparison", "threshold", "unit"):
                del self.fields[name]
        if question.type == QuestionType.DATE:
            del self.fields["multiplier"]
        if question.type in RANGED:
            return
        if question.type == QuestionType.MULTIPLE_CHOICE:
            del self.fields["multiplier"]
        for index, label in enumerate(self._labels()):
            self.fields[f"text_{index}"] = forms.CharField(
                required=False,
                max_length=200,
                label=f"Or: the text that means “{label}”"[: 60 + TEXT_LENGTH_MAX],
                widget=text_input(),
                help_text="" if index else "Alternatives are divided by |.",
            )

    def _labels(self) -> list[str]:
        ordered = sorted(self.question.outcomes.all(), key=lambda each: each.index)
        return [outcome.label for outcome in ordered][:TEXTS_SHOWN_MAX]

    def own_settings(self, given: dict[str, Any]) -> dict[str, Any]:
        count = len(self.question.prior)
        texts = tuple(given.get(f"text_{index}", "") for index in range(count))
        return {
            "url": given["url"].strip(),
            "comparison": given.get("comparison", ""),
            "threshold": given.get("threshold") if given.get("comparison") else None,
            "unit": given.get("unit", ""),
            "multiplier": given.get("multiplier", 1.0),
            "texts": texts if any(texts) else (),
            **self.weighing(given),
        }


class JsonForm(SourceForm):
    kind = ResolverKind.JSON

    expression = forms.CharField(
        max_length=500,
        label="Field, in JMESPath",
        widget=text_input(),
        help_text="Such as rates.deposit.value, or months[?name=='2026-11'] | [0].index.",
    )
    field_order = ("url", "expression")

    def own_settings(self, given: dict[str, Any]) -> dict[str, Any]:
        return {**super().own_settings(given), "expression": given["expression"].strip()}


class CsvForm(SourceForm):
    kind = ResolverKind.CSV

    column = forms.CharField(
        max_length=200,
        label="Column",
        widget=text_input(),
        help_text="By its name in the first row.",
    )
    row_column = forms.CharField(
        required=False,
        max_length=200,
        label="Row: where the column",
        widget=text_input(),
        help_text="Empty: the last row.",
    )
    row_value = forms.CharField(required=False, max_length=200, label="has", widget=text_input())
    delimiter = forms.ChoiceField(
        choices=[(",", "comma"), (";", "semicolon"), ("tab", "tab"), ("|", "bar")],
        widget=choice(),
        label="Between the cells",
    )
    field_order = ("url", "column", "row_column", "row_value", "delimiter")

    def own_settings(self, given: dict[str, Any]) -> dict[str, Any]:
        delimiter = given["delimiter"]
        return {
            **super().own_settings(given),
            "column": given["column"].strip(),
            "row_column": given["row_column"].strip(),
            "row_value": given["row_value"].strip(),
            "delimiter": "\t" if delimiter == "tab" else delimiter,
        }


class RuleForm(DecidingForm):
    kind = ResolverKind.QUESTION

    expression = forms.CharField(
        max_length=500,
        label="Yes if",
        widget=text_area(2),
        help_text="Such as 12=yes and not (13=no or 14=paris): the numbers are those of questions, "
        "the words the keys of their outcomes.",
    )
    field_order = ("expression",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirmations"].initial = 1

    def own_settings(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"expression": given["expression"].strip(), **self.weighing(given)}


class ArticlesForm(ResolverForm):
    kind = ResolverKind.ARTICLE

    phrases = LinesField(
        part_length_max=200,
        required=False,
        label="Words",
        widget=text_area(3),
        help_text="One phrase per line; any of them is enough. Empty: what the watch for "
        "resolution finds by itself.",
    )
    outcome = forms.TypedChoiceField(coerce=int, widget=choice(), label="They suggest")
    field_order = ("phrases", "outcome")

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, question=question, **kwargs)
        ordered = sorted(question.outcomes.all(), key=lambda each: each.index)
        outcome: Any = self.fields["outcome"]
        outcome.choices = [(each.index, each.label) for each in ordered]
        self.fields["every"].initial = "60"

    def own_settings(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"phrases": given["phrases"], "outcome": given["outcome"]}


class ReminderForm(ResolverForm):
    kind = ResolverKind.MANUAL

    note = forms.CharField(
        max_length=300, label="What to look at", widget=text_area(2), help_text="For editors only."
    )
    field_order = ("note",)

    def own_settings(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"note": given["note"].strip()}


FORMS: dict[str, type[ResolverForm]] = {
    form.kind: form for form in (JsonForm, CsvForm, RuleForm, ArticlesForm, ReminderForm)
}
FIELD_OF = {
    "grace": "grace_hours",
    "confirm_after": "confirm_minutes",
    "texts": "text_0",
}
"""Which box stands for a setting that is typed in another unit."""


def kinds_for(question: Question) -> list[tuple[str, str]]:
    """The kinds of resolvers that suit a question, with their names."""
    unsuited = set()
    if question.type != QuestionType.BINARY:
        unsuited.add(ResolverKind.QUESTION)
    if question.type in RANGED:
        unsuited.add(ResolverKind.ARTICLE)
    return [(each.value, str(each.label)) for each in ResolverKind if each not in unsuited]
