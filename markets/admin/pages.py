"""What the desk's pages about one question have in common."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Draft, DraftFate
from markets.admin.previews import percent
from markets.admin.settling import context_of
from markets.core.bin_words import spelled
from markets.core.lifecycle import ACCEPTS_FORECASTS, TRANSITIONS, QuestionStatus
from markets.core.money import format_credits
from markets.core.numeric import Bins
from markets.models import Challenge, Citation, LiquidityChange, Question, Resolution
from markets.queries.odds import Odds, odds_for
from markets.queries.record import clarifications_of, supported_answer
from markets.queries.trail import Step, Version, trail_of, waiting_correction
from markets.services.authority import has_stake
from markets.services.clarifications import TAKES_CLARIFICATIONS
from markets.services.liquidity import TAKES_LIQUIDITY
from users.desk import DeskAdmin, editor_of, spell_moment
from users.models import User

EDITABLE = frozenset({QuestionStatus.DRAFT, QuestionStatus.REVIEW})
PROPOSABLE = frozenset({QuestionStatus.OPEN, QuestionStatus.CLOSED})
DECIDED = frozenset({QuestionStatus.RESOLVED, QuestionStatus.FINAL})
_CONFIRMABLE = frozenset({QuestionStatus.PROPOSED, QuestionStatus.CHALLENGED})


@dataclass(frozen=True)
class Act:
    """A button: the page that it leads to, what it says, and how loudly."""

    name: str
    label: str
    kind: str = "plain"


_ACTS: tuple[tuple[Act, frozenset[QuestionStatus]], ...] = (
    (Act("confirm", "Confirm the answer", "main"), _CONFIRMABLE),
    (Act("propose", "Propose the answer", "main"), PROPOSABLE),
    (Act("propose", "Amend the proposal"), frozenset({QuestionStatus.CHALLENGED})),
    (Act("reschedule", "Reschedule", "main"), frozenset({QuestionStatus.SCHEDULED})),
    (Act("liquidity", "Add liquidity"), TAKES_LIQUIDITY),
    (Act("clarify", "Clarify the rules"), TAKES_CLARIFICATIONS),
    (Act("halt", "Halt trading"), frozenset({QuestionStatus.OPEN})),
    (Act("resume", "Resume trading", "main"), frozenset({QuestionStatus.HALTED})),
    (Act("close", "Close early"), frozenset({QuestionStatus.OPEN, QuestionStatus.HALTED})),
    (
        Act("annul", "Annul", "grave"),
        frozenset(
            status
            for status, following in TRANSITIONS.items()
            if QuestionStatus.ANNULLED in following and status not in EDITABLE
        ),
    ),
)


_CORRECT = Act("correct", "Correct the answer")
_CORRECTION = Act("correction", "Decide the correction", "main")


def acts_of(question: Question) -> list[tuple[Act, str]]:
    """The buttons that a question's status allows, with the pages that they lead to."""
    acts = [act for act, statuses in _ACTS if question.status in statuses]
    if question.status in DECIDED:
        acts.append(_CORRECTION if waiting_correction(question.pk) else _CORRECT)
    return [(act, question_url(question, act.name)) for act in acts]


def elsewhere(request: HttpRequest, question: Question, act: str) -> HttpResponse | None:
    """Where to go instead of the page of an act that the status no longer allows."""
    possible = {each.name for each, _ in acts_of(question)}
    if question.status in EDITABLE:
        possible |= {"preview", "reject"}
    if question.status == QuestionStatus.REVIEW:
        possible.add("send_back")
    if request.method == "POST" or act in possible:
        return None
    messages.warning(
        request, f"That cannot be done while the question is {question.get_status_display()}."
    )
    return HttpResponseRedirect(question_url(question))


def question_or_404(question_id: int) -> Question:
    questions = Question.objects.select_related(
        "market__escrow", "feature", "resolution__proposer", "resolution__challenge", "created_by",
        "draft__version__article__source",
    ).prefetch_related("outcomes").defer("draft__version__text")  # fmt: skip
    question: Question = get_object_or_404(questions, pk=question_id)
    return question


def labels_of(question: Question) -> list[str]:
    """The outcomes' labels in order, from what is prefetched."""
    return [each.label for each in sorted(question.outcomes.all(), key=lambda each: each.index)]


def bound(request: HttpRequest) -> Any:
    """What a form is bound to: what was posted, or nothing."""
    return request.POST if request.method == "POST" else None


def done(request: HttpRequest, question: Question, sentence: str) -> HttpResponseRedirect:
    messages.success(request, sentence)
    return HttpResponseRedirect(question_url(question))


def question_url(question: Question, page: str = "change") -> str:
    return reverse(f"admin:markets_question_{page}", args=[question.pk])


