"""What stands of every question, and whether the tallies hold it already."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

_STANDING = """
SELECT stands.question_id, stands.resolution_id, stands.scored_at, stands.resolved_at, stands.tags,
       mark.resolution_id, mark.tags
FROM (
    SELECT DISTINCT ON (resolution.question_id)
           resolution.question_id, resolution.id AS resolution_id, question.tags, coalesce(
               (SELECT score.scored_at FROM markets_score AS score
                WHERE score.resolution_id = resolution.id LIMIT 1),
               (SELECT profit.scored_at FROM markets_profit AS profit
                WHERE profit.resolution_id = resolution.id LIMIT 1),
               (SELECT series.scored_at FROM markets_seriesscore AS series
                WHERE series.resolution_id = resolution.id LIMIT 1),
               settlement.scored_at
           ) AS scored_at, (
               SELECT min(change.changed_at) FROM markets_statuschange AS change
               WHERE change.question_id = question.id AND change.to_status = 'resolved'
           ) AS resolved_at
    FROM markets_settlement AS settlement
    JOIN markets_resolution AS resolution ON resolution.id = settlement.resolution_id
    JOIN markets_question AS question ON question.id = resolution.question_id
    WHERE settlement.state = 'scored' {condition}
    ORDER BY resolution.question_id, resolution.version DESC
) AS stands
LEFT JOIN markets_tallymark AS mark ON mark.question_id = stands.question_id
WHERE stands.resolved_at IS NOT NULL AND (
    mark.question_id IS NULL
    OR (mark.resolution_id, mark.scored_at, mark.tags)
       IS DISTINCT FROM (stands.resolution_id, stands.scored_at, stands.tags)
)
ORDER BY stands.resolved_at, stands.question_id
"""

WAITING = _STANDING.format(condition="")
"""What the tallies are behind with, as a query."""


@dataclass(frozen=True, slots=True)
class Untallied:
    """A question of which the tallies hold nothing, or not what stands now.

    What stands is its latest version that was scored: a correction that is still being paid takes
    nothing away. `before` are the resolution and the tags that the tallies hold.
    """

    question_id: int
    resolution_id: int
    scored_at: datetime
    resolved_at: datetime
    tags: tuple[str, ...]
    resolution_before: int | None
    tags_before: tuple[str, ...]

    @property
    def is_again(self) -> bool:
        """Whether the same version was scored again, or its question tagged anew."""
        return self.resolution_id == self.resolution_before

    @property
    def resolutions(self) -> list[int]:
        return [each for each in (self.resolution_id, self.resolution_before) if each is not None]


def questions_to_tally() -> list[int]:
    """The questions that the tallies are behind with, the oldest first."""
    return [each.question_id for each in _untallied("", {})]


def untallied(question_id: int) -> Untallied | None:
    """What the tallies do not hold yet of one question; None where they hold what stands."""
    rows = _untallied("AND question.id = %(question)s", {"question": question_id})
    return rows[0] if rows else None


def _untallied(condition: str, values: dict[str, int]) -> list[Untallied]:
    with connection.cursor() as cursor:
        cursor.execute(_STANDING.format(condition=condition), values)
        return [
            Untallied(
                question_id, resolution_id, scored_at, resolved_at, tuple(tags),
                resolution_before, tuple(tags_before or ()),
            )
            for (
                question_id, resolution_id, scored_at, resolved_at, tags, resolution_before,
                tags_before,
            ) in cursor.fetchall()
        ]  # fmt: skip
