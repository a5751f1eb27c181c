"""Why something was not fetched, or not sent."""

from articles.core.errors import ArticleError


class AddressRefused(ArticleError):
    """The host is, or leads to, an address that is not on the public internet."""

    code = "address_refused"
    field = "url"


class SchemeRefused(ArticleError):
    """The address is not http or https, or carries a user name."""

    code = "scheme_refused"
    field = "url"


class PortRefused(ArticleError):
    """The address names a port on which no site for readers answers."""

    code = "port_refused"
    field = "url"


class TooManyRedirects(ArticleError):
    """The page sends its readers on more often than we follow."""

    code = "too_many_redirects"
    field = "url"


class ResponseTooLarge(ArticleError):
    """The page is larger than an article may be, or unpacks to something that is."""

    code = "response_too_large"
    field = "url"


class ContentTypeRefused(ArticleError):
    """What answers is no page: an image, a document, a program."""

    code = "content_type_refused"
    field = "url"


class FetchTimedOut(ArticleError):
    """The site did not answer in time."""

    code = "fetch_timed_out"
    field = "url"
    retryable = True


class Unanswered(Exception):
    """The site did not give the page; status is what it said instead, or 0 if it said nothing."""

    def __init__(self, sentence: str, *, status: int = 0, retry_after: str = "") -> None:
        self.status = status
        self.retry_after = retry_after
        super().__init__(sentence)


class FetchFailed(Unanswered, ArticleError):
    """The site could not be reached, or broke off, or says: later."""

    code = "fetch_failed"
    field = "url"
    retryable = True


class PageUnavailable(Unanswered, ArticleError):
    """The site answered that it has no such page, or not for us."""

    code = "page_unavailable"
    field = "url"
