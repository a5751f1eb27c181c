"""Workers that tally the same forecasters at once leave what one after the other would."""

import pytest

from markets.models import Tally, TallyMark
from markets.queries.tallies import questions_to_tally
from markets.services.tallying import tally
from tests.instants import NOON
from tests.markets.services.verdicts import asked, resolved, scored
from tests.races.test_one_market import together

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 6


def test_six_sweeps_at_once_miss_nothing_and_double_nothing(alice, bob, eve):
    for number in range(4):
        question = asked(eve, key=f"line-{number}", tags=("rail",))
        scored(resolved(question, at=NOON), at=NOON, peers={alice: 1.5, bob: -1.5})
    done = []

    def sweep():
        done.extend(tally(question_id=each, now=NOON) for each in questions_to_tally())

    together([sweep] * WORKERS)

    assert sum(done) == TallyMark.objects.count() == 4
    row = Tally.objects.get(period="all", tag="", forecaster=alice)
    assert (row.question_count, row.peer_sum) == (4, 6.0)
