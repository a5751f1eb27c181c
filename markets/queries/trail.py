"""How a question was decided: every version of its answer, and every step on the way, in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection

from articles.models import Article
from markets.core.lifecycle import QuestionStatus
from markets.models import (
    Challenge,
    Correction,
    CorrectionDecision,
    Question,
    Resolution,
    Settlement,
    StatusChange,
    Verdict,
)
from users.models import User


class StepKind(StrEnum):
    """What can happen on the way from the opening to the last payment."""

    OPENED = "opened"
    HALTED = "halted"
    RESUMED = "resumed"
    CLOSED = "closed"
    PROPOSED = "proposed"
    AMENDED = "amended"
    CHALLENGED = "challenged"
    CHALLENGE_UPHELD = "challenge_upheld"
    CHALLENGE_DISMISSED = "challenge_dismissed"
    CONFIRMED = "confirmed"
    UNCONTESTED = "uncontested"
    ANNULLED = "annulled"
    CORRECTION_PROPOSED = "correction_proposed"
    CORRECTION_CONFIRMED = "correction_confirmed"
    CORRECTION_DECLINED = "correction_declined"
    CORRECTION_WITHDRAWN = "correction_withdrawn"
    PAID = "paid"
    SCORED = "scored"

    @property
    def words(self) -> str:
        """What happened, for people."""
        return _WORDS[self]

    @property
    def is_proposal(self) -> bool:
        """Did somebody say what came true?"""
        return self in _PROPOSALS


_PROPOSALS = {StepKind.PROPOSED, StepKind.AMENDED, StepKind.CORRECTION_PROPOSED}
_WORDS = {
    StepKind.OPENED: "Opened",
    StepKind.HALTED: "Trading halted",
    StepKind.RESUMED: "Trading resumed",
    StepKind.CLOSED: "Closed",
    StepKind.PROPOSED: "Answer proposed",
    StepKind.AMENDED: "Proposal amended",
    StepKind.CHALLENGED: "Challenged",
    StepKind.CHALLENGE_UPHELD: "Challenge upheld, the bond returned",
    StepKind.CHALLENGE_DISMISSED: "Challenge dismissed, the bond kept",
    StepKind.CONFIRMED: "Confirmed",
    StepKind.UNCONTESTED: "Nobody challenged it",
    StepKind.ANNULLED: "Annulled",
    StepKind.CORRECTION_PROPOSED: "Correction proposed",
    StepKind.CORRECTION_CONFIRMED: "Correction confirmed",
    StepKind.CORRECTION_DECLINED: "Correction declined",
    StepKind.CORRECTION_WITHDRAWN: "Correction withdrawn",
    StepKind.PAID: "Paid",
    StepKind.SCORED: "Scored",
}


@dataclass(frozen=True)
class Step:
    """One step: what, when, by whom ("" where the clock did it), about which version, and why."""

    kind: StepKind
    at: datetime
    by: str = ""
    version: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class EvidencePiece:
    """A quote and where it stands; an article's title where one is named."""

    quote: str
    url: str
    article_id: int | None
    article_title: str


@dataclass(frozen=True)
class UndoneCounts:
    """What came after the answer was known, and does not count."""

    fill_count: int = 0
    trader_count: int = 0
    forecast_count: int = 0

    def __bool__(self) -> bool:
        return bool(self.fill_count or self.forecast_count)


@dataclass(frozen=True)
class Version:
    """One version of the answer, with all that was said about it and done with it.

    `changed` names what a correction, or an amendment, says differently from the version before.
    """

    resolution: Resolution
    evidence: tuple[EvidencePiece, ...]
    challenge: Challenge | None
    correction: Correction | None
    settlement: Settlement | None
    changed: tuple[str, ...]
    undone: UndoneCounts

    @property
    def number(self) -> int:
        return self.resolution.version

    @property
    def proposed_by(self) -> str:
        """The editor's name; "" where no person proposed it."""
        proposer: User | None = self.resolution.proposer
        return proposer.name if proposer else ""


@dataclass(frozen=True)
class Trail:
    """The versions in their order, which of them stands, which waits, and the steps so far."""

    versions: tuple[Version, ...]
    steps: tuple[Step, ...]
    standing: Version | None
    waiting: Version | None


_OF_STATUS = {
    QuestionStatus.HALTED: StepKind.HALTED,
    QuestionStatus.CLOSED: StepKind.CLOSED,
}
_OF_DECISION = {
    CorrectionDecision.CONFIRMED: StepKind.CORRECTION_CONFIRMED,
    CorrectionDecision.DECLINED: StepKind.CORRECTION_DECLINED,
    CorrectionDecision.WITHDRAWN: StepKind.CORRECTION_WITHDRAWN,
}


def trail_of(question: Question) -> Trail:
    """The whole story of a question's answer; the queries do not grow with its length."""
    resolutions = list(
        question.resolutions.select_related(
            "proposer",
            "challenge__challenger",
            "correction__decided_by",
            "correction__corrects",
            "settlement__confirmed_by",
        ).order_by("version")
    )
    for resolution in resolutions:
        resolution.question = question
    titles = _titles(resolutions)
    undone = undone_since(question, {each.effective_at for each in resolutions})
    versions: list[Version] = []
    for resolution in resolutions:
        before = _before(resolution, versions)
        versions.append(
            Version(
                resolution=resolution,
                evidence=_pieces(resolution, titles),
                challenge=getattr(resolution, "challenge", None),
                correction=getattr(resolution, "correction", None),
                settlement=getattr(resolution, "settlement", None),
                changed=_changed(before, resolution) if before else (),
                undone=UndoneCounts()
                if resolution.is_refunded
                else undone[resolution.effective_at],
            )
        )
    standing = (each for each in versions if each.resolution.pk == question.resolution_id)
    waiting = (each for each in versions if each.correction and not each.correction.decision)
    steps = [*_life(question), *(step for version in versions for step in _steps(version))]
    return Trail(
        versions=tuple(versions),
        steps=tuple(sorted(steps, key=lambda step: step.at)),  # stable: causes before effects
        standing=next(standing, None),
        waiting=next(waiting, None),
    )


