"""``--set``: every key of every shipped study changes what runs, or is refused in one line; none is ignored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from synththeory import DesignError, load_design
from synththeory.sim.design.design import Design
from synththeory.sim.design.studies import studies, tables_of

WORDS = ("study", "title", "source", "monte_carlo.replications")
"""Keys that name a study or its length, not what is computed in a replication; nor is ``pilot``, asked of theory."""


def leaves(node: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a design's tables under its dotted key, tables in lists by their place."""
    if isinstance(node, dict):
        for name, entry in node.items():
            if key == "sweep":
                yield f"sweep.{name}", entry
            else:
                yield from leaves(entry, f"{key}.{name}" if key else name)
    elif isinstance(node, list) and node and all(isinstance(entry, dict) for entry in node):
        for place, entry in enumerate(node):
            yield from leaves(entry, f"{key}.{place}")
    else:
        yield key, node


def other(value: Any) -> Any:
    """A value of the same type that is not the same."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return f"{value}x"
    return value[:-1] if len(value) > 1 else [*value, "another"]


def computed(design: Design) -> Any:
    """Everything that decides what is computed, and under which names."""
    cells = [
        (cell.label, cell.point, cell.digest, [(arm.label, arm.digest, arm.points, arm.metrics) for arm in cell.arms])
        for cell in design.cells
    ]
    return design.sweep, cells


@pytest.mark.parametrize("name", studies())
def test_no_key_is_ignored(name: str) -> None:
    before, ignored, long = load_design(name), [], []
    written = dict(leaves(tables_of(name)))
    for key, value in (dict(leaves(before.table)) | written).items():
        if key in WORDS or key.endswith(".pilot"):
            continue
        try:
            after = load_design(name, {key: other(value)})
        except DesignError as error:
            long += [key] if "\n" in str(error) else []
            continue
        if computed(after) == computed(before):
            ignored.append(key)
    assert (ignored, long) == ([], [])


def test_a_key_below_a_swept_table_is_refused_in_one_line() -> None:
    with pytest.raises(DesignError, match=r"^population is swept, and population\.dimension is a part of it: "):
        load_design("headline", {"population.dimension": 3})
    assert load_design("headline", {"population.dimension": 3}, cell=0).cells[0].population.dimension == 3


def test_a_table_above_a_swept_key_may_not_hold_it() -> None:
    sample = {"ratio": 10.0, "minority": 50}
    with pytest.raises(DesignError, match=r"^sample: leave out what is swept, sample\.minority"):
        load_design("alignment_biased", {"sample": sample})
    assert load_design("alignment_biased", {"sample": {"ratio": 10.0}}).cells[0].counts == (60, 6)


def test_the_values_of_a_sweep_can_be_set() -> None:
    design = load_design("alignment_biased", {"sweep.sample.minority": [30, 40]})
    assert [cell.counts for cell in design.cells] == [(600, 30), (800, 40)]
