import pytest
from django.core.management import CommandError, call_command

from markets.models import Score, SeriesScore
from tests.markets.decided import amend, decide, decide_and_score, lively

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def decided(question, alice, bob, charlie, eve):
    lively(question, alice, bob, charlie)
    return decide_and_score(question, eve)


def peers():
    return dict(Score.objects.values_list("forecaster__name", "peer"))


@pytest.mark.parametrize("every", [True, False])
def test_stored_scores_are_computed_anew(decided, question, capsys, every):
    before = peers()
    Score.objects.update(peer=17.0)
    SeriesScore.objects.all().delete()

    for _ in range(2):
        call_command("score", *(["--all"] if every else ["--question", str(question.pk)]))

    assert peers() == before
    assert SeriesScore.objects.count() == 7
    said = capsys.readouterr().out
    assert "Scored 1 questions anew, 3 forecasters" in said
    (row,) = {line for line in said.splitlines() if "Will the corridor open" in line}
    assert [cell.strip() for cell in row.split("│")][3:6] == ["3", "7", "2"]


@pytest.mark.parametrize("arguments", [(), ("--all", "--question", "1"), ("--question", "987654")])
def test_a_call_that_names_no_scored_question_says_so(decided, arguments):
    with pytest.raises(CommandError) as refused:
        call_command("score", *arguments)

    assert refused.value.returncode == 2


def test_what_was_corrected_is_left_to_the_workers(decided, question, capsys):
    amend(question, decided, is_done=False, outcome_weights=[0, 1])
    before = peers()

    call_command("score", "--all")

    assert peers() == before
    assert "Scored 0 questions anew" in capsys.readouterr().out


def test_a_question_that_is_not_scored_yet_is_named(question, alice, bob, charlie, eve):
    lively(question, alice, bob, charlie)
    decide(question, eve)

    with pytest.raises(CommandError, match="Nothing is scored on question"):
        call_command("score", "--question", str(question.pk))
