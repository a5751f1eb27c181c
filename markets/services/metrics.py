"""What the engine tells about itself, for Prometheus to collect."""

from prometheus_client import Counter, Histogram

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

BATCH_SIZE = Histogram(
    "oddsdesk_batch_size",
    "Commands that one transaction of the engine carried out.",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
)
LOCK_WAIT = Histogram(
    "oddsdesk_batch_lock_seconds",
    "How long a batch waited for the rows of its markets.",
    buckets=_SECONDS,
)
LOCK_HOLD = Histogram(
    "oddsdesk_batch_hold_seconds",
    "How long a batch held those rows before its commit.",
    buckets=_SECONDS,
)
COMMIT = Histogram(
    "oddsdesk_batch_commit_seconds", "How long the commit of a batch took.", buckets=_SECONDS
)
FAILURES = Counter(
    "oddsdesk_batch_failures_total",
    "Batches that the database, or a fault of ours, undid as a whole.",
    labelnames=("reason",),
)


def observe_batch(
    *, size: int, lock_seconds: float, hold_seconds: float, commit_seconds: float
) -> None:
    BATCH_SIZE.observe(size)
    LOCK_WAIT.observe(lock_seconds)
    LOCK_HOLD.observe(hold_seconds)
    COMMIT.observe(commit_seconds)
