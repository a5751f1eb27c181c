"""The rules as a provider of drafts: pure, free of charge, and done in some ten milliseconds."""

from collections.abc import Mapping
from types import MappingProxyType

from articles.core.drafting import draft_questions
from articles.services.providers.provider import Draftable, Proposals


class Rules:
    """The drafting rules of articles.core, with what editors' decisions have taught them."""

    def __init__(self, lessons: Mapping[str, float] = MappingProxyType({})) -> None:
        self._lessons = lessons

    def propose(self, article: Draftable) -> Proposals:
        """The drafts of an article. Raises InstantInvalid."""
        return Proposals(
            draft_questions(
                article.text,
                published_at=article.published_at,
                headline=article.title,
                tags=article.tags,
                not_before=article.opens_at,
                lessons=self._lessons,
            )
        )
