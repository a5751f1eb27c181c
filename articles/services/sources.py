"""Publications, made known by the first article that comes from them."""

from urllib.parse import urlsplit

from django.db import transaction
from django.utils.text import slugify

from articles.core.errors import ArticleError
from articles.models import Source


class SourceNotFound(ArticleError):
    code = "source_not_found"
    field = "domain"


def source_of(*, url: str, name: str) -> Source | None:
    """The publication that a canonical address or a name stands for; None without either.

    One that was only known by its domain takes the name. One that has no site is known by a slug
    of its name, which has no dot and so is never a domain.
    Called inside the transaction of whoever stores an article.
    """
    domain = (urlsplit(url).hostname or "").removeprefix("www.")
    if not domain and name:
        known = Source.objects.filter(name__iexact=name).order_by("pk").first()
        if known is not None:
            return known
        domain = slugify(name, allow_unicode=True)
    if not domain:
        return None
    source, is_new = Source.objects.get_or_create(
        domain=domain[:253], defaults={"name": name or domain}
    )
    if name and not is_new and source.name == source.domain:
        source.name = name
        source.save(update_fields=["name"])
    return source


@transaction.atomic
def show_full_text(*, domain: str, is_shown: bool) -> Source:
    """Note whether the licence of a publication lets everybody read its articles here."""
    source = Source.objects.select_for_update().filter(domain=domain).first()
    if source is None:
        raise SourceNotFound(f"No article has come from {domain} yet; ingest one first.")
    source.shows_full_text = is_shown
    source.save(update_fields=["shows_full_text"])
    return source
