"""A language model as a provider of drafts: it quotes, drafts and checks, and is checked.

Three steps, each in a form of its own. Quotations that the article does not have are dropped
before anything is drafted from them; drafts with invented names, numbers or dates are dropped
before the model is asked whether the passage supports the rest. Nothing here writes a row.
"""

import datetime as dt
import unicodedata
from math import ceil
from typing import Annotated, Final

from django.conf import settings
from pydantic import AfterValidator, BaseModel, ConfigDict

from articles.core import proposals
from articles.core.blocks import find_blocks
from articles.core.canonical import text_sha256
from articles.core.draft_types import Draft
from articles.core.drafting import DRAFTS_MAX, TITLE_LENGTH_MAX
from articles.core.errors import ArticleError
from articles.core.proposals import (
    EVIDENCE_LENGTH_MAX,
    QUOTES_MAX,
    Drop,
    Evidence,
    Proposal,
    ProposalType,
)
from articles.services.providers import prompts
from articles.services.providers.chat import (
    CHARACTERS_PER_TOKEN,
    SHOWN_AGAIN_MAX,
    Conversation,
    Endpoint,
    Usage,
)
from articles.services.providers.provider import Draftable, Proposals
from articles.services.quality import story_text

STORY_LENGTH_MAX: Final = 24_000
"""Some four thousand words; what news has to say about the future stands before that."""

AROUND_LENGTH: Final = 400
DRAFTS_READ_MAX: Final = 12
TOLD_LENGTH_MAX: Final = 4_500
"""More than a request has besides its material: the prompts, a headline, a list's own words."""

BOUNDARY_LENGTH: Final = 16
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs"})

Span = tuple[int, int]


class ModelIsOff(ArticleError):
    """No language model is configured."""

    code = "model_is_off"


def _visible(text: str) -> str:
    """A text in one line, or a complaint about signs that nobody sees."""
    folded = " ".join(text.split())
    if any(unicodedata.category(character) in _UNSEEN for character in folded):
        raise ValueError("write no control or invisible characters")
    return unicodedata.normalize("NFC", folded)


