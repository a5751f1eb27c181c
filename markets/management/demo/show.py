"""The main job from end to end: articles, drafts, questions, a crowd, odds, an answer, money.

The crowd's hour is played fast: articles came in an hour ago, and the services get the instants at
which everything since then happened. Settlement and scores are left to a real Celery worker.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from articles.models import Article, Draft, DraftFate, Quality
from articles.services.ingest import ingest_text
from markets.core.lifecycle import QuestionStatus
from markets.core.money import MICRO
from markets.management.demo.crowd import Act, forecast, trade
from markets.management.demo.dates import latest_noon
from markets.management.demo.library import CONSOLE, articles_at
from markets.management.demo.paper import Paper
from markets.management.demo.people import (
    CONSOLE_PREFIX,
    EDITOR,
    EMAIL_DOMAIN,
    SECOND_EDITOR,
    Person,
    console_crowd,
)
from markets.management.demo.plan import QuestionPlan
from markets.management.demo.timeline import Visit, visits_to
from markets.models import CitationRole, Question, Resolution
from markets.services import lifecycle, questions, resolution
from markets.services.citations import cite
from markets.services.question_text import QuestionText, drafted_text
from users.models import User

SEED = 20_262
QUESTION_COUNT_MAX = 4
RULES_LANGUAGE = "en"
SUBSIDY = 150 * MICRO
HOUR = timedelta(hours=1)
DAYS_PLAYED = 21.0
CLOSES_AFTER = timedelta(minutes=2)
"""Longer than the hour takes to play, so that a beat that happens to run does not close it."""
CERTAINTY = 0.85
"""What the hidden truth says of the coming answer in the end."""


@dataclass(frozen=True, slots=True)
class Story:
    """One question on its way through the demonstration, with the answer made up for it."""

    question: Question
    plan: QuestionPlan
    answer: int


@dataclass(frozen=True, slots=True)
class Show:
    """Everybody who takes part, and the hour in which it happens."""

    now: datetime
    editor: User
    second: User
    crowd: tuple[Person, ...]
    users: dict[str, User]

    @property
    def began_at(self) -> datetime:
        return self.now - HOUR

    def take_in_samples(self) -> list[Article]:
        return [
            ingest_text(
                text=sample.text,
                title=sample.title,
                author=sample.author,
                source_name=sample.source,
                tags=sample.tags,
                editor=self.editor,
                now=self.began_at,
            )
            for sample in articles_at(latest_noon(self.now), CONSOLE)
        ]

    def take_in(self, paper: Paper) -> Article:
        return paper.take_in(editor=self.editor, now=self.began_at)

    def publish(self, drafts: Sequence[Draft]) -> list[Story]:
        """Turn drafts into open questions; each closes when the hour is over."""
        return [self._publish(draft, index) for index, draft in enumerate(drafts)]

    def visits(self, stories: Sequence[Story]) -> list[tuple[Story, Visit]]:
        """Return all that the crowd will do, in order of time."""
        visits = [
            (story, visit)
            for story in stories
            for visit in visits_to(story.plan, self.crowd, anchor=self.now, seed=SEED)
        ]
        return sorted(visits, key=lambda pair: pair[1].at)

    def play(self, visits: Sequence[tuple[Story, Visit]], *, report: Callable[[], None]) -> None:
        """Let the crowd forecast and trade; `report` is told after each act."""
        for story, visit in visits:
            self._act(story, visit)
            report()

    def answer(self, story: Story) -> Resolution:
        """Close, propose and confirm, by two editors; from here on it is Celery's work."""
        question_id = story.question.pk
        lifecycle.close(
            question_id=question_id, editor=self.editor, reason="The hour is over.", now=self.now
        )
        proposed = resolution.propose(
            question_id=question_id,
            outcome_weights=[
                float(index == story.answer) for index in range(len(story.question.prior))
            ],
            rationale="Made up for the demonstration.",
            proposer=self.editor,
            now=self.now,
        )
        resolution.confirm(question_id=question_id, editor=self.second, now=self.now)
        return proposed

    def _publish(self, draft: Draft, index: int) -> Story:
        text = replace(
            drafted_text(draft),
            closes_at=self.now + CLOSES_AFTER,
            resolve_by=max(draft.resolve_by, self.now + CLOSES_AFTER),
            subsidy=SUBSIDY,
        )
        question = self._written(draft, text)
        question = questions.publish(
            question_id=question.pk,
            editor=self.editor,
            now=self.began_at,
            override_reason="It closes early, for the demonstration.",
        )
        plan, answer = _make_up(question, index)
        return Story(question, plan, answer)

    def _written(self, draft: Draft, text: QuestionText) -> Question:
        """Take a draft up, or write its question once more if an earlier show took it up."""
        if draft.fate == DraftFate.PROPOSED:
            question = questions.take_up_draft(
                draft_id=draft.pk, editor=self.editor, now=self.began_at
            )
            return questions.revise(
                question_id=question.pk, text=text, editor=self.editor, now=self.began_at
            )
        question = questions.draft_question(text=text, editor=self.editor, now=self.began_at)
        cite(
            question_id=question.pk,
            version=draft.version,
            quote=draft.quote,
            role=CitationRole.SOURCE,
            editor=self.editor,
            now=self.began_at,
        )
        return question

    def _act(self, story: Story, visit: Visit) -> None:
        share = 1 + (visit.at - self.now) / timedelta(days=DAYS_PLAYED)
        act = Act(
            user=self.users[visit.person.name],
            question_id=story.question.pk,
            belief=visit.belief,
            credits=visit.credits,
            request_key=f"{story.question.pk}-{visit.request_key}",
            at=self.began_at + share * HOUR,
        )
        if visit.is_order:
            trade(act)
        else:
            forecast(act)


