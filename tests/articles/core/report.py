"""`python -m tests.articles.core.report`: how much of the held-out texts the drafting rules find.

Recall is the share of the wanted questions that some draft asks, precision the share of the drafts
that ask something wanted or harmless. Nothing is written, and no single text is shown: whoever
reads what was missed starts to tune on it.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from articles.core.canonical import normalise_text
from articles.core.drafting import draft_questions
from tests.articles.core.held_out import HELD_OUT, PUBLISHED_AT, HeldOut


@dataclass(frozen=True)
class Tally:
    """Counts over some texts: wanted questions, those asked, drafts made, those that are wrong."""

    texts: int = 0
    expected: int = 0
    found: int = 0
    drafts: int = 0
    wrong: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.texts + other.texts,
            self.expected + other.expected,
            self.found + other.found,
            self.drafts + other.drafts,
            self.wrong + other.wrong,
        )

    @property
    def recall(self) -> float | None:
        """Between 0 and 1; None where nothing was wanted."""
        return self.found / self.expected if self.expected else None

    @property
    def precision(self) -> float | None:
        """Between 0 and 1; None where nothing was drafted."""
        return (self.drafts - self.wrong) / self.drafts if self.drafts else None


def tally_of(text: HeldOut, titles: Sequence[str]) -> Tally:
    """The counts of one text for the titles that were drafted from it."""
    fine = (*text.wanted, *text.also)
    return Tally(
        texts=1,
        expected=len(text.wanted),
        found=sum(any(each.is_asked_by(title) for title in titles) for each in text.wanted),
        drafts=len(titles),
        wrong=sum(not any(each.is_asked_by(title) for each in fine) for title in titles),
    )


def measured(texts: Iterable[HeldOut] = HELD_OUT) -> dict[str, Tally]:
    """The counts for each subject, in the order of the texts."""
    tallies: dict[str, Tally] = {}
    for text in texts:
        drafts = draft_questions(normalise_text(text.text), published_at=PUBLISHED_AT)
        tally = tally_of(text, [draft.title for draft in drafts])
        tallies[text.subject] = tallies.get(text.subject, Tally()) + tally
    return tallies


def shown(tallies: dict[str, Tally]) -> Table:
    """The counts as a table, a row for each subject and one for all."""
    table = Table(title="Held-out texts", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("subject")
    for column in ("texts", "expected", "found", "drafts", "wrong", "recall", "precision"):
        table.add_column(column, justify="right")
    total = sum(tallies.values(), Tally())
    for subject, tally in [*tallies.items(), ("all", total)]:
        if subject == "all":
            table.add_section()
        counts = (tally.texts, tally.expected, tally.found, tally.drafts, tally.wrong)
        shares = (tally.recall, tally.precision)
        table.add_row(subject, *map(str, counts), *(_share(share) for share in shares))
    return table


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.articles.core.report")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the counts there as well")
    options = parser.parse_args()
    tallies = measured()
    Console().print(shown(tallies))
    if options.json:
        counts = {subject: asdict(tally) for subject, tally in tallies.items()}
        options.json.write_text(json.dumps(counts, indent=1) + "\n")


if __name__ == "__main__":
    main()
