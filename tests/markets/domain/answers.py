"""Answers are proposed, challenged, confirmed and annulled; then they are paid and scored."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from markets.services import (
    corrections,
    forecasting,
    lifecycle,
    resolution,
    scoring,
    settlement,
    trading,
)
from tests.markets.domain import payments
from tests.markets.domain.stage import Stage, editors, indices, moods, people, periods, pick
from tests.markets.domain.world import EDITORS, EVERYBODY
from users.models import User

SWEEPS: dict[str, Any] = {
    "lives": lifecycle.advance_due,
    "orders": trading.expire_orders,
    "crowds": forecasting.refresh_crowds,
    "silence": resolution.confirm_uncontested,
    "settle": settlement.settle,
    "score": scoring.score,
}
BY_THE_CLOCK = ("lives", "orders", "crowds", "silence")

ANSWER_REFUSALS = "conflict_of_interest transition_refused effective_at_out_of_range "
CHALLENGE_REFUSALS = """
    not_a_participant challenge_closed insufficient_credits already_challenged nothing_proposed
"""
answers, instants = st.integers(0, 5), st.none() | st.integers(0, 4)


class Answers(Stage):
    """What editors decide, and what workers make of it."""

    @precondition(lambda self: self.world.any("open", "closed", "challenged"))
    @rule(index=indices, answer=answers, editor=editors, early=instants)
    def propose(self, index: int, answer: int, editor: str, early: int | None) -> None:
        ended = self.world.any("closed", "challenged")
        question = pick(
            self.world.questions(*(("closed", "challenged") if ended else ("open",))), index
        )
        user = self.world.people[editor]
        taken = self.world.ask(
            resolution.propose, ANSWER_REFUSALS + "nothing_corrected", question_id=question.id,
            proposer=user, now=self.world.now, rationale="The ministry says so.",
            **answer_of(question, answer, self._instant(question, early)),
        )  # fmt: skip
        if taken is not None:
            assert not self.world.takes_part(user, question.id)

    def _instant(self, question: Any, early: int | None) -> Any:
        """None, or an instant of the question's life: that of a fill, or of its opening."""
        if early is None:
            return None
        fills = [each.filled_at for each in self.world.rows.fill if each.market_id == question.id]
        return pick([*fills[::-1], question.opened_at], early)

    @precondition(lambda self: self.world.any("resolved", "final"))
    @rule(index=indices, answer=answers, editor=editors, early=instants)
    def correct(self, index: int, answer: int, editor: str, early: int | None) -> None:
        question = pick(self.world.questions("resolved", "final"), index)
        user = self.world.people[editor]
        taken = self.world.ask(
            corrections.propose_correction,
            ANSWER_REFUSALS + "correction_waits nothing_corrected", question_id=question.id,
            proposer=user, rationale="The ministry was wrong.", now=self.world.now,
            **answer_of(question, answer, self._instant(question, early)),
        )  # fmt: skip
        if taken is not None:
            assert not self.world.takes_part(user, question.id)

    @precondition(lambda self: self._corrected())
    @rule(index=indices, editor=editors, is_confirmed=st.sampled_from([True, True, False]))
    def decide_correction(self, index: int, editor: str, is_confirmed: bool) -> None:
        question = pick(self._corrected(), index)
        asked = {
            "question_id": question.id, "editor": self.world.people[editor], "now": self.world.now,
        }  # fmt: skip
        if not is_confirmed:
            self.world.ask(
                corrections.drop_correction, "conflict_of_interest", reason="It stays.", **asked
            )
            return
        taken = self.world.ask(
            corrections.confirm_correction, "conflict_of_interest second_person_needed", **asked
        )
        if taken is not None:
            assert taken.resolution.proposer_id != asked["editor"].pk
            assert not self.world.takes_part(asked["editor"], question.id)

    @precondition(lambda self: self._traded("open", "closed"))
    @rule(index=indices, answer=answers, early=instants)
    def decide(self, index: int, answer: int, early: int | None) -> None:
        """The short way from trading to an answer that has to be paid."""
        question = pick(self._traded("open", "closed"), index)
        first, second = self._impartial(question.id)[:2]
        asked = {"question_id": question.id, "now": self.world.now}
        said = answer_of(question, answer, self._instant(question, early))
        if self.world.ask(
            resolution.propose, ANSWER_REFUSALS, proposer=first, rationale="So it is.", **asked,
            **said,
        ):  # fmt: skip
            self.all_is_well()
            assert self.world.ask(resolution.confirm, editor=second, **asked)

    @precondition(lambda self: self._traded("resolved", "final"))
    @rule(index=indices, answer=answers, early=instants)
    def correct_at_once(self, index: int, answer: int, early: int | None) -> None:
        """The short way to another answer, of which the difference has to be paid."""
        question = pick(self._traded("resolved", "final"), index)
        first, second = self._impartial(question.id)[:2]
        asked = {"question_id": question.id, "now": self.world.now}
        said = answer_of(question, answer, self._instant(question, early))
        if self.world.ask(
            corrections.propose_correction,
            ANSWER_REFUSALS + "correction_waits nothing_corrected", proposer=first,
            rationale="It was wrong.", **asked, **said,
        ):  # fmt: skip
            self.all_is_well()
            assert self.world.ask(corrections.confirm_correction, editor=second, **asked)

    def _traded(self, *statuses: str) -> list[Any]:
        """Questions at one of these that somebody traded on, and that two editors may decide."""
        held = {each.market_id for each in self.world.rows.position}
        return [
            each
            for each in self.world.rows.question
            if each.status in statuses and each.id in held and len(self._impartial(each.id)) > 1
        ]

    def _impartial(self, question_id: int) -> list[User]:
        editors = [self.world.people[name] for name in EDITORS]
        return [each for each in editors if not self.world.takes_part(each, question_id)]

    def _corrected(self) -> list[Any]:
        """The questions of which a correction waits for a second editor."""
        waiting = [each.question_id for each in self.world.rows.correction if not each.decision]
        return [self.world.question(each) for each in waiting]

    @precondition(lambda self: self.world.any("proposed") or self._corrected())
    @rule(index=indices, challenger=people, mood=moods)
    def challenge(self, index: int, challenger: str, mood: int) -> None:
        question = pick(self._corrected() or self.world.questions("proposed"), index)
        concerned = [
            name
            for name in EVERYBODY
            if self.world.takes_part(self.world.people[name], question.id)
        ]
        if mood and concerned:
            challenger = pick(concerned, index)
        user = self.world.people[challenger]
        taken = self.world.ask(
            resolution.challenge, CHALLENGE_REFUSALS,
            question_id=question.id, challenger=user, reason="It is wrong.", now=self.world.now,
        )  # fmt: skip
        if taken is not None:
            assert self.world.takes_part(user, question.id)

    @precondition(lambda self: self.world.any("proposed", "challenged"))
    @rule(index=indices, editor=editors)
    def confirm(self, index: int, editor: str) -> None:
        question = pick(self.world.questions("proposed", "challenged"), index)
        user = self.world.people[editor]
        taken = self.world.ask(
            resolution.confirm, "conflict_of_interest second_person_needed",
            question_id=question.id, editor=user, now=self.world.now,
        )  # fmt: skip
        if taken is not None:
            assert taken.resolution.proposer_id != user.pk
            assert not self.world.takes_part(user, question.id)

    @rule(index=indices, editor=editors, mood=moods)
    def annul(self, index: int, editor: str, mood: int) -> None:
        if mood:
            return  # it would end most worlds before anything has happened in them
        question = pick(self.world.rows.question, index)
        self.world.ask(
            resolution.annul, "conflict_of_interest transition_refused", question_id=question.id,
            editor=self.world.people[editor], reason="It was ill-posed.", now=self.world.now,
        )  # fmt: skip

    @precondition(lambda self: self._settlements("due", "settling"))
    @rule(index=indices, chunk=st.integers(1, 2))
    def settle_a_chunk(self, index: int, chunk: int) -> None:
        due = pick(self._settlements("due", "settling"), index)
        before = self.world.rows
        self.world.ask(
            settlement.settle_chunk, resolution_id=due.resolution_id, now=self.world.now,
            chunk=chunk,
        )  # fmt: skip
        payments.require_just_payments(before, self.world.rows, self.unpaid)

    @rule(what=st.sampled_from(["all", "all", *SWEEPS]), times=st.sampled_from([1, 1, 2]))
    def sweep(self, what: str, times: int) -> None:
        """What beat has workers do every second, now and then late, or twice."""
        for each in SWEEPS if what == "all" else [what]:
            self._sweep(each, times)

    @rule(period=periods, is_swept=st.sampled_from([True, True, False]))
    def pass_time(self, period: timedelta, is_swept: bool) -> None:
        """The clock moves on, or steps back, and beat may be there to see it."""
        self.world.pass_time(period)
        for each in BY_THE_CLOCK if is_swept else ():
            self._sweep(each, times=1)

    def _sweep(self, what: str, times: int) -> None:
        if what == "settle":
            self._settle_due(times)
        elif what == "score":
            for due in self._settlements("settled"):
                asked = {"resolution_id": due.resolution_id, "now": self.world.now}
                self.world.sweep(scoring.score, times=times, **asked)
        else:
            self.world.sweep(SWEEPS[what], times=times, now=self.world.now)

    def _settle_due(self, times: int) -> None:
        for due in self._settlements("due", "settling"):
            before = self.world.rows
            asked = {"resolution_id": due.resolution_id, "now": self.world.now}
            self.world.sweep(settlement.settle, times=times, **asked)
            payments.require_just_payments(before, self.world.rows, self.unpaid)

    def _settlements(self, *states: str) -> list[Any]:
        return [each for each in self.world.rows.settlement if each.state in states]


def answer_of(question: Any, number: int, effective_at: datetime | None) -> dict[str, Any]:
    """Answers of every kind: one outcome, a value, a truth that is split, or none."""
    count = len(question.prior)
    if number == 5:
        return {"verdict": "ambiguous"}
    answer: dict[str, Any] = {"effective_at": effective_at}
    if question.lower is not None and number < 2:
        answer["value"] = question.lower + number
    elif number == 4:
        answer["outcome_weights"] = [1 / count] * count
    else:
        answer["outcome_weights"] = [float(each == number % count) for each in range(count)]
    return answer
