"""Every worked example, in a docstring or on a page of docs, is what the code really answers."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import articles
import config
import markets
import users

MODULES = sorted(
    module.name
    for package in (articles, config, markets, users)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not any(part in module.name for part in (".migrations", ".settings", ".wsgi", ".asgi"))
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


PAGES = sorted(
    page
    for page in (Path(__file__).resolve().parents[1] / "docs").rglob("*.md")
    if ">>> " in page.read_text()
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_on_pages_hold(page):
    text = re.sub(r"^```.*$", "", page.read_text(), flags=re.MULTILINE)
    examples = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)

    assert doctest.DocTestRunner().run(examples).failed == 0


def test_the_page_of_the_market_maker_is_among_them():
    assert "market-maker.md" in {page.name for page in PAGES}


def test_the_market_maker_explains_itself_by_examples():
    finder = doctest.DocTestFinder()

    found = finder.find(importlib.import_module("markets.core.lmsr"))
    assert sum(len(each.examples) for each in found) > 20
