"""Amounts in prose: "$10.7 billion", "17%", "15 million tons", "0.5 percentage points", "3-4%".

A number counts only with a currency, a percent sign, a magnitude or a known unit; anything else
("Article 5", "2024", "the 7th") is left alone. Values are decimal, so nothing is rounded.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from articles.core.lexicon import CARDINALS

MAGNITUDES: Final = {
    "thousand": 10**3,
    "k": 10**3,
    "lakh": 10**5,
    "million": 10**6,
    "mn": 10**6,
    "m": 10**6,
    "crore": 10**7,
    "billion": 10**9,
    "bn": 10**9,
    "b": 10**9,
    "trillion": 10**12,
    "tn": 10**12,
    "t": 10**12,
}
CURRENCIES: Final = {
    "$": "USD",
    "US$": "USD",
    "A$": "AUD",
    "C$": "CAD",
    "HK$": "HKD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₽": "RUB",
    "₩": "KRW",
    "₺": "TRY",
    "₸": "KZT",
    "₼": "AZN",
    "dollar": "USD",
    "euro": "EUR",
    "pound": "GBP",
    "yuan": "CNY",
    "yen": "JPY",
    "rupee": "INR",
    "rouble": "RUB",
    "ruble": "RUB",
    "lira": "TRY",
    "tenge": "KZT",
    "manat": "AZN",
    "franc": "CHF",
    "won": "KRW",
}
_UNITS: Final = (
    r"square\s(?:kilometre|kilometer|mile|metre|meter|foot)|cubic\s(?:metre|meter|foot)|kilometre"
    r"|kilometer|km|metre|meter|mile|hectare|acre|tonne|ton|kilogram|kg|gram|litre|liter|gallon"
    r"|barrel|(?:giga|mega|tera|kilo)watt-hour|gigawatt|megawatt|GWh|MWh|TWh|kWh|GW|MW|degree"
    r"|person|passenger|visitor|tourist|vehicle|car|unit|home|household|job|worker|employee"
    r"|student|pupil|patient|case|death|vote|seat|member|delegate|share|satellite|launch|flight"
    r"|train|ship|aircraft|container|TEU|ounce|bushel|user|subscriber|customer|hour|minute"
)
_IRREGULAR: Final = {
    "people": "person",
    "persons": "person",
    "feet": "foot",
    "square feet": "square foot",
    "aircraft": "aircraft",
}

_NUMBER: Final = r"(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:\.\d{1,6})?"
_WORD_NUMBER: Final = "|".join(CARDINALS[1:13])
_MAGNITUDE: Final = r"(?:thousand|million|billion|trillion|lakh|crore|bn|mn|tn|[kKmMbB](?![\w’']))"
_SYMBOL: Final = r"(?:US\$|A\$|C\$|HK\$|[$€£¥₹₽₩₺₸₼])"
_PERCENT: Final = (
    r"(?:%|(?:percent|per\scent|pct)(?!age)|percentage\spoints?|basis\spoints?|pp\b|bps\b)"
)
_NAMED_CURRENCY: Final = (
    r"(?:dollar|euro|pound|yuan|yen|rupee|rouble|ruble|lira|tenge|manat|franc)s?"
)
_UNIT: Final = rf"(?:{_UNITS}|people|feet|square\sfeet)s?"
_QUANTITY: Final = re.compile(
    rf"""
    (?<![\w.,$€£¥₹₽₩₺₸₼])
    (?P<symbol>{_SYMBOL})?\s?
    (?:(?P<value>{_NUMBER})(?:\s?(?:-|–|to|and)\s?{_SYMBOL}?(?P<upper>{_NUMBER}))?
      |(?P<word>(?i:{_WORD_NUMBER}))(?=\s))
    (?:[\s-]?(?P<magnitude>{_MAGNITUDE}))?
    (?:\s?(?P<percent>{_PERCENT}))?
    (?:[\s-](?:of\s)?(?P<currency>{_NAMED_CURRENCY})\b)?
    (?:[\s-](?:metric\s)?(?P<unit>{_UNIT})\b)?
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount at [start_offset, end_offset): value times magnitude, in its unit.

    value is the number as written (10.7), magnitude what multiplies it (1,000,000,000); upper is
    the higher end of a range, else None. unit is an ISO 4217 code, "percent", "percentage point",
    "basis point", a singular noun, or empty.
    """

    start_offset: int
    end_offset: int
    value: Decimal
    unit: str
    magnitude: int
    percent: bool
    upper: Decimal | None = None

    @property
    def amount(self) -> Decimal:
        """The value in whole units: 10.7 billion dollars are 10,700,000,000."""
        return self.value * self.magnitude


def find_quantities(text: str, *, start: int = 0, end: int | None = None) -> list[Quantity]:
    """The quantities of text[start:end], in order and without overlap."""
    found: list[Quantity] = []
    for match in _QUANTITY.finditer(text, start, len(text) if end is None else end):
        quantity = _quantity(match)
        if quantity is not None:
            found.append(quantity)
    return found


def _quantity(match: re.Match[str]) -> Quantity | None:
    measured = match["symbol"] or match["percent"] or match["currency"] or match["unit"]
    if not (measured or match["magnitude"]):
        return None
    if match["word"] is not None:
        value = Decimal(CARDINALS.index(match["word"].lower()))
    else:
        value = _decimal(match["value"])
    upper = _decimal(match["upper"]) if match["upper"] else None
    percent = _percent_unit(match["percent"])
    return Quantity(
        start_offset=match.start() + len(match.group()) - len(match.group().lstrip()),
        end_offset=match.end(),
        value=value,
        unit=percent or _unit(match),
        magnitude=MAGNITUDES[match["magnitude"].lower()] if match["magnitude"] else 1,
        percent=percent == "percent",
        upper=upper if upper is not None and upper > value else None,
    )


def _decimal(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))


def _percent_unit(written: str | None) -> str:
    lower = (written or "").lower()
    if lower.startswith("percentage") or lower == "pp":
        return "percentage point"
    if lower.startswith("b"):
        return "basis point"
    return "percent" if lower else ""


def _unit(match: re.Match[str]) -> str:
    if match["symbol"]:
        return CURRENCIES[match["symbol"]]
    if match["currency"]:
        name: str = match["currency"]
        return CURRENCIES.get(name) or CURRENCIES[name.removesuffix("s")]
    if not match["unit"]:
        return ""
    unit = " ".join(match["unit"].split())
    if unit in _IRREGULAR:
        return _IRREGULAR[unit]
    return unit.removesuffix("s") if len(unit) > 3 else unit
