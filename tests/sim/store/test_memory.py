"""Results in memory are those of a folder, to the bit, and are found by digests alone."""

import numpy as np
import pytest

from synththeory import DesignError, simulate
from synththeory.sim.session import Session
from synththeory.sim.store.memory import MemoryStore
from tests.sim.bits import same_bits


def test_a_summary_from_memory_is_one_from_a_folder_to_the_bit(design, tmp_path):
    swept = design(sweep={"sample.minority": [4, 8]})
    kept, held = simulate(swept, tmp_path), simulate(swept)
    assert held.rows == kept.rows
    assert held.contrasts == kept.contrasts
    assert held.failures == kept.failures
    cell = swept.cells[0]
    np.testing.assert_array_equal(held.values(cell, "smote"), kept.values(cell, "smote"))


def test_blocks_in_any_order_and_twice_count_once(design):
    straight, shuffled = MemoryStore(), MemoryStore()
    Session(design(), straight, block=30).run()
    cell = design().cells[0]
    for arm in cell.arms:
        (whole,) = straight.windows(cell, arm, 30)
        for first, stop in ((20, 30), (0, 7), (5, 21), (0, 7)):
            shuffled.write(cell, arm, whole.between(first, stop))
        assert shuffled.missing(cell, arm, 35) == (range(30, 35),)
        (again,) = shuffled.windows(cell, arm, 30)
        assert same_bits(again, whole)
    assert Session(design(), shuffled).summary().rows == Session(design(), straight).summary().rows


def test_another_design_finds_what_it_shares(design):
    store, seen = MemoryStore(), []
    Session(design(), store).run()
    more = design({"augmentation.generators": [{"kind": "oracle", "name": "ideal"}, {"kind": "bootstrap"}]})
    session = Session(more.replicated(40), store)
    session.run(lambda done, total: seen.append(total))
    assert seen[-1] == 40  # thirty of bootstrap alone, ten of both
    assert session.summary().rows == simulate(more.replicated(40)).rows


def test_nothing_is_there_before_a_run(design):
    session = Session(design())
    assert session.store.missing(design().cells[0], design().cells[0].arms[0], 30) == (range(30),)
    assert {row.replications for row in session.summary().rows} == {0}
    with pytest.raises(DesignError, match="no arm 'smoot'"):
        session.summary().values(design().cells[0], "smoot")
