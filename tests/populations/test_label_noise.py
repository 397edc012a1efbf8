"""Wrong labels: as many as asked for, in both classes, at random places, and none in the test rows."""

from typing import Any

import numpy as np
import pytest

from synththeory import DesignError, load_design, simulate
from synththeory.losses import LogisticLoss
from synththeory.populations import GaussianShift, LabelNoise, sampled_risk
from synththeory.streams import Streams

BASE = GaussianShift(mean=(100.0, 0.0))


def test_rows_are_exchanged_and_none_is_lost() -> None:
    streams = Streams.named(1, "noise", 0, 5)
    clean = BASE.sample(streams, (60, 20))
    blocks = LabelNoise(base=BASE, rate=0.3).sample(streams, (60, 20))
    wrong = [block.rows[:, :, 0] > 50.0 for block in blocks]
    assert (wrong[0].sum(axis=1) == 6).all()
    assert ((~wrong[1]).sum(axis=1) == 6).all()
    assert len({tuple(np.flatnonzero(row)) for row in wrong[0]}) == 5
    for one, other in zip(
        np.concatenate([block.rows for block in clean], axis=1),
        np.concatenate([block.rows for block in blocks], axis=1),
        strict=True,
    ):
        np.testing.assert_array_equal(np.sort(one, axis=0), np.sort(other, axis=0))
    np.testing.assert_array_equal(LabelNoise(base=BASE, rate=0.0).sample(streams, (60, 20))[1].rows, clean[1].rows)


def test_blocks_do_not_matter_and_test_rows_are_labelled_rightly() -> None:
    noisy = LabelNoise(base=BASE, rate=0.5)
    whole = noisy.sample(Streams.named(2, "noise", 0, 4), (30, 10))
    parts = [noisy.sample(Streams.named(2, "noise", first, 1), (30, 10)) for first in range(4)]
    for stratum in (0, 1):
        np.testing.assert_array_equal(whole[stratum].rows, np.concatenate([part[stratum].rows for part in parts]))
    risk = sampled_risk(noisy, LogisticLoss(True), 50, 3)
    assert (risk.rows[0][:, 0] < 50.0).all()
    assert (risk.rows[1][:, 0] > 50.0).all()
    np.testing.assert_array_equal(
        risk.rows[0], sampled_risk(LabelNoise(base=BASE, rate=0.1), LogisticLoss(True), 50, 3).rows[0]
    )


def study(**population: Any) -> dict[str, Any]:
    return {
        "study": "noise",
        "population": {"kind": "label-noise", **population},
        "sample": {"majority": 60, "minority": 20},
        "augmentation": {"multipliers": [0.0, 1.0], "generators": [{"kind": "gk-smote"}, {"kind": "oracle"}]},
        "learner": {"kind": "logistic", "ridge": 0.01},
        "risk": {"test_rows": 400},
        "monte_carlo": {"replications": 4},
    }


def test_a_study_has_no_theory_and_wrong_labels_cost() -> None:
    base = {"kind": "gaussian-shift", "mean": [2.0, 0.0]}
    clean, noisy = (simulate(study(base=base, rate=rate)) for rate in (0.0, 0.4))
    for summary in (clean, noisy):
        assert all(row.theory is None for row in summary.rows)
    losses = [
        [row.estimate for row in each.rows if row.metric == "balanced_loss" and row.multiplier == 1.0]
        for each in (clean, noisy)
    ]
    assert all(one < other for one, other in zip(*losses, strict=True))


def test_what_has_no_two_laws_is_refused() -> None:
    with pytest.raises(DesignError, match="labels are swapped between two classes"):
        load_design(study(base={"kind": "gaussian-classes", "dimension": 3, "classes": 4, "radius": 1.0}))
