"""Every version of an answer, what was said against it, and what editors send to decide it."""

from typing import Any

from rest_framework import serializers

from articles.api.fields import Instant, Probability, StrictInteger, StrictSerializer, StrictText
from markets.api.fields import Amount
from markets.api.ranges import EdgeField
from markets.api.serializers.questions import ResolutionSerializer
from markets.core.evidence import EVIDENCE_MAX, QUOTE_LENGTH_MAX, URL_LENGTH_MAX
from markets.models import Correction, CorrectionDecision, SettlementState, Verdict
from markets.queries.trail import StepKind, Version
from markets.services.answers import TEXT_LENGTH_MAX

WAITING = "waiting"
CHANGES = ("verdict", "outcomes", "value", "effective_at")


class ChallengeSerializer(serializers.Serializer[Any]):
    """An objection; its bond comes back if it is upheld."""

    by = serializers.CharField(source="challenger.name")
    reason = serializers.CharField()
    bond = Amount()
    made_at = Instant()
    upheld = serializers.BooleanField(allow_null=True, help_text="null: not decided yet.")
    decided_at = Instant(allow_null=True)


class CorrectionSerializer(serializers.Serializer[Any]):
    """What a version corrects, and what a second editor said to it."""

    corrects = serializers.IntegerField(source="corrects.version")
    decision = serializers.ChoiceField([WAITING, *CorrectionDecision.values])
    decided_by = serializers.CharField(source="decided_by.name", allow_null=True, default=None)
    decided_at = Instant(allow_null=True)
    reason = serializers.CharField(help_text="Why it was declined or withdrawn.")

    def to_representation(self, instance: Correction) -> dict[str, Any]:
        said = super().to_representation(instance)
        return {**said, "decision": instance.decision or WAITING}


class PayingSerializer(serializers.Serializer[Any]):
    """How far a confirmed version has been paid and scored."""

    state = serializers.ChoiceField(SettlementState.values)
    confirmed_by = serializers.SerializerMethodField(help_text="null: nobody challenged it.")
    confirmed_at = Instant(source="due_at")
    settled_at = Instant(allow_null=True)
    scored_at = Instant(allow_null=True)

    def get_confirmed_by(self, settlement: Any) -> str | None:
        return settlement.confirmed_by.name if settlement.confirmed_by else None


class UndoneSerializer(serializers.Serializer[Any]):
    """What came after the answer was known."""

    fills = serializers.IntegerField(source="fill_count")
    traders = serializers.IntegerField(source="trader_count")
    forecasts = serializers.IntegerField(source="forecast_count")


class VersionSerializer(ResolutionSerializer):
    """One version of the answer, with all that was said about it and done with it."""

    proposed_by = serializers.CharField(allow_null=True, help_text="null: a resolver did.")
    changed = serializers.ListField(
        child=serializers.ChoiceField(CHANGES),
        help_text="What it says otherwise than the version before it, or that it corrects.",
    )
    undone = UndoneSerializer()
    challenge = ChallengeSerializer(allow_null=True)
    correction = CorrectionSerializer(allow_null=True, help_text="Of a correction; else null.")
    settlement = PayingSerializer(allow_null=True, help_text="null until it is confirmed.")

    def to_representation(self, instance: Version) -> dict[str, Any]:
        answer = ResolutionSerializer(instance.resolution).data
        proposer = instance.resolution.proposer
        parts = {
            "challenge": (ChallengeSerializer, instance.challenge),
            "correction": (CorrectionSerializer, instance.correction),
            "settlement": (PayingSerializer, instance.settlement),
        }
        return {
            **answer,
            "proposed_by": proposer.name if proposer else None,
            "changed": [_CHANGED.get(name, name) for name in instance.changed],
            "undone": UndoneSerializer(instance.undone).data,
            **{
                name: None if part is None else serializer(part).data
                for name, (serializer, part) in parts.items()
            },
        }


_CHANGED = {"outcome_weights": "outcomes"}


class TrailStepSerializer(serializers.Serializer[Any]):
    """One step on the way to the answer."""

    kind = serializers.ChoiceField([kind.value for kind in StepKind])
    at = Instant()
    by = serializers.SerializerMethodField(help_text="null: the clock.")
    version = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)

    def get_by(self, step: Any) -> str | None:
        return step.by or None


class TrailSerializer(serializers.Serializer[Any]):
    """How a question was decided, from its opening to the last payment."""

    standing = serializers.SerializerMethodField(
        help_text="The version that stands, proposed or decided; null without one."
    )
    waiting = serializers.SerializerMethodField(
        help_text="The version of a correction that waits for a second editor; else null."
    )
    versions = VersionSerializer(many=True)
    steps = TrailStepSerializer(many=True)

    def get_standing(self, trail: Any) -> int | None:
        return trail.standing.number if trail.standing else None

    def get_waiting(self, trail: Any) -> int | None:
        return trail.waiting.number if trail.waiting else None


class EvidenceBody(StrictSerializer):
    """A quote and where it stands: an article, an address, or both."""

    article = StrictInteger(required=False, allow_null=True, default=None)
    url = StrictText(
        required=False, allow_blank=True, allow_null=True, default="", max_length=URL_LENGTH_MAX
    )
    quote = StrictText(
        required=False, allow_blank=True, default="", max_length=QUOTE_LENGTH_MAX,
        help_text="Of an article word for word, however its lines are broken.",
    )  # fmt: skip


class AnswerBody(StrictSerializer):
    """What came true: `outcomes`, or of a number or a date `value`, or a `verdict` without them."""

    verdict = serializers.ChoiceField(
        Verdict.values, required=False, default=Verdict.OUTCOME.value,
        help_text="annulled only as a correction; before that, annul the question.",
    )  # fmt: skip
    outcomes = serializers.DictField(
        child=Probability(), required=False, allow_null=True, default=None,
        help_text="Weights by outcome key, together 1; those left out have none.",
    )  # fmt: skip
    value = EdgeField(required=False, allow_null=True, default=None)
    effective_at = Instant(
        required=False, allow_null=True, default=None,
        help_text="From when the answer was known; left out, the end of trading, or of a "
        "correction that of the version that stands.",
    )  # fmt: skip
    evidence = serializers.ListField(
        child=EvidenceBody(), required=False, default=list, max_length=EVIDENCE_MAX
    )
    rationale = StrictText(max_length=TEXT_LENGTH_MAX, help_text="How the evidence decides it.")
    early_end_reason = StrictText(
        required=False, allow_blank=True, default="", max_length=TEXT_LENGTH_MAX,
        help_text="Of an open question: why its criteria let it end now. A correction keeps it.",
    )  # fmt: skip


class ReasonBody(StrictSerializer):
    """Why; everybody will read it."""

    reason = StrictText(max_length=TEXT_LENGTH_MAX)
