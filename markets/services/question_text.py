"""What an editor writes of a question, and everything that can be wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.text import slugify

from articles.models import Draft
from markets.core.bin_words import labels
from markets.core.distribution import bin_floor, uniform
from markets.core.errors import MarketError
from markets.core.limits import require_prior
from markets.core.money import MICRO
from markets.core.numeric import Bins
from markets.models import QuestionType
from markets.models.question import CHALLENGE_WINDOW, RANGED

DEFAULT_SUBSIDY = 500 * MICRO
OUTCOME_COUNT_MAX = 50
PRIOR_MIN = 0.001
TITLE_LENGTH_MAX = 200
LABEL_LENGTH_MAX = 120
TAG_LENGTH_MAX = 40
SOURCE_LENGTH_MAX = 300
SUBSIDY_MAX = 1_000_000 * MICRO


class InvalidQuestion(MarketError):
    """The text of a question does not hold together; the message names every fault."""

    code = "invalid_question"


@dataclass(frozen=True, kw_only=True)
class QuestionText:
    """Everything that an editor writes; `opens_at` None means as soon as it is published.

    A question of type numeric or date has `bins`, which make its outcomes; the others name their
    `outcomes`. Without a `prior` all outcomes are equally likely.
    """

    title: str
    type: str
    outcomes: Sequence[str] = ()
    bins: Bins | None = None
    prior: Sequence[float] = ()
    resolution_criteria: str
    closes_at: datetime
    resolve_by: datetime
    background: str = ""
    fine_print: str = ""
    resolution_sources: Sequence[str] = ()
    tags: Sequence[str] = ()
    opens_at: datetime | None = None
    reveal_at: datetime | None = None
    subsidy: int = DEFAULT_SUBSIDY
    challenge_window: timedelta = field(default=CHALLENGE_WINDOW)

    def labels(self) -> tuple[str, ...]:
        """The outcomes' labels, in order."""
        return tuple(self.outcomes) if self.bins is None else labels(self.bins)

    def keys(self) -> tuple[str, ...]:
        """The outcomes' keys, in order."""
        if self.bins is not None:
            return self.bins.keys()
        return tuple(_key(label, index) for index, label in enumerate(self.outcomes))

    def opening_prior(self) -> list[float]:
        """The prior, equal for all outcomes where the editor gave none."""
        return [float(part) for part in self.prior] or uniform(len(self.labels())).tolist()


def drafted_text(draft: Draft) -> QuestionText:
    """What a draft proposes, as the text of a question; of a number or a date with its bins."""
    found = draft.range
    bins = None
    if found is not None:
        bins = Bins(
            lower=found.lower, upper=found.upper, count=found.bin_count, scale=found.scale,
            open_below=found.open_below, open_above=found.open_above, is_date=found.is_date,
            unit=found.unit,
        )  # fmt: skip
    return QuestionText(
        title=draft.title, type=draft.type, outcomes=draft.outcomes, bins=bins, prior=draft.prior,
        resolution_criteria=draft.resolution_criteria, fine_print=draft.fine_print,
        resolution_sources=[draft.resolution_source] if draft.resolution_source else [],
        tags=draft.tags, closes_at=draft.closes_at, resolve_by=draft.resolve_by,
    )  # fmt: skip


def require_sound(text: QuestionText) -> None:
    """Refuse a text that could never be published, naming every fault at once.

    Raises:
        InvalidQuestion, InvalidPrior
    """
    faults = [*_wording_faults(text), *_type_faults(text), *_date_faults(text)]
    if not MICRO <= text.subsidy <= SUBSIDY_MAX:
        faults.append(f"the subsidy must be 1 to {SUBSIDY_MAX // MICRO:,} credits")
    if faults:
        raise InvalidQuestion("This question needs mending: " + "; ".join(faults) + ".")
    require_prior(text.opening_prior(), len(text.labels()))


def _key(label: str, index: int) -> str:
    return slugify(label)[:60] or f"outcome-{index}"


def _wording_faults(text: QuestionText) -> list[str]:
    faults = []
    if not text.title.strip():
        faults.append("it has no title")
    if len(text.title) > TITLE_LENGTH_MAX:
        faults.append(f"its title is longer than {TITLE_LENGTH_MAX} characters")
    if not text.resolution_criteria.strip():
        faults.append("it does not say what resolves it")
    if any(len(tag) > TAG_LENGTH_MAX for tag in text.tags):
        faults.append(f"a tag is longer than {TAG_LENGTH_MAX} characters")
    if any(len(source) > SOURCE_LENGTH_MAX for source in text.resolution_sources):
        faults.append(f"a source is longer than {SOURCE_LENGTH_MAX} characters")
    return faults


def _type_faults(text: QuestionText) -> list[str]:
    if text.type not in QuestionType.values:
        return [f"its type must be one of {', '.join(QuestionType.values)}"]
    return _bin_faults(text) if text.type in RANGED else _outcome_faults(text)


def _bin_faults(text: QuestionText) -> list[str]:
    if text.bins is None:
        return ["it needs bounds and a number of bins"]
    faults = text.bins.faults()
    if text.outcomes:
        faults.append("its bins are its outcomes, so it names no others")
    if text.bins.is_date != (text.type == QuestionType.DATE):
        faults.append("its bounds must be dates if its type is date, and numbers otherwise")
    least = bin_floor(text.bins.count) if text.bins.count > 0 else 0.0
    if any(part < least for part in text.prior):
        faults.append(f"each bin needs a prior of at least {least:g}, a hundredth of an even share")
    return faults


def _outcome_faults(text: QuestionText) -> list[str]:
    faults = []
    if text.bins is not None:
        faults.append("only numbers and dates have bins")
    if text.type == QuestionType.BINARY and len(text.outcomes) != 2:
        faults.append("a binary question has two outcomes")
    if not 2 <= len(text.outcomes) <= OUTCOME_COUNT_MAX:
        faults.append(f"it needs 2 to {OUTCOME_COUNT_MAX} outcomes")
    keys = [_key(label, index) for index, label in enumerate(text.outcomes)]
    if len(set(keys)) != len(keys):
        faults.append("its outcomes must differ from each other")
    if any(not label.strip() for label in text.outcomes):
        faults.append("an outcome has no label")
    if any(len(label) > LABEL_LENGTH_MAX for label in text.outcomes):
        faults.append(f"an outcome's label is longer than {LABEL_LENGTH_MAX} characters")
    if any(part < PRIOR_MIN for part in text.prior):
        faults.append(f"each outcome needs a prior of at least {PRIOR_MIN}")
    return faults


def _date_faults(text: QuestionText) -> list[str]:
    faults = []
    if text.opens_at is not None and text.opens_at >= text.closes_at:
        faults.append("it would close before it opens")
    if text.closes_at > text.resolve_by:
        faults.append("it would resolve before it closes")
    if text.reveal_at is not None:
        if text.opens_at is not None and text.reveal_at <= text.opens_at:
            faults.append("its crowd would be revealed before it opens")
        if text.reveal_at >= text.closes_at:
            faults.append("its crowd would be revealed only after it closes")
    return faults
