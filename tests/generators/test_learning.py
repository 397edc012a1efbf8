"""A generator learns once and then draws: what is learnt is shared, and what it makes of the seeds is all there is."""

from typing import Literal

import numpy as np
import pytest

from synththeory import Generator, simulate
from synththeory.errors import NoTheoryError
from synththeory.generators import Imitator, Oracle, Smote, moments_of, pilot_sets
from synththeory.losses import SquaredLoss
from tests.generators.settings import POPULATION

LEARNT: list[int] = []

STUDY = {
    "study": "learning",
    "population": {"kind": "gaussian-shift", "mean": [1.0, 0.5]},
    "sample": {"majority": 40, "minority": 10},
    "augmentation": {
        "multipliers": [0.5, 1.0],
        "generators": [{"kind": "remembered-for-tests"}],
        "arms": [{"name": "naive"}, {"name": "corrected", "correction": {"kind": "bias"}}],
    },
    "selection": {"rule": "vtss", "multipliers": [0.5, 1.0], "validation": "cross-validation", "folds": 2},
    "learner": {"kind": "logistic", "ridge": 0.1},
    "monte_carlo": {"replications": 4},
}


class Remembered(Imitator):
    """The seeds one after the other, again and again."""

    def __init__(self, seeds):
        self.seeds = seeds

    def rows(self, size):
        places = np.arange(size) % self.seeds.rows.shape[1]
        return self.seeds.rows[:, places]


class Remembering(Generator):
    kind: Literal["remembered-for-tests"] = "remembered-for-tests"

    def fit(self, streams, seeds, others):
        LEARNT.append(seeds.rows.shape[1])
        return Remembered(seeds)


class Unmeasured(Remembering):
    kind: Literal["unmeasured-for-tests"] = "unmeasured-for-tests"

    @property
    def piloted(self):
        return False


def test_all_arms_of_a_block_share_what_was_learnt_from_the_minority():
    LEARNT.clear()
    summary = simulate(STUDY, threads=1, block=4)
    assert {row.arm for row in summary.rows} == {
        "naive:remembered-for-tests", "corrected:remembered-for-tests", "vtss:remembered-for-tests",
    }  # fmt: skip
    whole, folds = LEARNT.count(10), LEARNT.count(5)
    # the minority once for three arms, four blocks of the majority for one, theory's two pilots in two halves each
    assert whole == 1 + 4 + 4
    assert folds == 2


def test_without_a_closed_form_theory_takes_a_pilot_unless_it_is_costly(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pilot_sets, "_ROWS", 1)
    pilot_sets.kept.clear()
    loss = SquaredLoss()
    assert Smote().mismatch(POPULATION, loss, 1, 20) is None
    assert moments_of(Smote(), POPULATION, loss, 1, 20).source == "pilot"
    assert moments_of(Remembering(), POPULATION, loss, 1, 20).source == "pilot"
    assert moments_of(Oracle(), POPULATION, loss, 1, 20).source == "closed form"
    with pytest.raises(NoTheoryError, match=r"no closed form of unmeasured-for-tests .* pilot = true"):
        moments_of(Unmeasured(), POPULATION, loss, 1, 20)
    pilot_sets.kept.clear()


def test_a_generator_that_makes_no_rows_is_refused_where_it_is_defined():
    with pytest.raises(TypeError, match="the generator Idle makes no rows: define rows, or fit where it learns"):

        class Idle(Generator):
            kind: Literal["idle-for-tests"] = "idle-for-tests"

    assert "idle-for-tests" not in Generator.registry
