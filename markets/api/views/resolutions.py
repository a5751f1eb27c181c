"""What came true: the whole trail for everybody, and the commands of those who decide it."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from articles.api.refusals import InvalidRequest
from markets.api.calls import (
    EditorsCall,
    OwnersCall,
    PublicReadEditorsWrite,
    created,
    outcomes_in_order,
    question_seen_by,
)
from markets.api.ranges import value_asked
from markets.api.schema import NAMED, SIGNED_IN, WITHOUT_KEY, described
from markets.api.serializers.resolutions import AnswerBody, ReasonBody, TrailSerializer
from markets.core.lifecycle import QuestionStatus
from markets.models import Question
from markets.queries.trail import trail_of
from markets.services import corrections, resolution
from markets.services.answers import InvalidResolution
from users.models import Scope, User

_TAG = "Resolutions"
_DECIDED = frozenset({QuestionStatus.RESOLVED, QuestionStatus.FINAL})
_DECIDING = (
    *SIGNED_IN, "editor_needed", *WITHOUT_KEY, "question_not_found", "conflict_of_interest",
)  # fmt: skip


class ResolutionsView(PublicReadEditorsWrite):
    @described(
        "listResolutions",
        "How a question was decided",
        tag=_TAG,
        answer=TrailSerializer,
        refusals=("question_not_found",),
        also=NAMED,
    )
    def get(self, request: Request, question: str) -> Response:
        """Every version of the answer with its evidence, what was said against it, and each step
        from the opening to the last payment."""
        return Response(_trail(question_seen_by(None, question)))

    @described(
        "proposeResolution",
        "Propose an answer, or the correction of one",
        tag=_TAG,
        answer=TrailSerializer,
        status=201,
        request=AnswerBody,
        refusals=(
            *_DECIDING,
            "invalid_resolution",
            "invalid_weights",
            "value_outside_bins",
            "effective_at_out_of_range",
            "invalid_evidence",
            "transition_refused",
            "correction_waits",
            "nothing_corrected",
        ),
        also=NAMED,
    )
    def post(self, request: Request, question: str) -> Response:
        """For editors and their programs, with the `author` scope. On a question that is resolved
        or final it is a correction. Either waits for another editor; a repeated call is refused."""
        given = AnswerBody.read(request.data)
        editor = _editor(request)
        asked = question_seen_by(editor, question)
        answer = _answer(asked, given)
        if _is_decided(asked):
            answer.pop("early_end_reason")
            corrections.propose_correction(
                question_id=asked.pk, proposer=editor, now=timezone.now(), **answer
            )
        else:
            _require_early_end_explained(asked, given)
            resolution.propose(question_id=asked.pk, proposer=editor, now=timezone.now(), **answer)
        asked.refresh_from_db()
        location = reverse("api:resolutions", args=[asked.pk])
        return created(_trail(asked), location=location, is_replay=False)


class ConfirmView(EditorsCall):
    @described(
        "confirmResolution",
        "Confirm what another editor proposed",
        tag=_TAG,
        answer=TrailSerializer,
        refusals=(
            *_DECIDING,
            "nothing_proposed",
            "no_correction_waits",
            "another_version",
            "second_person_needed",
        ),
        also=NAMED,
    )
    def post(self, request: Request, question: str, version: int) -> Response:
        """With the `author` scope. The version is the one that you read: if another waits by now,
        nothing is confirmed."""
        editor = _editor(request)
        asked = question_seen_by(editor, question)
        command = corrections.confirm_correction if _is_decided(asked) else resolution.confirm
        command(question_id=asked.pk, version=version, editor=editor, now=timezone.now())
        asked.refresh_from_db()
        return Response(_trail(asked))


class DeclineView(EditorsCall):
    @described(
        "declineCorrection",
        "Decline a correction, or withdraw your own",
        tag=_TAG,
        answer=TrailSerializer,
        request=ReasonBody,
        refusals=(*_DECIDING, "invalid_resolution", "no_correction_waits", "another_version"),
        also=NAMED,
    )
    def post(self, request: Request, question: str, version: int) -> Response:
        """With the `author` scope. The answer stays as it is."""
        given = ReasonBody.read(request.data)
        editor = _editor(request)
        asked = question_seen_by(editor, question)
        corrections.drop_correction(
            question_id=asked.pk, version=version, editor=editor, reason=given["reason"],
            now=timezone.now(),
        )  # fmt: skip
        return Response(_trail(asked))


class AnnulView(EditorsCall):
    @described(
        "annulQuestion",
        "Annul a question that was flawed",
        tag=_TAG,
        answer=TrailSerializer,
        request=ReasonBody,
        refusals=(*_DECIDING, "invalid_resolution", "transition_refused"),
        also=NAMED,
    )
    def post(self, request: Request, question: str) -> Response:
        """With the `author` scope. At once, and for good: every trade is refunded and nothing is
        scored. What is resolved already is corrected instead."""
        given = ReasonBody.read(request.data)
        editor = _editor(request)
        asked = question_seen_by(editor, question)
        resolution.annul(
            question_id=asked.pk, editor=editor, reason=given["reason"], now=timezone.now()
        )
        asked.refresh_from_db()
        return Response(_trail(asked))


class ChallengeView(OwnersCall):
    scope = Scope.TRADE

    @described(
        "challengeResolution",
        "Challenge a proposed answer",
        tag=_TAG,
        answer=TrailSerializer,
        status=201,
        request=ReasonBody,
        refusals=(
            *SIGNED_IN,
            *WITHOUT_KEY,
            "question_not_found",
            "not_a_participant",
            "invalid_resolution",
            "insufficient_credits",
            "nothing_proposed",
            "challenge_closed",
            "already_challenged",
        ),
        also=NAMED,
    )
    def post(self, request: Request, question: str) -> Response:
        """For those with a forecast or a position, with the `trade` scope, because it takes a bond
        of 50 credits. The bond comes back if the editors agree. A correction that waits can be
        challenged too. Each version is challenged once, so a repeated call is refused."""
        given = ReasonBody.read(request.data)
        asked = question_seen_by(self.user, question)
        resolution.challenge(
            question_id=asked.pk, challenger=self.user, reason=given["reason"], now=timezone.now()
        )
        asked.refresh_from_db()
        location = reverse("api:resolutions", args=[asked.pk])
        return created(_trail(asked), location=location, is_replay=False)


def _trail(question: Question) -> dict[str, Any]:
    body: dict[str, Any] = TrailSerializer(trail_of(question)).data
    return body


def _editor(request: Request) -> User:
    editor: User = request.user  # type: ignore[assignment]  # nobody else is let in
    return editor


def _is_decided(question: Question) -> bool:
    return question.status in _DECIDED


def _answer(question: Question, given: dict[str, Any]) -> dict[str, Any]:
    """The body with the outcomes in their order instead of by their keys."""
    named = given["outcomes"]
    weights = None
    if named is not None:
        keys = [outcome.key for outcome in outcomes_in_order(question)]
        unknown = [key for key in named if key not in keys]
        if unknown:
            raise InvalidResolution(
                f"This question has no outcome {unknown[0]!r}; its outcomes are {', '.join(keys)}."
            )
        weights = [named.get(key, 0.0) for key in keys]
    return {
        "verdict": given["verdict"],
        "outcome_weights": weights,
        "value": value_asked(question.bins, given["value"], _misread_value),
        "effective_at": given["effective_at"],
        "evidence": [
            {name: value for name, value in piece.items() if value} for piece in given["evidence"]
        ],
        "rationale": given["rationale"],
        "early_end_reason": given["early_end_reason"],
    }


def _misread_value(sentence: str) -> InvalidRequest:
    return InvalidRequest(errors=[{"field": "value", "message": sentence}])


def _require_early_end_explained(question: Question, given: dict[str, Any]) -> None:
    if question.status == QuestionStatus.OPEN and not given["early_end_reason"].strip():
        sentence = "The question is still open; say why its criteria let it end now."
        raise InvalidRequest(errors=[{"field": "early_end_reason", "message": sentence}])
