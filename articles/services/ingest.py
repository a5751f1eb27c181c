"""From a pasted text, a page or an address to a stored article with its drafts.

The same article is recognised by its canonical address, then by the hash of its text; a text that
differs from what an address showed before becomes a new version, and old versions stay.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from articles.core.canonical import text_sha256
from articles.core.errors import ArticleError
from articles.core.tags import normalise_tag, normalise_tags
from articles.models import Article, ArticleVersion
from articles.models.article import DatePrecision, Quality
from articles.services import outbound
from articles.services.drafting import draft_article
from articles.services.gazetteer import one_spelling
from articles.services.locks import lock_storing
from articles.services.outbound import STRICT, Guard
from articles.services.reading import Reading, read_html, read_page, read_text
from articles.services.sources import source_of
from articles.services.stories import begin_story, place_version
from articles.services.tagging import find_all_tags
from users.models import User


class FetchingIsOff(ArticleError):
    """This site has been set up not to fetch anything."""

    code = "fetching_is_off"
    field = "url"


class WallInstead(ArticleError):
    """The address shows a wall where an article was, or the wall that another one showed."""

    code = "wall_instead"
    field = "url"


def ingest_text(
    *,
    text: str,
    editor: User | None,
    now: datetime,
    title: str = "",
    author: str = "",
    url: str = "",
    source_name: str = "",
    published_at: datetime | None = None,
    tags: Sequence[str] = (),
) -> Article:
    """The stored article of a pasted text; `replayed` when it was there already.

    Raises what `reading.read_text` raises, and WallInstead.
    """
    reading = read_text(
        text,
        now=now,
        title=title,
        author=author,
        url=url,
        source_name=source_name,
        published_at=published_at,
        tags=tags,
    )
    return _store(reading, editor=editor, now=now)


def ingest_html(*, html: bytes, editor: User | None, now: datetime, url: str = "") -> Article:
    """The stored article of an uploaded page; `replayed` when it was there already.

    Raises what `reading.read_html` raises, and WallInstead.
    """
    return _store(read_html(html, now=now, url=url), editor=editor, now=now)


def ingest_url(*, url: str, editor: User | None, now: datetime, guard: Guard = STRICT) -> Article:
    """The stored article of an address, fetched now; `replayed` when nothing is new.

    The article belongs to the address where redirects end. Raises FetchingIsOff, what
    `outbound.get` and `reading.read_page` raise, and WallInstead.
    """
    return _store(fetch_reading(url=url, now=now, guard=guard), editor=editor, now=now)


def ingest_reading(*, reading: Reading, editor: User | None, now: datetime) -> Article:
    """The stored article of a reading; `replayed` when it was there already. Raises WallInstead."""
    return _store(reading, editor=editor, now=now)


def fetch_reading(*, url: str, now: datetime, guard: Guard = STRICT) -> Reading:
    """The article at an address, without storing anything."""
    require_fetching()
    return read_page(outbound.get(url.strip(), guard=guard), now=now)


def require_fetching() -> None:
    """Raise FetchingIsOff where nothing is fetched."""
    if not settings.ARTICLES_FETCHING:  # type: ignore[misc]  # the stubs miss computed settings
        raise FetchingIsOff("Fetching is switched off here; paste the text of the article instead.")


@transaction.atomic
def _store(reading: Reading, *, editor: User | None, now: datetime) -> Article:
    lock_storing()
    sha256 = text_sha256(reading.text)
    at_address = _article_at(reading.url)
    same_text = ArticleVersion.objects.select_related("article").filter(text_sha256=sha256).first()
    if same_text is not None:
        return _replay(reading, at_address, same_text.article)
    if at_address is not None:
        _refuse_wall_over(at_address, reading)
    article = at_address or _new_article(reading, editor=editor, now=now)
    version = ArticleVersion.objects.create(
        article=article,
        number=1 if at_address is None else article.versions.count() + 1,
        text=reading.text,
        text_sha256=sha256,
        captured_at=now,
    )
    if at_address is not None:
        _learn(article, reading)
    place_version(version)
    draft_article(version_id=version.pk, now=now)
    return article


def _article_at(url: str) -> Article | None:
    return Article.objects.select_for_update().filter(url=url).first() if url else None


def _new_article(reading: Reading, *, editor: User | None, now: datetime) -> Article:
    return Article.objects.create(
        source=source_of(url=reading.url, name=reading.source_name),
        added_by=editor,
        added_at=now,
        story=begin_story(now=now),
        url=reading.url,
        **_described(reading),
    )


def _replay(reading: Reading, at_address: Article | None, of_text: Article) -> Article:
    """The article that is there already; the same wall at two addresses is no article."""
    if at_address is None and reading.url and reading.quality is not Quality.GOOD:
        raise WallInstead(
            f"The address shows what another one showed ({reading.quality.label.lower()}); open it "
            "in a browser and paste the text of the article."
        )
    article = at_address or of_text
    article.replayed = True
    return article


def _refuse_wall_over(article: Article, reading: Reading) -> None:
    if article.quality == Quality.GOOD and reading.quality is not Quality.GOOD:
        raise WallInstead(
            f"The address no longer shows the article ({reading.quality.label.lower()}); the text "
            "that was kept before stands."
        )


def _learn(article: Article, reading: Reading) -> None:
    """Take from a new version what the article lacks; what an editor may have set stays."""
    if article.quality != Quality.GOOD:
        changes = _described(reading)
        if article.tagged_at is not None:
            del changes["tags"]
    elif article.published_precision == DatePrecision.UNKNOWN:
        changes = _dated(reading)
    else:
        return
    for name, value in changes.items():
        setattr(article, name, value)
    article.save(update_fields=list(changes))


def _described(reading: Reading) -> dict[str, object]:
    return {
        "title": reading.title,
        "author": reading.author,
        "language": reading.language,
        "tags": list(_tagged(reading)),
        "quality": reading.quality,
        **_dated(reading),
    }


def _tagged(reading: Reading) -> tuple[str, ...]:
    """The tags of a reading: those that somebody chose, or else whatever is found."""
    if reading.are_tags_chosen:
        return normalise_tags(map(one_spelling, map(normalise_tag, reading.tags)))
    return find_all_tags(
        given=reading.tags, title=reading.title, text=reading.text, language=reading.language
    )


def _dated(reading: Reading) -> dict[str, object]:
    return {
        "published_at": reading.published_at,
        "published_precision": reading.published_precision,
        "published_origin": reading.published_origin,
    }
