"""Questions, their markets, the ledger, forecasts, resolutions and scores."""

from markets.models.citation import Citation, CitationRole
from markets.models.forecast import CrowdSnapshot, Forecast, Withdrawal
from markets.models.ledger import Account, AccountKind, Transfer, TransferCode
from markets.models.market import Market
from markets.models.order import Fill, Order, OrderStatus, Origin, Side, TimeInForce
from markets.models.position import Position
from markets.models.question import Outcome, Question, QuestionType, StatusChange
from markets.models.resolution import (
    Challenge,
    Resolution,
    Settlement,
    SettlementState,
    Verdict,
)
from markets.models.score import Score

__all__ = [
    "Account",
    "AccountKind",
    "Challenge",
    "Citation",
    "CitationRole",
    "CrowdSnapshot",
    "Fill",
    "Forecast",
    "Market",
    "Order",
    "OrderStatus",
    "Origin",
    "Outcome",
    "Position",
    "Question",
    "QuestionType",
    "Resolution",
    "Score",
    "Settlement",
    "SettlementState",
    "Side",
    "StatusChange",
    "TimeInForce",
    "Transfer",
    "TransferCode",
    "Verdict",
    "Withdrawal",
]
