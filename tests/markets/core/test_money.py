import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core.money import (
    AMOUNT_MAX,
    FLOAT_NOISE,
    InvalidAmount,
    charge,
    format_amount,
    format_credits,
    parse_amount,
    proceeds,
    shares_received,
)
from tests.markets.core.strategies import property_test

amounts = st.integers(-AMOUNT_MAX, AMOUNT_MAX)


def test_a_charge_goes_up_and_what_is_paid_out_goes_down():
    assert charge(4.2) == 5
    assert proceeds(4.8) == 4
    assert shares_received(4.8) == 4


def test_nothing_costs_and_pays_nothing():
    assert charge(0.0) == proceeds(0.0) == shares_received(0.0) == 0


def test_an_exact_amount_is_rounded_exactly():
    assert charge(5) == proceeds(5) == shares_received(5) == 5
    assert charge(Fraction(15, 3)) == proceeds(Fraction(15, 3)) == 5
    assert charge(Fraction(16, 3)) == 6
    assert proceeds(Fraction(16, 3)) == 5


def test_a_float_just_below_a_whole_amount_is_charged_as_if_it_were_just_above():
    assert charge(10_000_000.000000001) == 10_000_001
    assert charge(10_000_000.0) == 10_000_001
    assert charge(9_999_999.9999999) == 10_000_001
    assert proceeds(10_000_000.0) == 9_999_999
    assert proceeds(10_000_000.000000001) == 9_999_999


@property_test
@given(true=st.fractions(0, 10**15), error=st.fractions(-1, 1))
def test_a_float_within_the_noise_never_rounds_in_favour_of_the_trader(true, error):
    seen = float(true * (1 + error * Fraction(FLOAT_NOISE) / 2))

    assert charge(seen) >= true
    assert proceeds(seen) <= true
    assert shares_received(seen) <= true


@property_test
@given(st.floats(0, 1e12))
def test_below_a_million_credits_rounding_takes_at_most_two_microcredits(amount):
    assert amount <= charge(amount) <= amount + 2
    assert amount - 2 <= proceeds(amount) <= amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", 0),
        ("12.5", 12_500_000),
        ("0.000001", 1),
        ("1", 1_000_000),
        ("007", 7_000_000),
        ("9223372036854.775807", AMOUNT_MAX),
    ],
)
def test_a_decimal_string_is_read_as_microcredits(text, amount):
    assert parse_amount(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "", " ", ".", ".5", "5.", "-1", "+1", "1e3", "1E3", "1_000", "1,000", " 1", "1 ", "1\n",
        "0.0000001", "nan", "inf", "0x10", "١٢", "１２", "1.2.3", "9223372036854.775808",
        "99999999999999", "1" * 5_000,
    ],
)  # fmt: skip
def test_anything_but_a_plain_decimal_within_range_is_refused(text):
    with pytest.raises(InvalidAmount) as refusal:
        parse_amount(text)

    assert refusal.value.code == "invalid_amount"


@property_test
@given(st.integers(0, AMOUNT_MAX))
def test_an_amount_that_is_written_is_read_back(amount):
    assert parse_amount(format_amount(amount)) == amount


@property_test
@given(amounts)
def test_an_amount_is_written_without_exponent_or_needless_zeros(amount):
    text = format_amount(amount)

    assert re.fullmatch(r"-?(0|[1-9]\d*)(\.\d{0,5}[1-9])?", text)
    assert Fraction(text) * 1_000_000 == amount


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "0"), (-1, "-0.000001"), (-12_500_000, "-12.5"), (100_000_000, "100"), (1_100_000, "1.1")],
)
def test_the_shortest_form_is_written(amount, text):
    assert format_amount(amount) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0.00"),
        (4_999, "0.00"),
        (5_000, "0.01"),
        (-4_999, "0.00"),
        (-5_000, "-0.01"),
        (999_995_000, "1,000.00"),
        (1_234_567_890_000, "1,234,567.89"),
        (-1_234_567_890, "-1,234.57"),
    ],
)
def test_pages_show_hundredths_with_thousands_separated(amount, text):
    assert format_credits(amount) == text
