"""Every worked example in a docstring is what the code really answers."""

import doctest
import importlib
import pkgutil

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


def test_the_market_maker_explains_itself_by_examples():
    finder = doctest.DocTestFinder()

    found = finder.find(importlib.import_module("markets.core.lmsr"))
    assert sum(len(each.examples) for each in found) > 20
