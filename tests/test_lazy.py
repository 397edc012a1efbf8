"""A lazy property is computed once an instance, and never makes threads wait for each other."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from synththeory.lazy import lazy


class Counted:
    """Counts how often its property is computed."""

    def __init__(self) -> None:
        self.calls = 0

    @lazy
    def value(self) -> int:
        """Seven."""
        self.calls += 1
        return 7


class Meeting:
    """Its property ends only when another instance computes its own at the same time."""

    def __init__(self, barrier: Barrier) -> None:
        self.barrier = barrier

    @lazy
    def place(self) -> int:
        """Who came first."""
        return self.barrier.wait(timeout=10.0)


def test_it_is_computed_once_and_documented() -> None:
    one = Counted()
    assert (one.value, one.value, one.calls) == (7, 7, 1)
    assert Counted.value.__doc__ == "Seven."


def test_instances_of_two_threads_do_not_wait_for_each_other() -> None:
    barrier = Barrier(2)
    with ThreadPoolExecutor(2) as workers:
        places = workers.map(lambda meeting: meeting.place, [Meeting(barrier), Meeting(barrier)])
        assert sorted(places) == [0, 1]
