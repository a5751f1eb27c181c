"""One spelling of each value, and a sentence about every other."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from articles.api.fields import (
    Instant,
    Probability,
    QueryParameters,
    StrictInteger,
    StrictSerializer,
    StrictText,
)
from articles.api.refusals import InvalidParameter, InvalidRequest, UnknownParameter
from markets.api.fields import (
    Amount,
    AmountAsked,
    Limit,
    OutcomeKeys,
    OutcomeProbabilities,
    Price,
    claim_of,
    decimal_odds,
    probabilities_of,
)
from markets.core.claims import InvalidClaim
from markets.core.limits import InvalidProbabilities
from markets.models import Outcome


class Body(StrictSerializer):
    whole = StrictInteger(required=False)
    text = StrictText(required=False)
    amount = AmountAsked(required=False)
    limit = Limit(required=False)
    at = Instant(required=False)
    chance = Probability(required=False)
    claim = OutcomeKeys(required=False)
    chances = OutcomeProbabilities(required=False)


class Query(QueryParameters):
    whole = StrictInteger(required=False)
    at = Instant(required=False)
    chance = Probability(required=False)
    words = serializers.ListField(child=StrictText(), required=False)


def outcomes(*keys):
    return [Outcome(index=index, key=key, label=key.title()) for index, key in enumerate(keys)]


def queried(address):
    return Query.read_from(Request(APIRequestFactory().get(address)))


@pytest.mark.parametrize(
    ("field", "given", "read"),
    [
        ("whole", 17, 17),
        ("whole", 2**63 - 1, 2**63 - 1),
        ("text", " kept as it is ", " kept as it is "),
        ("amount", "12.5", 12_500_000),
        ("amount", "0.000001", 1),
        ("limit", "0.65", Decimal("0.650")),
        ("at", "2026-11-22T00:00:00-20:00", datetime(2026, 11, 22, 20, tzinfo=UTC)),
        ("chance", 0, 0.0),
        ("chance", 1, 1.0),
        ("chance", 0.62, 0.62),
        ("claim", ["yes"], ["yes"]),
        ("chances", {"yes": 0.62}, {"yes": 0.62}),
    ],
)
def test_values_are_read_as_they_are_spelled(field, given, read):
    assert Body.read({field: given}) == {field: read}


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("whole", "17"),
        ("whole", "1_000"),
        ("whole", "٥"),
        ("whole", 1.0),
        ("whole", True),
        ("whole", 0),
        ("whole", -1),
        ("whole", 2**63),
        ("whole", None),
        ("whole", [17]),
        ("text", 17),
        ("text", True),
        ("text", None),
        ("text", "nul \x00"),
        ("amount", 25),
        ("amount", 12.5),
        ("amount", "1e3"),
        ("amount", "+1"),
        ("amount", "-1"),
        ("amount", "1_000"),
        ("amount", "٥"),
        ("amount", ".5"),
        ("amount", "5."),
        ("amount", "0.0000001"),
        ("amount", " 1"),
        ("amount", "99999999999999"),
        ("amount", ""),
        ("limit", 0.65),
        ("limit", "0"),
        ("limit", "0.0"),
        ("limit", "1"),
        ("limit", "1.0"),
        ("limit", "0.6543"),
        ("limit", "٠.٥"),
        ("at", "2026-11-22T12:00:00"),
        ("at", "2026-11-22"),
        ("at", "2026-13-22T12:00:00Z"),
        ("at", "9999-12-31T23:59:59-14:00"),
        ("at", "0001-01-01T00:00:00+14:00"),
        ("at", "2026-11-22T12:00:00+99:99"),
        ("at", "2026-11-22T12:00:60Z"),
        ("at", 1_763_812_800),
        ("at", "1763812800"),
        ("chance", "0.62"),
        ("chance", True),
        ("chance", 1.01),
        ("chance", -0.01),
        ("claim", []),
        ("claim", "yes"),
        ("claim", [1]),
    ],
)  # fmt: skip
def test_every_other_spelling_is_an_error_of_that_field(field, given):
    with pytest.raises(InvalidRequest) as refusal:
        Body.read({field: given})

    (error,) = refusal.value.errors
    assert error["field"].split(".")[0] == field
    assert error["message"]


def test_the_errors_of_a_map_name_the_key():
    with pytest.raises(InvalidRequest) as refusal:
        Body.read({"chances": {"yes": "0.5", "no": 0.5}})

    assert refusal.value.errors == [
        {"field": "chances.yes", "message": "Give a number from 0 to 1."}
    ]


def test_unknown_fields_are_named_together_with_those_that_there_are():
    with pytest.raises(InvalidRequest) as refusal:
        Body.read({"whole": 1, "budgett": "25", "amout": "1"})

    assert [error["field"] for error in refusal.value.errors] == ["amout", "budgett"]
    assert "whole, text, amount" in refusal.value.errors[0]["message"]


@pytest.mark.parametrize("given", [None, [], "text", 17, [{"whole": 1}]])
def test_a_body_is_an_object(given):
    with pytest.raises(InvalidRequest) as refusal:
        Body.read(given)

    assert refusal.value.errors[0]["field"] == ""


def test_query_strings_spell_numbers_and_times_out():
    read = queried("/?whole=17&at=2026-11-22T13:00:00%2B01:00&chance=0.62&words=a&words=b")

    assert read["whole"] == 17
    assert read["at"].isoformat() == "2026-11-22T12:00:00+00:00"
    assert read["chance"] == 0.62
    assert read["words"] == ["a", "b"]


def test_query_strings_also_take_epoch_seconds():
    assert queried("/?at=1795348800")["at"].isoformat() == "2026-11-22T12:00:00+00:00"


@pytest.mark.parametrize(
    "address",
    [
        "/?whole=1_000", "/?whole=%D9%A5", "/?whole=1.0", "/?whole=01", "/?whole=%2B1", "/?whole=",
        "/?whole=1&whole=2", "/?at=yesterday", "/?chance=1e-1", "/?chance=nan",
        "/?whole=9999999999999999999",
    ],
)  # fmt: skip
def test_a_parameter_that_is_spelled_otherwise_is_refused(address):
    with pytest.raises(InvalidParameter) as refusal:
        queried(address)

    assert refusal.value.errors[0]["field"].split(".")[0] in {"whole", "at", "chance"}


def test_an_unknown_parameter_is_refused_with_those_that_there_are():
    with pytest.raises(UnknownParameter) as refusal:
        queried("/?whole=1&wole=2")

    assert refusal.value.errors == [
        {
            "field": "wole",
            "message": "There is no such parameter. There are whole, at, chance, words.",
        }
    ]


@pytest.mark.parametrize(
    ("amount", "spelled"), [(0, "0"), (1, "0.000001"), (12_500_000, "12.5"), (-25_000_000, "-25")]
)
def test_amounts_are_answered_as_the_shortest_decimal_string(amount, spelled):
    assert Amount().to_representation(amount) == spelled


@pytest.mark.parametrize(
    ("price", "spelled"), [(0.5, "0.5"), (0.5170318354, "0.517032"), (1.0, "1"), (0.0, "0")]
)
def test_prices_are_answered_with_at_most_six_places(price, spelled):
    assert Price().to_representation(price) == spelled


@pytest.mark.parametrize(
    ("probability", "odds"),
    [(0.5512, "1.81"), (0.5, "2.00"), (0.001, "1000.00"), (1.0, "1.00"), (0.0, None), (None, None)],
)
def test_decimal_odds_are_the_payout_for_one_credit(probability, odds):
    assert decimal_odds(probability) == odds


def test_a_claim_is_named_by_keys():
    assert claim_of(outcomes("ana", "berta", "other"), ["other", "ana"]) == [2, 0]


def test_an_unknown_key_in_a_claim_is_answered_with_the_known_ones():
    with pytest.raises(InvalidClaim, match="no outcome 'maybe'; its outcomes are yes, no"):
        claim_of(outcomes("yes", "no"), ["maybe"])


def test_of_two_outcomes_one_probability_says_both():
    assert probabilities_of(outcomes("yes", "no"), {"yes": 0.62}) == [0.62, 0.38]
    assert probabilities_of(outcomes("yes", "no"), {"no": 0.7}) == [0.3, 0.7]


def test_probabilities_come_in_the_order_of_the_outcomes():
    stated = {"other": 0.2, "ana": 0.5, "berta": 0.3}

    assert probabilities_of(outcomes("ana", "berta", "other"), stated) == [0.5, 0.3, 0.2]


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        ({"ana": 0.5}, "Give a probability for berta, other too."),
        ({"ana": 0.5, "carl": 0.5}, "no outcome 'carl'"),
        ({}, "Give a probability for ana, berta, other too."),
    ],
)
def test_missing_and_unknown_outcomes_are_named(stated, sentence):
    with pytest.raises(InvalidProbabilities, match=sentence):
        probabilities_of(outcomes("ana", "berta", "other"), stated)
