"""Draws market-maker.svg: what a share costs, and what the house can lose.

    .venv/bin/python -m docs.images.market_maker > docs/images/market-maker.svg

The numbers come from `markets.core`, so the picture shows what the code does. It carries its own
colours for light and dark.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from markets.core.liquidity import maker_with, opening_maker
from markets.core.lmsr import Maker, cost_of_shares, price_after_shares
from markets.core.money import MICRO

SUBSIDY = 500
BOUGHT = 600
WIDTH, HEIGHT = 960, 452
PANEL_WIDTH, PANEL_HEIGHT, PANEL_TOP = 376, 268, 104
POINTS = 161

STYLE = """
  svg { --paper:#fbfaf6; --ink:#1a1917; --soft:#4c4943; --faint:#69655d; --rule:#dcd8cd;
        --yes:#1c4f80; --no:#b3530a; --bound:#a3201a; }
  @media (prefers-color-scheme: dark) {
    svg { --paper:#141412; --ink:#f0ede4; --soft:#c6c1b5; --faint:#a19b8e; --rule:#38362f;
          --yes:#8dbbea; --no:#f0a15e; --bound:#ff9c90; }
  }
  text { font: 13px -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
         fill: var(--faint); }
  .title { font: 600 20px "Iowan Old Style", "Palatino Linotype", P052, Georgia, serif;
           fill: var(--ink); }
  .lead { font-size: 14px; fill: var(--soft); }
  .note { fill: var(--ink); }
  .end { text-anchor: end; } .middle { text-anchor: middle; }
  .paper { fill: var(--paper); }
  .rule { stroke: var(--rule); stroke-width: 1; }
  .curve { fill: none; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round; }
  .yes { stroke: var(--yes); } .no { stroke: var(--no); }
  .bound { stroke: var(--bound); stroke-width: 1.5; stroke-dasharray: 2 5; stroke-linecap: round; }
  .deeper { stroke-width: 1.5; stroke-dasharray: 6 5; opacity: .75; }
  .area { fill: var(--yes); opacity: .16; }
  .dot { fill: var(--yes); stroke: var(--paper); stroke-width: 2; }
  .is-yes { fill: var(--yes); } .is-no { fill: var(--no); } .is-bound { fill: var(--bound); }
"""

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """A rectangle of the picture with the ranges that it shows."""

    left: float
    across: tuple[float, float]
    up: tuple[float, float]

    def x(self, value: float) -> float:
        low, high = self.across
        return self.left + PANEL_WIDTH * (value - low) / (high - low)

    def y(self, value: float) -> float:
        low, high = self.up
        return PANEL_TOP + PANEL_HEIGHT * (high - value) / (high - low)

    def path(self, xs: Points, ys: Points) -> str:
        """The curve through the points that lie inside."""
        low, high = self.up
        inside = [(x, y) for x, y in zip(xs, ys, strict=True) if low <= y <= high]
        return "M" + "L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in inside)

    def text(self, x: float, y: float, words: str, classes: str = "") -> str:
        return f'<text class="{classes}" x="{x:.1f}" y="{y:.1f}">{words}</text>'

    def head(self, title: str, lead: str) -> list[str]:
        return [
            self.text(self.left, 46, title, "title"),
            self.text(self.left, 70, lead, "lead"),
        ]

    def scale(self, ticks: dict[float, str], below: dict[float, str], caption: str) -> list[str]:
        """Horizontal rules with their values, values below, and what is across."""
        right, bottom = self.left + PANEL_WIDTH, PANEL_TOP + PANEL_HEIGHT
        rules = [
            f'<path class="rule" d="M{self.left} {self.y(at):.1f}H{right}"/>'
            + self.text(self.left - 8, self.y(at) + 4, words, "end")
            for at, words in ticks.items()
        ]
        values = [
            self.text(self.x(at), bottom + 22, words, "middle") for at, words in below.items()
        ]
        middle = self.left + PANEL_WIDTH / 2
        return [*rules, *values, self.text(middle, bottom + 48, caption, "middle")]


def price_panel(maker: Maker) -> list[str]:
    """The price along the shares sold; what some of them cost is the area below."""
    panel = Panel(left=64, across=(-2_400, 2_400), up=(0, 1))
    deeper = maker_with(maker, SUBSIDY * MICRO)
    shares = np.linspace(*panel.across, POINTS)
    bought = np.linspace(0, BOUGHT, 31)
    curve, flat, part = (
        np.array([price_after_shares(0.5, each * MICRO, which.liquidity) for each in xs])
        for xs, which in ((shares, maker), (shares, deeper), (bought, maker))
    )
    cost = cost_of_shares(0.5, BOUGHT * MICRO, maker.liquidity) / MICRO
    base = f"L{panel.x(BOUGHT):.1f} {panel.y(0):.1f}L{panel.x(0):.1f} {panel.y(0):.1f}Z"
    return [
        *panel.head("A price for every share", f"{SUBSIDY} credits of subsidy, opened at evens"),
        *panel.scale(
            {0: "0", 0.25: "¼", 0.5: "½", 0.75: "¾", 1: "1"},
            {each: f"{each:,}".replace("-", "−") for each in (-2_000, -1_000, 0, 1_000, 2_000)},
            "shares of “yes” sold, less those of “no”",
        ),
        f'<path class="area" d="{panel.path(bought, part)}{base}"/>',
        f'<path class="curve yes deeper" d="{panel.path(shares, flat)}"/>',
        f'<path class="curve yes" d="{panel.path(shares, curve)}"/>',
        *(
            f'<circle class="dot" cx="{panel.x(at):.1f}" cy="{panel.y(price):.1f}" r="5"/>'
            for at, price in ((0, part[0]), (BOUGHT, part[-1]))
        ),
        panel.text(panel.x(BOUGHT) + 10, panel.y(0.19), f"{BOUGHT} shares cost", "note"),
        panel.text(panel.x(BOUGHT) + 10, panel.y(0.19) + 19, f"{cost:.2f} credits:", "note"),
        panel.text(panel.x(BOUGHT) + 10, panel.y(0.19) + 38, "the area", "note"),
        panel.text(panel.x(-2_350), panel.y(0.44), "with as much again", "is-yes"),
        panel.text(panel.x(-2_350), panel.y(0.44) + 18, "added later", "is-yes"),
    ]


def loss_panel(maker: Maker) -> list[str]:
    """What the house has gained or lost at the end, by where the price ended."""
    panel = Panel(left=544, across=(0, 1), up=(-600, 900))
    prices = np.linspace(0.001, 0.999, 4 * POINTS)
    depth = maker.liquidity / MICRO
    if_yes, if_no = depth * np.log(0.5 / prices), depth * np.log(0.5 / (1 - prices))
    return [
        *panel.head("A loss that has a bottom", "what the house ends with, in credits"),
        *panel.scale(
            {800: "+800", 400: "+400", 0: "0", -400: "−400"},
            {0: "0", 0.25: "¼", 0.5: "½", 0.75: "¾", 1: "1"},
            "price of “yes” when trading ends",
        ),
        f'<path class="bound" d="M{panel.left} {panel.y(-SUBSIDY):.1f}h{PANEL_WIDTH}"/>',
        f'<path class="curve no" d="{panel.path(prices, if_no)}"/>',
        f'<path class="curve yes" d="{panel.path(prices, if_yes)}"/>',
        panel.text(panel.x(0.2), panel.y(830), "“yes” comes true", "is-yes"),
        panel.text(panel.x(0.8), panel.y(830), "“no” comes true", "is-no end"),
        panel.text(
            panel.x(0.5), panel.y(-SUBSIDY) + 20, f"the subsidy: −{SUBSIDY}", "is-bound middle"
        ),
    ]


def picture() -> str:
    """The whole drawing."""
    maker = opening_maker(SUBSIDY * MICRO, [0.5, 0.5])
    title = "The price curve of the market maker, and the bounds of what the house can lose"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
            f"<title>{title}</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}" rx="10"/>',
            *price_panel(maker),
            *loss_panel(maker),
            "</svg>",
        ]
    )


if __name__ == "__main__":
    print(picture())  # noqa: T201
