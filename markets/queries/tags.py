"""What public questions are about."""

from django.db.models import Count, F, Func, TextField

from markets.models import Question
from markets.queries.search import PUBLIC


def common_tags(*, limit: int) -> tuple[str, ...]:
    """The tags of the most public questions, the commonest first."""
    rows = (
        Question.objects.filter(PUBLIC)
        .annotate(tag=Func(F("tags"), function="unnest", output_field=TextField()))
        .values("tag")
        .annotate(question_count=Count("pk"))
        .order_by("-question_count", "tag")[:limit]
    )
    return tuple(row["tag"] for row in rows)
