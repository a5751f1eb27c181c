"""The questions that stand first on the home page, and their order."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from markets.core.errors import MarketError
from markets.core.lifecycle import ACCEPTS_FORECASTS
from markets.models import Feature
from markets.services import featuring
from users.desk import DeskAdmin, View, editor_of


def feature(request: HttpRequest, question_id: int) -> HttpResponse:
    """Put a question at the end of the featured ones."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        featuring.feature(question_id=question_id, editor=editor_of(request), now=timezone.now())
        messages.success(request, "It is featured on the home page.")
    except MarketError as refusal:
        messages.error(request, refusal.message)
    return HttpResponseRedirect(reverse("admin:markets_question_change", args=[question_id]))


def unfeature(request: HttpRequest, question_id: int) -> HttpResponse:
    """Take a question off the top of the home page."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    featuring.unfeature(question_id=question_id, editor=editor_of(request))
    messages.success(request, "It is featured no longer.")
    return HttpResponseRedirect(reverse("admin:markets_feature_changelist"))


@admin.register(Feature)
class FeatureAdmin(DeskAdmin):
    def desk_urls(self) -> list[tuple[str, View, str]]:
        return [
            ("", self.show, "changelist"),
            ("<int:question_id>/place/", self.place, "place"),
        ]

    def show(self, request: HttpRequest) -> HttpResponse:
        """The featured questions in their order; what has ended is marked, and shown to nobody."""
        features = list(Feature.objects.select_related("question", "featured_by").order_by("place"))
        return self.page(
            request,
            "admin/markets/feature/list.html",
            title="Featured",
            features=features,
            live=ACCEPTS_FORECASTS,
            places_left=featuring.FEATURES_MAX - len(features),
        )

    def place(self, request: HttpRequest, question_id: int) -> HttpResponse:
        """Move a featured question up or down."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        at = request.POST.get("at", "")
        try:
            if at.isascii() and at.isdigit():
                featuring.place(question_id=question_id, at=int(at[:4]), editor=editor_of(request))
        except MarketError as refusal:
            messages.error(request, refusal.message)
        return HttpResponseRedirect(reverse("admin:markets_feature_changelist"))
