"""Where articles come from."""

from django.db import models


class Source(models.Model):
    """A publication, known by its domain."""

    name = models.CharField(max_length=120)
    domain = models.CharField(max_length=253, unique=True)
    shows_full_text = models.BooleanField(
        default=False, help_text="Does its licence let us show whole articles to everybody?"
    )

    def __str__(self) -> str:
        return self.name
