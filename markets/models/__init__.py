"""Questions, their markets, the ledger, forecasts, resolutions and scores."""

from markets.models.candle import Candle, CandleMark, Period, Series
from markets.models.citation import Citation, CitationRole
from markets.models.clarification import Clarification
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
    UNFINISHED,
    Challenge,
    Correction,
    CorrectionDecision,
    Resolution,
    Settlement,
    SettlementState,
    Undone,
    Verdict,
)
from markets.models.resolver import (
    DECIDING,
    FETCHING,
    UNANSWERED,
    Resolver,
    ResolverKind,
    ResolverRun,
    RunOutcome,
)
from markets.models.score import Profit, Score, ScoredSeries, SeriesScore
from markets.models.suggestion import AnswerSuggestion, SuggestionState
from markets.models.tally import EVERYTHING, CalibrationShare, Sample, Tally, TallyMark

__all__ = [
    "DECIDING",
    "EVERYTHING",
    "FETCHING",
    "IN_PAYMENT",
    "RANGED",
    "UNANSWERED",
    "UNDECIDED",
    "UNFINISHED",
    "Account",
    "AccountKind",
    "AnswerSuggestion",
    "ArticleTerms",
    "CalibrationShare",
    "Candle",
    "CandleMark",
    "Challenge",
    "Citation",
    "CitationRole",
    "Clarification",
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
    "Resolver",
    "ResolverKind",
    "ResolverRun",
    "RunOutcome",
    "Sample",
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
    "SuggestionState",
    "Tally",
    "TallyMark",
    "TermFrequency",
    "TimeInForce",
    "Transfer",
    "TransferCode",
    "Undone",
    "Verdict",
    "Withdrawal",
]
