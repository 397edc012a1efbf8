"""A study small enough to run in a blink."""

from collections.abc import Callable
from typing import Any

import pytest

from synththeory.sim.design.design import Design
from synththeory.sim.design.studies import load_design

Table = dict[str, Any]


@pytest.fixture
def small() -> Table:
    return {
        "study": "small",
        "population": {"kind": "gaussian-shift", "mean": [1.0, 0.0]},
        "sample": {"majority": 40, "minority": 8},
        "augmentation": {
            "multipliers": [0.0, 1.0, 2.5],
            "generators": [{"kind": "oracle"}, {"kind": "smote", "neighbors": 3}],
        },
        "learner": {"kind": "least-squares", "ridge": 1e-6},
        "monte_carlo": {"replications": 30, "seed": 1},
    }


@pytest.fixture
def design(small: Table) -> Callable[..., Design]:
    def build(settings: dict[str, object] | None = None, **tables: object) -> Design:
        return load_design(small, {**(settings or {}), **tables})

    return build
