"""Who has been right, how often, and which of our odds: for programs."""

import pytest

from markets.models import Profit, Score, SeriesScore
from tests.instants import NOON
from tests.markets.api.calling import refused
from tests.markets.decided import DAY, amend, say
from tests.markets.tallied import lived, tally_all

pytestmark = pytest.mark.django_db

PATHS = ["/leaderboards", "/people/alice", "/people/alice/scores", "/people/alice/calibration",
         "/calibration"]  # fmt: skip


@pytest.fixture
def question(publish):
    """It closes in the past of these tests, so that it can be decided."""
    return publish(tags=("rail",))


@pytest.fixture
def decided(question, alice, bob, charlie, eve):
    return lived(question, alice, bob, charlie, eve)


@pytest.mark.parametrize("path", PATHS)
def test_everybody_may_read_it_and_caches_keep_it_for_a_moment(anyone, decided, path):
    response = anyone.get(path)

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"].startswith("public")
    assert "example.com" not in response.text.replace("https://example.com", ""), "no email"


@pytest.mark.parametrize("path", PATHS)
def test_what_there_is_not_to_ask_is_refused(anyone, decided, path):
    refused(anyone.get(path, luck="1"), "unknown_parameter", "luck")


@pytest.mark.parametrize("path", [path for path in PATHS if "people" in path])
def test_nobody_of_that_name_is_not_found(anyone, db, path):
    refused(anyone.get(path.replace("alice", "zora")), "person_not_found")


# --- Leaderboards -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["peer", "baseline"])
def test_the_leaderboard_ranks_who_was_right(anyone, decided, kind, django_assert_num_queries):
    with django_assert_num_queries(2):
        body = anyone.get("/leaderboards", kind=kind).json()

    sums = {score.forecaster.name: getattr(score, kind) for score in Score.objects.all()}
    ordered = sorted(sums, key=lambda name: -sums[name])
    assert [(row["rank"], row["name"]) for row in body["results"]] == list(enumerate(ordered, 1))
    assert [row["score_sum"] for row in body["results"]] == [sums[name] for name in ordered]
    assert (body["kind"], body["count_min"], body["tag"], body["next"]) == (kind, 1, None, None)
    assert body["period"] == {"name": "all", "starts_at": None, "ends_at": None}


def test_profits_are_decimal_strings(anyone, decided):
    rows = anyone.get("/leaderboards", kind="profit").json()["results"]

    amounts = {profit.trader.name: profit.amount for profit in Profit.objects.all()}
    assert {row["name"]: round(float(row["profit"]) * 1e6) for row in rows} == amounts
    assert all(isinstance(row["profit"], str) for row in rows)


def test_a_mean_of_one_question_ranks_nobody_and_says_why(anyone, decided):
    body = anyone.get("/leaderboards", kind="peer_mean", forecaster="alice").json()

    assert (body["results"], body["count_min"]) == ([], 10)
    assert (body["forecaster"]["rank"], body["forecaster"]["question_count"]) == (None, 1)


def test_pages_of_a_leaderboard_fit_together(anyone, decided):
    first = anyone.get("/leaderboards", limit=2).json()
    second = anyone.get("/leaderboards", limit=2, cursor=first["next"]).json()

    rows = first["results"] + second["results"]
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert len({row["name"] for row in rows}) == 3
    assert second["next"] is None


def test_a_forecaster_outside_of_the_page_is_told_where_he_stands(
    anyone, decided, django_assert_num_queries
):
    last = anyone.get("/leaderboards").json()["results"][-1]

    with django_assert_num_queries(5):
        body = anyone.get("/leaderboards", limit=1, forecaster=last["name"].upper()).json()

    assert body["forecaster"] == last
    refused(anyone.get("/leaderboards", forecaster="zora"), "person_not_found")


def test_a_leaderboard_is_of_a_period_and_a_tag(anyone, decided):
    def names(**asked):
        return len(anyone.get("/leaderboards", **asked).json()["results"])

    assert (names(tag="rail"), names(tag="road")) == (3, 0)
    assert (names(period="2026-12"), names(period="2026-Q4"), names(period="2026-11")) == (3, 3, 0)
    december = anyone.get("/leaderboards", period="2026-12").json()["period"]
    assert december["starts_at"] == "2026-12-01T00:00:00.000000Z"
    assert december["ends_at"] == "2027-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("parameters", "code", "field"),
    [
        ({"kind": "luck"}, "invalid_parameter", "kind"),
        ({"limit": "0"}, "invalid_parameter", "limit"),
        ({"limit": "201"}, "invalid_parameter", "limit"),
        ({"period": "2026-13"}, "invalid_parameter", "period"),
        ({"period": "0001-01"}, "invalid_parameter", "period"),
        ({"tag": "x" * 41}, "invalid_parameter", "tag"),
        ({"cursor": "nonsense"}, "invalid_cursor", None),
    ],
)
def test_a_leaderboard_that_there_is_not_is_refused(anyone, db, parameters, code, field):
    refused(anyone.get("/leaderboards", **parameters), code, *([field] if field else []))


