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
        if closes_at is None or _end_of_day((now + length).astimezone(UTC).date()) < closes_at
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
    """When it ends by itself: at the end of a day in UTC, and never after the close.

    So the same form that is sent twice, as by a double click, asks for the same.

    Raises:
        forms.ValidationError: where a date was meant and none was given, or one that has passed.
    """
    chosen = cleaned.get("stands", ALWAYS)
    if chosen == ALWAYS:
        return None
    lengths = {key: length for key, _, length in PRESETS}
    if chosen in lengths:
        end = _end_of_day((now + lengths[chosen]).astimezone(UTC).date())
    else:
        end = _end_of_day(cleaned.get("ends_on") or date.min)
    if end <= now:
        raise forms.ValidationError("Give a day that has not passed.")
    return None if closes_at is not None and end >= closes_at else end


def _end_of_day(chosen: date) -> datetime:
    """Midnight after a day; of the last that there is, its beginning."""
    midnight = datetime.combine(chosen, time(), UTC)
    return midnight if chosen == date.max else midnight + timedelta(days=1)
