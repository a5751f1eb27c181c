"""What editors' decisions teach the rules: whose drafts are taken up is believed more.

A rule's score moves by up to REACH with the share of its drafts that were taken up. The share is
shrunk towards EXPECTED as if STRENGTH further drafts had been decided in just that proportion (the
mean of a beta distribution, Laplace's rule of succession at its simplest), so that a few decisions
move little.
"""

from typing import Final

EXPECTED: Final = 0.5
"""What is expected of any rule before anybody has decided: every other draft is of use."""

STRENGTH: Final = 20
REACH: Final = 0.2


def lesson(taken_up: int, decided: int) -> float:
    """How much the score of a rule's drafts changes, in (-REACH, REACH).

    >>> lesson(0, 0), lesson(20, 20), lesson(0, 20), lesson(5, 10)
    (0.0, 0.1, -0.1, 0.0)
    >>> lesson(0, 180)
    -0.18
    """
    share = (taken_up + STRENGTH * EXPECTED) / (decided + STRENGTH)
    return round(REACH * (share - EXPECTED) / EXPECTED, 4)
