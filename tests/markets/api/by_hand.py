"""A score recomputed from nothing but the numbers of the API, as docs/scoring.md says.

This is what a reader with a pocket calculator does, written down: no imports of ours, no arrays.
"""

import math
from datetime import datetime
from itertools import pairwise


def seconds(instant):
    return datetime.fromisoformat(instant).timestamp()


def pages(caller, path):
    """The working as one document, put together from windows of at most three rows."""
    whole = caller.get(path, limit=3).json()
    goes_on = whole["next"]
    while goes_on:
        page = caller.get(path, limit=3, start=goes_on).json()
        for rows in ("steps", "forecasts", "days"):
            assert len(page[rows]) <= 4
            whole[rows] += page[rows]
        goes_on = page["next"]
    return whole


def by_hand(working, *, is_series=False):
    """{kind of score: value} from the API's working of it."""
    forecasts, yardstick = working["forecasts"], working["yardstick"]
    length = seconds(working["life"]["closes_at"]) - seconds(working["life"]["opened_at"])
    shares = [
        (seconds(each["ends_at"]) - seconds(each["starts_at"])) / length for each in forecasts
    ]
    stood = sum(shares)

    def average(value_of):
        return (
            sum(value_of(each) * share for each, share in zip(forecasts, shares, strict=True))
            / stood
        )

    def baseline_rate(probability):
        return 100 * math.log(probability / yardstick["ignorance"]) / yardstick["scale"]

    spot, days = working["spot"], working["days"]
    scores = {
        "baseline": stood * average(lambda each: baseline_rate(each["probability_of_truth"])),
        "peer": sum(peer_part(each, working, length, is_series) for each in forecasts),
        "brier": average(lambda each: each["brier"]),
        "log": average(lambda each: math.log(each["probability_of_truth"])),
        "crps": None if forecasts[0]["crps"] is None else average(lambda each: each["crps"]),
        "coverage": stood,
        "relative_brier": (
            sum(day["brier"] - day["median"] for day in days) / len(days) if days else None
        ),
        "spot_baseline": None,
        "spot_peer": None,
    }
    if spot["probability_of_truth"] is not None:
        scores["spot_baseline"] = baseline_rate(spot["probability_of_truth"])
        scores["spot_peer"] = yardstick["peer_factor"] * peer_rate(
            spot["probability_of_truth"], spot, is_series
        )
    return scores


def peer_rate(probability, crowd, is_series):
    number = crowd["forecaster_count"]
    if is_series:
        return 100 * (math.log(probability) - crowd["log_mean"]) if number else 0.0
    if number < 2:
        return 0.0
    return 100 * number / (number - 1) * (math.log(probability) - crowd["log_mean"])


def peer_part(forecast, working, length, is_series):
    """What one forecast adds to the peer score: a sum over the steps in which it stood."""
    total = 0.0
    begin, end = seconds(forecast["starts_at"]), seconds(forecast["ends_at"])
    for step, following in pairwise(working["steps"]):
        overlap = min(end, seconds(following["at"])) - max(begin, seconds(step["at"]))
        if overlap > 0:
            rate = peer_rate(forecast["probability_of_truth"], step, is_series)
            total += rate * overlap / length
    return working["yardstick"]["peer_factor"] * total
