"""The editors' desk for questions, their markets and the ledger."""

from markets.admin import articles, ledger, questions, records

__all__ = ["articles", "ledger", "questions", "records"]
