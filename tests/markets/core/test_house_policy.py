"""The house policy answers what it says that it answers, and agrees with the drafting rules."""

from dataclasses import replace

import pytest

from articles.core import criteria
from articles.core.windows import GRACE_DAYS
from markets.core.house_policy import CURRENT, DOUBT_DAYS, POLICIES, policy_text
from markets.core.question_lint import RULES, lint
from markets.core.question_lint.examples import NOW, SOUND

BARE = replace(
    SOUND,
    resolution_criteria="YES if the Lark Bridge opens to traffic by 1 March 2027, otherwise NO.",
)


def rules_of(wording):
    return {finding.rule for finding in lint(wording, NOW)}


@pytest.mark.parametrize("version", POLICIES)
def test_a_policy_answers_exactly_the_rules_that_it_names(version):
    without = rules_of(BARE)

    under = rules_of(replace(BARE, policy_version=version))

    assert without - under == POLICIES[version].answers
    assert under - without == set()
    assert POLICIES[version].answers <= RULES.keys()


@pytest.mark.parametrize("version", POLICIES)
def test_a_policy_written_out_as_fine_print_answers_them_as_well(version):
    written_out = replace(BARE, fine_print=policy_text(version))

    assert rules_of(written_out) == set()


def test_an_unknown_version_answers_nothing():
    assert rules_of(replace(BARE, policy_version=99)) == rules_of(BARE)


def test_versions_are_numbered_from_one_and_the_newest_holds():
    assert [*POLICIES] == [policy.version for policy in POLICIES.values()] == [CURRENT]
    assert CURRENT == 1


def test_drafts_say_the_same_as_the_policy():
    said = " ".join((criteria.__doc__ or "").split())

    assert DOUBT_DAYS == GRACE_DAYS == 14
    for words in ("two independent established", "14 days after", "annulled"):
        assert words in said
        assert words in policy_text(CURRENT)