def test_a_cursor_of_another_kind_is_refused(anyone, decided):
    cursor = anyone.get("/leaderboards", limit=1).json()["next"]

    refused(anyone.get("/leaderboards", kind="profit", cursor=cursor), "invalid_cursor")


# --- People -------------------------------------------------------------------------------------


def test_a_person_is_a_name_and_what_its_scores_add_up_to(
    anyone, decided, alice, django_assert_num_queries
):
    with django_assert_num_queries(2):
        body = anyone.get("/people/alice").json()

    score = Score.objects.get(forecaster=alice)
    assert body["name"] == "alice"
    assert body["html_url"].endswith("/people/alice/")
    assert (body["overall"]["tag"], body["overall"]["peer_sum"]) == (None, score.peer)
    assert [record["tag"] for record in body["tags"]] == ["rail"]
    assert set(body) == {"name", "html_url", "overall", "tags"}


def test_before_anything_is_scored_a_person_has_only_a_name(anyone, alice):
    body = anyone.get("/people/alice").json()

    assert (body["overall"], body["tags"]) == (None, [])
    assert anyone.get("/people/alice/scores").json() == {"results": [], "next": None}
    calibration = anyone.get("/people/alice/calibration").json()
    assert (calibration["statements"], calibration["ranges"]) == (None, None)


def test_each_score_leads_to_its_working(anyone, decided, alice, django_assert_num_queries):
    with django_assert_num_queries(3):
        (row,) = anyone.get("/people/alice/scores").json()["results"]

    score = Score.objects.get(forecaster=alice)
    kinds = ("peer", "baseline", "brier", "relative_brier", "log", "coverage")
    assert {kind: row[kind] for kind in kinds} == {kind: getattr(score, kind) for kind in kinds}
    assert (row["question"], row["resolution_version"]) == (decided.pk, 1)
    assert row["profit"] is not None
    working = anyone.client.get(
        row["working_url"].partition("example.com")[2] or row["working_url"]
    )
    assert working.status_code == 200


def test_after_a_correction_the_score_is_that_of_the_new_version(anyone, decided):
    amend(decided, decided.resolutions.get(), outcome_weights=[0, 1])
    tally_all()

    (row,) = anyone.get("/people/alice/scores").json()["results"]

    assert row["resolution_version"] == 2
    assert row["peer"] < 0


def test_a_calibration_tells_its_points_with_their_bands(
    anyone, decided, django_assert_num_queries
):
    with django_assert_num_queries(2):
        body = anyone.get("/people/alice/calibration").json()

    curve = body["statements"]
    assert (body["name"], body["period"]["name"], body["tag"]) == ("alice", "all", None)
    assert (curve["question_count"], curve["statement_count"]) == (1, pytest.approx(1))
    assert [point["bucket"] for point in curve["points"]] == [0.6, 0.8]
    for point in curve["points"]:
        assert point["low"] <= point["observed"] <= point["high"]
    parts = curve["reliability"] - curve["resolution"] + curve["uncertainty"] + curve["within"]
    assert curve["brier"] == pytest.approx(parts)


def test_our_odds_are_compared_with_the_one_that_is_asked_for(
    anyone, decided, django_assert_num_queries
):
    with django_assert_num_queries(4):
        body = anyone.get("/calibration", against="mean").json()

    rows = {row["series"]: row for row in body["results"]}
    stored = {score.series: score.brier for score in SeriesScore.objects.all()}
    assert rows.keys() == stored.keys()
    assert rows["market"]["brier"]["mean"] == stored["market"]
    assert rows["market"]["brier"]["difference"] == stored["market"] - stored["mean"]
    assert rows["market"]["brier"]["difference_low"] is None, "one question has no interval"
    assert rows["market"]["calibration"]["statements"]["question_count"] == 1
    refused(anyone.get("/calibration", against="luck"), "invalid_parameter", "against")


def test_nothing_is_told_of_a_question_that_is_open(anyone, publish, alice):
    say(alice, publish(), 0.9, 0.1, at=NOON + DAY)
    tally_all()

    assert anyone.get("/people/alice").json()["overall"] is None
    assert anyone.get("/people/alice/scores").json()["results"] == []
