"""What the console demonstration prints."""

from collections.abc import Mapping, Sequence

from rich import box
from rich.bar import Bar
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from articles.models import Article, Draft
from markets.core.money import format_credits
from markets.core.question_lint import Finding, Severity
from markets.management.demo.show import Story
from markets.models import Account, Score, Settlement
from markets.queries.odds import Odds, OutcomeOdds

TITLE_STYLE = "bold cyan"
BAR_WIDTH = 40
QUOTE_LENGTH = 160
LEADERS_SHOWN = 6


def article_table(articles: Sequence[Article]) -> Table:
    table = _table("Articles in", "article", "source")
    table.add_column("words", justify="right")
    for article in articles:
        words = len(article.versions.latest("number").text.split())
        table.add_row(article.title, str(article.source or "pasted"), f"{words:,}")
    return table


def draft_table(drafts: Sequence[Draft], findings: Mapping[int, Sequence[Finding]]) -> Table:
    """Where each draft comes from, what it asks, and what lint finds in it."""
    table = _table("Sentences found, and the questions drafted from them")
    table.add_column("sentence", ratio=5)
    table.add_column("drafted question", ratio=5)
    table.add_column("rule", ratio=2)
    table.add_column("score", justify="right")
    table.add_column("lint", ratio=2)
    for draft in drafts:
        flags = f" ({', '.join(draft.flags)})" if draft.flags else ""
        table.add_row(
            _shortened(draft.quote),
            draft.title + flags,
            draft.rule,
            f"{draft.score:.2f}",
            _lint_said(findings[draft.pk]),
        )
    return table


def odds_panel(stories: Sequence[Story], odds: dict[int, Odds]) -> Group:
    """Each question with a bar for each outcome."""
    parts: list[RenderableType] = [Text("The odds", style=TITLE_STYLE)]
    for story in stories:
        shown = odds[story.question.pk]
        crowd = shown.crowd.forecaster_count if shown.crowd else 0
        caption = f"{format_credits(shown.volume)} credits traded, {crowd} forecasters"
        grid = Table(box=None, show_header=False, padding=(0, 2, 0, 1))
        for outcome in shown.outcomes:
            grid.add_row(
                outcome.label,
                Bar(1, 0, outcome.probability or 0, width=BAR_WIDTH, color="cyan"),
                f"market {_percent(outcome.probability)}",
                f"crowd {_percent(_of_the_crowd(shown, outcome))}",
            )
        parts += [Text(""), Text(story.question.title, style="bold"), grid, Text(f" {caption}")]
    return Group(*parts, Text(""))


def settlement_table(stories: Sequence[Story], settlements: dict[int, Settlement]) -> Table:
    table = _table("Answered, paid and scored")
    table.add_column("question", ratio=4)
    table.add_column("made-up answer", ratio=2)
    table.add_column("positions", justify="right")
    table.add_column("paid", justify="right")
    table.add_column("state", justify="right")
    for story in stories:
        settlement = settlements[story.question.pk]
        labels = {each.index: each.label for each in story.question.outcomes.all()}
        table.add_row(
            story.question.title,
            labels[story.answer],
            str(settlement.position_count),
            format_credits(settlement.paid_amount),
            Text(settlement.state, style="green"),
        )
    return table


def leader_table(stories: Sequence[Story]) -> Table:
    """Who was right in this demonstration, and what it did to their wallets."""
    sums: dict[str, list[float]] = {}
    asked = [story.question.pk for story in stories]
    rows = Score.objects.filter(question__in=asked).values_list(
        "forecaster__name", "peer", "baseline"
    )
    for name, peer, baseline in rows:
        total = sums.setdefault(name, [0.0, 0.0])
        total[0] += peer
        total[1] += baseline
    wallets = dict(
        Account.objects.filter(owner__name__in=sums).values_list("owner__name", "balance")
    )
    table = _table("Leaderboard", "", "forecaster", expand=False)
    for column in ("peer score", "baseline score", "wallet"):
        table.add_column(column, justify="right")
    ranked = sorted(sums.items(), key=lambda entry: (-entry[1][0], entry[0]))
    for rank, (name, (peer, baseline)) in enumerate(ranked[:LEADERS_SHOWN], start=1):
        wallet = format_credits(wallets[name]) if name in wallets else "unopened"
        table.add_row(str(rank), name, f"{peer:+.1f}", f"{baseline:+.1f}", wallet)
    return table


def _table(title: str, *columns: str, expand: bool = True) -> Table:
    return Table(
        *columns, title=title, title_justify="left", title_style=TITLE_STYLE, box=box.SIMPLE_HEAD,
        expand=expand, padding=(0, 1, 0, 0),
    )  # fmt: skip


def _of_the_crowd(odds: Odds, outcome: OutcomeOdds) -> float | None:
    if odds.crowd is None or odds.crowd.centre is None:
        return None
    return odds.crowd.centre[outcome.index]


def _lint_said(findings: Sequence[Finding]) -> Text:
    """Which rules find something, the gravest first; they come in that order."""
    if not findings:
        return Text("clean", style="green")
    is_grave = any(finding.severity is Severity.ERROR for finding in findings)
    rules = dict.fromkeys(finding.rule for finding in findings)
    return Text(" ".join(rules), style="red" if is_grave else "yellow")


def _percent(probability: float | None) -> str:
    return "–" if probability is None else f"{probability:.0%}"


def _shortened(quote: str) -> str:
    folded = " ".join(quote.split())
    return folded if len(folded) <= QUOTE_LENGTH else f"{folded[: QUOTE_LENGTH - 1]}…"
