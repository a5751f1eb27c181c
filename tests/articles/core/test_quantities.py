from decimal import Decimal

import pytest

from articles.core.quantities import find_quantities


@pytest.mark.parametrize(
    ("text", "value", "unit", "magnitude"),
    [
        ("$10.7 billion", "10.7", "USD", 10**9),
        ("US$3bn", "3", "USD", 10**9),
        ("€3m", "3", "EUR", 10**6),
        ("50 euros", "50", "EUR", 1),
        ("15 million tons", "15", "ton", 10**6),
        ("two million people", "2", "person", 10**6),
        ("1,250 km", "1250", "km", 1),
        ("40 square miles", "40", "square mile", 1),
        ("17%", "17", "percent", 1),
        ("17 per cent", "17", "percent", 1),
        ("0.5 percentage points", "0.5", "percentage point", 1),
        ("25 basis points", "25", "basis point", 1),
        ("3 million", "3", "", 10**6),
    ],
)
def test_an_amount_is_a_number_with_its_unit_and_magnitude(
    text: str, value: str, unit: str, magnitude: int
) -> None:
    (quantity,) = find_quantities(text)

    assert (quantity.value, quantity.unit, quantity.magnitude) == (Decimal(value), unit, magnitude)
    assert text[quantity.start_offset : quantity.end_offset] == text


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [("3-4%", "3", "4"), ("$10–12 billion", "10", "12"), ("between 3 and 4 percent", "3", "4")],
)
def test_a_range_has_both_its_ends(text: str, lower: str, upper: str) -> None:
    (quantity,) = find_quantities(text)

    assert (quantity.value, quantity.upper) == (Decimal(lower), Decimal(upper))


def test_only_percent_is_percent() -> None:
    percent, points = find_quantities("17% is not 17 percentage points")

    assert (percent.percent, points.percent) == (True, False)


def test_the_amount_counts_the_magnitude() -> None:
    (quantity,) = find_quantities("$10.7 billion")

    assert quantity.amount == Decimal("10700000000")


@pytest.mark.parametrize(
    "text", ["Article 5", "in 2024", "the 7th", "5G", "a 5-year plan", "v1.2.3", "one of"]
)
def test_a_number_without_a_unit_is_no_amount(text: str) -> None:
    assert find_quantities(text) == []
