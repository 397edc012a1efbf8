"""A learner that is no coefficient vector, added here without touching another file: a fit scores rows."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pytest

from synththeory import DesignError, Learner, load_design, simulate
from synththeory.arrays import Array, Codes, Integers
from synththeory.errors import ComponentError
from synththeory.learners import path_of
from synththeory.losses import LogisticLoss, Loss
from synththeory.sample import GivenSample, Sample
from synththeory.streams import Streams

STUDY: dict[str, Any] = {
    "study": "centres",
    "population": {"kind": "ring"},
    "sample": {"majority": 60, "minority": 15},
    "augmentation": {
        "multipliers": [0.0, 1.0],
        "generators": [{"kind": "smote"}],
        "baselines": ["raw", "reweighted", "re-priored"],
    },
    "selection": {"rule": "vtss", "multipliers": [0.5, 1.0]},
    "learner": {"kind": "centres-for-tests"},
    "risk": {"test_rows": 100},
    "monte_carlo": {"replications": 7},
}


@dataclass(frozen=True, eq=False)
class Centres:
    """Weighted class means (B, S, 2, d); a row's score is the difference of its squared distances to them."""

    means: Array

    @property
    def status(self) -> Codes:
        return np.zeros(self.means.shape[:2], dtype=np.uint8)

    def scores(self, rows: Array) -> Array:
        each = np.broadcast_to(rows, (len(self.means), *rows.shape[-2:]))
        squares = np.square(each[:, None, None] - self.means[:, :, :, None]).sum(axis=-1)
        return np.asarray(squares[:, :, 0] - squares[:, :, 1])

    def at(self, replications: slice) -> "Centres":
        return Centres(self.means[replications])


class NearestCentre(Learner):
    kind: Literal["centres-for-tests"] = "centres-for-tests"

    @property
    def loss(self) -> Loss:
        return LogisticLoss(intercept=True)

    def path(self, real: Sample, synthetic: Sample, sizes: Integers, streams: Streams | None = None) -> Centres:
        means = np.empty((*sizes.shape, 2, real.shape[2]))
        for (replication, place), size in np.ndenumerate(sizes):
            rows = np.concatenate([real.rows[replication], synthetic.rows[replication, :size]])
            labels = np.concatenate([real.labels[replication], synthetic.labels[replication, :size]])
            for label in (0, 1):
                means[replication, place, label] = rows[labels == label].mean(axis=0)
        return Centres(means)


def test_it_is_studied_like_any_other_and_scored_on_a_test_sample() -> None:
    whole, single = (simulate(STUDY, block=block).rows for block in (7, 1))
    assert whole == single
    assert {row.risk_method for row in whole} == {"test-sample"}
    errors = {row.arm: row.estimate for row in whole if row.metric == "balanced_error" and not row.multiplier}
    assert errors["raw"] == errors["smote"]
    assert 0.0 < errors["raw"] < 0.5
    assert {"re-priored", "vtss:smote"} <= {row.arm for row in whole}


def test_what_needs_coefficients_refuses_it_in_words() -> None:
    with pytest.raises(DesignError, match="'exact' needs a score that is linear in the rows"):
        load_design({**STUDY, "risk": {"method": "exact"}})
    with pytest.raises(DesignError, match="gradients of an M-estimator"):
        load_design({**STUDY, "selection": {"rule": "tg-vtss"}})


def test_a_fit_of_another_shape_is_named() -> None:
    class Short(NearestCentre):
        kind: Literal["short-for-tests"] = "short-for-tests"

        def path(self, real: Sample, synthetic: Sample, sizes: Integers, streams: Streams | None = None) -> Centres:
            return super().path(real, synthetic, np.zeros((len(sizes), 5), dtype=np.int64), streams)

    rows = np.zeros((2, 4, 1))
    sample = GivenSample(rows, np.tile([0.0, 1.0], (2, 2)), np.ones((2, 4)))
    with pytest.raises(ComponentError, match=r"'short-for-tests' \(Short\) returned fits of shape \(2, 5\), expected"):
        path_of(Short(), sample, sample, np.zeros((2, 1), dtype=np.int64))
