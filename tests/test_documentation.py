"""What exists is documented, and what is documented exists."""

import importlib
import pkgutil
import re
from dataclasses import fields
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands

import articles
import markets
from articles.core.errors import ArticleError
from articles.core.proposals import Drop
from config.celery import SCHEDULE, app
from config.env import Environment
from markets.core.errors import MarketError
from markets.core.house_policy import CURRENT, policy_text
from markets.core.question_lint.catalogue import tables
from markets.core.resolver_readings import Reason
from markets.queries.audit.scores import SCORE_RULES
from markets.queries.audit.tallies import ADD_UP
from markets.queries.ledger import RULES

ROOT = Path(__file__).resolve().parents[1]
DOCS = {path: path.read_text() for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]}
EVERYTHING = "\n".join(DOCS.values())


def refusal_codes():
    """Every code of every refusal in the code, whichever module defines it."""
    for package in (articles, markets):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)
    waiting, codes = [MarketError, ArticleError], set()
    while waiting:
        refusal = waiting.pop()
        waiting += refusal.__subclasses__()
        codes.add(refusal.code)
    return codes - {MarketError.code, ArticleError.code}


def test_every_refusal_code_is_listed_in_the_api_documentation():
    listed = set(re.findall(r"`([a-z_]+)`", (ROOT / "docs/api.md").read_text()))

    assert refusal_codes() - listed == set()


def test_every_setting_has_its_sentence_in_the_example_environment():
    example = (ROOT / ".env.example").read_text()

    for setting in fields(Environment):
        assert f"# {setting.metadata['sentence']}\n" in example, setting.name
        assert re.search(rf"^#?{setting.name.upper()}=", example, re.MULTILINE), setting.name


def test_the_example_environment_names_nothing_else():
    named = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)

    known = {setting.name.upper() for setting in fields(Environment)}
    assert set(named) <= known | {"DJANGO_SETTINGS_MODULE", "PORT"}


def test_every_make_target_is_documented():
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert [target for target in targets if f"`make {target}" not in EVERYTHING] == []


def test_every_management_command_is_documented():
    ours = {
        name
        for name, where in get_commands().items()
        if where in {"config", "users", "articles", "markets"}
    }

    assert {name for name in ours if f"manage.py {name}" not in EVERYTHING} == set()


def test_every_rule_of_the_audit_is_documented():
    runbook = (ROOT / "docs/runbook.md").read_text()

    assert [rule for rule in (*RULES, *SCORE_RULES, ADD_UP) if f"`{rule}`" not in runbook] == []


def test_every_reason_to_drop_a_proposal_is_documented():
    page = (ROOT / "docs/language-model.md").read_text()

    assert [drop for drop in Drop if f"`{drop}`" not in page] == []


def test_every_reason_of_a_resolver_is_documented():
    page = (ROOT / "docs/resolvers.md").read_text()

    assert [reason for reason in Reason if f"| `{reason}` |" not in page] == []


def test_the_rules_of_lint_are_listed_as_their_docstrings_have_them():
    page = (ROOT / "docs/lint.md").read_text()

    assert page.endswith(tables() + "\n"), (
        "write anew what `manage.py lint_question --rules` prints"
    )


def test_the_house_policy_is_quoted_word_for_word():
    quoted = re.findall(r"^> (.*)$", (ROOT / "docs/lint.md").read_text(), re.MULTILINE)

    assert " ".join(quoted) == policy_text(CURRENT)


def test_every_task_is_documented_and_every_scheduled_task_exists():
    app.loader.import_default_modules()
    tasks = {name for name in app.tasks if name.split(".")[0] in {"articles", "markets"}}

    assert {task for task, _, _ in SCHEDULE.values()} <= tasks
    assert {task for task in tasks if f"`{task}`" not in EVERYTHING} == set()


def test_every_app_of_ours_is_installed():
    assert {"config", "users", "articles", "markets"} <= {
        each.name for each in apps.get_app_configs()
    }


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)", DOCS[page]):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), target


def test_decisions_are_numbered_without_gaps():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs/decisions").glob("*.md"))

    assert numbers == list(range(1, len(numbers) + 1))
