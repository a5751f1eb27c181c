import importlib
import pkgutil
import re

import markets.core
from markets.core.errors import MarketError


def every_refusal() -> list[type[MarketError]]:
    for module in pkgutil.iter_modules(markets.core.__path__, "markets.core."):
        importlib.import_module(module.name)
    return [
        kind for kind in MarketError.__subclasses__() if kind.__module__.startswith("markets.core")
    ]


def test_every_refusal_has_its_own_snake_case_code():
    codes = [refusal.code for refusal in every_refusal()]

    assert len(codes) >= 10
    assert len(set(codes)) == len(codes)
    assert "market_error" not in codes
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)


def test_a_refusal_carries_its_sentence_and_is_final_unless_it_says_so():
    refusal = MarketError("Wait for the market to open.")

    assert str(refusal) == refusal.message == "Wait for the market to open."
    assert refusal.field is None
    assert refusal.retryable is False
