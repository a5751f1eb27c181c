"""The editors' desk: Django's admin in unfold's clothes, with a policy that its scripts need."""

from collections.abc import Callable
from typing import Any

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.contrib.admin.apps import AdminConfig
from unfold.sites import UnfoldAdminSite


class DeskConfig(AdminConfig):
    default_site = "config.desk.DeskSite"


class DeskSite(UnfoldAdminSite):  # type: ignore[misc]
    """The admin site; unfold's Alpine components evaluate expressions and set styles inline."""

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:  # noqa: FBT001, FBT002 - Django's signature
        loosened = csp_replace(
            {
                "script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE],
                "style-src": [SELF, UNSAFE_INLINE],
            }
        )
        return loosened(super().admin_view(view, cacheable))
