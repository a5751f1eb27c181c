"""Moving credits: accounts are opened here, and nothing moves without a transfer."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from markets.core.money import GRANT
from markets.models import Account, AccountKind, Market, Transfer, TransferCode
from markets.services.locks import lock_accounts
from users.models import User


@dataclass(frozen=True, kw_only=True)
class Posting:
    """One movement to be made: `amount` microcredits from the debit to the credit account."""

    debit: Account
    credit: Account
    amount: int
    code: TransferCode
    key: str
    market_id: int | None = None
    reverses: Transfer | None = None


def house_account(*, now: datetime) -> Account:
    account, _ = Account.objects.get_or_create(kind=AccountKind.HOUSE, defaults={"opened_at": now})
    return account


def open_wallet(*, trader: User, now: datetime) -> Account:
    """Return the trader's wallet, opened with its grant the first time that one is needed."""
    wallet = Account.objects.filter(owner=trader).first()
    if wallet is not None:
        return wallet
    with transaction.atomic():
        house = house_account(now=now)  # first, so that its id is the lowest and its lock the first
        wallet, is_new = Account.objects.get_or_create(
            owner=trader, defaults={"kind": AccountKind.WALLET, "opened_at": now}
        )
        if is_new:
            lock_accounts([house.pk, wallet.pk])
            grant = Posting(
                debit=house, credit=wallet, amount=GRANT, code=TransferCode.GRANT,
                key=f"grant:{trader.pk}",
            )  # fmt: skip
            post(grant, now=now)
    return wallet


def open_escrow(*, market: Market, now: datetime) -> Account:
    """Open a market's escrow and have the house pay the subsidy into it."""
    house = house_account(now=now)
    escrow = Account.objects.create(kind=AccountKind.ESCROW, market=market, opened_at=now)
    lock_accounts([house.pk, escrow.pk])
    post(
        Posting(
            debit=house, credit=escrow, amount=market.subsidy, code=TransferCode.SUBSIDY,
            key=f"subsidy:{market.pk}", market_id=market.pk,
        ),
        now=now,
    )  # fmt: skip
    return escrow


def post(*postings: Posting, now: datetime) -> None:
    """Record transfers and move the balances of accounts that the caller has locked.

    Balances change by what the whole call adds up to, so that a wallet may pay from what it
    receives in the same breath; the database refuses what would overdraw it. However many
    postings there are, they take two statements.
    """
    if not postings:
        return
    changes: dict[int, int] = {}
    for each in postings:
        changes[each.debit.pk] = changes.get(each.debit.pk, 0) - each.amount
        changes[each.credit.pk] = changes.get(each.credit.pk, 0) + each.amount
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [list(changes), list(changes.values())])
    Transfer.objects.bulk_create(
        Transfer(
            debit=each.debit, credit=each.credit, amount=each.amount, code=each.code,
            market_id=each.market_id, key=each.key, reverses=each.reverses, posted_at=now,
        )
        for each in postings
    )  # fmt: skip


_MOVE = """
UPDATE markets_account AS account
SET balance = account.balance + moved.amount
FROM unnest(%s::bigint[], %s::bigint[]) AS moved (id, amount)
WHERE account.id = moved.id
"""
