"""Questions, their markets, the ledger, forecasts, resolutions and scores."""

from markets.models.candle import Candle, CandleMark, Period, Series
from markets.models.citation import Citation, CitationRole
from markets.models.feature import Feature
from markets.models.forecast import CrowdSnapshot, Forecast, StandingForecast, Withdrawal
from markets.models.ledger import Account, AccountKind, Transfer, TransferCode
from markets.models.link import (
    UNDECIDED,
    ArticleTerms,
    LinkKind,
    LinkState,
    LinkSuggestion,
    Mirror,
    TermFrequency,
)
from markets.models.market import LiquidityChange, Market
from markets.models.order import EndReason, Fill, Order, OrderStatus, Origin, Side, TimeInForce
from markets.models.override import LintOverride
from markets.models.position import Position
from markets.models.question import RANGED, Outcome, Question, QuestionType, Scale, StatusChange
from markets.models.resolution import (
    IN_PAYMENT,
    Challenge,
    Correction,
    CorrectionDecision,
    Resolution,
    Settlement,
    SettlementState,
    Undone,
    Verdict,
)
from markets.models.score import Profit, Score, ScoredSeries, SeriesScore

__all__ = [
    "IN_PAYMENT",
    "RANGED",
    "UNDECIDED",
    "Account",
    "AccountKind",
    "ArticleTerms",
    "Candle",
    "CandleMark",
    "Challenge",
    "Citation",
    "CitationRole",
    "Correction",
    "CorrectionDecision",
    "CrowdSnapshot",
    "EndReason",
    "Feature",
    "Fill",
    "Forecast",
    "LinkKind",
    "LinkState",
    "LinkSuggestion",
    "LintOverride",
    "LiquidityChange",
    "Market",
    "Mirror",
    "Order",
    "OrderStatus",
    "Origin",
    "Outcome",
    "Period",
    "Position",
    "Profit",
    "Question",
    "QuestionType",
    "Resolution",
    "Scale",
    "Score",
    "ScoredSeries",
    "Series",
    "SeriesScore",
    "Settlement",
    "SettlementState",
    "Side",
    "StandingForecast",
    "StatusChange",
    "TermFrequency",
    "TimeInForce",
    "Transfer",
    "TransferCode",
    "Undone",
    "Verdict",
    "Withdrawal",
]
