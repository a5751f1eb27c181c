"""Whatever people, editors, clocks and workers do, in whatever order: what must hold, holds."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.markets.domain.answers import Answers
from tests.markets.domain.lives import Lives
from tests.markets.domain.opinions import Opinions
from tests.markets.domain.stage import indices, pick
from tests.markets.domain.trades import Trades
from tests.markets.domain.world import Request


class Domain(Lives, Trades, Opinions, Answers):
    """Everything that can happen, and requests that are sent twice."""

    @precondition(lambda self: self.world.requests)
    @rule(index=indices, is_changed=st.booleans())
    def send_again(self, index: int, is_changed: bool) -> None:
        request: Request = pick(self.world.requests[::-1], index)
        if not is_changed:
            self.world.ask_again(request)
            return
        for name in ("amount", "stake", "shares", "budget"):
            if request.arguments.get(name) is not None:
                changed = {name: request.arguments[name] + 1}
                break
        else:
            changed = {"rationale": "On second thoughts."}
        self.world.ask_otherwise(request, **changed)
