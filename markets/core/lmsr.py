"""The market maker: Hanson's logarithmic market scoring rule, started from a prior.

The maker has sold q = (q₁ … qₙ) shares and quotes every price from one convex function of q:

    C(q) = b · ln Σᵢ πᵢ e^(qᵢ/b)                   what all traders together have paid so far
    pᵢ   = ∂C/∂qᵢ = πᵢ e^(qᵢ/b) / Σⱼ πⱼ e^(qⱼ/b)    the price, which is a probability

A trade Δ costs C(q+Δ) − C(q), whatever route leads from one to the other. With π the editor's prior
(positive, summing to one) C(0) = 0 and the first price of every outcome is its prior. The liquidity
b sets how many shares it takes to move a price; the most that the maker can lose is
b · ln(1/min π), which the house pays in beforehand as the subsidy.

How the formulas below follow. Let a claim A stand at price P and let Δ shares of it be sold. Every
term of the sum inside A grows by e^(Δ/b), so the whole sum grows by the factor

    1 − P + P·e^(Δ/b) = 1 + P·(e^(Δ/b) − 1),

whose logarithm times b is the cost. Solving for Δ gives the shares for a budget. The odds of A grow
by e^(Δ/b) as well, which gives the shares that move a price; and since 1 − P shrinks by the factor
that the sum grows by, a budget m leaves 1 − P* = (1 − P)·e^(−m/b).

Units: shares in microshares, money and liquidity in microcredits, all as floats; `money` rounds
them. Prices only depend on differences between the qᵢ, which are taken in integers first, so a
market may grow without limit and lose no digit. Nothing here ever subtracts one value of C from
another: `log1p` and `expm1` keep every relative error near 10⁻¹⁴ (the tests compare with 50
digits). Float64 has 53 bits, so the absolute error stays below one microcredit, or microshare, for
amounts up to 10¹⁴ of them, a hundred million credits in one trade. Both hold for claims between
0.001 and 0.999; of a claim nearer to certainty only `Maker.cost` keeps every digit.

Sources: R. Hanson, "Combinatorial information market design", Information Systems Frontiers 5
(2003); "Logarithmic market scoring rules for modular combinatorial information aggregation",
Journal of Prediction Markets 1 (2007).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from markets.core.claims import Claim, claim_price, complement
from markets.core.limits import (
    EXPONENT_MAX,
    Numbers,
    SharesOutOfRange,
    Vector,
    require_budget,
    require_exponent,
    require_exponents,
    require_liquidity,
    require_price,
    require_prior,
    require_probabilities,
)

Shares: TypeAlias = Sequence[int] | NDArray[np.int64]

NEWTON_STEPS_MAX = 100
"""Never reached: convergence is monotone and then quadratic; the tests see at most a dozen."""

FEW = 8
"""Up to so many outcomes Python's own floats are faster than the overhead of numpy's vectors: 2 µs
against 5 µs for two."""


# --- The cost function and its prices -----------------------------------------------------------


def cost_function(shares: Shares, liquidity: float, prior: Numbers) -> float:
    """C(q) = b · ln Σᵢ πᵢ e^(qᵢ/b), in microcredits: for proofs and audits, never for a trade.

    >>> cost_function([0, 0], 100e6, [0.5, 0.5])
    0.0
    >>> round(cost_function([50_000_000, 0], 100e6, [0.5, 0.5]))  # fifty shares of "yes"
    28092980
    """
    above_least, least = _above_least(shares, liquidity)
    return least + liquidity * _log_mean_exp(require_prior(prior, len(shares)), above_least)


def prices(shares: Shares, liquidity: float, prior: Numbers) -> Vector:
    """Shape (n,): the price of each outcome; they sum to one.

    >>> prices([0, 0, 0], 100e6, [0.5, 0.25, 0.25]).tolist()
    [0.5, 0.25, 0.25]
    >>> prices([50_000_000, 0], 100e6, [0.5, 0.5]).round(6).tolist()
    [0.622459, 0.377541]
    """
    above_least, _ = _above_least(shares, liquidity)
    return _tilted(require_prior(prior, len(shares)), above_least)


# --- One claim at price P -----------------------------------------------------------------------


def cost_of_shares(
    price: float, shares: float, liquidity: float, *, rest: float | None = None
) -> float:
    """b · ln(1 + P·(e^(Δ/b) − 1)): what `shares` of a claim cost; a sale is negative in both.

    `rest` is the price of everything outside the claim. It only matters to the sale of a claim
    above 0.999, where 1 − P has lost the digits that a sum of the small prices still has.

    >>> round(cost_of_shares(0.5, 10_000_000, 100e6))  # ten shares at evens cost a little over 5
    5124948
    """
    exponent = require_exponent(shares, liquidity)
    growth = require_price(price) * math.expm1(exponent)
    if growth > -0.5:
        return liquidity * math.log1p(growth)
    outside = 1 - price if rest is None else require_price(rest)
    return liquidity * math.log(outside + price * math.exp(exponent))


def shares_for_budget(price: float, budget: float, liquidity: float) -> float:
    """b · ln(1 + (e^(m/b) − 1)/P): how many shares of a claim `budget` buys.

    Computed as m + b·ln(P*/P), where P* is the price that the budget leaves: the same number, as a
    sum of two positive terms that cannot overflow.

    >>> round(shares_for_budget(0.5, 5_124_948, 100e6))
    10000000
    """
    exponent = require_budget(budget) / require_liquidity(liquidity)
    rise = (1 - require_price(price)) * -math.expm1(-exponent)
    return liquidity * (exponent + math.log1p(rise / price))


def shares_to_price(price: float, target: float, liquidity: float) -> float:
    """b · (logit P* − logit P): shares that move a claim to `target`; negative to move it down.

    The two logarithms below have the same sign, so nothing cancels even when P* is next to P.

    >>> round(shares_to_price(0.5, 0.6, 100e6))
    40546511
    """
    step = require_price(target) - require_price(price)
    return require_liquidity(liquidity) * (
        math.log1p(step / price) + math.log1p(step / (1 - target))
    )


def budget_to_price(price: float, target: float, liquidity: float) -> float:
    """b · ln((1−P)/(1−P*)): what moving a claim to `target` costs; negative when it is sold down.

    >>> round(budget_to_price(0.5, 0.6, 100e6))
    22314355
    """
    step = require_price(target) - require_price(price)
    return require_liquidity(liquidity) * math.log1p(step / (1 - target))


def price_after_budget(price: float, budget: float, liquidity: float) -> float:
    """1 − (1−P)·e^(−m/b): where the claim stands after `budget` has been spent on it.

    >>> round(price_after_budget(0.5, 22_314_355, 100e6), 6)
    0.6
    """
    exponent = require_budget(budget) / require_liquidity(liquidity)
    return price - (1 - require_price(price)) * math.expm1(-exponent)


def price_after_shares(price: float, shares: float, liquidity: float) -> float:
    """P·e^(Δ/b) / (1 − P + P·e^(Δ/b)): where the claim stands after Δ `shares` of it are sold.

    >>> round(price_after_shares(0.5, 40_546_511, 100e6), 6)
    0.6
    """
    exponent = require_exponent(shares, liquidity)
    if exponent > 0:
        return price / (require_price(price) + (1 - price) * math.exp(-exponent))
    grown = require_price(price) * math.exp(exponent)
    return grown / (1 - price + grown)


# --- Different shares of every outcome ----------------------------------------------------------


def portfolio_cost(probabilities: Numbers, deltas: Numbers, liquidity: float) -> float:
    """b · ln Σᵢ pᵢ e^(Δᵢ/b): what Δᵢ shares of each outcome i cost together.

    The relative accuracy holds when all deltas have one sign. Buying some outcomes and selling
    others can cancel to almost nothing; then the error is relative to the largest delta.

    >>> round(portfolio_cost([0.5, 0.25, 0.25], [10_000_000, 10_000_000, 0], 100e6))
    7592179
    >>> round(cost_of_shares(0.75, 10_000_000, 100e6))  # a claim is the case of equal shares
    7592179
    """
    exponents = require_exponents(deltas, liquidity)
    return liquidity * _log_mean_exp(require_probabilities(probabilities, len(deltas)), exponents)


def prices_after(probabilities: Numbers, deltas: Numbers, liquidity: float) -> Vector:
    """Shape (n,): the prices once Δᵢ shares of each outcome i have been sold.

    >>> prices_after([0.5, 0.25, 0.25], [10_000_000, 10_000_000, 0], 100e6).round(6).tolist()
    [0.512185, 0.256093, 0.231722]
    """
    exponents = require_exponents(deltas, liquidity)
    return _tilted(require_probabilities(probabilities, len(deltas)), exponents)


@dataclass(frozen=True, slots=True, eq=False)
class Portfolio:
    """What a stake buys: `deltas` microshares per outcome for `cost`, `travelled` of the way."""

    deltas: Vector
    cost: float
    travelled: float


def portfolio_towards(
    probabilities: Numbers, forecast: Numbers, stake: float, liquidity: float
) -> Portfolio:
    """The shares that move the prices p towards the stated `forecast` f for at most `stake`.

    The prices travel along p^(1−t)·f^t (renormalised), the path on which every ratio of two odds
    moves at a constant rate. On it Δᵢ/b = t·ln(fᵢ/pᵢ) + constant, for a constant that shifts all
    outcomes alike and so buys nothing but complete sets; the cheapest choice makes the least Δᵢ
    zero, and then nothing is ever sold short. With gᵢ = ln(fᵢ/pᵢ) − minⱼ ln(fⱼ/pⱼ) the cost is
    b · ln Σᵢ pᵢ e^(t·gᵢ), which grows with t: t is 1, or where the cost is the stake.

    Two outcomes: the same as spending the stake on the one that the forecast thinks too cheap.

    >>> bought = portfolio_towards([0.5, 0.25, 0.25], [0.6, 0.3, 0.1], 5e6, 100e6)
    >>> bought.deltas.round().tolist(), round(bought.cost), round(bought.travelled, 4)
    ([6612613.0, 6612613.0, 0.0], 5000000, 0.0602)
    """
    now = require_probabilities(probabilities, len(forecast))
    aim = require_probabilities(forecast, len(now))
    gains = np.log(aim / now)
    gains -= gains.min()
    if gains.max() > EXPONENT_MAX:
        raise SharesOutOfRange("The forecast is too far from the prices to trade towards it.")
    goal = require_budget(stake) / require_liquidity(liquidity)
    travelled = 1.0
    if _log_mean_exp(now, gains) > goal:
        travelled = _fraction_for_cost(now, gains, goal)
    cost = liquidity * _log_mean_exp(now, travelled * gains)
    return Portfolio(liquidity * travelled * gains, min(cost, stake), travelled)


def _fraction_for_cost(probabilities: Vector, gains: Vector, goal: float) -> float:
    """t in [0, 1) with ln Σ pᵢ e^(t·gᵢ) = goal, given that t = 1 would exceed the goal.

    The left side is convex and increasing in t and at least t·Σ pᵢgᵢ (Jensen), so the start lies
    at or right of the root, and Newton's steps then come down to it without ever passing it.
    """
    fraction = min(1.0, goal / float(probabilities @ gains))
    for _ in range(NEWTON_STEPS_MAX):
        grown = probabilities * np.exp(fraction * gains)
        slope = float(grown @ gains) / float(grown.sum())
        step = (_log_mean_exp(probabilities, fraction * gains) - goal) / slope
        fraction -= step
        if step <= fraction * np.finfo(np.float64).eps:
            break
    return max(fraction, 0.0)


# --- What the maker may lose, and how it is paid for --------------------------------------------


def worst_case_loss(liquidity: float, prior: Numbers) -> float:
    """b · ln(1/min π): the most that the maker can lose, whichever outcome comes true.

    >>> round(worst_case_loss(100e6, [0.5, 0.5]))
    69314718
    """
    return require_liquidity(liquidity) * -math.log(require_prior(prior, len(prior)).min())


def liquidity_for_subsidy(subsidy: float, prior: Numbers) -> float:
    """b = S / ln(1/min π): the liquidity whose worst-case loss is the subsidy.

    >>> round(liquidity_for_subsidy(100e6, [0.5, 0.5]))
    144269504
    """
    return require_liquidity(subsidy) / -math.log(require_prior(prior, len(prior)).min())


def liquidity_cost(probabilities: Numbers, added: float) -> float:
    """Δb · ln(1/min p): what adding liquidity at these prices must put into escrow.

    At any moment the escrow exceeds the payout of outcome i by at least b · ln(1/pᵢ): what has
    been paid in is S + C(q), and qᵢ = C(q) + b·ln(pᵢ/πᵢ). From there the maker with liquidity
    b + Δb may lose (b + Δb) · ln(1/pᵢ), so the difference is enough for every i.

    >>> round(liquidity_cost([0.8, 0.2], 100e6))
    160943791
    """
    least = require_probabilities(probabilities, len(probabilities)).min()
    return require_liquidity(added) * -math.log(least)


def prior_after_adding(
    shares: Shares, liquidity: float, prior: Numbers, added: float
) -> tuple[float, ...]:
    """The prior π′ for liquidity b + Δb that leaves every price where it is.

    π′ᵢ ∝ pᵢ e^(−qᵢ/(b+Δb)), and since pᵢ ∝ πᵢ e^(qᵢ/b) that is πᵢ e^((qᵢ/b) · Δb/(b+Δb)).

    >>> prior = prior_after_adding([50_000_000, 0], 100e6, [0.5, 0.5], 100e6)
    >>> [round(part, 6) for part in prior]
    [0.562177, 0.437823]
    >>> prices([50_000_000, 0], 200e6, prior).round(6).tolist()
    [0.622459, 0.377541]
    """
    above_least, _ = _above_least(shares, liquidity)
    kept = require_liquidity(added) / (liquidity + added)
    moved = _tilted(require_prior(prior, len(shares)), above_least * kept)
    return tuple(moved.tolist())


# --- The maker as a value -----------------------------------------------------------------------


class Maker:
    """The market maker of one market at one instant; a value that never changes.

    `shares` are the net microshares sold of each outcome, `liquidity` is b in microcredits; both
    `shares` and `prior` are vectors of shape (n,). Prices are computed once, when asked for, and
    are a function of these three alone: whoever replays the same trades gets the same floats.

    >>> maker = Maker(shares=(0, 0), liquidity=100e6, prior=(0.5, 0.5))
    >>> round(maker.trade((50_000_000, 0)).price((0,)), 6)
    0.622459
    """

    __slots__ = ("liquidity", "prior", "quoted", "shares")

    shares: NDArray[np.int64]
    liquidity: float
    prior: Vector
    quoted: Vector | None
    """The prices, once somebody has asked for them."""

    def __init__(self, shares: Shares, liquidity: float, prior: Numbers) -> None:
        self.shares = np.array(shares, dtype=np.int64)
        self.liquidity = require_liquidity(float(liquidity))
        self.prior = require_prior(prior, len(self.shares))
        self.quoted = None

    @classmethod
    def of(cls, shares: Shares, liquidity: float, prior: Numbers) -> "Maker":
        """The maker of numbers that were checked when they were written: not checked again."""
        maker = cls.__new__(cls)
        maker.shares = np.asarray(shares, dtype=np.int64)
        maker.liquidity = float(liquidity)
        maker.prior = np.asarray(prior, dtype=np.float64)
        maker.quoted = None
        return maker

    def prices(self) -> Vector:
        """Shape (n,): the price of each outcome. Everybody gets the same vector: only read it."""
        if self.quoted is None:
            self.quoted = self._quote()
        return self.quoted

    def _quote(self) -> Vector:
        """The same as `prices`, without checking again what `__init__` has checked."""
        sold = self.shares.tolist()  # of short vectors, Python finds least and most faster
        least = min(sold)
        most = (max(sold) - least) / self.liquidity
        if not most <= EXPONENT_MAX:
            require_exponent(most, 1)
        if len(sold) <= FEW:
            return _tilted_few(
                self.prior.tolist(), [(each - least) / self.liquidity for each in sold], most
            )
        grown: Vector = np.exp((self.shares - least) / self.liquidity - most)
        grown *= self.prior
        grown /= np.add.reduce(grown)
        return grown

    def price(self, claim: Claim) -> float:
        """The price of one share of `claim`."""
        return claim_price(self.prices(), claim)

    def cost(self, claim: Claim, shares: int) -> float:
        """What `shares` of `claim` cost, accurate at every price; negative for a sale."""
        now = self.prices()
        rest = claim_price(now, complement(claim, len(now)))
        return cost_of_shares(claim_price(now, claim), shares, self.liquidity, rest=rest)

    def trade(self, deltas: Shares) -> "Maker":
        """The maker after it has sold `deltas` microshares of each outcome (negative: bought)."""
        return self._after(np.add(self.shares, deltas))

    def issue(self, sets: int) -> "Maker":
        """The maker after `sets` complete sets have come into being (negative: been redeemed).

        No price moves, to the last bit, because prices only depend on differences.
        """
        maker = self._after(self.shares + sets)
        maker.quoted = self.quoted
        return maker

    def _after(self, shares: NDArray[np.int64]) -> "Maker":
        maker = Maker.__new__(Maker)
        maker.shares, maker.liquidity, maker.prior = shares, self.liquidity, self.prior
        maker.quoted = None
        return maker

    def add_liquidity(self, added: float) -> "Maker":
        """The maker with `added` more liquidity at the same prices; see `liquidity_cost`."""
        prior = prior_after_adding(self.shares, self.liquidity, self.prior, added)
        return Maker(self.shares, self.liquidity + added, prior)


# --- Stable sums --------------------------------------------------------------------------------


def _log_mean_exp(weights: Vector, exponents: Vector) -> float:
    """ln Σ wᵢ e^(xᵢ) for weights that sum to one, accurate even where it is next to zero."""
    growth = float(weights @ np.expm1(exponents))
    if growth > -0.5:
        return math.log1p(growth)
    return math.log(float(weights @ np.exp(exponents)))


def _tilted(weights: Vector, exponents: Vector) -> Vector:
    """The probabilities proportional to wᵢ e^(xᵢ); the largest exponent is moved to zero first."""
    if len(weights) <= FEW:
        few = exponents.tolist()
        return _tilted_few(weights.tolist(), few, max(few))
    grown = weights * np.exp(exponents - exponents.max())
    return np.asarray(grown / grown.sum(), dtype=np.float64)


def _tilted_few(weights: list[float], exponents: list[float], most: float) -> Vector:
    """The same where there are few, given the largest exponent."""
    grown = [
        weight * math.exp(exponent - most)
        for weight, exponent in zip(weights, exponents, strict=True)
    ]
    whole = sum(grown)
    return np.array([part / whole for part in grown])


def _above_least(shares: Shares, liquidity: float) -> tuple[Vector, int]:
    """(qᵢ − min q)/b for each outcome, and min q; integers are subtracted before dividing."""
    sold = np.asarray(shares, dtype=np.int64)
    least = int(sold.min())
    return require_exponents((sold - least).astype(np.float64), liquidity), least
