"""A crowd that is hidden until its time is nowhere: every public address is asked for its numbers.

Once its question is decided it hides nothing any more. The addresses are those of the two URL
tables, so whatever is added there is asked as well.
"""

import re
from datetime import timedelta
from itertools import product

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from markets.api import urls as api
from markets.core.numeric import Bins
from markets.models import CrowdSnapshot, Question
from markets.queries.candles import candles_of
from markets.services import candles, forecasting, lifecycle, resolution
from markets.web import urls as pages
from markets.web.wording import percent
from tests.markets.decided import decide_and_score

pytestmark = pytest.mark.django_db

CHANCES = (0.1371, 0.6339, 0.8217)
"""Nothing else on the site is about these numbers."""


def spellings(question):
    """The crowd's numbers as an answer, a table or a drawing would spell them, and no clock."""
    snapshot = CrowdSnapshot.objects.filter(question=question).latest("id")
    numbers = [*snapshot.centre, *snapshot.lower, *snapshot.upper]
    exact = {f"{number:.4f}" for number in numbers}
    parts = {f"{100 * number:.2f}" for number in numbers}
    if question.bins is None:  # elsewhere a page has percents of many bins
        market = {percent(probability) for probability in question.prior}
        parts |= {percent(number) for number in snapshot.centre} - market
    return re.compile(rf"(?<!\d)(?:{_any(exact)})|(?<![\d:.])(?:{_any(parts)})")


def _any(words):
    return "|".join(map(re.escape, sorted(words)))


def addresses(question):
    """Every address of the question, of a forecaster, series or version on it, and every list."""
    names = [f"api:{each.name}" for each in api.urlpatterns if getattr(each, "name", None)]
    names += [f"pages:{each.name}" for each in pages.urlpatterns]
    asked = ({"question": question.slug}, {"slug": question.slug})
    further = ({"forecaster": "alice"}, {"name": "alice"}, {"series": "median"}, {"version": 1})
    both = [first | second for first, second in product(asked, ({}, *further))]
    for name in names:
        for arguments in ({}, {"name": "alice"}, *both):
            try:
                yield reverse(name, kwargs=arguments)
            except NoReverseMatch:
                continue


def with_parameters(address):
    yield address
    if address.endswith("/history"):
        yield f"{address}?series=crowd&period=raw"
    if address.endswith("/candles"):
        yield f"{address}?series=crowd&period=1m"
    if address.endswith("/crowd"):
        yield f"{address}?method=mean"
        yield f"{address}?method=logit_mean&extremising=2"
    if address.endswith(("/questions", "/questions/")):
        yield f"{address}?sort=forecasters"


def told(client, question):
    """Where the crowd's numbers are told, of all addresses that answer."""
    numbers = spellings(question)
    asked = [each for address in addresses(question) for each in with_parameters(address)]
    assert len(asked) > 50
    found = []
    for address in asked:
        response = client.get(address)
        if response.status_code != 200 or response.streaming:
            continue
        body = response.content.decode()
        if numbers.search(body):
            found.append(address)
    return found


@pytest.fixture
def hide(publish, alice, bob, charlie):
    """A question that three have forecast and whose crowd is revealed in a day."""

    def make(**changes):
        now = timezone.now()
        question = publish(
            at=now - timedelta(days=2),
            closes_at=now + timedelta(days=10),
            resolve_by=now + timedelta(days=12),
            reveal_at=now + timedelta(days=1),
            **changes,
        )
        for place, (forecaster, chance) in enumerate(
            zip((alice, bob, charlie), CHANCES, strict=True)
        ):
            rest = (1 - chance) / (len(question.prior) - 1)
            forecasting.submit_forecast(
                forecaster=forecaster, question_id=question.pk, request_key="k",
                probabilities=[chance, *[rest] * (len(question.prior) - 1)],
                now=now - timedelta(hours=30 - place),
            )  # fmt: skip
        candles.roll_up_due()
        return question

    return make


@pytest.fixture(params=["binary", "multiple choice", "bins"])
def hidden(hide, request):
    kinds = {
        "binary": {},
        "multiple choice": {
            "type": "multiple_choice", "outcomes": ("Ana", "Berta", "Carla"),
            "prior": (0.4, 0.3, 0.3),
        },
        "bins": {
            "type": "numeric", "outcomes": (), "prior": (),
            "bins": Bins(lower=0, upper=10, count=5),
        },
    }  # fmt: skip
    return hide(**kinds[request.param])


def test_nobody_is_told_what_a_hidden_crowd_says(client, hidden):
    assert told(client, hidden) == []


def test_nor_is_a_forecaster_or_an_editor(alice, eve, hidden):
    for reader in (alice, eve):
        signed_in = Client()
        signed_in.force_login(reader)
        assert told(signed_in, hidden) == []


def test_the_walk_would_have_found_it(client, hidden):
    Question.objects.update(reveal_at=timezone.now() - timedelta(minutes=1))

    found = told(client, hidden)

    slug = hidden.slug
    for address in ("odds", "crowd", "history", "candles?series=crowd&period=1m"):
        assert any(f"/questions/{slug}/{address}" in each for each in found), (address, found)
    assert f"/questions/{slug}/history.csv" in found
    assert "/api/v1/questions" in found


def test_nor_does_a_close_or_a_proposal_tell(client, eve, hide):
    question, now = hide(), timezone.now()
    lifecycle.close(question_id=question.pk, editor=eve, reason="Over.", now=now)
    assert told(client, question) == []

    resolution.propose(question_id=question.pk, proposer=eve, outcome_weights=(1, 0), now=now)

    assert told(client, question) == []


def test_once_scored_nothing_is_hidden_anywhere(client, eve, hide):
    question = hide()
    decide_and_score(question, eve, now=timezone.now() - timedelta(hours=26))
    question.refresh_from_db()
    assert question.reveal_at > timezone.now()

    found = told(client, question)

    api_address, page = f"/api/v1/questions/{question.slug}", f"/questions/{question.slug}"
    for address in ("odds", "crowd", "history", "candles?series=crowd&period=1m"):
        assert f"{api_address}/{address}" in found, found
    assert f"{page}/history.csv" in found
    assert f"{page}/series/median/" in found


def test_once_annulled_nothing_is_hidden_either(client, eve, hide):
    question = hide()
    resolution.annul(question_id=question.pk, editor=eve, reason="Void.", now=timezone.now())

    assert f"/api/v1/questions/{question.slug}/crowd" in told(client, question)


def test_how_many_stand_is_told(client, hidden):
    body = client.get(f"/api/v1/questions/{hidden.pk}/crowd").json()

    assert body["forecaster_count"] == 3
    assert body["reveal_at"] is not None
    assert {each["probability"] for each in body["outcomes"]} == {None}
    assert {each["histogram"] for each in body["outcomes"]} == {None}


def test_ones_own_forecast_is_told(alice, hidden):
    signed_in = Client()
    signed_in.force_login(alice)

    mine = signed_in.get(f"/api/v1/questions/{hidden.pk}").json()["my"]["forecast"]

    assert next(iter(mine["probabilities"].values())) == pytest.approx(0.1371)


def test_a_hidden_crowd_has_no_candles(hidden):
    assert candles_of(hidden, period="1m", series="crowd", now=timezone.now()).candles == ()
