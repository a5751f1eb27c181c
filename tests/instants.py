"""The fixed instant at which tests happen."""

from datetime import UTC, datetime

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
