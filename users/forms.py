"""The public name that allauth's sign-up form asks for beside email and password."""

from django import forms
from django.http import HttpRequest

from users.models import NAME_LENGTH_MAX, User, public_name


class PublicNameForm(forms.Form):
    name = forms.CharField(
        label="Public name",
        max_length=NAME_LENGTH_MAX,
        validators=[public_name],
        help_text="Shown beside your forecasts. Small letters, digits and hyphens.",
    )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if User.objects.filter(name__iexact=name).exists():
            raise forms.ValidationError("This name is taken; choose another.", code="name_taken")
        return name

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
