"""The editors' desk for articles, their drafts, and the feeds that bring them."""

from articles.admin import articles, drafts, feeds, sources

__all__ = ["articles", "drafts", "feeds", "sources"]
