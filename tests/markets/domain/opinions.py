"""Forecasts are stated, with and without a stake, withdrawn, and end by themselves."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from markets.core.money import MICRO
from markets.services import forecasting
from tests.markets.domain.stage import ORDER_REFUSALS, Stage, indices, people, pick

FORECAST_REFUSALS = ORDER_REFUSALS + "question_not_open invalid_forecast"


class Opinions(Stage):
    """What forecasters do."""

    @precondition(lambda self: self.world.any("open", "halted"))
    @rule(
        forecaster=people,
        index=indices,
        parts=st.lists(st.integers(0, 20), min_size=4, max_size=4),
        stake=st.none() | st.integers(MICRO // 100, 100 * MICRO),
        ends_in=st.none() | st.none() | st.sampled_from([timedelta(hours=2), timedelta(days=9)]),
    )
    def forecast(
        self,
        forecaster: str,
        index: int,
        parts: list[int],
        stake: int | None,
        ends_in: timedelta | None,
    ) -> None:
        question = pick(self.world.questions("open", "halted"), index)
        mine = [1 + part for part in parts[: len(question.prior)]]
        answer = self.world.ask_with_key(
            forecasting.submit_forecast, FORECAST_REFUSALS,
            forecaster=self.world.people[forecaster], question_id=question.id,
            probabilities=tuple(part / sum(mine) for part in mine), stake=stake,
            ends_at=self.world.now + ends_in if ends_in else None, now=self.world.now,
            clock=self.world.clock,
        )  # fmt: skip
        if answer is not None:
            assert question.status == "open" or (question.status == "halted" and stake is None)
            assert self.world.now < question.closes_at

    @precondition(lambda self: self.world.rows.forecast)
    @rule(index=indices)
    def withdraw(self, index: int) -> None:
        forecast = pick(self.world.rows.forecast[::-1], index)
        forecaster = self.world.people[self.world.name_of(forecast.forecaster_id)]
        self.world.ask(
            forecasting.withdraw_forecast, "question_not_open", forecast_id=forecast.id,
            forecaster=forecaster, now=self.world.now,
        )  # fmt: skip
