"""What every page of the editors' desk has in common.

Rows are shown read-only: whatever changes one is a page of its own, which translates a form into
one call of a service and shows its refusal beside the form.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from django import forms
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin
from unfold.decorators import display as unfold_display

from users.models import User

UNPROCESSABLE = 422

View = Callable[..., HttpResponse]
Column = TypeVar("Column", bound=Callable[..., Any])


def is_editor(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_staff


def editor_of(request: HttpRequest) -> User:
    """The signed-in editor; the admin site lets nobody else through."""
    return cast("User", request.user)


def display(
    description: str,
    *,
    ordering: str | None = None,
    label: dict[str, str] | None = None,
    header: bool = False,
) -> Callable[[Column], Column]:
    """A column of a list; `label` gives its values colours, `header` a second line."""
    column: Callable[[Column], Column] = unfold_display(
        description=description, ordering=ordering, label=label, header=header or None
    )
    return column


def spell_moment(moment: datetime | None) -> str:
    """An instant in UTC as the desk's lists write it.

    >>> spell_moment(datetime(2026, 3, 1, 9, 5, tzinfo=UTC)), spell_moment(None)
    ('1 Mar 2026, 09:05', '–')
    """
    return f"{moment.astimezone(UTC):%-d %b %Y, %H:%M}" if moment else "–"


def moment_column(field: str, heading: str) -> Callable[[Any, Any], str]:
    """A column with an instant in UTC, sortable."""

    @display(f"{heading} (UTC)", ordering=field)
    def column(desk: DeskAdmin, row: Any) -> str:
        return spell_moment(getattr(row, field))

    return column


def count_of(rows: QuerySet[Any], link: str) -> Coalesce:
    """How many of `rows` have the outer row at the end of `link`, as a column to annotate.

    A subquery, so that counting the pages of a list does not count these as well.
    """
    mine = rows.order_by().filter(**{link: OuterRef("pk")}).values(link)
    return Coalesce(Subquery(mine.annotate(found=Count("pk", distinct=True)).values("found")), 0)


class DeskAdmin(ModelAdmin):  # type: ignore[misc]
    """A table that every editor may look at, and nobody may change by way of the table."""

    actions = None
    list_per_page = 50
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_editor(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_editor(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def desk_urls(self) -> list[tuple[str, View, str]]:
        """The pages beside Django's own: route, view and the last part of the URL's name."""
        return []

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path(route, self.admin_site.admin_view(view), name=f"{name}_{suffix}")
            for route, view, suffix in self.desk_urls()
        ]
        return own + super().get_urls()  # type: ignore[no-any-return]

    def page(
        self, request: HttpRequest, template: str, *, title: str, status: int = 200, **context: Any
    ) -> TemplateResponse:
        """Answer with a page inside the desk's frame."""
        request.current_app = self.admin_site.name
        frame = self.admin_site.each_context(request)
        place = {"opts": self.opts} if "original" in context else {"model_admin": self}
        everything = {**frame, **place, "title": title, **context}
        return TemplateResponse(request, template, everything, status=status)


@contextmanager
def refusals_beside(
    form: forms.BaseForm, *kinds: type[Exception], field_of: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Turn a service's refusal into an error of the form: beside its field where it names one.

    `field_of` says which field stands for one that the form does not show.
    """
    try:
        yield
    except kinds as refusal:
        named = getattr(refusal, "field", None) or ""
        shown = (field_of or {}).get(named, named)
        form.add_error(shown if shown in form.fields else None, str(refusal))


def status_of(*checked: "forms.BaseForm | forms.BaseFormSet[Any]") -> int:
    """The HTTP status of a page that shows these forms: 422 once one of them has been refused."""
    return UNPROCESSABLE if any(each.is_bound and not each.is_valid() for each in checked) else 200
