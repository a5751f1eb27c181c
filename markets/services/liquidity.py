"""Adding liquidity to a market that is already traded: the house pays in, and no price moves."""

from datetime import datetime

from django.db import transaction

from markets.core.errors import MarketError
from markets.core.lifecycle import QuestionStatus
from markets.core.limits import InvalidLiquidity
from markets.core.liquidity import maker_with
from markets.core.lmsr import Maker
from markets.core.money import MICRO, format_credits
from markets.models import Account, LiquidityChange, Market, Question, TransferCode
from markets.services import idempotency, ledger
from markets.services.authority import require_editor, require_no_stake
from markets.services.locks import lock_accounts, lock_market, lock_question
from markets.services.question_text import SUBSIDY_MAX
from users.models import User

TAKES_LIQUIDITY = frozenset({QuestionStatus.SCHEDULED, QuestionStatus.OPEN, QuestionStatus.HALTED})


class MarketEnded(MarketError):
    """Trading has ended for good, so there is nothing left to add liquidity for."""

    code = "market_ended"


@transaction.atomic
def add_liquidity(
    *, market_id: int, amount: int, editor: User, request_key: str, now: datetime
) -> LiquidityChange:
    """Have the house pay `amount` more into escrow; return the change, or that of the same request.

    Prices and resting orders stay as they are; from here on it takes more to move a price. Whoever
    holds shares would gain by a deeper market to sell them to, so another editor has to do it.

    Raises:
        EditorNeeded, InvalidRequestKey, QuestionNotFound, MarketNotFound, RequestKeyReused,
        ConflictOfInterest, MarketEnded, InvalidLiquidity: and then nothing was written.
    """
    require_editor(editor)
    idempotency.require_request_key(request_key)
    question = lock_question(market_id)
    market = lock_market(market_id)
    earlier = LiquidityChange.objects.filter(market=market, request_key=request_key).first()
    if earlier is not None:
        if earlier.subsidy != amount:
            raise idempotency.reused()
        return earlier

    now = max(now, market.last_fill_at or now)
    require_no_stake(editor, market_id)
    _require_still_traded(question, now)
    _require_within_bounds(market, amount)
    before = Maker.of(market.shares, float(market.liquidity), market.prior)
    return _record(market, maker_with(before, amount), amount, editor, request_key, now)


def _require_still_traded(question: Question, now: datetime) -> None:
    ended = question.closes_at is not None and now >= question.closes_at
    if ended or question.status not in TAKES_LIQUIDITY:
        raise MarketEnded("Trading on this question has ended; liquidity would not help anybody.")


def _require_within_bounds(market: Market, amount: int) -> None:
    room = SUBSIDY_MAX - market.subsidy
    if not MICRO <= amount <= room:
        raise InvalidLiquidity(
            f"Add from 1 to {format_credits(room)} credits: no market's subsidy may be more than "
            f"{format_credits(SUBSIDY_MAX)}."
        )


def _record(
    market: Market, after: Maker, amount: int, editor: User, request_key: str, now: datetime
) -> LiquidityChange:
    """Write the change and move the market and the credits by it."""
    market.liquidity, market.prior = int(after.liquidity), after.prior.tolist()
    market.probabilities = after.prices().tolist()
    market.subsidy += amount
    market.save(update_fields=["liquidity", "prior", "probabilities", "subsidy"])
    change = LiquidityChange.objects.create(
        market=market, seq=market.seq, subsidy=amount, liquidity=market.liquidity,
        prior=market.prior, request_key=request_key, added_by=editor, added_at=now,
    )  # fmt: skip
    house = ledger.house_account(now=now)
    escrow = Account.objects.get(market=market)
    lock_accounts([house.pk, escrow.pk])
    ledger.post(
        ledger.Posting(
            debit=house, credit=escrow, amount=amount, code=TransferCode.SUBSIDY,
            key=f"subsidy:{market.pk}:{change.pk}", market_id=market.pk,
        ),
        now=now,
    )  # fmt: skip
    return change
