"""What markets add to the desk's pages about articles: questions, and taking drafts up."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from articles.admin.articles import ArticleAdmin
from articles.models import Article, Draft, DraftFate
from markets.admin.linting import Notes, notes_from
from markets.models import Citation, Question
from markets.queries.lint import findings_of_drafts
from users.desk import count_of, display

admin.site.unregister(Article)


@admin.register(Article)
class ArticleWithQuestionsAdmin(ArticleAdmin):
    list_display = ("headline", "published", "checked", "drafts", "questions", "added")
    page_template = "admin/articles/article/page_with_questions.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        cited = count_of(Question.objects.all(), "citations__article")
        return super().get_queryset(request).annotate(question_count=cited)

    @display("Questions", ordering="question_count")
    def questions(self, article: Any) -> str:
        return str(article.question_count or "–")

    def drafts_of(self, article_id: int) -> QuerySet[Draft]:
        return super().drafts_of(article_id).select_related("question", "version")

    def remarks_on(self, drafts: Sequence[Draft]) -> dict[int, Notes]:
        """What lint finds in the drafts that still wait."""
        waiting = [draft for draft in drafts if draft.fate == DraftFate.PROPOSED]
        found = findings_of_drafts(waiting, now=timezone.now())
        return {draft_id: notes_from(findings) for draft_id, findings in found.items()}

    def more_about(self, article: Article) -> dict[str, Any]:
        citations = Citation.objects.filter(article=article).select_related("question")
        return {"citations": citations.order_by("-question_id", "pk")}
