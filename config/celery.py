"""The Celery application: how tasks travel, and the whole schedule on one screen.

PostgreSQL is the queue of record and a message is only a hint, so every sweep may be lost,
doubled or late without harm: the next one finds the same rows. That is why a message whose worker
died is not given again: it could kill the next worker too, and beat sends another in a second.
"""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

HARD_LIMIT_SECONDS = 120
VISIBILITY_SECONDS = 300  # must stay well above the hard limit, or a running task is given twice

SCHEDULE: dict[str, tuple[str, float, str]] = {
    # what happens                    task                                   every (s)  queue
    "open and close questions":      ("markets.tasks.advance_lifecycle",           1.0, "money"),
    "pay what was resolved":         ("markets.tasks.settle_due",                  1.0, "money"),
    "score what was settled":        ("markets.tasks.score_due",                   2.0, "batch"),
    "add up leaderboards":           ("markets.tasks.tally_due",                 600.0, "batch"),
    "end orders that ran out":       ("markets.tasks.expire_orders",               1.0, "money"),
    "let ended forecasts go":        ("markets.tasks.refresh_crowds",             10.0, "batch"),
    "roll up candles":               ("markets.tasks.roll_up_candles",            60.0, "batch"),
    "poll feeds":                    ("articles.tasks.poll_due_feeds",            30.0, "articles"),
    "ask the language model":        ("articles.tasks.ask_language_model",        30.0, "articles"),
    "forget old feed entries":       ("articles.tasks.forget_feed_entries",    86400.0, "articles"),
    "run resolvers":                 ("markets.tasks.run_resolvers",              30.0, "articles"),
    "suggest links":                 ("markets.tasks.suggest_links",             300.0, "batch"),
    "audit the ledger":              ("markets.tasks.audit_ledger",              300.0, "batch"),
    "audit scores":                  ("markets.tasks.audit_scores",            86400.0, "batch"),
}  # fmt: skip

app = Celery("oddsdesk")
app.conf.update(
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": VISIBILITY_SECONDS,
        "unacked_restore_interval": 5,
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
    },
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_acks_late=True,
    task_soft_time_limit=HARD_LIMIT_SECONDS - 30,
    task_time_limit=HARD_LIMIT_SECONDS,
    task_default_queue="batch",
    task_create_missing_queues=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    enable_utc=True,
    timezone="UTC",
    beat_schedule={
        name: {
            "task": task,
            "schedule": seconds,
            "options": {"queue": queue, "expires": max(5.0, seconds)},
        }
        for name, (task, seconds, queue) in SCHEDULE.items()
    },
)
app.config_from_object(settings, namespace="CELERY")
app.autodiscover_tasks()
