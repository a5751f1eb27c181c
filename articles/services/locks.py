"""The locks of this app: articles are stored one after the other and changed one by one, and a
language model is asked one thing at a time.
"""

from typing import Final

from django.db import connection

from articles.core.errors import ArticleError
from articles.models import Article

STORING: Final = 0x6F64_6B01  # any number that nothing else in this database locks
ASKING: Final = 0x6F64_6B05


class ArticleNotFound(ArticleError):
    code = "article_not_found"
    field = "article"


def lock_storing() -> None:
    """Wait for whoever stores an article now, and keep others out until the transaction ends.

    Whether a text or an address is there already can only be asked under this lock. Reading and
    fetching happen before it; what is left takes some thirty milliseconds.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [STORING])


def is_asking_free() -> bool:
    """Whether nobody else chooses what the language model is asked next; if so, nobody else will
    until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ASKING])
        (is_free,) = cursor.fetchone()
    return bool(is_free)


def locked_article(article_id: int) -> Article:
    """The article, kept from others until the transaction ends. Raises ArticleNotFound."""
    article = Article.objects.select_for_update().filter(pk=article_id).first()
    if article is None:
        raise ArticleNotFound("There is no such article.")
    return article
