"""The desk's sidebar: every queue with how much waits in it."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from markets.admin.questions import QUEUES
from markets.queries.desk import Queues, waiting

Entry = dict[str, Any]


def queues_of(request: HttpRequest) -> Queues:
    """What waits, counted once for each request however often the page asks."""
    counted: Queues | None = getattr(request, "desk_queues", None)
    if counted is None:
        counted = waiting(now=timezone.now())
        request.desk_queues = counted  # type: ignore[attr-defined]
    return counted


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    queues = queues_of(request)
    return [
        {"items": [_entry(request, "Overview", "index", "space_dashboard")]},
        {
            "title": "Articles",
            "separator": True,
            "items": [
                _entry(
                    request, "Inbox", "articles_article_inbox", "inbox", badge=queues.stories
                ),
                _entry(request, "Articles", "articles_article_changelist", "newspaper"),
                _entry(request, "Add an article", "articles_article_add", "post_add"),
                _entry(request, "Feeds", "articles_feed_changelist", "rss_feed"),
                _entry(
                    request, "Drafts", "articles_draft_changelist", "edit_note",
                    query="fate__exact=proposed", badge=queues.drafts_proposed,
                ),
                _entry(
                    request, "Links to confirm", "markets_linksuggestion_queue", "add_link",
                    badge=queues.links_proposed,
                ),
            ],
        },
        {
            "title": "Questions",
            "separator": True,
            "items": [
                _entry(request, "All questions", "markets_question_changelist", "help"),
                _entry(request, "Write by hand", "markets_question_add", "stylus_note"),
                _entry(request, "Featured", "markets_feature_changelist", "star"),
                *(
                    _entry(
                        request, label, "markets_question_changelist", _ICONS[name],
                        query=f"queue={name}", badge=getattr(queues, name),
                        is_urgent=name in _URGENT,
                    )
                    for name, label in QUEUES.items()
                ),
            ],
        },
        {
            "title": "Records",
            "separator": True,
            "collapsible": True,
            "items": [
                _entry(request, label, f"markets_{model}_changelist", icon)
                for label, model, icon in _RECORDS
            ],
        },
        {
            "title": "Ledger",
            "separator": True,
            "collapsible": True,
            "items": [
                _entry(request, "Accounts", "markets_account_changelist", "account_balance"),
                _entry(request, "Transfers", "markets_transfer_changelist", "sync_alt"),
                _entry(request, "Payments", "markets_settlement_progress", "pending_actions"),
                _entry(request, "Audit", "markets_account_audit", "fact_check"),
            ],
        },
        {
            "title": "People",
            "separator": True,
            "collapsible": True,
            "items": [
                _entry(request, "Users", "users_user_changelist", "group"),
                _entry(request, "API keys", "users_apikey_changelist", "key"),
            ],
        },
    ]  # fmt: skip


_ICONS = {
    "written": "edit",
    "in_review": "rate_review",
    "scheduled": "schedule",
    "due_for_resolution": "gavel",
    "proposed": "how_to_vote",
    "challenged": "report",
    "corrections": "published_with_changes",
    "settling": "payments",
}
_URGENT = {"due_for_resolution", "challenged", "corrections"}
_RECORDS = (
    ("Forecasts", "forecast", "insights"),
    ("Orders", "order", "receipt_long"),
    ("Fills", "fill", "swap_horiz"),
    ("Positions", "position", "pie_chart"),
    ("Resolutions", "resolution", "task_alt"),
    ("Settlements", "settlement", "payments"),
    ("Scores", "score", "scoreboard"),
    ("Links", "linksuggestion", "link"),
)


def _entry(
    request: HttpRequest,
    title: str,
    name: str,
    icon: str,
    *,
    query: str = "",
    badge: int = 0,
    is_urgent: bool = False,
) -> Entry:
    path = reverse(f"admin:{name}")
    here = request.path == path and request.GET.urlencode() == query
    return {
        "title": title,
        "icon": icon,
        "link": f"{path}?{query}" if query else path,
        "active": here,
        "badge": badge,
        "badge_variant": "danger" if is_urgent else "primary",
    }
