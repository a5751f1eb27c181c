"""What a challenger puts up, and gets back where the editors agree."""

from datetime import datetime

from markets.core.errors import MarketError
from markets.core.money import MICRO
from markets.models import Challenge, Resolution, Transfer, TransferCode
from markets.services import ledger
from markets.services.locks import lock_accounts
from users.models import User

CHALLENGE_BOND = 50 * MICRO


class InsufficientBond(MarketError):
    code = "insufficient_credits"
    field = "bond"


def post_bond(challenger: User, resolution: Resolution, *, now: datetime) -> None:
    """Move the bond from the challenger's wallet to the house; raises `InsufficientBond`."""
    wallet = ledger.open_wallet(trader=challenger, now=now)
    house = ledger.house_account(now=now)
    wallet = lock_accounts([house.pk, wallet.pk])[wallet.pk]
    if wallet.available < CHALLENGE_BOND:
        raise InsufficientBond(
            f"A challenge needs a bond of {CHALLENGE_BOND // MICRO} credits in your wallet."
        )
    ledger.post(
        ledger.Posting(
            debit=wallet, credit=house, amount=CHALLENGE_BOND, code=TransferCode.BOND,
            key=f"bond:{resolution.pk}", market_id=resolution.question_id,
        ),
        now=now,
    )  # fmt: skip


def decide_challenge(resolution: Resolution, *, upheld: bool, now: datetime) -> None:
    """Close the challenge of a version, if there is one; an upheld one gets its bond back."""
    decided = Challenge.objects.filter(resolution=resolution, upheld=None).update(
        upheld=upheld, decided_at=now
    )
    if not (decided and upheld):
        return
    bond = Transfer.objects.select_related("debit", "credit").get(key=f"bond:{resolution.pk}")
    lock_accounts([bond.debit_id, bond.credit_id])
    ledger.post(
        ledger.Posting(
            debit=bond.credit, credit=bond.debit, amount=bond.amount, code=TransferCode.REVERSAL,
            key=f"bond-returned:{resolution.pk}", market_id=bond.market_id, reverses=bond,
        ),
        now=now,
    )  # fmt: skip
