"""Refusals that have to do with articles. Each carries a stable code for programs."""

from typing import ClassVar


class ArticleError(Exception):
    """Why a request about an article is refused; the message tells the person what to do."""

    code: ClassVar[str] = "article_error"
    field: ClassVar[str | None] = None
    retryable: ClassVar[bool] = False


class TextEmpty(ArticleError):
    """The text holds nothing that can be read."""

    code = "text_empty"
    field = "text"


class TextTooLong(ArticleError):
    """The text is longer than an article may be."""

    code = "text_too_long"
    field = "text"


class TextHasNul(ArticleError):
    """The text holds a NUL character: it is a binary file, or was cut out of one."""

    code = "text_has_nul"
    field = "text"


class TextNotUnicode(ArticleError):
    """The text holds half of a character, which no encoding can store."""

    code = "text_not_unicode"
    field = "text"


class UrlInvalid(ArticleError):
    """The address is not one of a page on the web."""

    code = "url_invalid"
    field = "url"


class InstantInvalid(ArticleError):
    """The instant has no time zone, or lies in a year that no article is from."""

    code = "instant_invalid"
    field = "published_at"
