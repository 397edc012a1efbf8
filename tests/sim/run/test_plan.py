"""A plan depends on the design and the block size alone; what is dealt out covers what is missing, once."""

from collections.abc import Callable
from itertools import pairwise
from typing import ClassVar, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synththeory import DesignError
from synththeory.learners import LeastSquares
from synththeory.sim.design.design import Design
from synththeory.sim.run.plan import BLOCK_VALUES, Plan, Task, cut
from synththeory.sim.session import Session
from synththeory.sim.store.memory import MemoryStore

Build = Callable[..., Design]


class Batched(LeastSquares):
    """Least squares that asks for its replications eight at a time."""

    batch: ClassVar[int | None] = 8
    kind: Literal["batched-for-tests"] = "batched-for-tests"  # type: ignore[assignment]


@given(first=st.integers(0, 50), count=st.integers(1, 200), size=st.integers(1, 60), aligned=st.integers(1, 40))
def test_pieces_cover_the_range_and_meet_at_multiples(first: int, count: int, size: int, aligned: int) -> None:
    pieces = list(cut(range(first, first + count), size, aligned))
    assert [place for piece in pieces for place in piece] == list(range(first, first + count))
    assert all(piece and len(piece) <= max(size, aligned) for piece in pieces)
    assert all(later.start % aligned == 0 for _, later in pairwise(pieces))


def covered(tasks: tuple[Task, ...]) -> list[tuple[str, int]]:
    return sorted((arm.label, place) for task in tasks for arm in task.arms for place in task.replications)


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("block", [None, 1, 7, 100])
def test_what_is_dealt_is_what_is_missing_once(design: Build, workers: int, block: int | None) -> None:
    whole = design()
    store, plan = MemoryStore(), Plan(whole, block)
    Session(design({"augmentation.generators": [{"kind": "oracle"}]}).replicated(10), store).run()
    stretches = plan.lacking(store.missing, 30)
    assert [(len(task.arms), task.replications) for task in stretches] == [(1, range(10)), (2, range(10, 30))]
    dealt = plan.dealt(stretches, workers)
    assert covered(dealt) == covered(stretches)
    assert [task.work for task in dealt] == sorted((task.work for task in dealt), reverse=True)
    if block is not None:
        assert all(len(task.replications) <= block for task in dealt)


def test_by_default_every_worker_has_as_much(design: Build) -> None:
    whole = design().replicated(48)
    for workers in (1, 2, 3, 4):
        dealt = Plan(whole).dealt(Plan(whole).lacking(MemoryStore().missing, 48), workers)
        assert len(dealt) == 2 * workers
        assert len({len(task.replications) for task in dealt}) == 1


def test_the_blocks_are_the_designs_and_take_a_fraction_of_a_second(design: Build) -> None:
    swept = design(sweep={"sample.majority": [40, 400]}, **{"monte_carlo.replications": 200_000})
    blocks = Plan(swept).blocks
    assert [place for block in blocks for place in block.replications] == 2 * list(range(200_000))
    assert all(block.arms == block.cell.arms and block.work <= BLOCK_VALUES for block in blocks)
    assert [block.replications for block in Plan(design(), 12).blocks] == [range(12), range(12, 24), range(24, 30)]


@pytest.mark.parametrize("block", [None, 1, 12])
def test_a_learner_gets_whole_batches(design: Build, block: int | None) -> None:
    batched = design({"learner": {"kind": "batched-for-tests"}})
    plan = Plan(batched, block)
    for tasks in (plan.blocks, plan.dealt(plan.lacking(MemoryStore().missing, 30), 2)):
        starts = sorted(task.replications.start for task in tasks)
        assert len(starts) > 1 or block is None
        assert all(start % 8 == 0 for start in starts)


def test_a_block_of_nothing_is_refused(design: Build) -> None:
    with pytest.raises(DesignError, match="blocks of 0 replications, expected at least 1"):
        Plan(design(), 0)
