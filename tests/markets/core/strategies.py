"""What the property tests draw from: the ranges that the market promises to be exact in."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from markets.core.lmsr import shares_to_price

CREDIT = 1_000_000

property_test = settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow]
)

liquidities = st.one_of(
    st.sampled_from([1e6, 1e8, 1e12, 1e15]),
    st.floats(6, 15).map(lambda exponent: 10.0**exponent),
)
"""One credit to a thousand million credits, in microcredits, evenly by order of magnitude."""

claim_prices = st.one_of(st.sampled_from([0.001, 0.5, 0.999]), st.floats(0.001, 0.999))


def distributions(outcome_count: int, least: float = 0.001):
    """Probabilities of n outcomes, each at least `least`."""
    parts = st.lists(st.integers(0, 10**6), min_size=outcome_count, max_size=outcome_count)

    def fill(values: list[int]) -> list[float]:
        room, total = 1 - outcome_count * least, sum(values)
        if total == 0:
            return [1 / outcome_count] * outcome_count
        return [least + room * value / total for value in values]

    return parts.map(fill)


@st.composite
def trades(draw, shares_max: int = 1_000_000 * CREDIT):
    """(price, microshares, liquidity) with price and price after in range; negative is a sale."""
    price, liquidity = draw(claim_prices), draw(liquidities)
    allowed = shares_to_price(price, draw(claim_prices), liquidity)
    size = min(abs(allowed), shares_max)
    shares = int(size * draw(st.one_of(st.just(1.0), st.floats(-12, 0).map(lambda e: 10.0**e))))
    return price, (shares if allowed > 0 else -shares), liquidity
