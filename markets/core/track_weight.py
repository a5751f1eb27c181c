"""What a forecaster's past says about how much to listen to them now.

A peer score of 100·d on a question means that the probability which a forecaster gave to what
happened was e^d times that of the others (their geometric mean), all the time. So the mean peer
score m over past questions, divided by 100, is the mean log-likelihood ratio of the forecaster
against the crowd: what a Bayesian would add up to weigh them. Three things temper it:

- **Shrinkage.** A mean of few questions is mostly luck. With n questions it counts n/(n + 10): as
  if everybody had begun with ten questions on which they were neither better nor worse.
- **Strength.** The weight is e^(4·m/100). Evidence of n questions would justify e^(n·m/100), which
  soon leaves the best forecaster alone; a crowd is good because errors cancel. With 4, a shrunk
  mean of +17 points, which few keep up, doubles a vote, and one of −17 halves it.
- **Bounds.** No weight leaves [1/4, 4], so that nobody is silenced and nobody is the crowd.
"""

from math import exp

PRIOR_QUESTIONS = 10
STRENGTH = 4.0
WEIGHT_MAX = 4.0
UNKNOWN = 1.0
"""What somebody weighs who has no score yet."""


def track_weight(*, peer_sum: float, question_count: int) -> float:
    """What a forecaster weighs, from the sum of their peer scores over so many questions.

    >>> track_weight(peer_sum=0, question_count=0)
    1.0
    >>> round(track_weight(peer_sum=20 * 40, question_count=40), 4)  # +20 on forty, shrunk to +16
    1.8965
    >>> track_weight(peer_sum=500 * 40, question_count=40)
    4.0
    >>> round(track_weight(peer_sum=-30, question_count=1), 4)  # one bad question says little
    0.8966
    """
    shrunk = peer_sum / (question_count + PRIOR_QUESTIONS)
    return min(max(exp(min(STRENGTH * shrunk / 100, 10.0)), 1 / WEIGHT_MAX), WEIGHT_MAX)
