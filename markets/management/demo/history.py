"""The past of the demo world as steps in order of time: editors, the crowd and the clock."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from markets.core.lifecycle import QuestionStatus
from markets.management.demo.crowd import Act, forecast, trade
from markets.management.demo.dates import instant
from markets.management.demo.desk import Desk, weights_of
from markets.management.demo.library import articles_at
from markets.management.demo.people import CHALLENGER, Person
from markets.management.demo.plan import ANSWERED, NOT_OPENED, QuestionPlan, read_plans
from markets.management.demo.timeline import Visit, visits_to
from markets.services import lifecycle, resolution, suggestions
from users.models import User

INGEST_DAYS = 0.05
LINK_DAYS = 0.1
CONFIRM_DAYS = 0.08
SETTLE_DAYS = 0.001
TIDY_DAY = -0.2
FEATURE_DAY = -0.1


@dataclass(frozen=True, slots=True)
class Step:
    """One act at its instant."""

    at: datetime
    act: Callable[[datetime], object]

    def take(self) -> None:
        self.act(self.at)


@dataclass(frozen=True, slots=True)
class History:
    """Everything that happens until the anchor."""

    desk: Desk
    crowd: tuple[Person, ...]
    users: Mapping[str, User]
    seed: int

    def steps(self) -> list[Step]:
        steps = [self._on(TIDY_DAY, self.desk.tidy)]
        read_at = {}
        for sample in articles_at(self.desk.anchor):
            read_at[sample.slug] = sample.published_at + timedelta(days=INGEST_DAYS)
            steps.append(Step(read_at[sample.slug], partial(self.desk.take_in, sample)))
        plans = read_plans()
        chosen = sorted((each for each in plans if each.featured), key=lambda each: each.featured)
        steps += [self._on(FEATURE_DAY, partial(self.desk.feature, plan)) for plan in chosen]
        for plan in plans:
            steps += self._editing(plan)
            if plan.fate not in NOT_OPENED:
                steps += self._linking(plan, read_at)
                steps += self._accompanying(plan)
                steps += self._deciding(plan)
                steps += self._visiting(plan)
        return sorted(steps, key=lambda step: step.at)

    def _on(self, day: float, act: Callable[[datetime], object]) -> Step:
        return Step(instant(self.desk.anchor, day), act)

    def _editing(self, plan: QuestionPlan) -> Iterator[Step]:
        """Yield how a question is written and published, or not."""
        yield self._on(plan.written, partial(self.desk.write, plan))
        if plan.fate is QuestionStatus.REVIEW:
            yield self._on(plan.publishes, partial(self.desk.submit, plan))
        elif plan.fate is QuestionStatus.REJECTED:
            yield self._on(plan.publishes, partial(self.desk.reject, plan))
        elif plan.fate is not QuestionStatus.DRAFT:
            yield self._on(plan.publishes, partial(self.desk.publish, plan))

    def _linking(self, plan: QuestionPlan, read_at: Mapping[str, datetime]) -> Iterator[Step]:
        """Yield the further articles: those written later are linked once they are read."""
        published = instant(self.desk.anchor, plan.publishes)
        for slug, part in plan.also:
            at = max(read_at[slug], published) + timedelta(days=LINK_DAYS)
            yield Step(at, partial(self.desk.link, plan, slug, part))

    def _accompanying(self, plan: QuestionPlan) -> Iterator[Step]:
        """Yield what is said and set up about an opened question before it is decided."""
        if plan.clarified is not None:
            yield self._on(plan.clarified, partial(self.desk.clarify, plan))
        if plan.watched is not None:
            yield self._on(plan.watched, partial(self.desk.watch, plan))
        if plan.suggested is not None:
            yield self._on(plan.suggested, partial(self._suggest, plan))

    def _deciding(self, plan: QuestionPlan) -> Iterator[Step]:
        """Yield how an opened question closes, and what is decided about it."""
        if plan.closes <= plan.ends:
            yield self._on(plan.closes, _advance)
        if plan.decided is None:
            return
        if plan.fate is QuestionStatus.HALTED:
            yield self._on(plan.decided, partial(self.desk.halt, plan))
        elif plan.fate is QuestionStatus.ANNULLED:
            yield self._on(plan.decided, partial(self.desk.annul, plan))
        elif plan.fate in ANSWERED:
            yield self._on(plan.decided, partial(self.desk.propose, plan))
            yield from self._confirming(plan, plan.decided)

    def _confirming(self, plan: QuestionPlan, proposed: float) -> Iterator[Step]:
        """Yield what follows a proposal: an objection, a second editor, or silence."""
        if plan.challenged is not None:
            yield self._on(plan.challenged, partial(self._challenge, plan))
        if plan.fate not in {QuestionStatus.RESOLVED, QuestionStatus.FINAL}:
            return
        if plan.window_passes:
            confirmed = proposed + plan.challenge_days
            yield self._on(confirmed, _advance)
        else:
            confirmed = proposed + CONFIRM_DAYS
            yield self._on(confirmed, partial(self.desk.confirm, plan))
        if plan.fate is QuestionStatus.FINAL:
            yield self._on(confirmed + SETTLE_DAYS, partial(self.desk.settle, plan))
        if plan.corrected is not None:
            yield from self._correcting(plan, plan.corrected)

    def _correcting(self, plan: QuestionPlan, proposed: float) -> Iterator[Step]:
        """Yield how a decided answer is corrected, or how its correction comes to wait."""
        yield self._on(proposed, partial(self.desk.correct, plan))
        if not plan.correction_waits:
            confirmed = proposed + CONFIRM_DAYS
            yield self._on(confirmed, partial(self.desk.confirm_correction, plan))
            yield self._on(confirmed + SETTLE_DAYS, partial(self.desk.settle, plan))

    def _visiting(self, plan: QuestionPlan) -> Iterator[Step]:
        for visit in visits_to(plan, self.crowd, anchor=self.desk.anchor, seed=self.seed):
            yield Step(visit.at, partial(self._visit, visit))

    def _challenge(self, plan: QuestionPlan, at: datetime) -> None:
        resolution.challenge(
            question_id=self.desk.questions[plan.key],
            challenger=self.users[CHALLENGER],
            reason=plan.challenge.strip(),
            now=at,
        )

    def _suggest(self, plan: QuestionPlan, at: datetime) -> None:
        suggestions.suggest(
            question_id=self.desk.questions[plan.key],
            outcome_weights=weights_of(plan, plan.answer),
            quote=plan.suggestion,
            url=plan.suggestion_url,
            suggester=self.users[CHALLENGER],
            now=at,
        )

    def _visit(self, visit: Visit, at: datetime) -> None:
        act = Act(
            user=self.users[visit.person.name],
            question_id=self.desk.questions[visit.plan.key],
            belief=visit.belief,
            credits=visit.credits,
            request_key=visit.request_key,
            at=at,
            rationale=visit.rationale,
            is_range=visit.plan.range is not None,
        )
        if visit.is_order:
            trade(act)
        else:
            forecast(act)


def _advance(at: datetime) -> None:
    """Let the clock do what is due, as beat does every second."""
    lifecycle.advance_due(now=at)
    resolution.confirm_uncontested(now=at)
