"""The market's odds as they stood at many instants, of many questions, in one query."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from django.db import connection

Instant: TypeAlias = tuple[int, datetime]
"""A question's id and a moment."""

_STOOD = """
SELECT CASE
    WHEN question.opened_at IS NULL OR question.opened_at > asked.at THEN NULL
    WHEN market.question_id IS NULL THEN NULL
    ELSE COALESCE(
        (SELECT fill.probabilities
         FROM markets_fill AS fill
         WHERE fill.market_id = market.question_id AND fill.filled_at <= asked.at
         ORDER BY fill.filled_at DESC, fill.seq DESC
         LIMIT 1),
        question.prior
    )
END
FROM unnest(%s::bigint[], %s::timestamptz[]) WITH ORDINALITY AS asked(question_id, at, place)
LEFT JOIN markets_market AS market ON market.question_id = asked.question_id
LEFT JOIN markets_question AS question ON question.id = asked.question_id
ORDER BY asked.place
"""


def probabilities_at(instants: Sequence[Instant]) -> list[tuple[float, ...] | None]:
    """The probabilities of each question at each moment, in the order asked.

    None before the question opened. Each instant costs one look-up in an index, however many fills
    the market has.
    """
    if not instants:
        return []
    questions, moments = zip(*instants, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_STOOD, [list(questions), list(moments)])
        return [None if row[0] is None else tuple(row[0]) for row in cursor.fetchall()]
