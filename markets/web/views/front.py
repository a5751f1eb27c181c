"""The front page, and the page that explains the rest."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from markets.core.house_policy import CURRENT, policy_text
from markets.core.money import GRANT
from markets.queries.cards import cards_of
from markets.queries.search import featured_questions, public_questions
from markets.queries.stories import articles_that_raised, stories_of
from markets.queries.tags import common_tags
from markets.services.bonds import CHALLENGE_BOND

STORIES_SHOWN = 6
BESIDE_LEAD = 4
TRADED_SHOWN = 6
LISTED = 5
TAGS_SHOWN = 16


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    lists = {
        "featured": featured_questions(),
        "traded": public_questions(status=("open",), sort="volume")[:TRADED_SHOWN],
        "closing": public_questions(status=("open",), sort="closing_soon")[:LISTED],
        "newest": public_questions(status=("open",), sort="newest")[:LISTED],
        "decided": public_questions(status=("resolved", "final"), sort="newest")[:LISTED],
    }
    shown = {name: list(questions) for name, questions in lists.items()}
    cards = {
        card.question.pk: card
        for card in cards_of(
            {each.pk: each for questions in shown.values() for each in questions}.values(), now=now
        )
    }
    context = {name: [cards[each.pk] for each in questions] for name, questions in shown.items()}
    stories = stories_of(articles_that_raised()[:STORIES_SHOWN], now=now)
    return render(
        request,
        "markets/home.html",
        {
            **context,
            "lead": stories[0] if stories else None,
            "beside": stories[1:BESIDE_LEAD],
            "below": stories[BESIDE_LEAD:],
            "tags": common_tags(limit=TAGS_SHOWN),
        },
    )


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    facts = {"grant": GRANT, "bond": CHALLENGE_BOND, "policy": policy_text(CURRENT)}
    return render(request, "markets/about.html", facts)
