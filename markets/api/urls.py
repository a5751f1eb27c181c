"""`/api/v1/`: no address ends in a slash."""

from django.urls import path, re_path

from markets.api.calls import NothingHere
from markets.api.views import (
    articles,
    book,
    history,
    impact,
    lint,
    people,
    questions,
    reference,
    resolutions,
    scores,
    similar,
    trading,
)

app_name = "api"

_V1 = [
    ("questions", questions.QuestionsView, "questions"),
    ("questions/lint", lint.LintView, "lint"),
    ("questions/<slug:question>", questions.QuestionView, "question"),
    ("questions/<slug:question>/odds", questions.OddsView, "odds"),
    ("questions/<slug:question>/history", history.HistoryView, "history"),
    ("questions/<slug:question>/candles", history.CandlesView, "candles"),
    ("questions/<slug:question>/fills", history.FillsView, "fills"),
    ("questions/<slug:question>/quote", book.QuoteView, "quote"),
    ("questions/<slug:question>/orderbook", book.OrderBookView, "orderbook"),
    ("questions/<slug:question>/impact", impact.ArticlesThatMovedView, "impact"),
    ("questions/<slug:question>/resolutions", resolutions.ResolutionsView, "resolutions"),
    (
        "questions/<slug:question>/resolutions/<int:version>/confirm",
        resolutions.ConfirmView,
        "confirm",
    ),
    (
        "questions/<slug:question>/resolutions/<int:version>/decline",
        resolutions.DeclineView,
        "decline",
    ),
    ("questions/<slug:question>/annul", resolutions.AnnulView, "annul"),
    ("questions/<slug:question>/challenge", resolutions.ChallengeView, "challenge"),
    ("questions/<slug:question>/similar", similar.SimilarQuestionsView, "similar"),
    ("questions/<slug:question>/scores", scores.ScoresView, "scores"),
    ("questions/<slug:question>/scores/<slug:forecaster>", scores.ScoreView, "score"),
    ("questions/<slug:question>/series/<slug:series>", scores.SeriesScoreView, "series_score"),
    ("orders", trading.OrdersView, "orders"),
    ("orders/batch", trading.OrderBatchView, "order_batch"),
    ("orders/cancel-all", trading.CancelAllView, "cancel_all"),
    ("orders/<int:order>", trading.OrderView, "order"),
    ("forecasts", trading.ForecastsView, "forecasts"),
    ("forecasts/<int:forecast>", trading.ForecastView, "forecast"),
    ("me", people.MeView, "me"),
    ("me/wallet", people.WalletView, "wallet"),
    ("me/transfers", people.TransfersView, "transfers"),
    ("me/positions", people.PositionsView, "positions"),
    ("articles", articles.ArticlesView, "articles"),
    ("articles/<int:article>", articles.ArticleView, "article"),
    ("articles/<int:article>/impact", impact.QuestionsMovedView, "article_impact"),
    ("leaderboards", people.LeaderboardsView, "leaderboards"),
    ("schema", reference.SchemaView, "schema"),
    ("docs", reference.DocsView, "docs"),
]

urlpatterns = [
    *(path(f"v1/{route}", view.as_view(), name=name) for route, view, name in _V1),
    re_path(r"", NothingHere.as_view()),
]
