"""One simulation in the process: the newest ends the one before, a stop leaves nothing, what is known is kept."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from synththeory.explore import simulation
from synththeory.explore.simulation import Budget, Runner
from synththeory.explore.state import State
from synththeory.sim.results.summary import Summary
from synththeory.sim.session import Session
from tests.explore.test_views import light


def test_budgets_end_with_their_last_stage() -> None:
    assert Budget(5000).stages == (50, 500, 5000)
    assert Budget(700).stages == (50, 500, 700)
    assert Budget(20).stages == (20,)


def test_a_newer_simulation_ends_the_one_before() -> None:
    runner = Runner()
    first = runner.begin(light().design, Budget(100_000)).summaries()
    assert next(first).design.monte_carlo.replications == 50
    ended = []
    waiting = threading.Thread(target=lambda: ended.extend(first))
    waiting.start()
    second = runner.begin(light(population__mean=[1.2, 0.0]).design, Budget(60))
    assert [summary.rows[0].replications for summary in second.summaries()] == [50, 60]
    waiting.join()
    assert all(summary.rows[0].replications < 100_000 for summary in ended)


def test_an_iterator_left_between_two_stages_keeps_nobody_waiting() -> None:
    runner = Runner()
    left = runner.begin(light().design, Budget(100_000)).summaries()
    next(left)  # as a cancelled request leaves it: neither exhausted nor closed
    told: list[int] = []
    newer = runner.begin(light().design, Budget(60))
    waiting = threading.Thread(target=lambda: told.extend(each.rows[0].replications for each in newer.summaries()))
    waiting.start()
    waiting.join(60.0)
    assert told == [50, 60]
    assert list(left) == []


def test_what_was_asked_for_first_does_not_end_what_came_after() -> None:
    runner = Runner()
    early, late = runner.place(), runner.place()
    newest = runner.begin(light().design, Budget(60), late)
    slow = runner.begin(light(population__mean=[1.2, 0.0]).design, Budget(60), early)
    assert list(slow.summaries()) == []
    assert [summary.rows[0].replications for summary in newest.summaries()] == [50, 60]


def test_a_stop_leaves_no_thread_and_a_run_goes_on() -> None:
    runner, before = Runner(), set(threading.enumerate())
    begun = runner.begin(light().design, Budget(100_000))
    summaries = begun.summaries()
    first = next(summaries)
    runner.stop()
    assert list(summaries) == []
    assert set(threading.enumerate()) <= before
    session = runner.session(light().design)
    reached = next(session.steps(40))
    assert (reached.replications, reached.seconds) == (40, 0.0)
    assert session.summary(50).rows == first.rows


def test_no_time_is_no_result() -> None:
    assert list(Runner().begin(light().design, Budget(100, seconds=0.0)).summaries()) == []


def test_what_is_compiled_before_the_first_replications_costs_no_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    def compiling(session: Session, stages: Sequence[int], stop: Callable[[], bool]) -> Iterator[Summary]:
        time.sleep(0.2)
        if not stop():
            yield session.summary(1)

    monkeypatch.setattr(simulation, "refined", compiling)
    runner = Runner()
    next(runner.session(light().design).steps(1))
    assert len(list(runner.begin(light().design, Budget(50, seconds=0.1)).summaries())) == 1


def test_results_of_few_cells_are_kept() -> None:
    runner = Runner()
    shifts = [1.0, 1.1, 1.2, 1.3, 1.4]
    stores = [runner.session(State("headline", 1, {"population.mean": [shift, 0.0]}).design).store for shift in shifts]
    assert runner.session(State("headline", 1, {"population.mean": [1.4, 0.0]}).design).store is stores[-1]
    assert runner.session(State("headline", 1, {"population.mean": [1.0, 0.0]}).design).store is not stores[0]
