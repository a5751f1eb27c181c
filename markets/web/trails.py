"""How a question was decided, in words for its page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markets.core.lifecycle import QuestionStatus
from markets.models import Question, Resolution
from markets.queries.odds import Odds
from markets.queries.trail import Step, Version, trail_of
from markets.web import wording
from markets.web.distributions import value_words

_DECIDED = {QuestionStatus.RESOLVED, QuestionStatus.FINAL, QuestionStatus.ANNULLED}


@dataclass(frozen=True)
class Told:
    """One step; where somebody said what came true, with the answer and its version."""

    step: Step
    answer: str
    version: Version | None


def trail_parts(asked: Question, odds: Odds, *, now: datetime) -> dict[str, Any]:
    """What the page shows of the answer and of the way to it; nothing while there is none."""
    if asked.resolution_id is None:
        return {"answer": None, "takes_challenges": False}
    trail = trail_of(asked)
    words = {each.number: answer_words(each.resolution, asked, odds) for each in trail.versions}
    versions = {each.number: each for each in trail.versions}
    standing, waiting = trail.standing, trail.waiting
    resolution = standing.resolution if standing else None
    is_paid_by_outcome = (
        resolution is not None and not resolution.is_refunded and asked.status in _DECIDED
    )
    return {
        "answer": resolution,
        "answer_label": words[standing.number] if standing else "",
        "standing_version": standing,
        "replaced_label": words[standing.correction.corrects.version]
        if standing and standing.correction
        else "",
        "waiting": waiting,
        "waiting_label": words[waiting.number] if waiting else "",
        "undone_from": resolution.effective_at if resolution and is_paid_by_outcome else None,
        "takes_challenges": takes_challenges(asked, standing, waiting, now),
        "told": [
            Told(
                step=step,
                answer=words[step.version] if step.kind.is_proposal and step.version else "",
                version=versions[step.version] if step.kind.is_proposal and step.version else None,
            )
            for step in trail.steps
        ],
    }


def takes_challenges(
    asked: Question, standing: Version | None, waiting: Version | None, now: datetime
) -> bool:
    """Can the proposal that waits, or the correction, still be challenged?"""
    version = standing if asked.status == QuestionStatus.PROPOSED else waiting
    return (
        version is not None
        and version.challenge is None
        and now < version.resolution.challenge_until
    )


def answer_words(answer: Resolution, asked: Question, odds: Odds) -> str:
    """What came true: the value, the outcome, or the parts of several; or why none did."""
    if answer.is_refunded:
        return answer.verdict.capitalize()
    if answer.value is not None:
        return value_words(asked.bins, answer.value)
    paid = [
        (outcome.label, weight)
        for outcome, weight in zip(odds.outcomes, answer.outcome_weights or [], strict=True)
        if weight
    ]
    if len(paid) == 1:
        return paid[0][0]
    return ", ".join(f"{label} {wording.percent(weight)}" for label, weight in paid)
