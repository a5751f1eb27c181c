"""Questions that were decided, scored and added up: what the tests of track records meet around."""

from markets.models import Question
from markets.queries.tallies import questions_to_tally
from markets.services.tallying import tally
from tests.markets.decided import DECIDED, decide_and_score, lively


def tally_all() -> int:
    """Bring every tally up to date, as the sweep does; return how many questions it took."""
    return sum(tally(question_id=each, now=DECIDED) for each in questions_to_tally())


def lived(question, alice, bob, charlie, editor, **answer) -> Question:
    """A question that saw three forecasters and two traders, and came true unless said else."""
    lively(question, alice, bob, charlie)
    decide_and_score(question, editor, **answer)
    tally_all()
    return question
