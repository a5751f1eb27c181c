"""Finding what an address names, for the reader who asks."""

from django.http import Http404, HttpRequest

from markets.models import Question
from markets.queries.search import visible_question
from users.models import User

WORD_LENGTH_MAX = 253
"""As long as a domain may be; tags are shorter."""


def reader_of(request: HttpRequest) -> User | None:
    """The signed-in user, or None."""
    return request.user if isinstance(request.user, User) else None


def question_or_404(request: HttpRequest, slug: str) -> Question:
    """The question that this reader may see under this slug or id."""
    question = visible_question(slug_or_id=slug, user=reader_of(request))
    if question is None:
        raise Http404
    return question


def word_of(request: HttpRequest, name: str) -> str:
    """A word from the address, such as a tag; nothing where no row could hold it."""
    word = request.GET.get(name, "")
    return word if len(word) <= WORD_LENGTH_MAX and word.isprintable() else ""
