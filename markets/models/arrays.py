"""Conditions on PostgreSQL arrays that database constraints are made of."""

from django.db.models import BooleanField, Func, IntegerField


class EveryElementAtLeastZero(Func):
    """True where no element of the array is negative."""

    template = "0 <= ALL(%(expressions)s)"
    arity = 1
    output_field = BooleanField()


class Cardinality(Func):
    """The number of elements; zero, not NULL, for an empty array."""

    function = "cardinality"
    arity = 1
    output_field = IntegerField()
