import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.markets.queries.worlds import trade

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def traded(alice, bob, question):
    trade(alice, bob, question)
    return question


def break_the_market():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE markets_market SET volume = volume + 1")


@pytest.mark.parametrize("every", [True, False])
def test_a_sound_market_stands_where_its_fills_lead(traded, capsys, every):
    call_command("replay", *(["--all"] if every else [str(traded.pk)]))

    said = capsys.readouterr().out
    assert "Replayed 2 fills of 1 markets" in said
    assert "Every market stands where its fills lead." in said


def test_differences_are_listed_and_the_exit_code_is_one(traded, capsys):
    break_the_market()

    with pytest.raises(CommandError) as refused:
        call_command("replay", "--all")

    assert refused.value.returncode == 1
    said = capsys.readouterr().out
    assert "1 differences" in said
    assert ["volume", "100000000", "100000001"] in [
        [cell.strip() for cell in line.strip("│").split("│")][2:] for line in said.splitlines()
    ]


@pytest.mark.parametrize("arguments", [(), ("--all", "1"), ("987654321",)])
def test_a_call_that_names_no_market_says_so(traded, arguments):
    with pytest.raises(CommandError) as refused:
        call_command("replay", *arguments)

    assert refused.value.returncode == 2
