"""How the console shows an article, its passages and its drafts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from articles.core.passage_types import Passage
from articles.core.proposals import RULE
from articles.core.range_words import prior_words, range_words, value_words
from articles.core.ranges import Range
from articles.core.second_opinions import AGREES
from articles.models.article import DatePrecision, Quality
from articles.services.providers.chat import Usage


class Described(Protocol):
    """What an Article and a Reading have in common."""

    @property
    def title(self) -> str: ...
    @property
    def author(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def published_at(self) -> datetime: ...
    @property
    def published_precision(self) -> str: ...
    @property
    def published_origin(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def tags(self) -> Sequence[str]: ...
    @property
    def quality(self) -> str: ...


class Proposed(Protocol):
    """What a stored draft and a drafted one have in common."""

    @property
    def title(self) -> str: ...
    @property
    def rule(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def quote(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def range(self) -> Range | None: ...
    @property
    def last_value(self) -> Decimal | None: ...
    @property
    def outcomes(self) -> Sequence[str]: ...
    @property
    def prior(self) -> Sequence[float]: ...
    @property
    def closes_at(self) -> datetime: ...
    @property
    def resolve_by(self) -> datetime: ...
    @property
    def flags(self) -> Sequence[str]: ...
    @property
    def tags(self) -> Sequence[str]: ...


def article_panel(article: Described, *, text: str, source: str, note: str = "") -> Panel:
    """The article's title, and what is known about it."""
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim")
    facts.add_column(overflow="fold")
    rows = {
        "by": ", ".join(filter(None, (article.author, source))) or "unknown",
        "published": published_words(article),
        "address": article.url or "none: pasted",
        "tags": ", ".join(article.tags) or "none",
        "text": f"{len(text.split()):,} words, language {article.language}",
        "quality": Quality(article.quality).label.lower(),
    }
    for name, value in rows.items():
        facts.add_row(name, Text(value))
    good = article.quality == Quality.GOOD
    return Panel(
        Group(Text(article.title, style="bold"), Text(), facts),
        subtitle=note or None,
        border_style="green" if good else "yellow",
    )


def published_words(article: Described) -> str:
    """The date as exactly as it is known, and where it was found."""
    if article.published_precision == DatePrecision.UNKNOWN:
        return f"unknown; taken as {article.published_at:%d %B %Y}, when it arrived"
    exact = "%d %B %Y"
    if article.published_precision == DatePrecision.INSTANT:
        exact += ", %H:%M UTC"
    return f"{article.published_at:{exact}} (from {article.published_origin})"


def passage_table(passages: Iterable[Passage], text: str) -> Table:
    """The forecastable sentences, by the rule that saw them."""
    table = Table(title="Forecastable passages", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("rule", style="cyan", no_wrap=True)
    table.add_column("weight", justify="right")
    table.add_column("sentence", overflow="fold")
    for passage in passages:
        sentence = " ".join(text[passage.start : passage.end].split())
        table.add_row(passage.rule, f"{passage.weight:.2f}", Text(sentence))
    return table


def draft_list(drafts: Sequence[Proposed], *, model: str = "") -> RenderableType:
    """The drafts, best first, each under its title; `model` is which language model was asked."""
    if not drafts:
        return Text("No drafts: nothing in it can be asked that is not proposed already.")
    return Group(*(_draft(number, draft, model) for number, draft in enumerate(drafts, 1)))


def model_table(model: str, usage: Usage, *, seconds: float, dropped: Iterable[str]) -> Table:
    """What asking a language model has cost, and why its other proposals became no drafts."""
    table = Table(title=f"Language model {model}", title_justify="left", box=box.SIMPLE_HEAD)
    for name in ("calls", "tokens in", "tokens out", "seconds"):
        table.add_column(name, justify="right")
    table.add_column("dropped", overflow="fold")
    counts = Counter(dropped)
    table.add_row(
        str(usage.calls),
        f"{usage.tokens_in:,}",
        f"{usage.tokens_out:,}",
        f"{seconds:.1f}",
        Text(", ".join(f"{why} ×{n}" if n > 1 else why for why, n in counts.items()) or "nothing"),
    )
    return table


def _draft(number: int, draft: Proposed, model: str) -> RenderableType:
    found = draft.range
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim")
    facts.add_column(overflow="fold")
    facts.add_row("from", Text(f"“{' '.join(draft.quote.split())}”", style="italic"))
    facts.add_row(
        "closes", f"{draft.closes_at:%d %B %Y}, to resolve by {draft.resolve_by:%d %B %Y}"
    )
    facts.add_row("type", draft.type.replace("_", " "))
    if found is not None:
        facts.add_row("range", range_words(found))
        facts.add_row("prior", prior_words(found))
    else:
        facts.add_row("prior", Text(_odds(draft)))
    if found is not None and draft.last_value is not None:
        facts.add_row("last value", value_words(draft.last_value, found.unit))
    rule = f"{draft.rule} {model}" if draft.rule == RULE else draft.rule
    facts.add_row("rule", Text(f"{rule}, score {draft.score:.2f}"))
    doubts = [flag for flag in draft.flags if flag != AGREES]
    if AGREES in draft.flags:
        facts.add_row("agrees", Text(f"language model {model}".rstrip(), style="green"))
    if doubts:
        facts.add_row("look at", Text(", ".join(doubts), style="yellow"))
    title = Text.assemble((f"{number}. ", "dim"), (draft.title, "bold"))
    return Group(title, Padding(facts, (0, 0, 1, 3)))


def _odds(draft: Proposed) -> str:
    return " · ".join(
        f"{outcome} {share:.0%}" for outcome, share in zip(draft.outcomes, draft.prior, strict=True)
    )
