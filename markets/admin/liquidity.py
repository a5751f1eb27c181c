"""Adding liquidity to a market: what it buys is shown first, then the house pays."""

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from markets.admin.answer_words import labels_of
from markets.admin.fields import SUBSIDY_MAX, CreditsField
from markets.admin.pages import (
    bound,
    done,
    elsewhere,
    question_or_404,
    question_page,
    question_url,
)
from markets.admin.previews import percent
from markets.core.errors import MarketError
from markets.core.limits import PRICE_MAX
from markets.core.liquidity import maker_with
from markets.core.lmsr import Maker, price_after_budget
from markets.core.money import MICRO, format_amount, format_credits
from markets.models import Account, AccountKind, Market
from markets.services.liquidity import add_liquidity
from users.desk import DeskAdmin, editor_of, refusals_beside, status_of
from users.desk_fields import text_input

BUYS = (10, 100)
OUTCOMES_SHOWN = 12


class LiquidityForm(forms.Form):
    """How much the house adds; its key makes a second click on the button the same request."""

    amount = CreditsField(
        label="Credits to add",
        widget=text_input(autofocus=True, inputmode="decimal", autocomplete="off"),
        help_text="The house pays them into the escrow; what is left returns at settlement.",
    )
    request_key = forms.CharField(max_length=80, widget=forms.HiddenInput)


@dataclass(frozen=True)
class Move:
    """An outcome's price now, and after buys of `BUYS` credits: (as it is, with the addition)."""

    label: str
    now: str
    after: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class LiquidityPreview:
    """What an amount buys: how much deeper the market gets, and how much less a price moves."""

    amount: str
    times: str
    facts: tuple[tuple[str, str, str], ...]
    buys: tuple[int, ...]
    moves: tuple[Move, ...]
    more_count: int


def add(desk: DeskAdmin, request: HttpRequest, question_id: int) -> HttpResponse:
    """Choose an amount, see what it buys, then add it.

    Liquidity is only added by a post that names the very amount whose effect was on the page that
    it came from.
    """
    question = question_or_404(question_id)
    other = elsewhere(request, question, "liquidity")
    if other is not None:
        return other
    market = getattr(question, "market", None)
    form = LiquidityForm(bound(request), initial=_initial(market))
    amount, preview = _amount(form), None
    if form.is_bound and amount is not None and request.POST.get("seen") == str(amount):
        with refusals_beside(form, MarketError, field_of={"liquidity": "amount"}):
            add_liquidity(
                market_id=question_id, amount=amount, editor=editor_of(request),
                request_key=form.cleaned_data["request_key"], now=timezone.now(),
            )  # fmt: skip
            return done(request, question, f"Added {format_credits(amount)} credits of liquidity.")
    if amount is not None and market is not None:
        with refusals_beside(form, MarketError, field_of={"liquidity": "amount"}):
            preview = liquidity_preview(market, labels_of(question), amount)
    return question_page(
        desk,
        request,
        question,
        "liquidity",
        status=status_of(form),
        form=form,
        preview=preview,
        seen="" if preview is None else amount,
        house_balance=_house_balance(),
        leave_url=question_url(question),
    )


def liquidity_preview(market: Market, labels: list[str], amount: int) -> LiquidityPreview:
    """What `amount` microcredits would buy now; raises `InvalidLiquidity`."""
    before = Maker.of(market.shares, float(market.liquidity), market.prior)
    after = maker_with(before, amount)
    prices = before.prices().tolist()
    ranked = sorted(range(len(prices)), key=lambda outcome: -prices[outcome])
    shown = sorted(ranked[:OUTCOMES_SHOWN])
    return LiquidityPreview(
        amount=format_credits(amount),
        times=f"{after.liquidity / before.liquidity:.2f}".rstrip("0").rstrip("."),
        facts=(
            _fact("Liquidity b", market.liquidity, int(after.liquidity)),
            _fact("Subsidy", market.subsidy, market.subsidy + amount),
            _fact("In escrow", market.escrow.balance, market.escrow.balance + amount),
        ),
        buys=BUYS,
        moves=tuple(_move(labels[each], prices[each], before, after) for each in shown),
        more_count=len(prices) - len(shown),
    )


def _fact(name: str, now: int, then: int) -> tuple[str, str, str]:
    return name, format_credits(now), format_credits(then)


def _move(label: str, price: float, before: Maker, after: Maker) -> Move:
    def moved(buy: int, maker: Maker) -> str:
        return percent(min(PRICE_MAX, price_after_budget(price, buy * MICRO, maker.liquidity)))

    return Move(
        label, percent(price), tuple((moved(buy, before), moved(buy, after)) for buy in BUYS)
    )


def _initial(market: Market | None) -> dict[str, Any]:
    """As much again as the house has put in, where there is room for it."""
    key = str(uuid.uuid4())
    if market is None:
        return {"request_key": key}
    again = max(MICRO, min(market.subsidy, SUBSIDY_MAX - market.subsidy))
    return {"request_key": key, "amount": format_amount(again)}


def _amount(form: LiquidityForm) -> int | None:
    """The amount that was posted, or that is proposed; None where it is none."""
    if not form.is_bound:
        proposed = form.initial.get("amount")
        return None if proposed is None else int(form.fields["amount"].clean(proposed))
    return form.cleaned_data["amount"] if form.is_valid() else None


def _house_balance() -> str:
    house = Account.objects.filter(kind=AccountKind.HOUSE).aggregate(balance=Sum("balance"))
    return format_credits(house["balance"] or 0)
