"""Articles and what was drafted from them."""

from articles.models.article import Article, ArticleVersion
from articles.models.draft import Draft
from articles.models.source import Source

__all__ = ["Article", "ArticleVersion", "Draft", "Source"]
