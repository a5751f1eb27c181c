"""What the tests of answers have in common: a question that was traded, and people who decide."""

from datetime import timedelta

import pytest

from markets.core.errors import MarketError
from markets.core.money import MICRO
from markets.models import (
    Account,
    Challenge,
    Correction,
    Question,
    Resolution,
    Score,
    Settlement,
    StatusChange,
    Transfer,
)
from markets.services import corrections, resolution, settlement
from markets.services.trading import place_order
from tests.instants import NOON

DAY = timedelta(days=1)
CLOSED = NOON + 10 * DAY
PROPOSED = NOON + 11 * DAY
PASSED = NOON + 12 * DAY
MONTH_LATER = NOON + 42 * DAY


def buy(trader, question, claim, *, budget=100 * MICRO, key="first", at=NOON):
    return place_order(
        trader=trader, market_id=question.pk, claim=claim, side="buy", budget=budget,
        request_key=key, clock=lambda: at,
    )  # fmt: skip


def propose(question, editor, *, weights=(1, 0), at=PROPOSED, **changes):
    answer = {"outcome_weights": weights, "rationale": "The train crossed.", **changes}
    return resolution.propose(question_id=question.pk, proposer=editor, now=at, **answer)


def correct(question, editor, *, weights=(0, 1), at=MONTH_LATER, **changes):
    answer = {"outcome_weights": weights, "rationale": "It was another train.", **changes}
    return corrections.propose_correction(
        question_id=question.pk, proposer=editor, now=at, **answer
    )


def settle(question, *, at=PASSED):
    standing = Question.objects.get(pk=question.pk).resolution_id
    assert settlement.settle(resolution_id=standing, now=at)


def balance(trader):
    return Account.objects.get(owner=trader).balance


def fresh(question):
    return Question.objects.get(pk=question.pk)


def rows():
    """How much is written down about answers, and what is decided so far."""
    counted = (Resolution, Settlement, Challenge, Correction, StatusChange, Transfer, Score)
    return {
        **{model.__name__: model.objects.count() for model in counted},
        "standing": list(Question.objects.order_by("pk").values_list("status", "resolution_id")),
        "decided": list(Correction.objects.order_by("pk").values_list("decision", flat=True)),
    }


def refused(code, command, **arguments):
    before = rows()
    with pytest.raises(MarketError) as refusal:
        command(**arguments)
    assert refusal.value.code == code
    assert rows() == before
    return refusal.value
