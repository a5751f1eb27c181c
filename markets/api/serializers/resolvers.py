"""What is watched for the answer of a question, as everybody may know it."""

from typing import Any

from rest_framework import serializers

from articles.api.fields import Instant
from markets.models import ResolverKind
from markets.queries.resolvers import Source


class ResolverSerializer(serializers.Serializer[Any]):
    """A source that is watched for the answer; what it says becomes a proposal at most."""

    kind = serializers.ChoiceField(ResolverKind.values)
    url = serializers.CharField(help_text="Of json and csv, without its query; else empty.")
    rule = serializers.CharField(help_text="Over other questions; else empty.")
    every_seconds = serializers.SerializerMethodField(help_text="How often it is looked at.")
    is_paused = serializers.BooleanField()
    last_read_at = Instant(allow_null=True)
    last_text = serializers.CharField(help_text="What it said then.")

    def get_every_seconds(self, source: Source) -> int:
        return round(source.every.total_seconds())
