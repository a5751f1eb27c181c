"""Finding questions: what everybody may see, filtered and ordered."""

from collections.abc import Sequence

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import F, OrderBy, Q, QuerySet

from markets.core.lifecycle import ACCEPTS_FORECASTS
from markets.models import Question
from users.models import User

SORTS: dict[str, tuple[OrderBy, ...]] = {
    "newest": (F("opened_at").desc(), F("id").desc()),
    "closing_soon": (F("closes_at").asc(), F("id").asc()),
    "volume": (F("market__volume").desc(), F("id").desc()),
    "forecasters": (F("forecaster_count").desc(), F("id").desc()),
}


def public_questions(
    *,
    q: str = "",
    status: Sequence[str] = (),
    type: str = "",  # noqa: A002 - the word that the API and the pages use
    tag: str = "",
    article_id: int | None = None,
    sort: str = "newest",
) -> QuerySet[Question]:
    """Return public questions with what a list shows of each already joined."""
    questions = (
        Question.objects.filter(PUBLIC)
        .select_related("market", "resolution__settlement")
        .prefetch_related("outcomes")
    )
    if q:
        questions = questions.annotate(
            words=SearchVector("title", "resolution_criteria", config="english")
        ).filter(words=SearchQuery(q, config="english", search_type="websearch"))
    if status:
        questions = questions.filter(status__in=status)
    if type:
        questions = questions.filter(type=type)
    if tag:
        questions = questions.filter(tags__contains=[tag])
    if article_id is not None:
        questions = questions.filter(citations__article_id=article_id).distinct()
    return questions.order_by(*SORTS[sort])


def featured_questions() -> QuerySet[Question]:
    """The questions that editors put first, in their order, as far as they can be forecast now."""
    featured = public_questions(status=sorted(ACCEPTS_FORECASTS)).filter(feature__isnull=False)
    return featured.order_by("feature__place")


def visible_question(*, slug_or_id: str, user: User | None) -> Question | None:
    """Return a question if this user may see it: editors see all, others what was opened."""
    questions = Question.objects.select_related(
        "market", "resolution__settlement"
    ).prefetch_related("outcomes")
    if user is None or not user.is_staff:
        questions = questions.filter(PUBLIC)
    if slug_or_id.isascii() and slug_or_id.isdigit():
        return questions.filter(pk=int(slug_or_id)).first() if len(slug_or_id) < 19 else None
    return questions.filter(slug=slug_or_id).first()


PUBLIC = Q(opened_at__isnull=False)
