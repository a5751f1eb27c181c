"""Absolute addresses of what the API links to."""

from django.conf import settings
from django.urls import reverse

from markets.models import Question


def question_address(question: Question) -> str:
    return question_address_of(question.slug)


def question_address_of(slug: str) -> str:
    return absolute(reverse("api:question", args=[slug]))


def question_page(question: Question) -> str:
    return absolute(reverse("pages:question", args=[question.slug]))


def article_address(article_id: int) -> str:
    return absolute(reverse("api:article", args=[article_id]))


def article_page(article_id: int) -> str:
    return absolute(reverse("pages:article", args=[article_id]))


def score_address(question_id: int, forecaster: str) -> str:
    return absolute(reverse("api:score", args=[question_id, forecaster]))


def person_page(name: str) -> str:
    return absolute(reverse("pages:person", args=[name]))


def absolute(path: str) -> str:
    return f"{settings.BASE_URL}{path}"  # type: ignore[misc]  # set with the environment
