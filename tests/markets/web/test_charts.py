from datetime import timedelta

from markets.queries.history import History, Marker, Point
from markets.web import charts
from tests.instants import NOON

HOUR = timedelta(hours=1)


def point(hours, *probabilities):
    return Point(NOON + hours * HOUR, probabilities)


def history(market=(), crowd=(), articles=()):
    return History(tuple(market), tuple(crowd), tuple(articles))


def drawn(past, labels=("Yes", "No"), **changes):
    frame = {"numbers": {}, "start": NOON, "end": NOON + 4 * HOUR}
    return charts.draw(past, labels=labels, **{**frame, **changes})


def test_of_two_outcomes_only_the_first_has_a_line():
    chart = drawn(history([point(0, 0.5, 0.5), point(1, 0.75, 0.25)]))

    assert [(line.label, line.is_crowd) for line in chart.lines] == [("Yes", False)]
    assert chart.lines[0].path == "M0 500H250V250H1000"


def test_the_crowd_has_lines_of_its_own_where_it_is_shown():
    chart = drawn(history([point(0, 0.5, 0.5)], [point(2, 0.4, 0.6)]))

    assert [line.is_crowd for line in chart.lines] == [False, True]
    assert chart.lines[1].path == "M500 600H1000"
    assert chart.columns == ("Market: Yes", "Crowd: Yes")


def test_where_nobody_stood_the_crowds_line_is_broken_and_its_columns_empty():
    past = history([point(0, 0.5, 0.5)], [point(1, 0.4, 0.6), point(2), point(3, 0.5, 0.5)])
    chart = drawn(past)

    assert chart.lines[1].path == "M250 600H500M750 500H1000"
    columns = charts.series(past, drawn=(0,), end=NOON + 4 * HOUR)
    assert columns["crowd_0"] == [None, 0.4, None, 0.5, 0.5]


def test_many_outcomes_are_drawn_only_as_high_as_they_reach():
    chart = drawn(history([point(0, 0.45, 0.35, 0.2)]), labels=("A", "B", "C"))

    assert chart.top == 0.5
    assert [line.path for line in chart.lines] == ["M0 100H1000", "M0 300H1000", "M0 600H1000"]
    assert [tick.label for tick in chart.rises] == ["0%", "25%", "50%"]


def test_of_very_many_outcomes_the_likeliest_eight_are_drawn_in_their_order():
    probabilities = [0.02] * 10
    probabilities[9], probabilities[3] = 0.5, 0.34

    chosen = charts.drawn_outcomes(history([point(0, *probabilities)]), 10)

    assert chosen == (0, 1, 2, 3, 4, 5, 6, 9)


def test_articles_stand_on_the_time_axis_under_the_number_that_the_page_gives_them():
    markers = [Marker(NOON + HOUR, 7, "In time"), Marker(NOON - HOUR, 8, "Before")]
    chart = drawn(history([point(0, 0.5, 0.5)], articles=markers), numbers={7: 2, 8: 1})

    assert [(mark.number, mark.percent, mark.title) for mark in chart.articles] == [
        (2, 25.0, "In time")
    ]


def test_the_table_behind_the_chart_says_what_stood_at_each_instant():
    chart = drawn(history([point(0, 0.5, 0.5), point(2, 0.75, 0.25)], [point(3, 0.4, 0.6)]))

    assert len(chart.rows) == charts.TABLE_ROWS_MAX
    assert chart.rows[0] == (NOON + 4 * HOUR, (0.75, 0.4))
    assert chart.rows[-1] == (NOON, (0.5, None))


def test_the_columns_for_the_script_share_one_axis_up_to_the_end():
    past = history([point(0, 0.5, 0.5), point(2, 0.75, 0.25)], [point(1, 0.4, 0.6)])

    columns = charts.series(past, drawn=(0,), end=NOON + 3 * HOUR)

    hours = [(at - NOON.timestamp()) / 3600 for at in columns["at"]]
    assert hours == [0, 1, 2, 3]
    assert columns["market_0"] == [0.5, 0.5, 0.75, 0.75]
    assert columns["crowd_0"] == [None, 0.4, 0.4, 0.4]


def test_a_range_begins_no_earlier_than_the_question_and_ends_with_it():
    opened, closed = NOON - 3 * HOUR, NOON - HOUR

    assert charts.period_of("1d", opened_at=opened, ended_at=closed, now=NOON) == (opened, closed)


def test_a_sparkline_that_hardly_moved_stays_level():
    assert charts.sparkline_path([0.5, 0.501, 0.5]) == "M0 14H50V14H100V14"
    assert charts.sparkline_path([0.5]) == ""
