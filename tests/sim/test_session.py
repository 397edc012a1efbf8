"""A session can be run, stepped, stopped, extended and summarised on the way; refine equals simulate."""

import itertools
import threading
import time

import pytest

from synththeory import DesignError, refine, simulate
from synththeory.sim.run.compute import compute
from synththeory.sim.run.executors.threads import Threads
from synththeory.sim.session import GROWTH, STEP_SECONDS, Interrupted, Session, _next_size
from synththeory.sim.store.files import FileStore


@pytest.fixture
def no_thread_left():
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


def test_progress_counts_up_to_the_whole(design):
    seen = []
    simulate(
        design(sweep={"sample.minority": [4, 8]}), block=7, progress=lambda done, total: seen.append((done, total))
    )
    assert {total for _, total in seen} == {60}
    assert all(later > earlier for (earlier, _), (later, _) in itertools.pairwise(seen))
    assert seen[-1] == (60, 60)


@pytest.mark.parametrize("settings", [{"threads": 0}, {"block": -1}])
def test_impossible_threads_or_blocks_are_refused(design, settings):
    with pytest.raises(DesignError, match="at least 1"):
        simulate(design(), **settings)


def test_ctrl_c_keeps_finished_blocks_and_says_how_to_go_on(design, tmp_path, no_thread_left, monkeypatch):
    def slow(*task):
        time.sleep(0.01)
        return compute(*task)

    def stop(done, total):
        raise KeyboardInterrupt

    monkeypatch.setattr("synththeory.sim.run.executors.threads.compute", slow)
    many = design(**{"monte_carlo.replications": 600})  # more than are computed while one block is written
    with pytest.raises(Interrupted, match=r"of 600 replications are kept; to go on: python -m synththeory\.sim run"):
        simulate(many, tmp_path, threads=1, block=1, progress=stop)
    kept = sorted(tmp_path.rglob("*.npy"))
    assert 2 <= len(kept) < 2 * 600
    monkeypatch.undo()
    assert simulate(many, tmp_path).rows == simulate(many).rows
    assert all(path.exists() for path in kept)


def test_steps_reach_every_cell_and_can_be_summarised_between(design):
    swept = design(sweep={"sample.minority": [4, 8]})
    session = Session(swept, executor=Threads(2))
    reached = []
    for step in session.steps():
        reached.append(step.replications)
        assert step.total == 30
        assert session.summary(step.replications).rows == simulate(swept.replicated(step.replications)).rows
    assert reached[0] == 2
    assert reached == sorted(set(reached))
    assert reached[-1] == 30
    assert [step.replications for step in session.steps()] == [30]


@pytest.mark.parametrize("kept", ["files", "memory"])
def test_a_closed_session_leaves_no_thread_and_a_store_to_go_on_with(design, tmp_path, kept, no_thread_left):
    store = FileStore.create(tmp_path, design()) if kept == "files" else None
    session = Session(design(), store, Threads(2))
    steps = session.steps()
    first = next(steps)
    steps.close()
    assert 0 < first.replications < 30
    assert session.summary(first.replications).rows[0].replications == first.replications
    if kept == "files":
        assert (tmp_path / "failures.jsonl").is_file()
    session.run()
    assert session.summary().rows == simulate(design()).rows


def test_a_session_goes_on_behind_a_gap_and_beyond_the_design(design):
    """Steps fill what is missing from the first missing replication on, and compute nothing twice."""
    session = Session(design(), executor=Threads(1))
    list(session.steps(12))
    cell = design().cells[0]
    assert session.store.missing(cell, cell.arms[0], 40) == (range(12, 40),)
    list(session.steps(40))
    assert session.summary(40).rows == simulate(design().replicated(40)).rows
    assert session.summary(12).rows == simulate(design().replicated(12)).rows


def test_theory_is_made_once_for_all_summaries(design):
    session = Session(design())
    list(session.steps())
    forecasts = session.forecasts
    assert session.summary(10).forecasts is forecasts


@pytest.mark.parametrize(
    ("computed", "seconds", "size"),
    [
        (2, STEP_SECONDS, 2),
        (2, 1e-9, 2 * GROWTH),
        (2, 10 * STEP_SECONDS, 1),
        (100, STEP_SECONDS / 2, 200),
        (100, 0.0, 800),
    ],
)
def test_a_step_is_sized_by_time(computed, seconds, size):
    assert _next_size(computed, seconds) == size


def test_refine_equals_simulate_to_the_bit_at_every_stage(small):
    """4500 replications are two windows of the summary."""
    small["augmentation"]["multipliers"] = [0.0, 1.0]
    summaries = list(refine(small, stages=(50, 500, 4500), threads=2))
    for stage, summary in zip((50, 500, 4500), summaries, strict=True):
        straight = simulate(small | {"monte_carlo": {"replications": stage, "seed": 1}})
        assert summary.design == straight.design
        assert summary.rows == straight.rows
        assert summary.contrasts == straight.contrasts
        assert summary.agreements == straight.agreements
        assert summary.failures == straight.failures


def test_refine_stops_when_it_is_told_to(small, no_thread_left):
    stop = threading.Event()
    summaries = refine(small, stages=(20, 10_000_000), stop=stop.is_set)
    assert next(summaries).rows[0].replications == 20
    threading.Timer(0.2, stop.set).start()
    started = time.monotonic()
    assert next(summaries, None) is None
    assert time.monotonic() - started < 30.0  # ten million take many minutes


def test_a_refinement_that_is_left_leaves_no_thread(small, no_thread_left):
    summaries = refine(small, stages=(10, 100))
    next(summaries)
    summaries.close()


@pytest.mark.parametrize("stages", [(), (0, 5), (10, 10), (50, 20)])
def test_stages_that_do_not_increase_are_refused_at_once(small, stages):
    with pytest.raises(DesignError, match="expected increasing numbers of replications"):
        refine(small, stages)
