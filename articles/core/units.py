"""How the unit of a quantity is said: "billion US dollars", "million tons", "%"."""

from typing import Final

from articles.core.quantities import Quantity

_MAGNITUDES: Final = {
    10**3: "thousand",
    10**5: "lakh",
    10**6: "million",
    10**7: "crore",
    10**9: "billion",
    10**12: "trillion",
}
_CURRENCIES: Final = {
    "USD": "US dollars",
    "AUD": "Australian dollars",
    "CAD": "Canadian dollars",
    "HKD": "Hong Kong dollars",
    "EUR": "euros",
    "GBP": "pounds",
    "JPY": "yen",
    "INR": "rupees",
    "RUB": "roubles",
    "KRW": "won",
    "TRY": "lira",
    "KZT": "tenge",
    "AZN": "manat",
    "CNY": "yuan",
    "CHF": "francs",
}
_PLURALS: Final = {
    "percent": "%",
    "person": "people",
    "foot": "feet",
    "square foot": "square feet",
    "cubic foot": "cubic feet",
    "aircraft": "aircraft",
    "km": "km",
    "kg": "kg",
}


def unit_words(quantity: Quantity) -> str:
    """The unit in which a quantity's value is written, with its magnitude; "" for a bare number.

    >>> from articles.core.quantities import find_quantities
    >>> [unit_words(q) for q in find_quantities("$10.7 billion, 4.1%, 3 million tons, 20 GWh")]
    ['billion US dollars', '%', 'million tons', 'GWh']
    """
    magnitude = _MAGNITUDES.get(quantity.magnitude, "")
    return f"{magnitude} {_plural(quantity.unit)}".strip()


def _plural(unit: str) -> str:
    if unit in _CURRENCIES:
        return _CURRENCIES[unit]
    if unit in _PLURALS:
        return _PLURALS[unit]
    return f"{unit}s" if unit and unit.islower() else unit