def prepare(*, now: datetime) -> Show:
    """Return the show with its own editors and crowd, who stay out of everybody else's way."""
    crowd = console_crowd(seed=SEED)
    editors = (f"{CONSOLE_PREFIX}{EDITOR}", f"{CONSOLE_PREFIX}{SECOND_EDITOR}")
    users = {
        name: _user(name, is_staff=name in editors)
        for name in (*editors, *(person.name for person in crowd))
    }
    return Show(now, users[editors[0]], users[editors[1]], crowd, users)


def drafts_of(articles: Sequence[Article]) -> list[Draft]:
    """Return what the rules drafted from these articles, the best first."""
    return list(
        Draft.objects.filter(version__article__in=articles)
        .exclude(fate=DraftFate.REJECTED)
        .select_related("version__article")
        .order_by("-score", "pk")
    )


def why_no_draft(article: Article) -> str:
    """Return a sentence that says why the rules drafted nothing from an article."""
    if article.quality != Quality.GOOD:
        return f"it was put aside as {article.get_quality_display().lower()}."
    if article.language != RULES_LANGUAGE:
        return "the drafting rules read English only."
    return "no sentence in it says something about the future that could be decided."


def _user(name: str, *, is_staff: bool) -> User:
    """Return a user of the demonstration; without a password nobody can sign in as one."""
    known = User.objects.filter(name=name).first()
    return known or User.objects.create_user(
        f"{name}@{EMAIL_DOMAIN}", None, name=name, is_staff=is_staff
    )


def _make_up(question: Question, index: int) -> tuple[QuestionPlan, int]:
    """Draw an answer by the prior, and a path of the hidden truth that drifts towards it."""
    key = f"console-{index}"
    chance = random.Random(f"{SEED}:answer:{key}")  # noqa: S311 - make-believe, not secrets
    prior = tuple(question.prior)
    answer = chance.choices(range(len(prior)), weights=prior)[0]
    rest = (1 - CERTAINTY) / (1 - prior[answer])
    final = tuple(CERTAINTY if each == answer else rest * part for each, part in enumerate(prior))
    plan = QuestionPlan(
        key=key,
        article="",
        quote="",
        title=question.title,
        criteria=question.resolution_criteria,
        prior=prior,
        opens=-DAYS_PLAYED,
        closes=0.0,
        resolve_by=0.0,
        subsidy=SUBSIDY // MICRO,
        fate=QuestionStatus.OPEN,
        path=((-DAYS_PLAYED, prior), (-DAYS_PLAYED / 2, prior), (0.0, final)),
    )
    return plan, answer