def waiting_correction(question_id: int) -> Correction | None:
    """The correction that waits for its second editor, if one does."""
    waiting = Correction.objects.select_related("resolution__proposer", "corrects")
    return waiting.filter(question_id=question_id, decision="").first()


_UNDONE = """
SELECT instant, fills.fills, fills.traders, forecasts.forecasts
FROM unnest(%(instants)s::timestamptz[]) AS instant
CROSS JOIN LATERAL (
    SELECT count(*) AS fills, count(DISTINCT trader_id) AS traders
    FROM markets_fill WHERE market_id = %(question)s AND filled_at >= instant
) AS fills
CROSS JOIN LATERAL (
    SELECT count(*) AS forecasts
    FROM markets_forecast WHERE question_id = %(question)s AND made_at >= instant
) AS forecasts
"""


def undone_since(question: Question, instants: set[datetime]) -> dict[datetime, UndoneCounts]:
    """What was traded and forecast on a question from each instant on."""
    if not instants:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_UNDONE, {"question": question.pk, "instants": list(instants)})
        return {row[0]: UndoneCounts(*row[1:]) for row in cursor.fetchall()}


def _titles(resolutions: list[Resolution]) -> dict[int, str]:
    named = {
        piece["article"]
        for resolution in resolutions
        for piece in resolution.evidence
        if piece.get("article")
    }
    if not named:
        return {}
    return dict(Article.objects.filter(pk__in=named).values_list("pk", "title"))


def _pieces(resolution: Resolution, titles: dict[int, str]) -> tuple[EvidencePiece, ...]:
    return tuple(_piece(piece, titles) for piece in resolution.evidence)


def _piece(piece: dict[str, Any], titles: dict[int, str]) -> EvidencePiece:
    article_id = piece.get("article")
    return EvidencePiece(
        quote=piece.get("quote", ""),
        url=piece.get("url", ""),
        article_id=article_id,
        article_title=titles.get(article_id, "") if article_id else "",
    )


def _before(resolution: Resolution, earlier: list[Version]) -> Resolution | None:
    """The version that this one replaces or means to replace."""
    correction: Correction | None = getattr(resolution, "correction", None)
    if correction is not None:
        return correction.corrects
    return earlier[-1].resolution if earlier else None


def _changed(before: Resolution, after: Resolution) -> tuple[str, ...]:
    names = ("verdict", "outcome_weights", "value", "effective_at")
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def _life(question: Question) -> Iterator[Step]:
    """The steps that have nothing to do with an answer; their reasons are for editors' eyes."""
    changes = StatusChange.objects.filter(question=question).select_related("actor").order_by("pk")
    for change in changes:
        by = change.actor.name if change.actor else ""
        if change.to_status == QuestionStatus.OPEN:
            was_halted = change.from_status == QuestionStatus.HALTED
            yield Step(StepKind.RESUMED if was_halted else StepKind.OPENED, change.changed_at, by)
        elif change.to_status in _OF_STATUS:
            yield Step(_OF_STATUS[QuestionStatus(change.to_status)], change.changed_at, by)


def _steps(version: Version) -> Iterator[Step]:
    """What happened to one version, causes before effects."""
    resolution, number = version.resolution, version.number
    yield Step(
        _how_it_came(version), resolution.proposed_at, version.proposed_by, number,
        resolution.rationale,
    )  # fmt: skip
    challenge, correction = version.challenge, version.correction
    if challenge is not None:
        name = challenge.challenger.name
        yield Step(StepKind.CHALLENGED, challenge.made_at, name, number, challenge.reason)
        if challenge.decided_at is not None:
            decided = (
                StepKind.CHALLENGE_UPHELD if challenge.upheld else StepKind.CHALLENGE_DISMISSED
            )
            yield Step(decided, challenge.decided_at, version=number)
    if correction is not None and correction.decided_at is not None:
        yield Step(
            _OF_DECISION[CorrectionDecision(correction.decision)], correction.decided_at,
            correction.decided_by.name if correction.decided_by else "", number, correction.reason,
        )  # fmt: skip
    if version.settlement is not None:
        yield from _settling(version, version.settlement)


def _how_it_came(version: Version) -> StepKind:
    if version.correction is not None:
        return StepKind.CORRECTION_PROPOSED
    if version.resolution.verdict == Verdict.ANNULLED:
        return StepKind.ANNULLED  # otherwise than as a correction it is never proposed
    return StepKind.AMENDED if version.number > 1 else StepKind.PROPOSED


def _settling(version: Version, settlement: Settlement) -> Iterator[Step]:
    is_proposal = version.correction is None and version.resolution.verdict != Verdict.ANNULLED
    if is_proposal:
        editor = settlement.confirmed_by
        kind = StepKind.CONFIRMED if editor else StepKind.UNCONTESTED
        yield Step(kind, settlement.due_at, editor.name if editor else "", version.number)
    if settlement.settled_at is not None:
        yield Step(StepKind.PAID, settlement.settled_at, version=version.number)
    if settlement.scored_at is not None and not version.resolution.is_refunded:
        yield Step(StepKind.SCORED, settlement.scored_at, version=version.number)