def question_page(
    desk: DeskAdmin,
    request: HttpRequest,
    question: Question,
    template: str,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Answer with a page about a question, with what all of them show beside their own."""
    return desk.page(
        request,
        f"admin/markets/question/{template}.html",
        title=question.title,
        status=status,
        original=question,
        question=question,
        labels=labels_of(question),
        has_stake=has_stake(editor_of(request), question.pk),
        is_proposer=is_proposer(editor_of(request), question),
        **context,
    )


def is_proposer(editor: User, question: Question) -> bool:
    """Did this editor propose the answer that waits for a second one?"""
    standing = question.resolution
    return (
        question.status in _CONFIRMABLE
        and standing is not None
        and standing.proposer_id == editor.pk
    )


def show(desk: DeskAdmin, request: HttpRequest, question: Question) -> HttpResponse:
    """A question that is past editing: its odds, its answer, its log, and what may be done."""
    now = timezone.now()
    odds = odds_for(question, now=now)
    return question_page(
        desk,
        request,
        question,
        "show",
        acts=acts_of(question),
        bars=bars(odds),
        odds=odds,
        facts=market_facts(question, odds),
        clarifications=clarifications_of(question.pk),
        citations=citations_of(question),
        changes=question.status_changes.select_related("actor").order_by("-pk"),
        overrides=question.lint_overrides.select_related("editor").order_by("-pk"),
        can_feature=question.status in ACCEPTS_FORECASTS,
        is_featured=hasattr(question, "feature"),
        next_draft=next_draft_of(question),
        additions=additions_of(question),
        answer=answer_of(question.resolution, labels_of(question), question.bins),
        waiting=waiting_correction(question.pk),
        trail=told(question),
        settlements=context_of(question.pk),
        is_overdue=question.resolve_by is not None and question.resolve_by <= now,
    )


def citations_of(question: Question) -> list[tuple[Citation, str]]:
    """What a question cites, each with the answer that it is evidence for, or ""."""
    cited = question.citations.select_related("article__source").order_by("pk")
    return [(citation, supported_answer(citation, question)) for citation in cited]


def next_draft_of(question: Question) -> Draft | None:
    """The best draft that still waits in the article that a question came from."""
    if question.draft is None:
        return None
    waiting = Draft.objects.filter(
        version__article=question.draft.version.article_id, fate=DraftFate.PROPOSED
    )
    return waiting.order_by("-score", "start").first()


@dataclass(frozen=True)
class Bar:
    """One outcome's odds: the market's and the crowd's, side by side."""

    label: str
    market: str
    market_width: float
    crowd: str


def bars(odds: Odds) -> list[Bar]:
    centre = odds.crowd.centre if odds.crowd else None
    return [
        Bar(
            label=each.label,
            market="–" if each.probability is None else percent(each.probability),
            market_width=round((each.probability or 0) * 100, 2),
            crowd="–" if centre is None else percent(centre[each.index]),
        )
        for each in odds.outcomes
    ]


def market_facts(question: Question, odds: Odds) -> list[tuple[str, str]]:
    market = getattr(question, "market", None)
    if market is None:
        return []
    return [
        ("Volume", format_credits(odds.volume)),
        ("Traders", str(odds.trader_count)),
        ("Forecasters", str(question.forecaster_count)),
        ("Trades", str(odds.seq)),
        ("Liquidity b", format_credits(odds.liquidity)),
        ("Subsidy", format_credits(market.subsidy)),
        ("In escrow", format_credits(market.escrow.balance)),
    ]


def additions_of(question: Question) -> list[tuple[str, str, datetime]]:
    """(credits, who, when) of the liquidity added to a question's market, the newest first."""
    added = LiquidityChange.objects.filter(market_id=question.pk)
    return [
        (format_credits(each.subsidy), each.added_by.name, each.added_at)
        for each in added.select_related("added_by").order_by("-pk")
    ]


@dataclass(frozen=True)
class Answer:
    """The resolution that stands, in words; its evidence knows the titles of its articles."""

    resolution: Resolution
    verdict: str
    challenge: Challenge | None
    evidence: list[dict[str, Any]]


def answer_of(resolution: Resolution | None, labels: list[str], bins: Bins | None) -> Answer | None:
    if resolution is None:
        return None
    cited = [each["article"] for each in resolution.evidence if "article" in each]
    titles = dict(Article.objects.filter(pk__in=cited).values_list("pk", "title"))
    return Answer(
        resolution,
        verdict(resolution, labels, bins),
        getattr(resolution, "challenge", None),
        [{**each, "title": titles.get(each.get("article"))} for each in resolution.evidence],
    )


def verdict(resolution: Resolution, labels: list[str], bins: Bins | None) -> str:
    """The value, or which outcome, or which parts of which outcomes."""
    if resolution.outcome_weights is None:
        return resolution.verdict.capitalize()
    weighed = [
        (label, weight)
        for label, weight in zip(labels, resolution.outcome_weights, strict=True)
        if weight
    ]
    if bins is not None and resolution.value is not None:
        return f"{spelled(bins, resolution.value)} ({weighed[0][0]})"
    if len(weighed) == 1:
        return weighed[0][0]
    return ", ".join(f"{percent(weight)} {label}" for label, weight in weighed)


@dataclass(frozen=True)
class Told:
    """One step of the trail in words; a proposal with the answer that it was about."""

    words: str
    answer: str
    step: Step


def told(question: Question) -> list[Told]:
    """How the question was decided so far, step by step; nothing before there is an answer."""
    trail = trail_of(question)
    if not trail.versions:
        return []
    labels, versions = labels_of(question), {each.number: each for each in trail.versions}
    return [
        Told(step.kind.words, _said(versions[step.version], labels, question.bins), step)
        if step.kind.is_proposal and step.version
        else Told(step.kind.words, "", step)
        for step in trail.steps
    ]


def _said(version: Version, labels: list[str], bins: Bins | None) -> str:
    """The answer of a version, and since when it was known where that is what it changed."""
    answer = verdict(version.resolution, labels, bins)
    if "effective_at" not in version.changed or version.resolution.is_refunded:
        return answer
    return f"{answer}, known since {spell_moment(version.resolution.effective_at)} UTC"
