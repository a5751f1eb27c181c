"""Form fields and widgets of the desk: several things in one box, and instants in UTC."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

_MOMENT = "%Y-%m-%dT%H:%M:%S"


def text_input(**attrs: Any) -> forms.Widget:
    return UnfoldAdminTextInputWidget(attrs=attrs)  # type: ignore[no-any-return]


def text_area(rows: int = 3, **attrs: Any) -> forms.Widget:
    return UnfoldAdminTextareaWidget(attrs={"rows": rows, **attrs})  # type: ignore[no-any-return]


def choice(**attrs: Any) -> forms.Widget:
    return UnfoldAdminSelectWidget(attrs=attrs)  # type: ignore[no-any-return]


def switch(**attrs: Any) -> forms.Widget:
    return UnfoldBooleanSwitchWidget(attrs=attrs)  # type: ignore[no-any-return]


class LinesField(forms.CharField):
    """Texts, one per line (or separated as told); blank ones are dropped."""

    def __init__(self, *, part_length_max: int, separator: str = "\n", **kwargs: Any) -> None:
        self.part_length_max, self.separator = part_length_max, separator
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        joint = "\n" if self.separator == "\n" else f"{self.separator} "
        return value if value is None or isinstance(value, str) else joint.join(value)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        parts = (part.strip() for part in text.replace("\r", "").split(self.separator))
        kept = tuple(part for part in parts if part)
        if any(len(part) > self.part_length_max for part in kept):
            raise forms.ValidationError(
                f"Each of these may have at most {self.part_length_max} characters; shorten the "
                "long ones.",
                code="too_long",
            )
        return kept


class MomentField(forms.DateTimeField):
    """An instant in UTC, to the second, as browsers write it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminTextInputWidget(attrs={"step": "1"})
        widget.input_type = "datetime-local"
        super().__init__(widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else f"{value:{_MOMENT}}"
