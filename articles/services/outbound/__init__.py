"""The one guarded HTTP client: whatever leaves this site for an address from outside, leaves here.

A name is resolved once, every answer is judged, and the connection is made to the judged address
while the certificate and the Host header keep the name; so a name that changes its mind between
the check and the connection (DNS rebinding) gains nothing. Each redirect is judged anew.
"""

from articles.services.outbound.answers import Fetched
from articles.services.outbound.client import (
    BODY_BYTES_MAX,
    PAGE_TYPES,
    get,
    post_json,
    require_fetchable,
)
from articles.services.outbound.guard import STRICT, Guard, endpoint_guard
from articles.services.outbound.refusals import (
    AddressRefused,
    ContentTypeRefused,
    FetchFailed,
    FetchTimedOut,
    PageUnavailable,
    PortRefused,
    ResponseTooLarge,
    SchemeRefused,
    TooManyRedirects,
)

__all__ = [
    "BODY_BYTES_MAX",
    "PAGE_TYPES",
    "STRICT",
    "AddressRefused",
    "ContentTypeRefused",
    "FetchFailed",
    "FetchTimedOut",
    "Fetched",
    "Guard",
    "PageUnavailable",
    "PortRefused",
    "ResponseTooLarge",
    "SchemeRefused",
    "TooManyRedirects",
    "endpoint_guard",
    "get",
    "post_json",
    "require_fetchable",
]
