"""Scores written down straight from their definitions: slow, and plain to read."""

import math
import statistics
from itertools import pairwise

DAY = 86_400.0


def plain_scores(rows, *, opened_at, closes_at, ended_at, spot_at, yardstick):
    """{forecaster: {score: value}} straight from the definitions, one stretch after another.

    Between two neighbouring instants at which anything begins or ends nothing changes, so every
    integral is a sum over such stretches.
    """
    ended_at = min(ended_at, closes_at)
    length = closes_at - opened_at
    instants = {opened_at, ended_at} | {instant for each in rows for instant in each[1:3]}
    instants = sorted(instant for instant in instants if opened_at <= instant <= ended_at)
    totals = {}
    for begin, end in pairwise(instants):
        standing = {each[0]: each for each in rows if each[1] <= begin and end <= each[2]}
        share = (end - begin) / length
        for forecaster, (_, _, _, probability, brier) in standing.items():
            total = totals.setdefault(
                forecaster, {"baseline": 0, "peer": 0, "brier": 0, "log_score": 0, "coverage": 0}
            )
            baseline, peer = plain_rates(forecaster, standing, yardstick)
            total["baseline"] += baseline * share
            total["peer"] += peer * share
            total["brier"] += brier * share
            total["log_score"] += math.log(probability) * share
            total["coverage"] += share
    for total in totals.values():
        total["brier"] /= total["coverage"]
        total["log_score"] /= total["coverage"]
    spot = spot_at
    if spot_at is None or not opened_at <= spot_at < closes_at:
        spot = (opened_at + closes_at) / 2
    standing = {each[0]: each for each in rows if each[1] <= spot < min(each[2], ended_at)}
    for forecaster in standing:
        baseline, peer = plain_rates(forecaster, standing, yardstick)
        totals[forecaster] |= {"spot_baseline": baseline, "spot_peer": peer}
    return totals


def plain_rates(forecaster, standing, yardstick):
    """Baseline and peer score for each unit of time in which these forecasters stand."""
    log = math.log(standing[forecaster][3])
    others = [math.log(each[3]) for each in standing.values() if each[0] != forecaster]
    baseline = 100 * (log - math.log(yardstick.ignorance)) / yardstick.scale
    peer = 100 * (log - math.fsum(others) / len(others)) if others else 0
    return baseline, peer * yardstick.peer_factor


def plain_relative_brier(rows, *, opened_at, ended_at):
    """{forecaster: relative Brier score}, one day and one forecaster after the other."""
    differences = {}
    day_end = opened_at
    while day_end < ended_at:
        day_end = min((day_end // DAY + 1) * DAY, ended_at)
        said = {
            each[0]: each[4]
            for each in rows
            if max(each[1], opened_at) < day_end <= min(each[2], ended_at)
        }
        for forecaster, brier in said.items():
            difference = brier - statistics.median(said.values())
            differences.setdefault(forecaster, []).append(difference)
    return {who: math.fsum(days) / len(days) for who, days in differences.items()}
