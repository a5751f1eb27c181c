"""A sound question about a bridge, which the examples in the docstrings of the rules spoil."""

from datetime import UTC, datetime
from typing import Any, Final

from markets.core.question_lint.registry import Check
from markets.core.question_lint.wording import Wording

NOW: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
ARTICLE: Final = (
    "Traffic in Marrow has doubled. The Lark Bridge is expected to open to traffic by 1 March 2027,"
    " the road authority said."
)
SOUND: Final = Wording(
    title="Will the Lark Bridge open to traffic by 1 March 2027?",
    resolution_criteria=(
        "Resolves YES if the Lark Bridge has opened to traffic by 23:59 UTC on 1 March 2027, "
        "according to the road authority of Marrow. Resolves NO otherwise. If the authority says "
        "nothing, two independent established news outlets decide. If the outcome is still in "
        "doubt 14 days later, the question is annulled."
    ),
    resolution_sources=("https://roads.example.org/lark-bridge",),
    tags=("transport",),
    closes_at=datetime(2027, 3, 1, 23, 59, tzinfo=UTC),
    resolve_by=datetime(2027, 3, 15, 12, tzinfo=UTC),
    prior=(0.6, 0.4),
    quote=ARTICLE[31:],
    article_text=ARTICLE,
)


def spoilt(**changes: Any) -> Wording:
    """The sound question with some of its fields written anew."""
    known = {name: getattr(SOUND, name) for name in Wording.__dataclass_fields__}
    return Wording(**{**known, **changes})


def marked(check: Check, **changes: Any) -> list[str]:
    """The words that a check marks in the sound question once some fields are written anew.

    What is no text, such as a date, is named by its field.
    """
    wording = spoilt(**changes)
    spans = check(wording, NOW)
    return [wording.text(span.field)[span.start : span.end] or span.field for span in spans]


def day(spelled: str) -> datetime:
    """Noon in UTC of a day such as "2027-03-01"."""
    return datetime.fromisoformat(f"{spelled}T12:00:00+00:00")
