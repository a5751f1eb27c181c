"""Questions are published, halted, resumed and closed, and time passes."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from markets.core.money import MICRO
from markets.core.numeric import Bins
from markets.services import lifecycle, questions
from tests.cast import question_text
from tests.markets.domain.stage import Stage, editors, indices, pick

QUESTIONS_MAX = 5
TEXTS: dict[str, dict[str, Any]] = {
    "binary": {},
    "lopsided": {"prior": (0.9, 0.1)},
    "choice": {
        "type": "multiple_choice", "outcomes": ("Baku", "Yerevan", "Tbilisi"),
        "prior": (0.2, 0.3, 0.5),
    },
    "number": {
        "type": "numeric", "outcomes": (), "prior": (),
        "bins": Bins(lower=10, upper=12, count=4, open_below=True, open_above=True),
    },
}  # fmt: skip


class Lives(Stage):
    """What editors and the clock do to questions."""

    @initialize(kind=st.sampled_from(sorted(TEXTS)), subsidy=st.sampled_from([20, 500]))
    def begin(self, kind: str, subsidy: int) -> None:
        self._publish(kind=kind, subsidy=subsidy * MICRO)

    @precondition(lambda self: self.world.count("open") < 2)
    @precondition(lambda self: len(self.world.rows.question) < QUESTIONS_MAX)
    @rule(
        kind=st.sampled_from(sorted(TEXTS)),
        subsidy=st.sampled_from([1, 100]),
        closes_in=st.sampled_from([timedelta(hours=12), timedelta(days=5)]),
        opens_in=st.sampled_from([None, None, timedelta(hours=6)]),
    )
    def publish(
        self, kind: str, subsidy: int, closes_in: timedelta, opens_in: timedelta | None
    ) -> None:
        now = self.world.now
        self._publish(
            kind=kind, subsidy=subsidy * MICRO, closes_at=now + closes_in,
            resolve_by=now + timedelta(days=12), opens_at=now + opens_in if opens_in else None,
        )  # fmt: skip

    def _publish(self, *, kind: str, **changes: Any) -> None:
        eve = self.world.people["eve"]
        text = question_text(**TEXTS[kind], **changes)
        question = self.world.ask(
            questions.draft_question, text=text, editor=eve, now=self.world.now
        )
        self.world.ask(
            questions.publish, question_id=question.pk, editor=eve, now=self.world.now,
            override_reason="A test is about else.",
        )  # fmt: skip

    @precondition(lambda self: self.world.any("open", "halted"))
    @rule(what=st.sampled_from(["halt", "resume", "close"]), index=indices, editor=editors)
    def step(self, what: str, index: int, editor: str) -> None:
        if what == "close":
            self._step(lifecycle.close, index, editor, "halted")
        elif what == "resume" or self.world.any("halted"):
            self._step(lifecycle.resume, index, editor, "halted")
        else:
            self._step(lifecycle.halt, index, editor, "open")

    def _step(self, command: Any, index: int, editor: str, *statuses: str) -> None:
        question = pick(self.world.questions(*statuses), index)
        self.world.ask(
            command, "transition_refused", question_id=question.id,
            editor=self.world.people[editor], reason="news", now=self.world.now,
        )  # fmt: skip
