"""Resolvers on the desk: set up and tried out, watched, run by hand, paused."""

from collections.abc import Callable
from functools import partial
from random import random
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from markets.admin.act_forms import ReasonForm
from markets.admin.answer_words import labels_of, read_words, run_words
from markets.admin.pages import bound, question_or_404
from markets.admin.resolver_forms import COMPARED, FIELD_OF, FORMS, ResolverForm, kinds_for
from markets.core.errors import MarketError
from markets.core.resolver_readings import Comparison
from markets.models import Question, Resolver, ResolverRun, RunOutcome
from markets.queries.resolvers import resolvers_in_need
from markets.services.resolver_runs import Trial, run_now, try_out
from markets.services.resolvers import (
    dismiss_reminder,
    edit_resolver,
    make_resolver,
    pause_resolver,
    resume_resolver,
)
from users.desk import (
    DeskAdmin,
    View,
    display,
    editor_of,
    moment_column,
    refusals_beside,
    status_of,
)

RUNS_SHOWN = 50
RUN_COLOURS = {
    "undetermined": "warning", "answer": "success", "suggested": "info", "reminded": "info",
}  # fmt: skip


@admin.register(Resolver)
class ResolverAdmin(DeskAdmin):
    list_display = ("asked", "kind", "stands", "next_look", "last_error")
    next_look = moment_column("next_attempt_at", "Next look")
    list_filter = ("kind", "is_active")
    list_select_related = ("question",)
    search_fields = ("question__title", "url")
    search_help_text = "Words of the question or of the address"
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Resolver]:
        rows: QuerySet[Resolver] = super().get_queryset(request)
        return rows

    def desk_urls(self) -> list[tuple[str, View, str]]:
        return [
            ("queue/", self.queue, "queue"),
            ("for/<int:question_id>/<str:kind>/", self.set_up, "set_up"),
            ("<int:resolver_id>/change/", self.show, "change"),
            ("<int:resolver_id>/edit/", self.edit, "edit"),
            ("<int:resolver_id>/run/", self.run, "run"),
            ("<int:resolver_id>/pause/", self.pause, "pause"),
            (
                "<int:resolver_id>/resume/",
                partial(self.act, command=resume_resolver, said="It looks again, from now on."),
                "resume",
            ),
            (
                "<int:resolver_id>/dismiss/",
                partial(self.act, command=dismiss_reminder, said="Seen. It comes again in time."),
                "dismiss",
            ),
        ]

    @display("Question", header=True)
    def asked(self, resolver: Resolver) -> tuple[str, str]:
        return resolver.question.title, resolver.url or resolver.expression or resolver.note

    @display("State", label={"paused": "danger", "failing": "warning", "watching": "success"})
    def stands(self, resolver: Resolver) -> str:
        if not resolver.is_active:
            return "paused"
        return "failing" if resolver.failures else "watching"

    def queue(self, request: HttpRequest) -> HttpResponse:
        """What keeps failing, what reminds of something, what ended without an answer."""
        return self.page(
            request,
            "admin/markets/resolver/queue.html",
            title="Sources to look at",
            resolvers=resolvers_in_need(now=timezone.now()),
            now=timezone.now(),
        )

    def show(self, request: HttpRequest, resolver_id: int) -> HttpResponse:
        """A resolver with its settings, what it remembers, and all that it did."""
        resolver = _found(resolver_id)
        question = question_or_404(resolver.question_id)
        runs = resolver.runs.select_related("ran_by").order_by("-number")[:RUNS_SHOWN]
        return self.page(
            request,
            "admin/markets/resolver/show.html",
            title=question.title,
            original=resolver,
            resolver=resolver,
            question=question,
            runs=[(run, run_words(run, question)) for run in runs],
            facts=facts_of(resolver, question),
            now=timezone.now(),
        )

    def set_up(self, request: HttpRequest, question_id: int, kind: str) -> HttpResponse:
        """Set up a resolver of one kind, having tried it out if one likes."""
        question = question_or_404(question_id)
        known = kinds_for(question)
        if kind not in dict(known):
            return HttpResponseRedirect(_set_up_url(question, known[0][0]))
        form = FORMS[kind](bound(request), question=question)
        make = partial(make_resolver, question_id=question_id)
        return self._form(request, question, form, make, "Set up: it looks from now on.")

    def edit(self, request: HttpRequest, resolver_id: int) -> HttpResponse:
        """Change a resolver, which forgets what it read; its runs stay."""
        resolver = _found(resolver_id)
        question = question_or_404(resolver.question_id)
        kind = FORMS[resolver.kind]
        form = kind(bound(request), question=question, initial=kind.start(resolver))
        change = partial(edit_resolver, resolver_id=resolver_id)
        return self._form(request, question, form, change, "Changed.", resolver=resolver)

    def _form(
        self,
        request: HttpRequest,
        question: Question,
        form: ResolverForm,
        command: Callable[..., Resolver],
        said: str,
        *,
        resolver: Resolver | None = None,
    ) -> HttpResponse:
        trial: Trial | None = None
        now = timezone.now()
        if form.is_bound and form.is_valid():
            settings, editor = form.settings(now=now), editor_of(request)
            with refusals_beside(form, MarketError, field_of=FIELD_OF):
                if request.POST.get("do") == "try":
                    trial = try_out(
                        question_id=question.pk, settings=settings, editor=editor, now=now
                    )
                else:
                    made = command(settings=settings, editor=editor, now=now)
                    messages.success(request, said)
                    return HttpResponseRedirect(_url(made.pk))
        return self.page(
            request,
            "admin/markets/resolver/form.html",
            title="Change a resolver" if resolver else "Set up a resolver",
            status=status_of(form),
            original=question,
            question=question,
            resolver=resolver,
            form=form,
            kinds=[(name, label, _set_up_url(question, name)) for name, label in
                   kinds_for(question)],
            trial=trial,
            would_say=read_words(trial.seen.answer, question) if trial else "",
        )  # fmt: skip

    def run(self, request: HttpRequest, resolver_id: int) -> HttpResponse:
        """Look at the source now, and say what that led to."""
        if request.method == "POST":
            try:
                run = run_now(
                    resolver_id=resolver_id,
                    editor=editor_of(request),
                    now=timezone.now(),
                    jitter=random(),  # noqa: S311 - spreads tries
                )
            except MarketError as refusal:
                messages.error(request, str(refusal))
            else:
                _tell(request, run)
        return HttpResponseRedirect(_url(resolver_id))

    def pause(self, request: HttpRequest, resolver_id: int) -> HttpResponse:
        resolver = _found(resolver_id)
        form = ReasonForm(bound(request))
        if form.is_bound and form.is_valid():
            with refusals_beside(form, MarketError):
                pause_resolver(
                    resolver_id=resolver_id,
                    reason=form.cleaned_data["reason"],
                    editor=editor_of(request),
                    now=timezone.now(),
                )
                messages.success(request, "Paused: it looks no more until somebody resumes it.")
                return HttpResponseRedirect(_url(resolver_id))
        return self.page(
            request,
            "admin/markets/resolver/pause.html",
            title="Pause a resolver",
            status=status_of(form),
            original=resolver,
            resolver=resolver,
            form=form,
        )

    def act(
        self,
        request: HttpRequest,
        resolver_id: int,
        *,
        command: Callable[..., Resolver],
        said: str,
    ) -> HttpResponse:
        """An act that asks for nothing."""
        if request.method == "POST":
            try:
                command(resolver_id=resolver_id, editor=editor_of(request), now=timezone.now())
                messages.success(request, said)
            except MarketError as refusal:
                messages.error(request, str(refusal))
        return HttpResponseRedirect(_url(resolver_id))


