"""How the market says no.

Every refusal is a child of `MarketError`, defined beside the function that raises it. Its `code`
never changes once published, because programs branch on it; its message is one sentence that tells
a person what to do instead.
"""

from typing import ClassVar


class MarketError(Exception):
    """A request that the rules of the market do not allow.

    `code` is the stable snake_case name; `field` names the offending input when there is one;
    `retryable` says whether the very same request may succeed a moment later.
    """

    code: ClassVar[str] = "market_error"
    field: str | None = None
    retryable: ClassVar[bool] = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
