"""Figures as a table for the console, as Markdown for docs/performance.md, and as JSON."""

import json
import os
import platform
from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from tests.bench.figures import Figure

COLUMNS = ("what", "ours", "yardstick", "against", "ratio", "spread", "aim", "reached")
_LABELS = {
    "p50_ms": "p50 ms", "p99_ms": "p99 ms", "cpu_us": "CPU µs an order", "lock_ms": "lock ms",
    "hold_ms": "hold ms", "commit_ms": "commit ms",
}  # fmt: skip


def shown(figures: list[Figure]) -> Group:
    """The figures as a table, and below it what else was seen."""
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in COLUMNS:
        if column != "against":
            drawn.add_column(column, justify="left" if column == "what" else "right")
    for figure in figures:
        what, ours, yardstick, against, *others, reached = _cells(figure)
        style = {True: "green", False: "red", None: "dim"}[figure.is_reached]
        named = Text.assemble(what, "\n", (f"against {against}", "dim"))
        drawn.add_row(named, ours, yardstick, *others, Text(reached, style=style))
    seen = [
        Text.assemble((figure.what, "bold"), f": {spell_details(figure.details)}")
        for figure in figures
        if figure.details
    ]
    wrong = [
        Text(f"✗ {figure.what}: {len(figure.faults)} findings, such as: {figure.faults[0]}", "red")
        for figure in figures
        if figure.faults
    ]
    return Group(drawn, *seen, *wrong)


def markdown(figures: list[Figure], *, seconds: float, rounds: int) -> str:
    """The same table, to be pasted below docs/performance.md's heading."""
    aligned = [":--" if column in {"what", "against"} else "--:" for column in COLUMNS]
    lines = [
        f"Measured with {rounds} rounds of {seconds:g} s on {machine()}.",
        "",
        f"| {' | '.join(COLUMNS)} |",
        f"|{'|'.join(aligned)}|",
        *(f"| {' | '.join(_cells(figure))} |" for figure in figures),
        "",
        *(
            f"- **{figure.what}**: {spell_details(figure.details)}"
            for figure in figures
            if figure.details
        ),
    ]
    return "\n".join(lines) + "\n"


def document(figures: list[Figure], *, seconds: float, rounds: int) -> str:
    """The same as JSON, with every round."""
    written = [
        {
            **asdict(figure),
            "ours": figure.ours,
            "yardstick": figure.yardstick,
            "ratio": figure.ratio,
            "reached": figure.is_reached,
        }
        for figure in figures
    ]
    found = {"machine": machine(), "seconds": seconds, "rounds": rounds, "figures": written}
    return json.dumps(found, indent=1) + "\n"


def machine() -> str:
    """The machine in a few words; its name is nobody's business."""
    cores = os.cpu_count()
    system, python = platform.system(), platform.python_version()
    return f"{cores} cores, {system} {platform.machine()}, Python {python}"


def spell_details(details: dict[str, Any]) -> str:
    return ", ".join(
        f"{_LABELS.get(name, name.replace('_', ' '))} {_spell(value)}"
        for name, value in details.items()
    )


def _cells(figure: Figure) -> tuple[str, ...]:
    least, greatest = figure.spread
    sign = "≤" if figure.is_ceiling else "≥"
    return (
        figure.what,
        _rate(figure.ours, figure.unit),
        _rate(figure.yardstick, figure.unit),
        figure.against,
        f"{figure.ratio:.2f}×",
        f"{least:.2f}–{greatest:.2f}",
        "–" if figure.aim is None else f"{sign} {figure.aim:g}×",
        {True: "yes", False: "no", None: "–"}[figure.is_reached],
    )


def _rate(number: float, unit: str) -> str:
    spelled = f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
    return f"{spelled}{unit}" if unit.startswith("/") else f"{spelled} {unit}"


def _spell(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{count} {name}" for name, count in value.items()) or "none"
    return f"{value:,}" if isinstance(value, int) else str(value)
