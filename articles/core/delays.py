"""Whether an article leaves open when something comes: it is late already, or dated only roughly.

Yes or no by one day is then a poor question, because the day was taken from thin air or has moved
before; when it will come is a better one. Only things that happen once are asked for like this.
"""

import re
from typing import Final

from articles.core.passage_types import Passage
from articles.core.windows import Window

BEFORE: Final = 240
"""How many characters before a passage may tell that it is late."""

_ONCE: Final = re.compile(
    r"(?:be\s(?:operational|completed|launched|delivered|opened|finished|commissioned|ready)"
    r"|(?:re)?open(?!\s(?:a|an|talks|new)\s)|enter\s(?:into\s)?service|go\s(?:live|into\sservice)"
    r"|start\s(?:carrying|operating|operations|production|running|service)|begin\s(?:operations"
    r"|service|production)|welcome\sits\sfirst|carry\sits\sfirst)\b"
)
_LATE: Final = re.compile(
    r"\b(?:delay(?:s|ed)?|postponed|pushed\sback|put\sback|slipped|behind\sschedule|overdue|overran"
    r"|(?:was|were)\s(?:to|due\sto|supposed\sto|meant\sto|originally\s\w{2,12}\sto)\s(?:re)?"
    r"(?:open|start|begin|enter|be\s(?:ready|finished|completed|launched))"
    r"|missed\s(?:its|the|their|a|several|two|three)\s(?:\w{1,12}\s)?(?:deadline|date)s?"
    r"|(?:is|are)\snow\s(?:expected|due|scheduled|set|planned)\sto)\b"
)
_EXPECTING: Final = frozenset({"expected", "pledged", "pending", "opening"})


def is_late_or_rough(text: str, passage: Passage, window: Window) -> bool:
    """Whether to ask when, rather than whether by a day."""
    if passage.family not in _EXPECTING or not _ONCE.match(passage.predicate):
        return False
    if passage.deadline is None or passage.deadline.precision == "day":
        return False
    if "conditional" in passage.flags:
        return False
    late = _LATE.search(text, max(0, passage.start - BEFORE), passage.end)
    return late is not None or "date_uncertain" in window.flags
