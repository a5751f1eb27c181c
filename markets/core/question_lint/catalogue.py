"""The table of all rules for docs/lint.md, made from their docstrings."""

import ast
import doctest
from dataclasses import dataclass
from typing import Final

from markets.core.question_lint import FAMILIES, RULES, Rule

_HEAD: Final = "| rule | severity | what to do | found | left alone |\n|---|---|---|---|---|"


@dataclass(frozen=True, slots=True)
class Example:
    """What a docstring changes in the sound question, and whether anything is found then."""

    changes: str
    is_found: bool


def examples(rule: Rule) -> list[Example]:
    """The examples in the docstring of a rule, in order: the bad one first."""
    parsed = doctest.DocTestParser().get_examples(rule.check.__doc__ or "")
    return [Example(_changes(each.source), each.want.strip() != "[]") for each in parsed]


def tables() -> str:
    """The rules in Markdown: for each family a heading and a table."""
    return "\n\n".join(
        f"### {(module.__doc__ or '').partition(chr(10))[0]}\n\n{_HEAD}\n"
        + "\n".join(_row(rule) for rule in RULES.values() if rule.id.startswith(letter))
        for letter, module in FAMILIES.items()
    )


def _row(rule: Rule) -> str:
    bad, good = examples(rule)
    cells = (f"`{rule.id}`", rule.severity.value, rule.wants, bad.changes, good.changes)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _changes(source: str) -> str:
    """The arguments of a call of `marked`: of a title only its words, else with their fields."""
    call = ast.parse(source.strip(), mode="eval").body
    if not isinstance(call, ast.Call):
        raise TypeError(f"write marked(rule, field=…), not {source!r}")
    given = [(each.arg or "", _spelled(each.value)) for each in call.keywords]
    if len(given) == 1 and given[0][0] == "title":
        return given[0][1]
    return "<br>".join(f"`{name}`: {value}" for name, value in given)


def _spelled(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return str(value.value) if value.value is not None else "–"
    if isinstance(value, ast.Tuple):
        return " / ".join(_spelled(each) for each in value.elts) or "–"
    if isinstance(value, ast.Call) and value.args and not value.keywords:
        return _spelled(value.args[0])
    if isinstance(value, ast.Call):
        return ", ".join(f"{each.arg} {_spelled(each.value)}" for each in value.keywords)
    return f"`{ast.unparse(value)}`"
