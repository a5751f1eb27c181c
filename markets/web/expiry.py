"""How long a forecast stands, as its forecaster chooses it on the page."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms

from markets.web.wording import day

ALWAYS, UNTIL_DATE = "", "date"
PRESETS = (("week", "For a week", timedelta(days=7)), ("month", "For a month", timedelta(days=30)))


def stands_field(closes_at: datetime | None, now: datetime) -> forms.ChoiceField:
    """The choices; a preset that reaches beyond the close says no more than the first, and goes."""
    presets = [
        (key, f"{words}, until {day(now + length)}")
        for key, words, length in PRESETS
        if closes_at is None or now + length < closes_at
    ]
    until_close = f", at most until {day(closes_at)}" if closes_at else ""
    return forms.ChoiceField(
        required=False,
        label="It stands",
        choices=[
            (ALWAYS, f"Until I change it{until_close}"),
            *presets,
            (UNTIL_DATE, "Through a date"),
        ],
    )


def ends_on_field() -> forms.DateField:
    dates = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"})
    return forms.DateField(required=False, label="Through", widget=dates)


def ends_at(cleaned: dict[str, Any], closes_at: datetime | None, now: datetime) -> datetime | None:
    """When it ends by itself: of a date its end in UTC, and never after the close.

    Raises:
        forms.ValidationError: where a date was meant and none was given, or one that has passed.
    """
    chosen = cleaned.get("stands", ALWAYS)
    if chosen == ALWAYS:
        return None
    end = _end_of_day(cleaned.get("ends_on")) if chosen == UNTIL_DATE else None
    if chosen == UNTIL_DATE and (end is None or end <= now):
        raise forms.ValidationError("Give a day that has not passed.")
    end = end or now + next(length for key, _, length in PRESETS if key == chosen)
    return None if closes_at is not None and end >= closes_at else end


def _end_of_day(chosen: date | None) -> datetime | None:
    if chosen is None:
        return None
    return datetime.combine(chosen, time(), UTC) + timedelta(days=1)
