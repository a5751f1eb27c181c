"""Drafts: proposed by rules from an article's text, then taken up or rejected by an editor.

The rules draft while an article is stored. A language model, where one is configured, is asked
later (articles/services/consultations.py); what it says is heard here, beside what the rules said.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from articles.core import draft_types
from articles.core.canonical import text_sha256
from articles.core.errors import ArticleError
from articles.core.likeness import DUPLICATE, likeness
from articles.core.proposals import RULE, Drop
from articles.core.second_opinions import opinion_on, same_sentence
from articles.models import Article, ArticleVersion, Draft, DraftFate
from articles.models.article import Quality
from articles.queries.acceptance import lessons_of
from articles.services.providers.provider import Draftable, Proposals
from articles.services.providers.rules import Rules
from articles.services.quality import ENGLISH
from articles.services.reading import Reading
from users.models import User

TAG_LENGTH_MAX: Final = 40
REASON_LENGTH_MAX: Final = 300


class VersionNotFound(ArticleError):
    code = "version_not_found"
    field = "version"


class DraftNotFound(ArticleError):
    code = "draft_not_found"
    field = "draft"


class DraftDecided(ArticleError):
    code = "draft_decided"
    field = "draft"


class ReasonMissing(ArticleError):
    code = "reason_missing"
    field = "reason"


def is_draftable(article: Article | Reading) -> bool:
    """Whether the rules, which know English and expect an article, should be let loose on it."""
    return article.quality == Quality.GOOD and article.language == ENGLISH


@transaction.atomic
def draft_article(*, version_id: int, now: datetime) -> list[Draft]:
    """The drafts of one version of an article, best first; made on the first call, if any.

    Only English articles that passed the quality gate give drafts, and reprints give none. What
    earlier versions, other articles of the same story, or anything under the same title gave rise
    to is not proposed again, whatever its fate.
    Raises VersionNotFound.
    """
    version = _locked_version(version_id)
    made = list(version.drafts.order_by("-score", "start"))
    if made or version.article.duplicate_of_id or not is_draftable(version.article):
        return made
    rules = Rules(lessons_of(now))
    proposed = rules.propose(draftable_of(version, now)).drafts
    fresh = _without_known(proposed, version.article)
    return Draft.objects.bulk_create(_row(draft, version, now) for draft in fresh)


def draftable_of(version: ArticleVersion, now: datetime) -> Draftable:
    """A stored text as those who draft from it see it."""
    article = version.article
    return Draftable(
        text=version.text,
        title=article.title,
        published_at=article.published_at,
        tags=tuple(article.tags),
        opens_at=now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What became of a language model's proposals about one text."""

    made_count: int = 0
    agreed_count: int = 0
    dropped: tuple[Drop, ...] = ()

    def in_words(self) -> str:
        """What became of them, in a sentence.

        >>> Heard(made_count=2, agreed_count=1, dropped=(Drop.NAME_INVENTED,)).in_words()
        '2 drafts made, 1 of the rules looked at, 1 proposal dropped.'
        """
        dropped = len(self.dropped)
        return (
            f"{self.made_count} draft{'' if self.made_count == 1 else 's'} made, "
            f"{self.agreed_count} of the rules looked at, "
            f"{dropped} proposal{'' if dropped == 1 else 's'} dropped."
        )


@transaction.atomic
def hear_model(*, version_id: int, proposals: Proposals, model: str, now: datetime) -> Heard:
    """Store a language model's drafts of a text, beside or within those of the rules.

    About a sentence from which the rules have drafted as well there stays one draft: it is flagged
    with whether the dates agree, and takes the better title, while it waits for an editor.
    Raises VersionNotFound.
    """
    version = _locked_version(version_id)
    rows = list(version.drafts.select_for_update().exclude(rule=RULE).order_by("start", "pk"))
    fresh, agreed, dropped = [], 0, list(proposals.dropped)
    for draft in proposals.drafts:
        row = same_sentence(rows, draft)
        if row is None:
            fresh.append(draft)
        elif row.fate == DraftFate.PROPOSED:
            _hear(row, draft, model)
            agreed += 1
        else:
            dropped.append(Drop.DECIDED_ALREADY)
    kept = _without_known(fresh, version.article)
    dropped += [Drop.ASKED_ALREADY] * (len(fresh) - len(kept))
    made = Draft.objects.bulk_create(_row(draft, version, now, model=model) for draft in kept)
    return Heard(made_count=len(made), agreed_count=agreed, dropped=tuple(dropped))


