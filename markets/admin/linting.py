"""What lint finds, beside the form in which a question is written."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils import timezone

from markets.admin.pages import question_or_404
from markets.admin.question_form import QuestionForm
from markets.admin.sketching import sketch_of
from markets.core.question_lint import RULES, Finding, Severity
from markets.models import Question
from markets.queries.lint import findings_in, findings_of
from markets.queries.similar import SimilarQuestion, similar_to

WORDS_SHOWN = 90
_PLACES = {
    "prior": "Prior",
    "quote": "The quoted sentence",
    "article_text": "The article",
    "range": "Range",
    "resolution_criteria": "Resolution criteria",
    "fine_print": "Fine print",
    "opens_at": "Opens",
    "closes_at": "Closes",
    "resolve_by": "Resolve by",
}
_LINES = {"outcomes": "Outcome", "resolution_sources": "Source", "tags": "Tag"}
_INPUTS = {"range": "lower"}


@dataclass(frozen=True)
class Note:
    """One finding as the desk shows it: where, which words, and what to do."""

    rule: str
    severity: str
    place: str
    input_id: str
    words: str
    sentence: str


@dataclass(frozen=True)
class Notes:
    """All notes on a question, errors first, and how many there are of each severity."""

    all: tuple[Note, ...]
    counts: tuple[tuple[str, int], ...]
    rule_count: int = len(RULES)


def notes_on(question: Question) -> Notes:
    """What lint finds in a question as it is saved."""
    return notes_from(findings_of(question, now=timezone.now()))


def notes_on_form(form: QuestionForm, question: Question | None = None) -> Notes:
    """What lint finds in what was typed, whether or not it could be saved."""
    if not form.is_bound:
        return notes_on(question) if question else notes_from(())
    return notes_from(findings_in(form.to_wording(), question=question, now=timezone.now()))


def similar_on_form(
    form: QuestionForm, question: Question | None = None
) -> tuple[SimilarQuestion, ...]:
    """The public questions that ask the same as what was typed, or something near it."""
    if not form.is_bound:
        if question is None:
            return ()
        title, criteria = question.title, question.resolution_criteria
    else:
        wording = form.to_wording()
        title, criteria = wording.title, wording.resolution_criteria
    if not title:
        return ()
    return similar_to(title=title, criteria=criteria, exclude_id=question.pk if question else None)


def follow(desk: Any, request: HttpRequest, question_id: int | None = None) -> HttpResponse:
    """What is said of a question while somebody types it; nothing is stored."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    question = question_or_404(question_id) if question_id is not None else None
    form = QuestionForm(request.POST)
    said = {
        "notes": notes_on_form(form, question),
        "similar": similar_on_form(form, question),
        "sketch": sketch_of(form, question),
    }
    return TemplateResponse(request, "admin/markets/question/parts/said.html", said)


def notes_from(findings: tuple[Finding, ...]) -> Notes:
    """Findings as the desk shows them, with how many there are of each severity."""
    counts = tuple(
        (severity.value, count)
        for severity in Severity
        if (count := sum(each.severity is severity for each in findings))
    )
    return Notes(tuple(_note(each) for each in findings), counts)


def _note(finding: Finding) -> Note:
    name, _, line = finding.field.partition(".")
    place = f"{_LINES[name]} {int(line) + 1}" if line else _PLACES.get(name, name.capitalize())
    words = finding.words
    return Note(
        rule=finding.rule,
        severity=finding.severity.value,
        place=place,
        input_id=f"id_{_INPUTS.get(name, name)}" if name in _ON_FORM else "",
        words=words if len(words) <= WORDS_SHOWN else words[: WORDS_SHOWN - 1] + "…",
        sentence=finding.sentence,
    )


_ON_FORM = frozenset(QuestionForm.base_fields) | {"range"}
