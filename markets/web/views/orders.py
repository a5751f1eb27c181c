"""The order book of a question, and what a reader does with orders that rest: cancel them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from markets.core.errors import MarketError
from markets.models import Order, Question
from markets.queries.portfolio import open_orders_of, wallet_of
from markets.services import trading
from markets.web.books import book_panel
from markets.web.deeds import order_cancelled, orders_cancelled
from markets.web.lookup import question_or_404
from users.models import User

BOOK_MOVED = "book-moved"
"""What a page hears when its reader has changed the book."""


@require_safe
def question_book(request: HttpRequest, slug: str) -> HttpResponse:
    """The order book alone, for a page that asks again; 204 while it is the one it shows."""
    asked = question_or_404(request, slug)
    now = timezone.now()
    panel = book_panel(asked, chosen=request.GET.get("book", ""), now=now)
    if panel is None:
        raise Http404
    if request.GET.get("seen") == panel.seen:
        return HttpResponse(status=204)
    context = {"question": asked, "book": panel, "takes_trades": True}
    return render(request, "markets/parts/book.html", context)


@require_POST
@login_required
def cancel(request: HttpRequest, order_id: int) -> HttpResponse:
    """End one of the reader's orders; one that has ended already stays as it is."""
    reader = _reader(request)
    order = Order.objects.filter(pk=order_id, trader=reader).select_related("market").first()
    if order is None:
        raise Http404
    try:
        ended = trading.cancel_order(trader=reader, order_id=order_id)
        said, is_refused = order_cancelled(ended), False
    except MarketError as refusal:
        said, is_refused = refusal.message, True
    return _answer(request, reader, said, market_id=order.market_id, is_refused=is_refused)


@require_POST
@login_required
def cancel_all(request: HttpRequest) -> HttpResponse:
    """End all of the reader's orders, on one question or everywhere."""
    reader = _reader(request)
    slug = request.POST.get("question", "")
    market_id = question_or_404(request, slug).pk if slug else None
    try:
        count = trading.cancel_all(trader=reader, market_id=market_id)
        said, is_refused = orders_cancelled(count), False
    except MarketError as refusal:
        said, is_refused = refusal.message, True
    return _answer(request, reader, said, market_id=market_id, is_refused=is_refused)


def _answer(
    request: HttpRequest, reader: User, said: str, *, market_id: int | None, is_refused: bool
) -> HttpResponse:
    """The reader's orders anew for a page that asked from within; else back to where it began."""
    if request.headers.get("HX-Request") and market_id is not None:
        context = {
            "question": Question.objects.get(pk=market_id),
            "my_orders": open_orders_of(reader.pk, market_id),
            "wallet": wallet_of(reader.pk),
            "said": said,
            "is_refused": is_refused,
        }
        response = render(request, "markets/parts/my_orders_answer.html", context)
        response.headers["HX-Trigger"] = BOOK_MOVED
        return response
    (messages.error if is_refused else messages.success)(request, said)
    if request.POST.get("back") == "portfolio" or market_id is None:
        address = reverse("pages:portfolio")
    else:
        slug = Question.objects.values_list("slug", flat=True).get(pk=market_id)
        address = reverse("pages:question", args=[slug])
    response = redirect(address)
    response.status_code = 303
    return response


def _reader(request: HttpRequest) -> User:
    """The signed-in user; the views above let nobody else in."""
    if not isinstance(request.user, User):
        raise TypeError("this view needs login_required")
    return request.user
