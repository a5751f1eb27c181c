"""How good the suggestions are: figures over labelled articles."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markets.core.relevance import SUGGESTED_MAX, THRESHOLD
from tests.markets.links.labelled import LabelledArticle

Ranking = Sequence[tuple[int, float]]


@dataclass(frozen=True)
class Figures:
    """Of one half: nDCG@5 over articles that have to do with something; precision, recall at the
    threshold over all pairs; and in `strict_recall` only pairs of grade 2 are looked for."""

    articles: int
    pairs: int
    ndcg: float
    precision: float
    recall: float
    strict_recall: float
    suggested: int


def figures_of(
    half: str,
    articles: Mapping[int, LabelledArticle],
    keys: Mapping[int, str],
    rankings: Mapping[int, Ranking],
    threshold: float = THRESHOLD,
) -> Figures:
    gains, hits, suggested, wanted, strict, strict_hits = [], 0, 0, 0, 0, 0
    told = {pk: each for pk, each in articles.items() if each.half == half}
    for pk, article in told.items():
        ranked = [(keys[question], value) for question, value in rankings[pk]]
        if article.grades:
            gains.append(ndcg([article.grades.get(key, 0) for key, _ in ranked], article.grades))
        kept = [key for key, value in ranked[:SUGGESTED_MAX] if value >= threshold]
        hits += sum(key in article.grades for key in kept)
        strict_hits += sum(article.grades.get(key) == 2 for key in kept)
        suggested += len(kept)
        wanted += len(article.grades)
        strict += sum(grade == 2 for grade in article.grades.values())
    return Figures(
        articles=len(told),
        pairs=wanted,
        ndcg=sum(gains) / len(gains),
        precision=hits / suggested if suggested else 1.0,
        recall=hits / wanted,
        strict_recall=strict_hits / strict,
        suggested=suggested,
    )


def ndcg(ranked: Sequence[int], grades: Mapping[str, int], at: int = 5) -> float:
    """Normalised discounted cumulative gain of the first few (Järvelin and Kekäläinen, 2002)."""
    ideal = _gain(sorted(grades.values(), reverse=True)[:at])
    return _gain(ranked[:at]) / ideal


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))
