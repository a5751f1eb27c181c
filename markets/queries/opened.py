"""What never changes of a question that has opened: its outcomes, and the bounds of its bins.

Every order names outcomes by their keys, so these are read more often than anything else; and they
are frozen with the wording. So each process keeps them. Whether a question may be traded is not
among them: that is decided under its market's lock.
"""

from functools import lru_cache

from markets.models import Question

KEPT_MAX = 512
"""Of questions with 200 bins that is a hundred megabytes."""


def opened_question(question_id: int) -> Question | None:
    """Return a question with its outcomes, or None where it has not opened.

    Only what is frozen may be read of it: the rest is as old as this process.
    """
    try:
        return _opened(question_id)
    except Question.DoesNotExist:
        return None


@lru_cache(maxsize=KEPT_MAX)
def _opened(question_id: int) -> Question:
    opened = Question.objects.filter(opened_at__isnull=False).prefetch_related("outcomes")
    return opened.get(pk=question_id)
