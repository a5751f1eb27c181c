"""Leaderboards, track records and the calibration of our odds, as people read them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from markets.models import Score
from markets.services import lifecycle
from tests.instants import NOON
from tests.markets.decided import CLOSED, DAY, amend, decide_and_score, trade
from tests.markets.services.verdicts import asked, resolved, scored
from tests.markets.tallied import lived, tally_all
from tests.markets.web.world import signed_in

pytestmark = pytest.mark.django_db

LEADERBOARD, CALIBRATION = reverse("pages:leaderboard"), reverse("pages:calibration")


def record_of(name):
    return reverse("pages:person", args=[name])


@pytest.fixture
def decided(publish, alice, bob, charlie, eve):
    return lived(publish(tags=("rail",)), alice, bob, charlie, eve)


def text_of(client, address, **query):
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def test_a_leaderboard_leads_to_the_track_record_of_each(client, decided):
    page = text_of(client, LEADERBOARD)

    for name in ("alice", "bob", "charlie"):
        assert f'href="{record_of(name)}"' in page


def test_filters_are_links_that_keep_each_other(client, decided):
    page = text_of(client, LEADERBOARD, kind="baseline", tag="rail", period="2026-Q4")

    assert "October to December 2026" in page
    assert 'href="?kind=profit&amp;period=2026-Q4&amp;tag=rail"' in page
    assert 'href="?kind=baseline&amp;period=2026-Q3&amp;tag=rail"' in page
    assert 'href="?kind=baseline&amp;period=2026-Q4"' in page, "every topic"


@pytest.mark.parametrize("kind", ["peer", "peer_mean", "baseline", "relative_brier", "profit"])
def test_every_kind_has_a_page_that_says_who_is_ranked(client, decided, kind):
    page = text_of(client, LEADERBOARD, kind=kind)

    fewest = 10 if kind in {"peer_mean", "relative_brier"} else 1
    assert f"Whoever has {fewest} " in page
    assert ("alice" in page) == (fewest == 1)


@pytest.mark.parametrize(
    "query", [{"kind": "luck"}, {"period": "0001-01"}, {"period": "nonsense"}, {"page": "99"},
              {"tag": "x" * 300}],
)  # fmt: skip
def test_an_address_with_nonsense_in_it_shows_what_is_usual(client, decided, query):
    assert "alice" in text_of(client, LEADERBOARD, **query)


def test_the_reader_is_told_where_he_stands_even_outside_of_the_page(decided, bob, monkeypatch):
    monkeypatch.setattr("markets.web.views.track_record.LEADERS_PER_PAGE", 1)

    page = text_of(signed_in(bob), LEADERBOARD)

    assert "You are <strong>3rd</strong> of 3" in page
    assert record_of("bob") not in page


def test_the_reader_is_told_what_is_missing_for_a_rank(decided, bob):
    page = text_of(signed_in(bob), LEADERBOARD, kind="peer_mean")

    assert "You have no rank here yet: 9 more questions of yours have to be scored." in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, "Nobody is scored yet"),
        ({"kind": "peer_mean"}, "Nobody has 10 scored questions yet"),
        ({"tag": "rail", "period": "2026-10"}, "No question was scored about rail in October 2026"),
        (
            {"kind": "profit", "period": "2026-10"},
            "No question that somebody traded on was paid",
        ),
    ],
)
def test_an_empty_leaderboard_says_what_is_missing(client, db, query, said):
    assert said in text_of(client, LEADERBOARD, **query)


@pytest.mark.parametrize(
    ("address", "count"),
    [(LEADERBOARD, 4), (record_of("alice"), 9), (CALIBRATION, 3)],
)
def test_pages_ask_the_database_as_often_for_many_questions_as_for_few(
    client, decided, alice, bob, eve, address, count
):
    def queries():
        text_of(client, address)  # some of it is kept
        with CaptureQueriesContext(connection) as captured:
            text_of(client, address)
        return len(captured)

    assert queries() == count
    for number in range(3):
        question = asked(eve, key=f"line-{number}", tags=(f"line-{number}",))
        scored(resolved(question, at=NOON), at=NOON, peers={alice: 9.0, bob: -9.0})
    tally_all()

    assert queries() == count


# --- Track records ------------------------------------------------------------------------------


def test_a_track_record_shows_every_score_and_leads_to_its_working(client, decided, alice):
    page = text_of(client, record_of("alice"))

    score = Score.objects.get(forecaster=alice)
    assert f"{score.peer:+.1f}".replace("-", "−") in page
    assert reverse("pages:score", args=[decided.slug, "alice"]) in page
    assert reverse("pages:question", args=[decided.slug]) in page
    assert "?tag=rail" in page
    assert "alice@example.com" not in page


def test_charts_have_tables_with_the_same_numbers(client, decided):
    page = text_of(client, record_of("alice"))

    dots = re.findall(r"<circle [^>]*><title>Said (\d+)% on average, came true (\d+)%", page)
    rows = re.findall(
        r'<td>\d+–\d+%</td><td class="number">(\d+)%</td><td class="number">(\d+)%</td>', page
    )
    assert dots == rows == [("60", "100"), ("80", "100")]
    assert "1 question so far, which is too few to tell skill from luck" in page


def test_a_wrong_call_is_shown_as_one(client, decided):
    page = text_of(client, record_of("bob"))

    worst = page[page.index(">Worst<") : page.index("By peer score")]
    assert decided.title in worst


def test_a_correction_changes_the_record(client, decided):
    amend(decided, decided.resolutions.get(), outcome_weights=[0, 1])
    tally_all()

    page = text_of(client, record_of("bob"))

    best = page[page.index(">Best<") : page.index(">Worst<")]
    assert decided.title in best


def test_whoever_was_never_scored_is_told_what_to_do(client, alice):
    assert "Nothing of alice’s is scored yet" in text_of(client, record_of("alice"))
    assert "None of your forecasts is scored yet" in text_of(signed_in(alice), record_of("alice"))


def test_whoever_only_traded_has_a_profit_and_no_curve(client, publish, alice, eve):
    traded = publish()
    trade(alice, traded, (0,), at=NOON + DAY)
    lifecycle.advance_due(now=CLOSED)
    decide_and_score(traded, eve)
    tally_all()

    page = text_of(client, record_of("alice"))

    assert "Has traded on 1 question that was paid" in page
    assert "Trading profit" in page
    assert 'id="calibration"' not in page


def test_nobody_of_that_name_is_a_page_that_is_not_there(client, db):
    assert client.get(record_of("zora")).status_code == 404


# --- Our own odds -------------------------------------------------------------------------------


def test_the_market_and_each_method_have_a_curve_and_a_line(client, decided):
    page = text_of(client, CALIBRATION)

    for name in ("Market", "Recency-weighted median", "Mean", "Geometric mean of odds"):
        assert f'<section aria-label="{name}">' in page
        assert f'<th scope="row">{name}</th>' in page
    assert "1 question decided so far: too few to tell skill from luck" in page


def test_another_of_our_odds_can_be_what_the_others_are_measured_by(client, decided):
    page = text_of(client, CALIBRATION, against="mean")

    line = re.search(r'<tr class="is-me">.*?</tr>', page).group()
    assert '<th scope="row">Mean</th>' in line
    assert "the others are measured by it" in line


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, "No question is decided yet"),
        ({"tag": "rail", "period": "2026-W48"}, "about rail was decided in 23 to 29 November 2026"),
    ],
)
def test_without_decided_questions_there_is_nothing_to_draw(client, db, query, said):
    assert said in text_of(client, CALIBRATION, **query)
