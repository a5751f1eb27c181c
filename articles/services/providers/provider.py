"""What every provider of drafts is given, and what it gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from articles.core.draft_types import Draft
from articles.core.proposals import Drop


@dataclass(frozen=True, slots=True, kw_only=True)
class Draftable:
    """An article as those who draft from it see it; questions could open at `opens_at`."""

    text: str
    title: str
    published_at: datetime
    tags: tuple[str, ...]
    opens_at: datetime


@dataclass(frozen=True, slots=True)
class Proposals:
    """Drafts, best first, and why whatever else was thought of became none."""

    drafts: Sequence[Draft]
    dropped: Sequence[Drop] = ()


class Provider(Protocol):
    """Whoever drafts questions from an article."""

    def propose(self, article: Draftable) -> Proposals:
        """The drafts of an article; often none, and rightly so."""
        ...