Line = Annotated[str, AfterValidator(_visible)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Quotes(_Form):
    quotes: list[str]


class _Question(_Form):
    passage: int
    type: ProposalType
    title: Line
    condition: Line
    source: Line
    outcomes: list[Line]
    deadline: dt.date


class _Questions(_Form):
    questions: list[_Question]


class _Verdict(_Form):
    question: int
    is_supported: bool


class _Verdicts(_Form):
    verdicts: list[_Verdict]


def configured() -> Endpoint | None:
    """The language model that the settings name, if they name one."""
    if not settings.LLM_URL:  # type: ignore[misc]  # the stubs miss computed settings
        return None
    return Endpoint(
        url=settings.LLM_URL,  # type: ignore[misc]
        model=settings.LLM_MODEL,  # type: ignore[misc]
        key=settings.LLM_API_KEY,  # type: ignore[misc]
        seconds=settings.LLM_TIMEOUT_SECONDS,  # type: ignore[misc]
        tokens_max=settings.LLM_TOKENS_MAX,  # type: ignore[misc]
    )


def require_configured() -> Endpoint:
    """The language model that the settings name. Raises ModelIsOff."""
    endpoint = configured()
    if endpoint is None:
        raise ModelIsOff("No language model is configured; set LLM_URL and LLM_MODEL.")
    return endpoint


def tokens_at_most(text: str, endpoint: Endpoint) -> int:
    """What asking about a text may cost in all, if every step has to be asked twice."""
    passage = min(len(text), EVIDENCE_LENGTH_MAX)
    around = min(len(text), EVIDENCE_LENGTH_MAX + 2 * AROUND_LENGTH)
    materials = (
        min(len(text), STORY_LENGTH_MAX),
        QUOTES_MAX * (passage + around),
        DRAFTS_MAX * (passage + TITLE_LENGTH_MAX),
    )
    said = sum(2 * (TOLD_LENGTH_MAX + material) + SHOWN_AGAIN_MAX for material in materials)
    return ceil(said / CHARACTERS_PER_TOKEN) + 2 * len(materials) * endpoint.tokens_max


class LanguageModel:
    """One conversation about one article; what it has cost is in `usage`, however it ends."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._conversation = Conversation(endpoint)

    @property
    def usage(self) -> Usage:
        return self._conversation.usage

    def propose(self, article: Draftable) -> Proposals:
        """The drafts of an article that stand up to it, and why the others do not.

        Raises InstantInvalid, and what `Conversation.ask` raises.
        """
        evidence = proposals.read_evidence(
            article.text,
            published_at=article.published_at,
            headline=article.title,
            tags=article.tags,
            not_before=article.opens_at,
        )
        boundary = text_sha256(article.text)[:BOUNDARY_LENGTH]
        spans, unplaced = self._quoted(article, evidence, boundary)
        drafted, faulty = self._drafted(article, spans, evidence, boundary)
        kept = proposals.best_drafts(drafted)
        doubled = [Drop.SAME_SENTENCE] * (len(drafted) - len(kept))
        supported, unsupported = self._verified(kept, boundary)
        return Proposals(supported, (*unplaced, *faulty, *doubled, *unsupported))

    def _quoted(
        self, article: Draftable, evidence: Evidence, boundary: str
    ) -> tuple[list[Span], list[Drop]]:
        story = story_text(article.text, find_blocks(article.text))[:STORY_LENGTH_MAX]
        asked = prompts.extract(
            story, title=article.title, opens_at=evidence.opens_at, boundary=boundary
        )
        answer = self._conversation.ask([prompts.system(), asked], _Quotes)
        placed = [proposals.place_quote(quote, evidence) for quote in answer.quotes[:QUOTES_MAX]]
        spans = [place for place in placed if not isinstance(place, Drop)]
        return list(dict.fromkeys(spans)), [place for place in placed if isinstance(place, Drop)]

    def _drafted(
        self, article: Draftable, spans: list[Span], evidence: Evidence, boundary: str
    ) -> tuple[list[Draft], list[Drop]]:
        if not spans:
            return [], []
        asked = prompts.draft(
            [_passage(article.text, span) for span in spans],
            title=article.title,
            published_at=evidence.published_at,
            opens_at=evidence.opens_at,
            boundary=boundary,
        )
        answer = self._conversation.ask([prompts.system(), asked], _Questions)
        drafted = [
            proposals.draft_of(_proposal(question), spans[question.passage - 1], evidence)
            if 1 <= question.passage <= len(spans)
            else Drop.QUOTE_NOT_FOUND
            for question in answer.questions[:DRAFTS_READ_MAX]
        ]
        return (
            [draft for draft in drafted if isinstance(draft, Draft)],
            [draft for draft in drafted if isinstance(draft, Drop)],
        )

    def _verified(self, drafts: list[Draft], boundary: str) -> tuple[list[Draft], list[Drop]]:
        """The drafts about which the model, shown nothing else, still says yes."""
        if not drafts:
            return [], []
        asked = prompts.verify([(draft.quote, draft.title) for draft in drafts], boundary=boundary)
        answer = self._conversation.ask([prompts.system(), asked], _Verdicts)
        denied = {each.question for each in answer.verdicts if not each.is_supported}
        affirmed = {each.question for each in answer.verdicts} - denied
        kept = [draft for number, draft in enumerate(drafts, 1) if number in affirmed]
        return kept, [Drop.NOT_SUPPORTED] * (len(drafts) - len(kept))


def _passage(text: str, span: Span) -> tuple[str, str]:
    """A passage, and what stands around it, each in one line."""
    start, end = span
    around = text[max(0, start - AROUND_LENGTH) : end + AROUND_LENGTH]
    return " ".join(text[start:end].split()), " ".join(around.split())


def _proposal(question: _Question) -> Proposal:
    is_choice = question.type == "multiple_choice"
    return Proposal(
        type=question.type,
        title=question.title,
        condition=question.condition,
        source=question.source,
        deadline=question.deadline,
        outcomes=tuple(question.outcomes) if is_choice else (),
    )