@admin.register(ResolverRun)
class ResolverRunAdmin(DeskAdmin):
    list_display = ("asked", "number", "ended", "reason", "excerpt", "ran")
    ran = moment_column("ran_at", "Ran")
    list_filter = ("outcome", "reason")
    list_select_related = ("resolver__question",)
    search_fields = ("resolver__question__title", "excerpt", "url")
    ordering = ("-pk",)

    @display("Question")
    def asked(self, run: ResolverRun) -> str:
        return run.resolver.question.title

    @display("Outcome", ordering="outcome", label=RUN_COLOURS)
    def ended(self, run: ResolverRun) -> tuple[str, str]:
        return run.outcome, run.get_outcome_display()


def facts_of(resolver: Resolver, question: Question) -> list[tuple[str, str]]:
    """How a resolver is set up, as far as its kind uses it."""
    compared = ""
    if resolver.threshold is not None:
        words = COMPARED[Comparison(resolver.comparison)]
        compared = f"{words} {resolver.threshold:g} {resolver.unit}".strip()
    row = f"{resolver.row_column} = {resolver.row_value}" if resolver.row_column else ""
    labels = labels_of(question)
    meant = ", ".join(
        f"“{text}”: {label}" for label, text in zip(labels, resolver.texts, strict=False) if text
    )
    suggests = labels[resolver.outcome] if resolver.outcome is not None else ""
    facts = [
        ("Field", resolver.expression if resolver.kind == "json" else ""),
        ("Rule", resolver.expression if resolver.kind == "question" else ""),
        ("Column", resolver.column),
        ("Row", row or ("the last" if resolver.kind == "csv" else "")),
        ("Yes if the number", compared),
        ("Texts", meant),
        ("Multiplied by", f"{resolver.multiplier:g}" if resolver.multiplier != 1 else ""),
        ("Words", ", ".join(resolver.phrases)),
        ("They suggest", suggests),
        ("What to look at", resolver.note),
    ]
    return [(name, value) for name, value in facts if value]


def _tell(request: HttpRequest, run: ResolverRun | None) -> None:
    if run is None:
        messages.warning(request, "Somebody changed or paused it meanwhile, so nothing is kept.")
    elif run.outcome == RunOutcome.UNDETERMINED:
        messages.info(request, f"Undetermined ({run.reason}): {run.detail}")
    else:
        messages.success(request, f"{run.get_outcome_display().capitalize()}. {run.detail}".strip())


def _found(resolver_id: int) -> Any:
    return get_object_or_404(Resolver.objects.select_related("question", "made_by"), pk=resolver_id)


def _url(resolver_id: int) -> str:
    return reverse("admin:markets_resolver_change", args=[resolver_id])


def _set_up_url(question: Question, kind: str) -> str:
    return reverse("admin:markets_resolver_set_up", args=[question.pk, kind])
