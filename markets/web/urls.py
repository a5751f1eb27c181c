"""The addresses of the pages for forecasters."""

from django.urls import path

from markets.web.views import front, news, orders, people, questions, scores, tickets

app_name = "pages"

urlpatterns = [
    path("", front.home, name="home"),
    path("about/", front.about, name="about"),
    path("questions/", questions.question_list, name="questions"),
    path("questions/<slug:slug>/", questions.question, name="question"),
    path("questions/<slug:slug>/odds/", questions.question_odds, name="odds"),
    path("questions/<slug:slug>/history.json", questions.question_history, name="history"),
    path("questions/<slug:slug>/history.csv", questions.question_history_csv, name="history_csv"),
    path("questions/<slug:slug>/scores/", scores.question_scores, name="scores"),
    path("questions/<slug:slug>/scores/<slug:name>/", scores.question_score, name="score"),
    path(
        "questions/<slug:slug>/series/<slug:series>/", scores.question_series, name="series_score"
    ),
    path("questions/<slug:slug>/forecast/", tickets.forecast, name="forecast"),
    path("questions/<slug:slug>/forecast/quote/", tickets.forecast_quote, name="forecast_quote"),
    path("questions/<slug:slug>/trade/", tickets.trade, name="trade"),
    path("questions/<slug:slug>/trade/quote/", tickets.trade_quote, name="trade_quote"),
    path("questions/<slug:slug>/book/", orders.question_book, name="book"),
    path("questions/<slug:slug>/challenge/", tickets.challenge, name="challenge"),
    path("forecasts/<int:forecast_id>/withdraw/", tickets.withdraw, name="withdraw"),
    path("orders/<int:order_id>/cancel/", orders.cancel, name="cancel_order"),
    path("orders/cancel-all/", orders.cancel_all, name="cancel_orders"),
    path("news/", news.news, name="news"),
    path("articles/<int:article_id>/", news.article, name="article"),
    path("portfolio/", people.portfolio, name="portfolio"),
    path("wallet/", people.wallet, name="wallet"),
    path("leaderboard/", people.leaderboard, name="leaderboard"),
]
