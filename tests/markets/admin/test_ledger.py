import pytest
from django.db import connection
from django.urls import reverse

from markets.models import Account

pytestmark = pytest.mark.django_db

AUDIT = reverse("admin:markets_account_audit")
TRANSFERS = reverse("admin:markets_transfer_changelist")


def test_a_transfer_names_who_paid_whom(as_eve, alice, question, buy):
    buy(alice, question, (0,), 50)

    listed = as_eve.get(TRANSFERS).context["cl"]

    desk = listed.model_admin
    escrow = "escrow of “Will the corridor open by 2 December 2026?”"
    assert [
        (row.code, desk.paid_by(row), desk.paid_to(row), desk.sum(row))
        for row in listed.result_list
    ] == [
        ("trade", "alice", escrow, "50.00"),
        ("grant", "the house", "alice", "1,000.00"),
        ("subsidy", "the house", escrow, "500.00"),
    ]


def test_books_that_add_up_are_said_to_be_clean(as_eve, alice, question, buy):
    buy(alice, question, (0,), 50)

    answer = as_eve.get(AUDIT)

    assert answer.context["findings"] == []
    assert "Clean." in answer.content.decode()


def test_books_that_do_not_add_up_are_found(as_eve, alice, question, buy):
    buy(alice, question, (0,), 50)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE markets_account SET balance = balance + 1 WHERE owner_id = %s", [alice.pk]
        )

    answer = as_eve.get(AUDIT)

    wallet = Account.objects.get(owner=alice)
    sentence = f"the balance of account {wallet.pk} is 950.000001, but its transfers add up to 950"
    assert sentence in [finding.sentence for finding in answer.context["findings"]]
    assert sentence in answer.content.decode()


def test_charlie_sees_neither_transfers_nor_audit(as_charlie):
    for address in (TRANSFERS, AUDIT):
        assert as_charlie.get(address)["Location"].startswith("/admin/login/")
