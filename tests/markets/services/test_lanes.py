"""Who leads, who waits, and who is answered; without a database."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from markets.services import lanes
from markets.services.lanes import Busy, Command, Lane, Lanes, Lead

PATIENCE = 10.0


class Doubling(Command[int]):
    """Answered with twice its number."""

    def __init__(self, number: int, *, market_id: int = 1) -> None:
        super().__init__(market_id)
        self.number = number


class Recorder:
    """Carries batches out, and stops inside of one for as long as a test wants."""

    def __init__(self) -> None:
        self.begun: list[list[int]] = []
        self.batches: list[list[int]] = []
        self.leaders: list[threading.Thread] = []
        self.entered = threading.Semaphore(0)
        self.go_on = threading.Event()
        self.go_on.set()
        self.finish = threading.Event()
        self.finish.set()
        self.joined = threading.Semaphore(0)
        self.joins: tuple[int, ...] = ()
        self.looks_ahead = False

    def begin(self, commands: Sequence[Command[int]]) -> None:
        self.begun.append([command.number for command in commands])

    def carry_out(self, lead: Lead) -> None:
        self.entered.release()
        assert self.go_on.wait(PATIENCE)
        lead.join(self.joins)
        self.joined.release()
        assert self.finish.wait(PATIENCE)
        lead.let_go()
        if self.looks_ahead:
            lead.look_ahead()
        self.batches.append([command.number for command in lead.commands])
        self.leaders.append(threading.current_thread())
        for command in lead.commands:
            if command.number < 0:
                command.refuse(ValueError(f"{command.number} is negative"))
            else:
                command.answer(command.number * 2)


@contextmanager
def submitting(lane: Lane | Lanes, *commands: Doubling) -> Iterator[Callable[[], list[object]]]:
    """Submit each command in a thread of its own; yield what returns all their answers."""
    answers: dict[int, object] = {}

    def submit(place: int, command: Doubling) -> None:
        try:
            answers[place] = lane.submit(command)
        except Exception as refusal:  # noqa: BLE001 - the test looks at it
            answers[place] = refusal

    threads = []
    for place, command in enumerate(commands):
        threads.append(threading.Thread(target=submit, args=(place, command)))
        threads[-1].start()

    def join() -> list[object]:
        for thread in threads:
            thread.join(PATIENCE)
        return [answers[place] for place in range(len(commands))]

    yield join
    join()


def wait_until_queued(lane: Lane, count: int) -> None:
    line = threading.Event()
    for _ in range(10_000):
        if len(lane._queue) >= count:
            return
        line.wait(0.001)
    raise AssertionError(f"{count} commands never came into the queue")


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


def test_a_lonely_command_is_a_batch_of_its_own(recorder):
    lane = Lane(recorder)

    answers = [lane.submit(Doubling(number)) for number in (1, 2)]

    assert answers == [2, 4]
    assert recorder.batches == [[1], [2]]


def test_what_waits_while_a_batch_is_under_way_becomes_the_next_batch_in_order(recorder):
    lane = Lane(recorder)
    recorder.go_on.clear()

    with submitting(lane, Doubling(1)) as first:
        recorder.entered.acquire()
        waiting = []
        for number in (2, 3, 4):
            waiting.append(submitting(lane, Doubling(number)))
            waiting[-1].__enter__()
            wait_until_queued(lane, number - 1)
        recorder.go_on.set()
        assert first() == [2]
    for each in waiting:
        each.__exit__(None, None, None)

    assert recorder.batches == [[1], [2, 3, 4]]


def test_everybody_gets_an_answer_of_their_own_from_many_threads(recorder):
    lane = Lane(recorder)
    commands = [Doubling(number) for number in range(200)]

    with submitting(lane, *commands) as answers:
        assert answers() == [number * 2 for number in range(200)]

    assert sorted(number for batch in recorder.batches for number in batch) == list(range(200))


def test_a_refusal_goes_to_the_one_who_asked_and_to_nobody_else(recorder):
    lane = Lane(recorder)
    recorder.go_on.clear()

    with submitting(lane, Doubling(1)):
        recorder.entered.acquire()
        with submitting(lane, Doubling(-2)) as refused, submitting(lane, Doubling(3)) as fine:
            wait_until_queued(lane, 2)
            recorder.go_on.set()
            assert [str(answer) for answer in refused()] == ["-2 is negative"]
            assert fine() == [6]


def test_a_leader_takes_in_what_waits_for_the_markets_that_it_holds(recorder):
    lane = Lane(recorder)
    recorder.go_on.clear()
    recorder.joins = (1,)

    with submitting(lane, Doubling(1, market_id=1)):
        recorder.entered.acquire()
        with submitting(lane, Doubling(2, market_id=9)), submitting(lane, Doubling(3, market_id=1)):
            wait_until_queued(lane, 2)
            recorder.go_on.set()

    assert recorder.batches == [[1, 3], [2]]


def test_no_batch_is_larger_than_the_most(recorder, monkeypatch):
    monkeypatch.setattr(lanes, "BATCH_MAX", 3)
    lane = Lane(recorder)
    recorder.go_on.clear()
    recorder.joins = (1,)

    with submitting(lane, Doubling(0)):
        recorder.entered.acquire()
        with submitting(lane, *[Doubling(number) for number in range(1, 8)]) as answers:
            wait_until_queued(lane, 7)
            recorder.go_on.set()
            assert answers() == [2, 4, 6, 8, 10, 12, 14]

    assert [len(batch) for batch in recorder.batches] == [3, 3, 2]


def test_a_full_queue_is_refused_at_once(recorder, monkeypatch):
    monkeypatch.setattr(lanes, "WAITING_MAX", 2)
    lane = Lane(recorder)
    recorder.go_on.clear()

    with submitting(lane, Doubling(1)):
        recorder.entered.acquire()
        with submitting(lane, Doubling(2), Doubling(3)):
            wait_until_queued(lane, 2)
            with pytest.raises(Busy) as refusal:
                lane.submit(Doubling(4))
            recorder.go_on.set()

    assert (refusal.value.code, refusal.value.retryable) == ("busy", True)
    assert not any(4 in batch for batch in recorder.batches)


def test_who_waits_too_long_in_the_queue_is_refused_and_never_carried_out(recorder, monkeypatch):
    monkeypatch.setattr(lanes, "PATIENCE_SECONDS", 0.05)
    lane = Lane(recorder)
    recorder.go_on.clear()

    with submitting(lane, Doubling(1)) as first:
        recorder.entered.acquire()
        with submitting(lane, Doubling(2)) as second:
            (answer,) = second()
        recorder.go_on.set()
        assert first() == [2]

    assert isinstance(answer, Busy)
    assert recorder.batches == [[1]]


def test_who_was_taken_out_of_the_queue_waits_for_the_answer_however_long(recorder, monkeypatch):
    monkeypatch.setattr(lanes, "PATIENCE_SECONDS", 0.2)
    lane = Lane(recorder)
    recorder.go_on.clear()
    recorder.finish.clear()
    recorder.joins = (1,)

    with submitting(lane, Doubling(1)):
        recorder.entered.acquire()
        with submitting(lane, Doubling(2)) as second:
            wait_until_queued(lane, 1)
            with submitting(lane, Doubling(3)) as third:
                wait_until_queued(lane, 2)
                recorder.go_on.set()
                recorder.joined.acquire()
                threading.Event().wait(0.4)
                recorder.finish.set()
                assert second() == [4]
                assert isinstance(third()[0], Busy)

    assert recorder.batches == [[1, 2]]


def test_a_leader_leaves_half_of_what_waits_to_the_batch_that_is_put_together_next(recorder):
    lane = Lane(recorder)
    recorder.go_on.clear()
    recorder.joins = (1,)

    with submitting(lane, Doubling(0)):
        recorder.entered.acquire()
        with submitting(lane, *[Doubling(number) for number in range(1, 7)]) as answers:
            wait_until_queued(lane, 6)
            recorder.go_on.set()
            assert answers() == [2, 4, 6, 8, 10, 12]

    assert [len(batch) for batch in recorder.batches] == [4, 3]


def test_the_next_batch_is_begun_before_the_last_is_answered_and_led_by_the_same_thread(recorder):
    lane = Lane(recorder)
    recorder.go_on.clear()
    recorder.looks_ahead = True

    with submitting(lane, Doubling(1)) as first:
        recorder.entered.acquire()
        with submitting(lane, Doubling(2), Doubling(3)) as answers:
            wait_until_queued(lane, 2)
            recorder.go_on.set()
            assert first() == [2]
            assert answers() == [4, 6]

    assert [sorted(batch) for batch in recorder.begun] == [[1], [2, 3]]
    assert [sorted(batch) for batch in recorder.batches] == [[1], [2, 3]]
    assert len(set(recorder.leaders)) == 1


def test_nobody_leads_for_ever(recorder, monkeypatch):
    monkeypatch.setattr(lanes, "BATCH_MAX", 1)
    monkeypatch.setattr(lanes, "BATCHES_LED_MAX", 2)
    lane = Lane(recorder)
    recorder.go_on.clear()
    recorder.looks_ahead = True

    with submitting(lane, Doubling(0)) as first:
        recorder.entered.acquire()
        with submitting(lane, *[Doubling(number) for number in range(1, 6)]) as answers:
            wait_until_queued(lane, 5)
            recorder.go_on.set()
            assert first() == [0]
            assert answers() == [2, 4, 6, 8, 10]

    assert [recorder.leaders.count(leader) for leader in dict.fromkeys(recorder.leaders)] == [2] * 3


class Interrupted:
    def begin(self, commands: Sequence[Command[int]]) -> None:
        pass

    def carry_out(self, lead: Lead) -> None:
        raise KeyboardInterrupt


def test_a_leader_that_is_interrupted_leaves_nobody_waiting():
    lane = Lane(Interrupted())

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            lane.submit(Doubling(1))


def test_a_market_always_falls_into_the_same_lane(recorder):
    both = Lanes([recorder, recorder])
    recorder.go_on.clear()

    with submitting(both, Doubling(1, market_id=1)):
        recorder.entered.acquire()
        with submitting(both, Doubling(2, market_id=2)):
            recorder.entered.acquire()
            with submitting(both, Doubling(3, market_id=3)):
                wait_until_queued(both._lanes[1], 1)
                recorder.go_on.set()

    assert sorted(recorder.batches) == [[1], [2], [3]]
