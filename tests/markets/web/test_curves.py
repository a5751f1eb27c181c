"""Where the parts of a track record's drawings lie."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from markets.core.calibration import BUCKETS, SUMS, curve_of
from markets.core.comparison import Difference
from markets.queries.track_record import Reached
from markets.web.curves import DOT_MAX, draw_curve, draw_differences, draw_sum

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def reached(*sums):
    return [Reached(NOON + number * DAY, each, number + 1) for number, each in enumerate(sums)]


def curve(**buckets):
    sums = np.zeros((BUCKETS, len(SUMS)))
    for name, (count, came_true) in buckets.items():
        bucket = int(name.removeprefix("b"))
        sums[bucket, :3] = count, count * bucket / 10, came_true
    return curve_of(sums)


def test_a_dot_lies_where_what_was_said_meets_what_came_true():
    rare, common = draw_curve(curve(b2=(1, 0), b7=(4, 3)))

    assert (common.x, common.y, common.name) == (70, 25, "65–75%")
    assert common.high_y < common.y < common.low_y
    assert (rare.y, rare.low_y) == (100, 100)


def test_more_statements_make_a_bigger_dot_and_a_longer_bar():
    rare, common = draw_curve(curve(b2=(1, 0), b7=(4, 3)))

    assert common.radius == DOT_MAX > rare.radius
    assert (common.bar_height, rare.bar_height) == (100, 25)


def test_bars_of_the_outermost_buckets_are_half_as_wide_and_stay_inside():
    first, middle, last = draw_curve(curve(b0=(1, 0), b5=(1, 0), b10=(1, 1)))

    assert first.bar_x >= 0
    assert last.bar_x + last.bar_width <= 100
    assert first.bar_width == pytest.approx(middle.bar_width / 2)


def test_a_sum_begins_at_zero_and_steps_at_each_question():
    drawn = draw_sum(reached(50, -50), now=NOON + 9 * DAY)

    assert [tick.label for tick in drawn.rises] == ["−50", "0", "+50"]
    assert drawn.zero_y == 50
    assert drawn.path.startswith("M0 500H")
    assert drawn.path.count("V") == 2
    assert drawn.path.endswith("H1000")
    assert [row.peer_sum for row in drawn.rows] == [-50, 50], "the newest first"


@pytest.mark.parametrize("sums", [(0.0,), (0.0, 0.0), (0.003,), (-1e-9,), (123456.0, -0.5)])
def test_any_sums_fit_their_axis(sums):
    drawn = draw_sum(reached(*sums), now=NOON + DAY)

    heights = [int(part.split("H")[0]) for part in drawn.path.split("V")[1:]]
    assert all(0 <= height <= 1000 for height in heights)
    assert 2 <= len(drawn.rises) <= 8
    assert 0 <= drawn.zero_y <= 100


def test_a_question_resolved_a_moment_ago_has_room_before_it():
    drawn = draw_sum(reached(5), now=NOON)

    assert 0 < int(drawn.path.split("H")[1].split("V")[0]) < 1000


def test_the_widest_interval_fills_the_line_and_one_without_an_interval_is_a_dot():
    wide, alone = draw_differences([Difference(-1.0, -4.0, 2.0, 9), Difference(2.0, None, None, 1)])

    assert (wide.low, wide.at, wide.high) == (0, 37.5, 75)
    assert (alone.low, alone.at, alone.high) == (75, 75, 75)


def test_one_against_itself_lies_on_zero():
    (mark,) = draw_differences([Difference(0.0, 0.0, 0.0, 5)])

    assert (mark.low, mark.at, mark.high) == (50, 50, 50)
