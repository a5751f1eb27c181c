"""What readers do on a question: forecast, trade, withdraw, challenge, suggest; and quotes.

Nothing moves credits that the reader has not seen the price of: an order without the mark of a
fresh quote, or a large one, answers with the quote to confirm. The mark only says what was shown,
so forging it harms nobody but the forger.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from markets.core.errors import MarketError
from markets.core.money import format_credits
from markets.models import Fill, Forecast, Market, Order, Question
from markets.queries.portfolio import wallet_of
from markets.services import forecasting, resolution, trading
from markets.web.deeds import order_placed
from markets.web.distributions import stated_words
from markets.web.forms import ChallengeForm, ForecastForm, TradeForm
from markets.web.lookup import question_or_404
from markets.web.previews import Preview, guards, preview_order, preview_stake
from markets.web.range_forms import forecast_form, trade_form
from markets.web.suggestions import SuggestionForm
from markets.web.views.questions import question_page
from markets.web.wording import percent
from users.models import User

REFUSED = 422
CONFLICT = 409
BUSY = 503
_CONFLICTS = frozenset(
    {
        "slippage", "request_key_reused", "market_not_open", "question_not_open",
        "question_answered", "suggestion_waiting", "too_many_suggestions",
    }
)  # fmt: skip
"""Refusals because the world has moved on, not because of what was typed."""


@require_safe
@login_required
def forecast_quote(request: HttpRequest, slug: str) -> HttpResponse:
    asked = question_or_404(request, slug)
    form = forecast_form(asked, request.GET)
    if not form.is_valid():
        return _no_quote(request, form)
    if form.cleaned_data["stake"] is None:
        return render(request, "markets/parts/quote.html", {})
    return _quote(request, asked, form)


@require_safe
@login_required
def trade_quote(request: HttpRequest, slug: str) -> HttpResponse:
    asked = question_or_404(request, slug)
    form = trade_form(asked, request.GET)
    return _quote(request, asked, form) if form.is_valid() else _no_quote(request, form)


@login_required
def forecast(request: HttpRequest, slug: str) -> HttpResponse:
    asked = question_or_404(request, slug)
    if request.method != "POST":
        return redirect("pages:question", slug=asked.slug)
    form = forecast_form(asked, request.POST, auto_id="forecast_%s")
    if not form.is_valid():
        return question_page(request, asked, forecast_form=form, status=REFUSED)
    if form.cleaned_data["stake"] is not None:
        shown = _to_confirm(request, asked, form)
        if shown is not None:
            return question_page(request, asked, forecast_form=form, forecast_confirm=shown)
    try:
        made = forecasting.submit_forecast(
            forecaster=_reader(request),
            question_id=asked.pk,
            **form.said(),
            ends_at=form.ends_at,
            stake=form.cleaned_data["stake"],
            rationale=form.cleaned_data["rationale"],
            request_key=form.cleaned_data["request_key"],
            origin="web",
            now=timezone.now(),
        )
    except MarketError as refusal:
        form.refuse(refusal)
        return question_page(request, asked, forecast_form=form, status=_status(refusal))
    messages.success(request, _forecast_made(made, asked, form.labels))
    return _back_to(asked)


@login_required
def trade(request: HttpRequest, slug: str) -> HttpResponse:
    asked = question_or_404(request, slug)
    if request.method != "POST":
        return redirect("pages:question", slug=asked.slug)
    form = trade_form(asked, request.POST, auto_id="trade_%s")
    if not form.is_valid():
        return question_page(request, asked, trade_form=form, status=REFUSED)
    shown = _to_confirm(request, asked, form)
    if shown is not None:
        return question_page(request, asked, trade_form=form, trade_confirm=shown)
    wanted = form.wanted()
    bounds = guards(wanted, form.cleaned_data["quoted_price"])
    try:
        order = trading.place_order(
            trader=_reader(request),
            market_id=asked.pk,
            claim=wanted.claim,
            side=wanted.side,
            budget=wanted.budget,
            shares=wanted.shares,
            limit=wanted.limit,
            time_in_force=wanted.time_in_force,
            expires_at=wanted.expires_at,
            request_key=form.cleaned_data["request_key"],
            origin="web",
            cost_max=bounds.cost_max,
            shares_min=bounds.shares_min,
        )
    except MarketError as refusal:
        form.refuse(refusal)
        return question_page(request, asked, trade_form=form, status=_status(refusal))
    messages.success(request, order_placed(order, form.claim_words()))
    return _back_to(asked)


@require_POST
@login_required
def withdraw(request: HttpRequest, forecast_id: int) -> HttpResponse:
    made = get_object_or_404(
        Forecast.objects.select_related("question"),
        pk=forecast_id,
        forecaster=_reader(request),
    )
    try:
        forecasting.withdraw_forecast(
            forecast_id=forecast_id, forecaster=_reader(request), now=timezone.now()
        )
    except MarketError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(
            request,
            "Your forecast no longer counts. You can make another. The time that it stood is "
            "still scored.",
        )
    return _back_to(made.question)


@login_required
def challenge(request: HttpRequest, slug: str) -> HttpResponse:
    asked = question_or_404(request, slug)
    if request.method != "POST":
        return redirect("pages:question", slug=asked.slug)
    form = ChallengeForm(request.POST, auto_id="challenge_%s")
    if not form.is_valid():
        return question_page(request, asked, challenge_form=form, status=REFUSED)
    try:
        made = resolution.challenge(
            question_id=asked.pk,
            challenger=_reader(request),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except MarketError as refusal:
        form.add_error("reason", refusal.message)
        return question_page(request, asked, challenge_form=form, status=_status(refusal))
    messages.success(
        request,
        f"Your challenge stands, with a bond of {format_credits(made.bond)} credits. "
        "Editors will look again.",
    )
    return _back_to(asked)


@login_required
def suggest(request: HttpRequest, slug: str) -> HttpResponse:
    """Suggest what came true; it waits for an editor."""
    asked = question_or_404(request, slug)
    if request.method != "POST":
        return redirect("pages:question", slug=asked.slug)
    form = SuggestionForm(asked, request.POST)
    if not form.is_valid():
        return question_page(request, asked, suggestion_form=form, status=REFUSED)
    try:
        form.suggest(suggester=_reader(request), now=timezone.now())
    except MarketError as refusal:
        named = getattr(refusal, "field", None) or ""
        shown = {"value": "answer", "outcome_weights": "answer"}.get(named, named)
        form.add_error(shown if shown in form.fields else None, refusal.message)
        return question_page(request, asked, suggestion_form=form, status=_status(refusal))
    messages.success(request, "Thank you. Your suggestion waits for an editor.")
    return _back_to(asked)


def _to_confirm(
    request: HttpRequest, asked: Question, form: ForecastForm | TradeForm
) -> Preview | None:
    """The preview that the reader has yet to agree to, or None where the order may go ahead.

    An order that cannot be quoted goes ahead too, to be refused by the service in its own words;
    so does a repeat of one that was placed, to be answered as the first was.
    """
    signature = form.signature()
    if form.cleaned_data["confirmed"] == signature:
        return None
    try:
        shown = _preview(request, asked, form)
    except MarketError:
        return None
    is_agreed = form.cleaned_data["quoted_for"] == signature and not shown.is_large
    if is_agreed or not shown.is_affordable:
        return None
    placed = Order.objects.filter(
        trader=_reader(request), request_key=form.cleaned_data["request_key"]
    )
    return None if placed.exists() else shown


def _preview(request: HttpRequest, asked: Question, form: ForecastForm | TradeForm) -> Preview:
    reader = _reader(request)
    wallet = wallet_of(reader.pk)
    if isinstance(form, TradeForm):
        return preview_order(form, trader_id=reader.pk, wallet=wallet)
    market: Market | None = getattr(asked, "market", None)
    return preview_stake(
        form,
        trader_id=reader.pk,
        wallet=wallet,
        probabilities=market.probabilities if market else asked.prior,
    )


def _quote(request: HttpRequest, asked: Question, form: ForecastForm | TradeForm) -> HttpResponse:
    context: dict[str, Any]
    try:
        context = {"preview": _preview(request, asked, form)}
    except MarketError as refusal:
        context = {"refusal": refusal.message}
    return render(request, "markets/parts/quote.html", context)


def _no_quote(request: HttpRequest, form: ForecastForm | TradeForm) -> HttpResponse:
    """Why there is no quote yet; boxes that are still empty need no complaint."""
    sentences = [
        error.messages[0]
        for errors in form.errors.as_data().values()
        for error in errors
        if error.code != "required"
    ]
    return render(
        request, "markets/parts/quote.html", {"refusal": sentences[0] if sentences else ""}
    )


def _forecast_made(made: Forecast, asked: Question, labels: list[str]) -> str:
    said = f"Your forecast of {stated_words(asked.bins, labels, made.probabilities)} counts."
    if made.order is None:
        return said
    fill = made.order.fills.first()
    if fill is None:
        return f"{said} The market already stands there, so nothing was staked."
    likeliest = 0 if len(labels) == 2 else made.probabilities.index(max(made.probabilities))
    before = _probabilities_before(fill)[likeliest]
    return (
        f"{said} The market moved {percent(before)} → {percent(fill.probabilities[likeliest])} "
        f"on {labels[likeliest]}; you paid {format_credits(made.order.cost)}."
    )


def _probabilities_before(fill: Fill) -> list[float]:
    earlier = Fill.objects.filter(market_id=fill.market_id, seq=fill.seq - 1).first()
    return earlier.probabilities if earlier else fill.market.prior


def _status(refusal: MarketError) -> int:
    if refusal.retryable:
        return BUSY
    return CONFLICT if refusal.code in _CONFLICTS else REFUSED


def _reader(request: HttpRequest) -> User:
    """The signed-in user; the views above let nobody else in."""
    if not isinstance(request.user, User):
        raise TypeError("this view needs login_required")
    return request.user


def _back_to(asked: Question) -> HttpResponse:
    response = redirect(reverse("pages:question", args=[asked.slug]))
    response.status_code = 303
    return response
