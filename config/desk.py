"""The editors' desk: Django's admin in unfold's clothes, with a policy that its scripts need."""

from collections.abc import Callable
from typing import Any

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from unfold.sites import UnfoldAdminSite

SECURED = "allauth.account.decorators.secure_admin_login"
FOREIGN_TABLES = ("auth.Group", "account.EmailAddress")
"""Tables of libraries, which register themselves; no service of ours changes them."""


class DeskConfig(AdminConfig):
    default_site = "config.desk.DeskSite"

    def ready(self) -> None:
        super().ready()
        admin.site.unregister([apps.get_model(name) for name in FOREIGN_TABLES])


class DeskSite(UnfoldAdminSite):  # type: ignore[misc]
    """The admin site; unfold's Alpine components evaluate expressions and set styles inline."""

    index_title = "Overview"

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:  # noqa: FBT001, FBT002 - Django's signature
        loosened = csp_replace(
            {
                "script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE],
                "style-src": [SELF, UNSAFE_INLINE],
            }
        )
        return loosened(super().admin_view(view, cacheable))

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Editors sign in where everybody does, under its limits on attempts."""
        secure = import_string(SECURED)  # by name: models are not there yet when this is read
        answer: HttpResponse = secure(super().login)(request, extra_context)
        return answer
