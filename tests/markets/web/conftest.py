"""Fixtures around `world`, which is imported late: Django is not set up when this is loaded."""

from functools import partial

import pytest


@pytest.fixture
def ask(publish):
    """Publish a question that is open today, with whatever a test changes."""
    from tests.markets.web.world import open_question

    return partial(open_question, publish)


@pytest.fixture
def question(ask):
    return ask()


@pytest.fixture
def choice(ask):
    """An open question with three outcomes."""
    return ask(
        title="Who wins the mayoral election?",
        type="multiple_choice",
        outcomes=("Greens", "Union", "Labour"),
        prior=(0.5, 0.3, 0.2),
    )


@pytest.fixture
def write_article(eve):
    from tests.markets.web.world import write_article

    return partial(write_article, eve)


@pytest.fixture
def cite(eve):
    from tests.markets.web.world import cite

    return partial(cite, eve)


@pytest.fixture
def as_alice(alice):
    from tests.markets.web.world import signed_in

    return signed_in(alice)


@pytest.fixture
def as_charlie(charlie):
    from tests.markets.web.world import signed_in

    return signed_in(charlie)


@pytest.fixture
def as_eve(eve):
    from tests.markets.web.world import signed_in

    return signed_in(eve)
