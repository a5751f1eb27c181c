"""Links that are suggested between articles and questions, and what finding them rests on."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from articles.models import Article, ArticleVersion
from markets.core.lifecycle import QuestionStatus
from markets.models.counting import CountedQuerySet
from markets.models.question import Question

UNDECIDED = [
    QuestionStatus.SCHEDULED,
    QuestionStatus.OPEN,
    QuestionStatus.HALTED,
    QuestionStatus.CLOSED,
    QuestionStatus.PROPOSED,
    QuestionStatus.CHALLENGED,
]
"""Published, and not answered for good: what articles may still have to do with."""


class LinkKind(models.TextChoices):
    RELATED = "related", "it has to do with the question"
    RESOLUTION_WATCH = "resolution_watch", "it may tell the answer"


class LinkState(models.TextChoices):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class LinkSuggestionQuerySet(CountedQuerySet["LinkSuggestion"]):
    def waiting(self) -> "LinkSuggestionQuerySet":
        """Those that editors have not decided about, of questions that are still undecided."""
        return self.filter(state=LinkState.PROPOSED, question__status__in=UNDECIDED)


class LinkSuggestion(models.Model):
    """An article that may have to do with a question, and the sentence that says so.

    The row stays when it is rejected, so that the same link is never suggested again.
    """

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="suggestions")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(ArticleVersion, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=LinkKind, default=LinkKind.RELATED)
    start = models.PositiveIntegerField(help_text="The quoted span [start, end) in the version.")
    end = models.PositiveIntegerField()
    quote = models.TextField()
    quote_sha256 = models.CharField(max_length=64)
    relevance = models.FloatField()
    state = models.CharField(max_length=9, choices=LinkState, default=LinkState.PROPOSED)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was rejected.")
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = LinkSuggestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "article", "kind"], name="link_is_suggested_once"
            ),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="link_span_is_not_empty"),
            models.CheckConstraint(
                condition=Q(relevance__gte=0, relevance__lte=1), name="link_relevance_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(state=LinkState.PROPOSED, decided_at=None, decided_by=None)
                | ~Q(state=LinkState.PROPOSED)
                & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="link_decision_is_signed_and_dated",
            ),
        ]
        indexes = [
            models.Index(
                fields=["kind", "made_at"],
                condition=Q(state=LinkState.PROPOSED),
                name="link_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article} → {self.question}"


class ArticleTerms(models.Model):
    """What an article is about, as terms; a row without `linked_at` waits to be linked."""

    article = models.OneToOneField(
        Article, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    version = models.OneToOneField(ArticleVersion, on_delete=models.CASCADE, related_name="+")
    configuration = models.CharField(max_length=20, help_text="Of PostgreSQL's text search.")
    terms = SearchVectorField()
    linked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            GinIndex(fields=["terms"], name="article_terms"),
            models.Index(
                fields=["article"], condition=Q(linked_at=None), name="article_waits_for_links"
            ),
        ]

    def __str__(self) -> str:
        return f"terms of {self.article_id}"


class Mirror(models.Model):
    """That earlier articles were looked through for a question."""

    question = models.OneToOneField(
        Question, on_delete=models.CASCADE, primary_key=True, related_name="mirror"
    )
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"mirror of {self.question_id}"


class TermFrequency(models.Model):
    """In how many questions and articles a term is; that of the empty term is how many there are.

    Counted now and then, which is exact enough for a weight.
    """

    pk = models.CompositePrimaryKey("configuration", "term")
    configuration = models.CharField(max_length=20)
    term = models.TextField()
    question_count = models.PositiveIntegerField()
    article_count = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(term="") | Q(question_count__gt=0) | Q(article_count__gt=0),
                name="term_is_in_some_document",
            ),
        ]

    def __str__(self) -> str:
        return self.term
