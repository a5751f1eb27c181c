"""The desk's own pages, for whoever looks at them all."""

from django.urls import reverse

from articles.models import Draft
from markets.models import Correction, Question
from users.models import User


def desk_pages():
    """The desk's own pages in the demo world, by the name of their picture."""
    status = {each.status: each.pk for each in Question.objects.all()}
    correcting = Correction.objects.get(decision="").question_id
    waiting = Draft.objects.filter(fate="proposed").order_by("pk")[0]
    acts = {
        "write": ("draft", "change"), "preview": ("draft", "preview"),
        "reject": ("draft", "reject"),
        "open": ("open", "change"), "halt": ("open", "halt"), "annul": ("open", "annul"),
        "liquidity": ("open", "liquidity"),
        "propose": ("closed", "propose"), "confirm": ("proposed", "confirm"),
        "challenged": ("challenged", "change"), "final": ("final", "change"),
        "review": ("review", "preview"), "send-back": ("review", "send_back"),
        "reschedule": ("scheduled", "reschedule"),
    }  # fmt: skip
    return {
        "overview": reverse("admin:index"),
        "inbox": reverse("admin:articles_article_inbox"),
        "inbox-all": reverse("admin:articles_article_inbox") + "?view=all",
        "add-article": reverse("admin:articles_article_add"),
        "article": reverse("admin:articles_article_change", args=[waiting.version.article_id]),
        **{
            name: reverse(f"admin:markets_question_{act}", args=[status[of]])
            for name, (of, act) in acts.items()
        },
        "correct": reverse(
            "admin:markets_question_correct",
            args=[Question.objects.filter(status="final").exclude(pk=correcting).first().pk],
        ),
        "correction": reverse("admin:markets_question_correction", args=[correcting]),
        "correcting": reverse("admin:markets_question_change", args=[correcting]),
        "featured": reverse("admin:markets_feature_changelist"),
        "links": reverse("admin:markets_linksuggestion_queue"),
        "payments": reverse("admin:markets_settlement_progress"),
        "audit": reverse("admin:markets_account_audit"),
        "user": reverse("admin:users_user_change", args=[User.objects.get(name="bob").pk]),
    }
