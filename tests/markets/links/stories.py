"""A bridge that is asked about, and articles that have to do with it, or seem to."""

import hashlib
from datetime import datetime

from articles.models import Article, ArticleVersion

ASKED = {
    "title": "Will the Lark Bridge open to traffic by 2 December 2026?",
    "resolution_criteria": (
        "YES if cars may cross the Lark Bridge over the Marrow, according to the road authority; "
        "otherwise NO."
    ),
}
ELSEWHERE = {
    "title": "Will annual inflation in Kenya exceed 5% in November 2026?",
    "resolution_criteria": "YES if the statistics office reports more than 5.0%; otherwise NO.",
}

QUOTE = "The Lark Bridge over the Marrow will open to traffic in ten days, the road authority said."
NEWS = f"The mayor was late. {QUOTE} Its ferry is for sale."
TOLD = "The Lark Bridge was opened to traffic on 24 November."
DONE = f"It rained all morning. {TOLD} Cars crossed the Marrow all day long."
OTHER = "A museum in the hills shows old clocks. Most of them still run. Entry is free."


def tell(
    text: str, at: datetime, *, title: str = "From the river", language: str = "en"
) -> Article:
    """Store an article with one version."""
    article = Article.objects.create(
        title=title, published_at=at, published_precision="instant", published_origin="editor",
        added_at=at, language=language,
    )  # fmt: skip
    add_version(article, text, at)
    return article


def add_version(article: Article, text: str, at: datetime) -> ArticleVersion:
    return ArticleVersion.objects.create(
        article=article, number=article.versions.count() + 1, text=text, captured_at=at,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
    )  # fmt: skip
