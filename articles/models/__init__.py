"""Articles and what was drafted from them."""

from articles.models.article import (
    Article,
    ArticleVersion,
    DatePrecision,
    Quality,
    Story,
    StorySketch,
)
from articles.models.consultation import Consultation, ConsultationState
from articles.models.draft import Draft, DraftFate, DraftType
from articles.models.feed import Feed, FeedEntry
from articles.models.source import Source

__all__ = [
    "Article",
    "ArticleVersion",
    "Consultation",
    "ConsultationState",
    "DatePrecision",
    "Draft",
    "DraftFate",
    "DraftType",
    "Feed",
    "FeedEntry",
    "Quality",
    "Source",
    "Story",
    "StorySketch",
]
