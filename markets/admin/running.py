"""Acts that ask only for a reason: halt, resume, close, send back, reject."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from markets.admin.act_forms import ReasonForm
from markets.admin.pages import bound, done, elsewhere, question_or_404, question_page
from markets.core.errors import MarketError
from markets.models import Question
from markets.services import lifecycle, questions
from users.desk import DeskAdmin, editor_of, refusals_beside, status_of


@dataclass(frozen=True)
class ReasonedAct:
    """One command, what it means for people, and what is said once it is done."""

    command: Callable[..., Question]
    label: str
    consequence: str
    done: str
    is_final: bool = False


REASONED_ACTS = {
    "halt": ReasonedAct(
        lifecycle.halt,
        "Halt trading",
        "Nobody can trade until it is resumed. Forecasts go on, and its closing time stays.",
        "Halted: trading has stopped.",
    ),
    "resume": ReasonedAct(
        lifecycle.resume,
        "Resume trading",
        "Trading goes on at the odds at which it stopped.",
        "Resumed: trading goes on.",
    ),
    "close": ReasonedAct(
        lifecycle.close,
        "Close early",
        "Trading and forecasting end for good. The next step is to propose the answer.",
        "Closed. Propose the answer once it is known.",
        is_final=True,
    ),
    "send_back": ReasonedAct(
        questions.send_back,
        "Send back",
        "It becomes a draft again, for whoever wrote it to mend.",
        "Sent back.",
    ),
    "reject": ReasonedAct(
        questions.reject,
        "Reject this question",
        "It will never be published. The article's draft stays taken up.",
        "Rejected.",
        is_final=True,
    ),
}


def act_with_reason(
    desk: DeskAdmin, request: HttpRequest, question_id: int, *, name: str
) -> HttpResponse:
    act = REASONED_ACTS[name]
    question = question_or_404(question_id)
    other = elsewhere(request, question, name)
    if other is not None:
        return other
    form = ReasonForm(bound(request))
    if form.is_bound and form.is_valid():
        with refusals_beside(form, MarketError):
            question = act.command(
                question_id=question_id,
                editor=editor_of(request),
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
            return done(request, question, act.done)
    return question_page(
        desk, request, question, "reason", status=status_of(form), form=form, act=act
    )
