"""Rows that other queries count beside their own."""

from typing import TypeVar

from django.db import models
from django.db.models import Count, Subquery, Value

Row = TypeVar("Row", bound=models.Model)


class CountedQuerySet(models.QuerySet[Row]):
    def as_count(self) -> Subquery:
        """How many they are, as a part of another query."""
        together = self.order_by().annotate(all=Value(1)).values("all")
        return Subquery(together.annotate(count=Count("pk")).values("count"))
