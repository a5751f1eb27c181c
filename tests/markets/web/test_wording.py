from datetime import timedelta

import pytest

from markets.web import wording
from tests.instants import NOON


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.01, "1%"),
        (0.00999, "1.0%"),
        (0.9949, "99%"),
        (0.995, "99.5%"),
        (0.001, "0.1%"),
        (0.999, "99.9%"),
        (0.5, "50%"),
    ],
)
def test_percents_gain_a_decimal_only_near_the_ends(probability, said):
    assert wording.percent(probability) == said


def test_number_boxes_always_make_a_hundred_percent():
    for count in range(2, 51):
        weights = [1 + index % 7 for index in range(count)]
        boxes = wording.percent_fields([weight / sum(weights) for weight in weights])

        tenths = [round(float(box) * 10) for box in boxes]
        assert sum(tenths) == 1000
        assert min(tenths) >= 1


def test_a_hopeless_outcome_still_gets_a_tenth_of_a_percent():
    assert wording.percent_fields([0.9999, 0.0001]) == ["99.9", "0.1"]


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(hours=47), "in 1 day"),
        (timedelta(days=59), "in 59 days"),
        (timedelta(days=60), "in 2 months"),
        (timedelta(days=-2), "2 days ago"),
    ],
)
def test_distances_are_said_in_the_largest_unit_that_fits(span, said):
    assert wording.distance(NOON + span, NOON) == said
