"""Which questions stand first on the home page, and in which order."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F

from markets.core.errors import MarketError
from markets.core.lifecycle import ACCEPTS_FORECASTS
from markets.models import Feature
from markets.services.authority import require_editor
from markets.services.locks import lock_features, lock_question
from users.models import User

FEATURES_MAX: Final = 6


class NotFeaturable(MarketError):
    code = "not_featurable"
    field = "question"


class FeaturesFull(MarketError):
    code = "features_full"


class NotFeatured(MarketError):
    code = "not_featured"
    field = "question"


@transaction.atomic
def feature(*, question_id: int, editor: User, now: datetime) -> Feature:
    """The question's place at the end of the featured ones; the one that it has, if it has one.

    Raises EditorNeeded, QuestionNotFound, NotFeaturable, FeaturesFull.
    """
    require_editor(editor)
    question = lock_question(question_id)
    featured = lock_features()
    if question_id in featured:
        return featured[question_id]
    if question.status not in ACCEPTS_FORECASTS:
        raise NotFeaturable(
            f"Only what can be forecast now is featured; this one is {question.status}."
        )
    if len(featured) >= FEATURES_MAX:
        raise FeaturesFull(f"{FEATURES_MAX} questions are featured already; take one away first.")
    return Feature.objects.create(
        question=question, place=len(featured) + 1, featured_by=editor, featured_at=now
    )


@transaction.atomic
def unfeature(*, question_id: int, editor: User) -> None:
    """Take a question off the top; those behind it move up. Nothing where it is not featured.

    Raises EditorNeeded.
    """
    require_editor(editor)
    gone = lock_features().get(question_id)
    if gone is None:
        return
    Feature.objects.filter(place__gt=gone.place).update(place=F("place") - 1)
    gone.delete()


@transaction.atomic
def place(*, question_id: int, at: int, editor: User) -> Feature:
    """Move a featured question to a place, 1 being the first; the others make room.

    Places beyond the last mean the last. Raises EditorNeeded, NotFeatured.
    """
    require_editor(editor)
    featured = lock_features()
    moved = featured.get(question_id)
    if moved is None:
        raise NotFeatured("This question is not featured; feature it first.")
    others = [each for each in featured.values() if each.pk != question_id]
    others.insert(min(max(at, 1), len(featured)) - 1, moved)
    for number, each in enumerate(others, start=1):
        each.place = number
    Feature.objects.bulk_update(others, ["place"])
    return moved
