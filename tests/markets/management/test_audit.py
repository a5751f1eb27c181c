import pytest
from django.core.management import CommandError, call_command
from django.db import connection

pytestmark = pytest.mark.django_db


def test_a_clean_ledger_says_so(question, capsys):
    call_command("audit")

    assert "rules of the ledger hold" in capsys.readouterr().out


def test_findings_are_listed_and_the_exit_code_is_one(question, capsys):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE markets_account SET balance = balance + 1 WHERE kind = 'escrow'")

    with pytest.raises(CommandError) as refused:
        call_command("audit")

    assert refused.value.returncode == 1
    assert "balances" in capsys.readouterr().out
