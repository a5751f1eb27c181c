"""The editors' desk for articles and their drafts."""

from articles.admin import articles, drafts, sources

__all__ = ["articles", "drafts", "sources"]
