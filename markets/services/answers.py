"""Versions of an answer: what is said to have come true, since when, and on what grounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from articles.models import ArticleVersion
from markets.core.errors import MarketError
from markets.core.evidence import Evidence, InvalidEvidence, read_evidence, stands_in
from markets.core.lifecycle import QuestionStatus
from markets.core.settlement import exact_weights
from markets.models import Question, Resolution, Resolver, Settlement, Verdict
from markets.services.lifecycle import move
from users.models import User

TEXT_LENGTH_MAX = 10_000


class InvalidResolution(MarketError):
    code = "invalid_resolution"
    field = "outcome_weights"


class EffectiveAtOutOfRange(MarketError):
    """An answer becomes known while its question is open, and not in the future."""

    code = "effective_at_out_of_range"
    field = "effective_at"


class NothingCorrected(MarketError):
    """A correction or an amendment says what was said already."""

    code = "nothing_corrected"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an editor says about a question; `effective_at` may be left to the question's end."""

    verdict: str = Verdict.OUTCOME
    outcome_weights: Sequence[float] | None = None
    value: float | None = None
    effective_at: datetime | None = None
    evidence: Sequence[Mapping[str, object]] = ()
    rationale: str = ""
    early_end_reason: str = ""


def new_version(
    question: Question,
    answer: Answer,
    *,
    ended_at: datetime,
    proposer: User | None,
    resolver: Resolver | None = None,
    now: datetime,
) -> Resolution:
    """Write down the next version of a locked question's answer; it does not stand yet.

    `ended_at` is when its trading ended or ends: from when the answer is taken to be known where
    nothing else is said, and never later.

    Raises:
        InvalidResolution, InvalidWeights, ValueOutsideBins: for no answer to this question.
        EffectiveAtOutOfRange
        InvalidEvidence
    """
    weights, effective_at, evidence = _checked(question, answer, ended_at=ended_at)
    return Resolution.objects.create(
        question=question, version=question.resolutions.count() + 1, verdict=answer.verdict,
        outcome_weights=weights, value=answer.value, effective_at=effective_at,
        evidence=[each.as_json() for each in evidence], rationale=answer.rationale,
        early_end_reason=answer.early_end_reason, proposer=proposer, resolver=resolver,
        proposed_at=now, challenge_until=now + question.challenge_window,
    )  # fmt: skip


def require_sound(question: Question, answer: Answer, *, now: datetime) -> None:
    """Nothing where the answer could be written down; else raises as `new_version` does."""
    _checked(question, answer, ended_at=question.closed_at or now)


def says_the_same(earlier: Resolution, later: Resolution) -> bool:
    """Would the later version move or score nothing differently?"""
    if earlier.is_refunded or later.is_refunded:
        return earlier.verdict == later.verdict
    return (
        earlier.value == later.value
        and earlier.effective_at == later.effective_at
        and exact_weights(earlier.outcome_weights or ())
        == exact_weights(later.outcome_weights or ())
    )


def let_stand(
    question: Question, resolution: Resolution, *, confirmed_by: User | None, now: datetime
) -> Settlement:
    """Have a locked question be resolved by this version, which is to be paid from now on."""
    question.resolution = resolution
    question.occurred_at = occurred_at(question, resolution)
    question.final_at = None
    move(
        question, QuestionStatus.RESOLVED, actor=confirmed_by, now=now,
        reason=resolution.rationale[:300] if question.status in _DECIDED else "",
    )  # fmt: skip
    return Settlement.objects.create(resolution=resolution, confirmed_by=confirmed_by, due_at=now)


_DECIDED = frozenset({QuestionStatus.RESOLVED, QuestionStatus.FINAL})


