"""What the demo's editors do: take in articles, write questions, publish and resolve them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from articles.core.sentences import split_sentences
from articles.models import ArticleVersion, Draft, DraftFate
from articles.services.drafting import reject_draft
from articles.services.ingest import ingest_text
from articles.services.sources import show_full_text
from markets.management.demo.dates import instant
from markets.management.demo.library import SampleArticle
from markets.management.demo.plan import QuestionPlan
from markets.models import CitationRole, Question, Resolution, ResolverKind, Verdict
from markets.services import (
    corrections,
    featuring,
    lifecycle,
    questions,
    resolution,
    scoring,
    settlement,
    tallying,
)
from markets.services.citations import cite
from markets.services.clarifications import clarify
from markets.services.resolver_settings import ResolverSettings
from markets.services.resolvers import make_resolver
from users.models import User

UNUSED_DRAFT = "Its day has passed and nobody had taken it up."
PAYING_SECONDS = 20
SCORING_SECONDS = 40
TALLY_SECONDS = 300


@dataclass(slots=True)
class Desk:
    """Two editors, because nobody may confirm their own proposal."""

    anchor: datetime
    editor: User
    second: User
    versions: dict[str, ArticleVersion] = field(default_factory=dict)
    questions: dict[str, int] = field(default_factory=dict)

    def take_in(self, sample: SampleArticle, at: datetime) -> None:
        article = ingest_text(
            text=sample.text,
            title=sample.title,
            author=sample.author,
            url=sample.url,
            source_name=sample.source,
            published_at=sample.published_at,
            tags=sample.tags,
            editor=self.editor,
            now=at,
        )
        if article.source is not None:  # written for this project, so everybody may read it
            show_full_text(domain=article.source.domain, is_shown=True)
        self.versions[sample.slug] = article.versions.latest("number")

    def write(self, plan: QuestionPlan, at: datetime) -> None:
        """Make a question out of the draft from the planned sentence, or write it by hand."""
        text = plan.text(self.anchor)
        draft = self._draft_of(plan)
        if draft is None:
            question = questions.draft_question(text=text, editor=self.editor, now=at)
            self._cite(question, plan.article, plan.quote, CitationRole.SOURCE, at)
        else:
            question = questions.take_up_draft(draft_id=draft.pk, editor=self.editor, now=at)
            questions.revise(question_id=question.pk, text=text, editor=self.editor, now=at)
        self.questions[plan.key] = question.pk

    def publish(self, plan: QuestionPlan, at: datetime) -> None:
        questions.publish(question_id=self.questions[plan.key], editor=self.editor, now=at)

    def feature(self, plan: QuestionPlan, at: datetime) -> None:
        featuring.feature(question_id=self.questions[plan.key], editor=self.editor, now=at)

    def submit(self, plan: QuestionPlan, at: datetime) -> None:
        questions.submit_for_review(
            question_id=self.questions[plan.key], editor=self.editor, now=at
        )

    def reject(self, plan: QuestionPlan, at: datetime) -> None:
        questions.reject(
            question_id=self.questions[plan.key], editor=self.second, reason=plan.reason, now=at
        )

    def link(self, plan: QuestionPlan, slug: str, quote: str, at: datetime) -> None:
        """Link a question to one more article."""
        question = Question.objects.get(pk=self.questions[plan.key])
        self._cite(question, slug, quote, CitationRole.BACKGROUND, at)

    def clarify(self, plan: QuestionPlan, at: datetime) -> None:
        clarify(
            question_id=self.questions[plan.key], text=plan.clarification, editor=self.second,
            now=at,
        )  # fmt: skip

    def watch(self, plan: QuestionPlan, at: datetime) -> None:
        """Have the question's articles watched for what would tell its answer."""
        settings = ResolverSettings(
            kind=ResolverKind.ARTICLE, phrases=plan.phrases, outcome=0, first_at=at,
            every=timedelta(hours=6),
        )  # fmt: skip
        make_resolver(
            question_id=self.questions[plan.key], settings=settings, editor=self.editor, now=at
        )

    def halt(self, plan: QuestionPlan, at: datetime) -> None:
        lifecycle.halt(
            question_id=self.questions[plan.key], editor=self.editor, reason=plan.reason, now=at
        )

    def annul(self, plan: QuestionPlan, at: datetime) -> None:
        annulled = resolution.annul(
            question_id=self.questions[plan.key], editor=self.editor, reason=plan.reason, now=at
        )
        self._pay(annulled.pk, at)

    def propose(self, plan: QuestionPlan, at: datetime) -> None:
        question = Question.objects.get(pk=self.questions[plan.key])
        evidence: dict[str, str | int] = {"quote": plan.evidence}
        if plan.follow_up:
            quote = self._cite(question, plan.follow_up, plan.evidence, CitationRole.EVIDENCE, at)
            evidence = {"quote": quote, "article": self.versions[plan.follow_up].article_id}
        if plan.evidence_url:
            evidence["url"] = plan.evidence_url
        answer = plan.answer if plan.first_answer is None else plan.first_answer
        refunded = {"verdict": Verdict.AMBIGUOUS, "rationale": plan.reason}
        outcome = {
            "outcome_weights": weights_of(plan, answer),
            "rationale": f"The answer is {plan.outcomes[answer or 0]}.",
        }
        resolution.propose(
            question_id=question.pk,
            evidence=[evidence],
            early_end_reason=plan.early_end,
            proposer=self.editor,
            now=at,
            **(refunded if plan.is_ambiguous else outcome),
        )

    def confirm(self, plan: QuestionPlan, at: datetime) -> None:
        resolution.confirm(question_id=self.questions[plan.key], editor=self.second, now=at)

    def settle(self, plan: QuestionPlan, at: datetime) -> None:
        question = Question.objects.get(pk=self.questions[plan.key])
        if question.resolution_id is None:
            raise AssertionError("only resolved questions are settled")
        self._pay(question.resolution_id, at)

    def correct(self, plan: QuestionPlan, at: datetime) -> None:
        """Propose what came true after all, or since when it was known."""
        known_since = None if plan.known_since is None else instant(self.anchor, plan.known_since)
        corrections.propose_correction(
            question_id=self.questions[plan.key], outcome_weights=weights_of(plan, plan.answer),
            effective_at=known_since, rationale=plan.correction, proposer=self.second, now=at,
        )  # fmt: skip

    def confirm_correction(self, plan: QuestionPlan, at: datetime) -> None:
        corrections.confirm_correction(
            question_id=self.questions[plan.key], editor=self.editor, now=at
        )

    def tidy(self, at: datetime) -> None:
        """Reject the drafts that are still waiting although their day has passed."""
        waiting = Draft.objects.filter(fate=DraftFate.PROPOSED, closes_at__lte=at).order_by("pk")
        for draft in waiting:
            reject_draft(draft_id=draft.pk, editor=self.second, reason=UNUSED_DRAFT, now=at)

    def _pay(self, resolution_id: int, at: datetime) -> None:
        settled_at = at + timedelta(seconds=PAYING_SECONDS)
        settlement.settle(resolution_id=resolution_id, now=settled_at)
        scoring.score(
            resolution_id=resolution_id, now=settled_at + timedelta(seconds=SCORING_SECONDS)
        )
        question_id = Resolution.objects.values_list("question_id", flat=True).get(pk=resolution_id)
        tallying.tally(question_id=question_id, now=settled_at + timedelta(seconds=TALLY_SECONDS))

    def _draft_of(self, plan: QuestionPlan) -> Draft | None:
        """Return the best draft that came from the planned sentence."""
        version = self.versions[plan.article]
        at = version.text.index(plan.quote)
        return (
            Draft.objects.filter(
                version=version, fate=DraftFate.PROPOSED, start__lte=at, end__gt=at
            )
            .order_by("-score", "pk")
            .first()
        )

    def _cite(
        self, question: Question, slug: str, part: str, role: CitationRole, at: datetime
    ) -> str:
        version = self.versions[slug]
        quote = sentence_with(part, version.text)
        cite(
            question_id=question.pk, version=version, quote=quote, role=role,
            editor=self.editor, now=at,
        )  # fmt: skip
        return quote


def weights_of(plan: QuestionPlan, answer: int | None) -> list[float]:
    return [float(index == answer) for index in range(len(plan.outcomes))]


def sentence_with(part: str, text: str) -> str:
    """Return the whole sentence of a text that has `part` in it.

    >>> sentence_with("gone", "It was here. Now it is gone. Nobody knows.")
    'Now it is gone.'
    """
    at = text.index(part)
    line_end = text.find("\n", at)
    line = (text.rfind("\n", 0, at) + 1, len(text) if line_end < 0 else line_end)
    for start, end in split_sentences(text, *line):
        if start <= at < end:
            return text[start:end]
    raise AssertionError("every part of a line belongs to one of its sentences")