def _hear(row: Draft, draft: draft_types.Draft, model: str) -> None:
    opinion = opinion_on(row, draft)
    row.flags = list(opinion.flags)
    if opinion.is_better_put:
        row.title, row.resolution_criteria = draft.title, draft.resolution_criteria
        row.model = model
    row.save(update_fields=["flags", "title", "resolution_criteria", "model"])


@transaction.atomic
def mark_taken_up(*, draft_id: int, editor: User, now: datetime) -> Draft:
    """Note that a question was made of this draft. Raises DraftNotFound, DraftDecided."""
    return _decide(draft_id, DraftFate.TAKEN_UP, editor=editor, reason="", now=now)


@transaction.atomic
def reject_draft(*, draft_id: int, editor: User, reason: str, now: datetime) -> Draft:
    """Note that an editor turned this draft down, and why.

    Raises ReasonMissing, DraftNotFound, DraftDecided.
    """
    given = " ".join(reason.split())[:REASON_LENGTH_MAX]
    if not given:
        raise ReasonMissing("Say in a few words why the draft is no good; rules learn from it.")
    return _decide(draft_id, DraftFate.REJECTED, editor=editor, reason=given, now=now)


def _locked_version(version_id: int) -> ArticleVersion:
    version = (
        ArticleVersion.objects.select_related("article")
        .select_for_update(of=("self",))
        .filter(pk=version_id)
        .first()
    )
    if version is None:
        raise VersionNotFound("There is no such version of an article.")
    return version


def _without_known(
    proposed: Iterable[draft_types.Draft], article: Article
) -> list[draft_types.Draft]:
    """The drafts that ask something new, at most one for each rule and place."""
    proposed = list(proposed)
    known = Draft.objects.filter(
        Q(version__article__story=article.story_id)
        | Q(title__in=[draft.title for draft in proposed])
    )
    asked = list(known.values_list("title", flat=True)) if proposed else []
    fresh: dict[tuple[str, int], draft_types.Draft] = {}
    for draft in proposed:
        if not _is_asked(draft.title, asked):
            fresh.setdefault((draft.rule, draft.start), draft)
    return list(fresh.values())


def _is_asked(title: str, asked: Iterable[str]) -> bool:
    return any(likeness(title, other) >= DUPLICATE for other in asked)


def _row(
    draft: draft_types.Draft, version: ArticleVersion, now: datetime, *, model: str = ""
) -> Draft:
    found = draft.range
    return Draft(
        model=model,
        version=version,
        start=draft.start,
        end=draft.end,
        quote=draft.quote,
        quote_sha256=text_sha256(draft.quote),
        rule=draft.rule,
        score=draft.score,
        type=draft.type,
        title=draft.title,
        resolution_criteria=draft.resolution_criteria,
        fine_print=draft.fine_print,
        resolution_source=draft.source,
        outcomes=list(draft.outcomes),
        prior=list(draft.prior),
        lower=found.lower if found else None,
        upper=found.upper if found else None,
        bin_count=found.bin_count if found else None,
        scale=found.scale if found else "",
        open_below=found is not None and found.open_below,
        open_above=found is not None and found.open_above,
        unit=found.unit if found else "",
        last_value=draft.last_value,
        closes_at=draft.closes_at,
        resolve_by=draft.resolve_by,
        tags=[tag for tag in draft.tags if len(tag) <= TAG_LENGTH_MAX],
        flags=list(draft.flags),
        created_at=now,
    )


def _decide(draft_id: int, fate: DraftFate, *, editor: User, reason: str, now: datetime) -> Draft:
    draft = Draft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is None:
        raise DraftNotFound("There is no such draft.")
    if draft.fate == fate:
        return draft
    if draft.fate != DraftFate.PROPOSED:
        raise DraftDecided(f"This draft was {draft.get_fate_display().lower()} already.")
    draft.fate, draft.decided_by, draft.decided_at = fate, editor, now
    draft.rejection_reason = reason
    draft.save(update_fields=["fate", "decided_by", "decided_at", "rejection_reason"])
    return draft
