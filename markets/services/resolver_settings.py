"""How an editor sets up a resolver, and what is refused about it before it is ever run."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

import jmespath
from jmespath.exceptions import JMESPathError

from articles.core.errors import ArticleError
from articles.services import outbound
from articles.services.outbound import STRICT, Guard
from markets.core.derived import read_rule
from markets.core.errors import MarketError
from markets.core.resolver_readings import Comparison
from markets.core.resolvers import (
    CONFIRM_AFTER_MIN,
    CONFIRMATIONS_MAX,
    EVERY_MAX,
    EVERY_MIN,
    GRACE_MAX,
)
from markets.models import (
    FETCHING,
    RANGED,
    Outcome,
    Question,
    QuestionType,
    Resolver,
    ResolverKind,
)
from markets.models.resolver import CONFIRM_AFTER, GRACE

PHRASES_MAX: Final = 20
ASKED_MAX: Final = 20


class InvalidResolver(MarketError):
    """The settings do not fit each other or the question; the field says which."""

    code = "invalid_resolver"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class ResolverCycle(MarketError):
    """The answers of the questions would depend on each other."""

    code = "resolver_cycle"
    field = "expression"


@dataclass(frozen=True, kw_only=True)
class ResolverSettings:
    """What an editor says about a resolver; what its kind does not need stays as it is here."""

    kind: str
    url: str = ""
    expression: str = ""
    column: str = ""
    row_column: str = ""
    row_value: str = ""
    delimiter: str = ""
    comparison: str = ""
    threshold: float | None = None
    multiplier: float = 1.0
    unit: str = ""
    texts: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    outcome: int | None = None
    note: str = ""
    ends_early: bool = False
    confirmations: int = 2
    confirm_after: timedelta = CONFIRM_AFTER
    first_at: datetime
    every: timedelta
    until: datetime | None = None
    grace: timedelta = GRACE

    def applied_to(self, resolver: Resolver) -> Resolver:
        """The resolver with these settings in its columns, unsaved."""
        for name, value in asdict(self).items():
            setattr(resolver, name, list(value) if isinstance(value, tuple) else value)
        return resolver


def require_sound(settings: ResolverSettings, question: Question, *, guard: Guard = STRICT) -> None:
    """Refuse settings that no run could make sense of.

    Raises:
        InvalidResolver, RuleUnreadable
    """
    if settings.kind not in ResolverKind.values:
        raise InvalidResolver("kind", "Choose what answers the question.")
    _require_schedule(settings)
    if settings.kind in FETCHING:
        _require_source(settings, guard)
        _require_reading(settings, question)
    elif settings.kind == ResolverKind.QUESTION:
        require_rule(settings, question)
    elif settings.kind == ResolverKind.ARTICLE:
        _require_article(settings, question)
    elif not settings.note.strip():
        raise InvalidResolver("note", "Say what the editor should look at.")


def asked_by(settings: ResolverSettings) -> list[int]:
    """The questions that the rule of a resolver asks; none where it has no rule."""
    if settings.kind != ResolverKind.QUESTION:
        return []
    return sorted({part.question_id for part in read_rule(settings.expression).parts})


def require_rule(settings: ResolverSettings, question: Question) -> None:
    """Refuse a rule whose parts are not public, or that leads back to its question."""
    if question.type != QuestionType.BINARY:
        raise InvalidResolver("kind", "Only a yes-or-no question follows from others by a rule.")
    rule = read_rule(settings.expression)
    asked = {part.question_id for part in rule.parts}
    if len(asked) > ASKED_MAX:
        raise InvalidResolver("expression", f"A rule asks at most {ASKED_MAX} questions.")
    known = set(
        Outcome.objects.filter(question__in=asked, question__opened_at__isnull=False)
        .values_list("question_id", "key")
        .distinct()
    )
    for part in rule.parts:
        if (part.question_id, part.key) not in known:
            raise InvalidResolver(
                "expression",
                f"There is no outcome “{part.key}” of a question {part.question_id}.",
            )
    _require_no_way_back(question.pk, asked)


def _require_no_way_back(question_id: int, asked: set[int]) -> None:
    """Follow all rules from the asked questions on; none may lead to the question itself."""
    seen: set[int] = set()
    waiting = set(asked)
    while waiting:
        if question_id in waiting:
            raise ResolverCycle("The rule would make the question depend on its own answer.")
        seen |= waiting
        following = Resolver.objects.filter(
            question__in=waiting, kind=ResolverKind.QUESTION
        ).values_list("asks", flat=True)
        waiting = {each for each in following if each is not None} - seen


def _require_schedule(settings: ResolverSettings) -> None:
    if not EVERY_MIN <= settings.every <= EVERY_MAX:
        raise InvalidResolver("every", "Look every 5 minutes at most, and every 31 days at least.")
    if not timedelta() <= settings.grace <= GRACE_MAX:
        raise InvalidResolver("grace", f"The grace is at most {GRACE_MAX.days} days.")
    if settings.until is not None and settings.until <= settings.first_at:
        raise InvalidResolver("until", "It has to end after it begins.")
    fewest = 2 if settings.kind in FETCHING else 1
    if not fewest <= settings.confirmations <= CONFIRMATIONS_MAX:
        raise InvalidResolver(
            "confirmations", f"Ask for {fewest} to {CONFIRMATIONS_MAX} reads that agree."
        )
    if not CONFIRM_AFTER_MIN <= settings.confirm_after <= EVERY_MAX:
        raise InvalidResolver("confirm_after", "Wait a minute or more between the reads.")


def _require_source(settings: ResolverSettings, guard: Guard) -> None:
    try:
        outbound.require_fetchable(settings.url, guard=guard)
    except ArticleError as refusal:
        raise InvalidResolver("url", str(refusal)) from refusal
    if settings.kind == ResolverKind.JSON:
        try:
            jmespath.compile(settings.expression)
        except (JMESPathError, RecursionError) as error:
            raise InvalidResolver(
                "expression", "This is not JMESPath; see jmespath.org for how to write it."
            ) from error
        return
    if not settings.column.strip():
        raise InvalidResolver("column", "Name the column to read.")
    if len(settings.delimiter) != 1 or settings.delimiter in '"\r\n':
        raise InvalidResolver("delimiter", "Give the one character between the cells.")
    if bool(settings.row_column.strip()) != bool(settings.row_value.strip()):
        raise InvalidResolver("row_value", "A row is chosen by a column and its value together.")


def _require_reading(settings: ResolverSettings, question: Question) -> None:
    """Refuse what gives no answer to this type of question."""
    compares, lists = bool(settings.comparison), any(each.strip() for each in settings.texts)
    if settings.multiplier == 0:
        raise InvalidResolver("multiplier", "The multiplier is not zero.")
    if question.type in RANGED:
        if compares or lists:
            raise InvalidResolver("comparison", "The number itself is the answer; compare nothing.")
        return
    if compares == lists:
        raise InvalidResolver("comparison", "Give a threshold, or the texts that mean an outcome.")
    if compares and question.type != QuestionType.BINARY:
        raise InvalidResolver("comparison", "Only a yes-or-no question compares with a threshold.")
    if compares and (settings.comparison not in set(Comparison) or settings.threshold is None):
        raise InvalidResolver("threshold", "Give the number to compare with.")
    if lists and len(settings.texts) != len(question.prior):
        raise InvalidResolver(
            "texts", f"Give one line for each of {len(question.prior)} outcomes, in order."
        )


def _require_article(settings: ResolverSettings, question: Question) -> None:
    if question.type in RANGED:
        raise InvalidResolver("kind", "Words suggest an outcome, but no number and no date.")
    if settings.outcome is None or not 0 <= settings.outcome < len(question.prior):
        raise InvalidResolver("outcome", "Choose the answer that these words suggest.")
    if len(settings.phrases) > PHRASES_MAX:
        raise InvalidResolver("phrases", f"{PHRASES_MAX} phrases are enough.")
