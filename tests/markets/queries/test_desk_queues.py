"""What waits at the desk."""

import pytest

from markets.queries.desk import waiting
from markets.services import lifecycle

pytestmark = pytest.mark.django_db


def test_the_desk_counts_what_waits(question, eve):
    lifecycle.advance_due(now=question.closes_at)

    queues = waiting(now=question.closes_at)

    assert queues.due_for_resolution == 1
    assert (queues.proposed, queues.settling, queues.drafts_proposed) == (0, 0, 0)
