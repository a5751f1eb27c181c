"""Addresses and counts that the tests of the desk share."""

from django.urls import reverse

from markets.models import (
    Clarification,
    Market,
    Question,
    Resolution,
    Settlement,
    StatusChange,
    Transfer,
)


def url(question, page="change"):
    return reverse(f"admin:markets_question_{page}", args=[question.pk])


def rows():
    """How much has been written, whatever the desk may write."""
    return {
        model.__name__: model.objects.count()
        for model in (
            Clarification,
            Question,
            Market,
            StatusChange,
            Resolution,
            Settlement,
            Transfer,
        )
    }


def status(question):
    return Question.objects.get(pk=question.pk).status


def log(question):
    """The steps of a question: where to, by whom, and why."""
    return [
        (change.to_status, change.actor.name if change.actor else "the clock", change.reason)
        for change in question.status_changes.select_related("actor").order_by("pk")
    ]


def refusals(answer, form="form"):
    """What stands beside a form as a whole."""
    return list(answer.context[form].non_field_errors())


def said(answer):
    """What the page says at its top after a redirect."""
    return [str(message) for message in answer.context["messages"]]
