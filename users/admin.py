"""People on the desk: who they are, who edits, who may sign in, and their API keys."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from users.desk import DeskAdmin, View, display, moment_column, refusals_beside, status_of
from users.models import ApiKey, User
from users.services import UserError, revoke_api_key, set_active, set_editor


@dataclass(frozen=True)
class UserAct:
    """One command on a user, with what it means."""

    command: Callable[..., None]
    changes: dict[str, bool]
    label: str
    consequence: str
    done: str


USER_ACTS = {
    "appoint": UserAct(
        set_editor,
        {"is_editor": True},
        "Make an editor",
        "Editors write, publish and resolve questions, and see this desk.",
        "{name} is an editor now.",
    ),
    "dismiss": UserAct(
        set_editor,
        {"is_editor": False},
        "No longer an editor",
        "The desk closes to them at once. They can still forecast and trade.",
        "{name} is no longer an editor.",
    ),
    "deactivate": UserAct(
        set_active,
        {"is_active": False},
        "Deactivate",
        "They are signed out everywhere, and their API keys stop. Nothing of theirs is deleted.",
        "{name} can no longer sign in.",
    ),
    "reactivate": UserAct(
        set_active,
        {"is_active": True},
        "Let sign in again",
        "They can sign in, and API keys that were not revoked work again.",
        "{name} can sign in again.",
    ),
}


def acts_on(user: User) -> list[str]:
    """The acts that would change something about a user."""
    return [
        "dismiss" if user.is_staff else "appoint",
        "deactivate" if user.is_active else "reactivate",
    ]


@admin.register(User)
class UserAdmin(DeskAdmin):
    list_display = ("name", "email", "is_staff", "is_superuser", "is_active", "joined")
    joined = moment_column("joined_at", "Joined")
    list_filter = ("is_staff", "is_active")
    search_fields = ("name", "email")
    ordering = ("-joined_at", "-pk")

    def desk_urls(self) -> list[tuple[str, View, str]]:
        acts = [
            (f"<int:user_id>/{name}/", partial(change_user, self, name=name), name)
            for name in USER_ACTS
        ]
        return [*acts, ("<int:user_id>/change/", partial(show_user, self), "change")]


@admin.register(ApiKey)
class ApiKeyAdmin(DeskAdmin):
    list_display = ("label", "user", "prefix", "allowed", "used", "standing")
    list_select_related = ("user",)
    used = moment_column("last_used_at", "Last used")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    search_fields = ("label", "prefix", "user__name")
    ordering = ("-created_at", "-pk")

    def desk_urls(self) -> list[tuple[str, View, str]]:
        return [("<int:key_id>/change/", partial(revoke, self), "change")]

    @display("Scopes")
    def allowed(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @display("State", label={"works": "success", "revoked": "danger", "expired": "warning"})
    def standing(self, key: ApiKey) -> str:
        if key.revoked_at:
            return "revoked"
        return "expired" if key.expires_at and key.expires_at <= timezone.now() else "works"


def show_user(desk: DeskAdmin, request: HttpRequest, user_id: int) -> HttpResponse:
    shown = get_object_or_404(User, pk=user_id)
    return desk.page(
        request,
        "admin/users/user/show.html",
        title=shown.name,
        original=shown,
        shown=shown,
        keys=shown.api_keys.order_by("-created_at"),
        acts=[(name, USER_ACTS[name], _url(name, user_id)) for name in acts_on(shown)],
    )


def change_user(desk: DeskAdmin, request: HttpRequest, user_id: int, *, name: str) -> HttpResponse:
    """Say what an act means before it is done."""
    changed, act = get_object_or_404(User, pk=user_id), USER_ACTS[name]
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusals_beside(form, UserError):
            act.command(user=changed, superuser=request.user, **act.changes)
            desk.log_change(request, changed, act.label)
            messages.success(request, act.done.format(name=changed.name))
            return HttpResponseRedirect(_url("change", user_id))
    return desk.page(
        request,
        "admin/users/user/act.html",
        title=changed.name,
        status=status_of(form),
        original=changed,
        shown=changed,
        act=act,
        form=form,
    )


def revoke(desk: DeskAdmin, request: HttpRequest, key_id: int) -> HttpResponse:
    """A key's page; posting revokes it."""
    key = get_object_or_404(ApiKey.objects.select_related("user"), pk=key_id)
    if request.method == "POST":
        revoke_api_key(key=key, now=timezone.now())
        desk.log_change(request, key, "Revoked")
        messages.success(request, f"The key “{key.label}” of {key.user.name} is revoked.")
        return HttpResponseRedirect(reverse("admin:users_apikey_changelist"))
    return desk.page(
        request, "admin/users/apikey/show.html", title=key.label, original=key, key=key
    )


def _url(name: str, user_id: int) -> str:
    return reverse(f"admin:users_user_{name}", args=[user_id])
