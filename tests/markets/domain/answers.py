"""Answers are proposed, challenged, confirmed and annulled; then they are paid and scored."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from markets.services import forecasting, lifecycle, resolution, scoring, settlement, trading
from tests.markets.domain import payments
from tests.markets.domain.stage import Stage, editors, indices, moods, people, pick
from tests.markets.domain.world import EVERYBODY

SWEEPS: dict[str, Any] = {
    "lives": lifecycle.advance_due,
    "orders": trading.expire_orders,
    "crowds": forecasting.refresh_crowds,
    "silence": resolution.confirm_uncontested,
    "settle": settlement.settle,
    "score": scoring.score,
}


class Answers(Stage):
    """What editors decide, and what workers make of it."""

    @precondition(lambda self: self.world.any("open", "closed", "challenged"))
    @rule(index=indices, answer=st.integers(0, 4), editor=editors)
    def propose(self, index: int, answer: int, editor: str) -> None:
        ended = self.world.any("closed", "challenged")
        question = pick(
            self.world.questions(*(("closed", "challenged") if ended else ("open",))), index
        )
        user = self.world.people[editor]
        taken = self.world.ask(
            resolution.propose, "conflict_of_interest transition_refused",
            question_id=question.id, proposer=user, now=self.world.now,
            rationale="The ministry says so.", **answer_of(question, answer),
        )  # fmt: skip
        if taken is not None:
            assert not self.world.takes_part(user, question.id)

    @precondition(lambda self: self.world.any("proposed"))
    @rule(index=indices, challenger=people, mood=moods)
    def challenge(self, index: int, challenger: str, mood: int) -> None:
        question = pick(self.world.questions("proposed"), index)
        concerned = [
            name
            for name in EVERYBODY
            if self.world.takes_part(self.world.people[name], question.id)
        ]
        if mood and concerned:
            challenger = pick(concerned, index)
        user = self.world.people[challenger]
        taken = self.world.ask(
            resolution.challenge, "not_a_participant challenge_closed insufficient_credits",
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
            if each == "settle":
                self._settle_due(times)
            elif each == "score":
                for due in self._settlements("settled"):
                    asked = {"resolution_id": due.resolution_id, "now": self.world.now}
                    self.world.sweep(scoring.score, times=times, **asked)
            else:
                self.world.sweep(SWEEPS[each], times=times, now=self.world.now)

    def _settle_due(self, times: int) -> None:
        for due in self._settlements("due", "settling"):
            before = self.world.rows
            asked = {"resolution_id": due.resolution_id, "now": self.world.now}
            self.world.sweep(settlement.settle, times=times, **asked)
            payments.require_just_payments(before, self.world.rows, self.unpaid)

    def _settlements(self, *states: str) -> list[Any]:
        return [each for each in self.world.rows.settlement if each.state in states]


def answer_of(question: Any, number: int) -> dict[str, Any]:
    """Answers of every kind: one outcome, a value, or a truth that is split."""
    count = len(question.prior)
    if question.lower is not None and number < 2:
        return {"value": question.lower + number}
    if number == 4:
        return {"outcome_weights": [1 / count] * count}
    return {"outcome_weights": [float(outcome == number % count) for outcome in range(count)]}
