"""What a reader has."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from markets.models import Transfer, TransferCode
from markets.queries.portfolio import open_orders_of, positions_of, transfers_of, wallet_of

TRANSFERS_PER_PAGE = 50

REASONS = {
    TransferCode.GRANT: "Grant to start with",
    TransferCode.SUBSIDY: "Subsidy",
    TransferCode.TRADE: "Trade",
    TransferCode.REDEMPTION: "Complete sets redeemed",
    TransferCode.PAYOUT: "Payout",
    TransferCode.REFUND: "Refund",
    TransferCode.CLAWBACK: "Taken back at settlement",
    TransferCode.REMAINDER: "Remainder",
    TransferCode.BOND: "Bond of a challenge",
    TransferCode.REVERSAL: "Reversal",
}


@require_safe
@login_required
def portfolio(request: HttpRequest) -> HttpResponse:
    reader = request.user.pk or 0
    positions = positions_of(reader)
    wallet = wallet_of(reader)
    in_play = [position for position in positions if not position.is_settled]
    context = {
        "wallet": wallet,
        "in_play": in_play,
        "orders": open_orders_of(reader),
        "settled": [position for position in positions if position.is_settled],
        "positions_value": sum(position.value for position in in_play),
        "worth": wallet.balance + sum(position.value for position in in_play),
        "profit": sum(position.profit for position in positions),
    }
    return render(request, "markets/portfolio.html", context)


@require_safe
@login_required
def wallet(request: HttpRequest) -> HttpResponse:
    reader = request.user.pk or 0
    page = Paginator(transfers_of(reader), TRANSFERS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "wallet": wallet_of(reader),
        "page": page,
        "rows": [_transfer_row(transfer, reader) for transfer in page.object_list],
    }
    return render(request, "markets/wallet.html", context)


def _transfer_row(transfer: Transfer, reader: int) -> dict[str, object]:
    """One transfer from the reader's side: what came in is positive."""
    came_in = transfer.credit.owner_id == reader
    return {
        "at": transfer.posted_at,
        "reason": REASONS[TransferCode(transfer.code)],
        "amount": transfer.amount if came_in else -transfer.amount,
        "question": transfer.market.question if transfer.market else None,
    }
