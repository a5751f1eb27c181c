"""The editors' desk for questions, their markets and the ledger."""

from markets.admin import (
    articles,
    ledger,
    links,
    questions,
    records,
    resolvers,
    settling,
    suggestions,
)

__all__ = [
    "articles",
    "ledger",
    "links",
    "questions",
    "records",
    "resolvers",
    "settling",
    "suggestions",
]
