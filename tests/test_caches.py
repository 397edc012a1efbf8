"""Caches: bounded, one value for all threads, and a failure is not kept."""

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from synththeory.caches import Cache, bounded
from synththeory.losses import SquaredLoss
from synththeory.populations import GaussianShift, exact_risk, sampled_risk


class Thing:
    """Something that can be watched."""


def test_the_values_used_last_are_kept_as_far_as_they_fit() -> None:
    cache: Cache[float] = Cache(20.0, weight=lambda value: value)
    made = []

    def get(name: str, value: float) -> float:
        return cache.get(name, lambda: made.append(name) or value)  # type: ignore[func-returns-value]

    for name in ("first", "second", "first", "third", "first", "second"):
        get(name, 10.0)
    assert made == ["first", "second", "third", "second"]
    get("large", 40.0)
    assert len(cache) == 1
    get("large", 40.0)
    assert made[-1] == "large"
    assert len(made) == 5
    cache.clear()
    assert len(cache) == 0


def test_two_threads_that_ask_at_once_get_one_value() -> None:
    calls, both = [], threading.Barrier(2)

    @bounded(4)
    def slow(name: str) -> Thing:
        calls.append(name)
        threading.Event().wait(0.05)
        return Thing()

    def ask(name: str) -> Thing:
        both.wait(timeout=10.0)
        return slow(name)

    with ThreadPoolExecutor(2) as workers:
        one, other = workers.map(ask, ["same", "same"])
    assert one is other
    assert calls == ["same"]


def test_a_slow_value_keeps_no_other_waiting() -> None:
    cache: Cache[int] = Cache(4)
    meeting = threading.Barrier(2)
    with ThreadPoolExecutor(2) as workers:
        places = workers.map(lambda key: cache.get(key, lambda: meeting.wait(timeout=10.0)), "ab")
        assert sorted(places) == [0, 1]


def test_what_fails_is_not_kept_and_is_tried_again() -> None:
    cache: Cache[int] = Cache(4)
    with pytest.raises(ZeroDivisionError):
        cache.get("a", lambda: 1 // 0)
    assert len(cache) == 0
    assert cache.get("a", lambda: 7) == 7


def test_a_value_may_ask_for_another_and_for_itself_in_vain() -> None:
    @bounded(1)
    def factorial(n: int) -> int:
        return n * factorial(n - 1) if n else 1

    assert [factorial(n) for n in (5, 5, 3)] == [120, 120, 6]


@pytest.mark.parametrize("room", [0.0, 1.0])
def test_the_last_value_is_kept_whatever_it_weighs(room: float) -> None:
    cache: Cache[Thing] = Cache(room, weight=lambda thing: 5.0)
    thing = cache.get("a", Thing)
    assert cache.get("a", Thing) is thing


def test_a_thousand_populations_leave_few_in_memory() -> None:
    """What an afternoon of sliders asks for: a population, its exact risk and a small test sample each time."""
    seen: list[weakref.ref[object]] = []
    for step in range(1000):
        population = GaussianShift(mean=(step / 100.0, 0.0))
        risks = (exact_risk(population, SquaredLoss()), sampled_risk(population, SquaredLoss(), 2, seed=step))
        seen.extend(map(weakref.ref, risks))
    del population, risks
    gc.collect()
    alive = [reference() is not None for reference in seen]
    assert sum(alive) <= 150
    assert alive[-1]