def occurred_at(question: Question, resolution: Resolution) -> datetime | None:
    """When what was asked about happened, if anything did before the scheduled close.

    An answer that is only known at the close is known because nothing happened until then, or
    because the numbers came out later: neither is an instant at which it happened. Nor is a close
    by hand, unless it was the proposal itself that ended trading.
    """
    if resolution.is_refunded or question.closes_at is None or question.closed_at is None:
        return None
    if resolution.effective_at >= question.closes_at:
        return None
    was_closed = question.status_changes.filter(to_status=QuestionStatus.CLOSED).exists()
    if was_closed and resolution.effective_at >= question.closed_at:
        return None
    return resolution.effective_at


def weights_for_value(question: Question, value: float) -> list[float]:
    """The weights that a value means: all on the bin that contains it.

    Raises:
        InvalidResolution: for a question without bins.
        ValueOutsideBins: where no bin contains it.
    """
    if question.bins is None:
        raise InvalidResolution("Only numeric and date questions are answered by a value.")
    true = question.bins.bin_of(value)
    return [float(outcome == true) for outcome in range(question.bins.count)]


def _checked(
    question: Question, answer: Answer, *, ended_at: datetime
) -> tuple[list[float] | None, datetime, tuple[Evidence, ...]]:
    weights = _weights(question, answer)
    effective_at = _effective_at(question, answer, ended_at=ended_at)
    for text in (answer.rationale, answer.early_end_reason):
        if len(text) > TEXT_LENGTH_MAX:
            raise InvalidResolution(f"Keep it under {TEXT_LENGTH_MAX:,} characters.")
    return weights, effective_at, _evidence(answer.evidence)


def _weights(question: Question, answer: Answer) -> list[float] | None:
    given, value = answer.outcome_weights, answer.value
    if answer.verdict not in Verdict.values:
        raise InvalidResolution("The verdict is an outcome, annulled or ambiguous.")
    if answer.verdict != Verdict.OUTCOME:
        if given is not None or value is not None:
            raise InvalidResolution("Where every trade is refunded, no outcome has a weight.")
        if not answer.rationale.strip():
            raise InvalidResolution("Say why no outcome came true; everybody will see it.")
        return None
    if (given is None) == (value is None):
        raise InvalidResolution("Give either a value or the weights of the outcomes.")
    if value is not None:
        return weights_for_value(question, value)
    given = given or ()
    if len(given) != len(question.prior):
        raise InvalidResolution(f"Give one weight for each of {len(question.prior)} outcomes.")
    return [float(weight) for weight in exact_weights(given)]


def _effective_at(question: Question, answer: Answer, *, ended_at: datetime) -> datetime:
    given, opened_at = answer.effective_at, question.opened_at
    if given is None:
        return ended_at
    if answer.verdict != Verdict.OUTCOME:
        raise EffectiveAtOutOfRange(
            "Where every trade is refunded, there is no instant from which trades are undone."
        )
    if opened_at is None or given < opened_at:
        raise EffectiveAtOutOfRange(
            "The answer was known before the question opened; annul it, or give a later instant."
        )
    if given > ended_at and question.closed_at is None:
        raise EffectiveAtOutOfRange("The answer cannot be known from an instant to come.")
    if given > ended_at:
        raise EffectiveAtOutOfRange(
            f"The question had closed by then; give {ended_at:%Y-%m-%d %H:%M:%S} UTC or earlier."
        )
    return given


def _evidence(given: Sequence[Mapping[str, object]]) -> tuple[Evidence, ...]:
    """Return the evidence, each quote looked up in every text that its article ever had."""
    pieces = read_evidence(given)
    named = {piece.article for piece in pieces if piece.article is not None}
    texts: dict[int, list[str]] = {article: [] for article in named}
    for article_id, text in ArticleVersion.objects.filter(article_id__in=named).values_list(
        "article_id", "text"
    ):
        texts[article_id].append(text)
    for number, piece in enumerate(pieces, start=1):
        if piece.article is None:
            continue
        if not texts[piece.article]:
            raise InvalidEvidence(number, "there is no such article.")
        if not any(stands_in(piece.quote, text) for text in texts[piece.article]):
            raise InvalidEvidence(
                number, "the article does not contain this quote; copy it word for word."
            )
    return pieces
