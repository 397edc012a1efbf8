"""The tuned correction: its ends are naive and full, its choice is a plain loop's, and it loses to neither by much."""

from typing import Any

import numpy as np
import pytest

from synththeory import DesignError, load_design, simulate
from synththeory.arrays import Array
from synththeory.corrections import BiasCorrection, TunedCorrection, corrected_path
from synththeory.generators import Smote
from synththeory.learners import Logistic
from synththeory.populations import GaussianShift
from synththeory.sample import GivenSample
from synththeory.selection.classes import Classes
from synththeory.selection.strength import StrengthCurve, strength_curve, strengthened
from synththeory.streams import Streams

POPULATION, COUNTS, SIZE = GaussianShift(mean=(1.0, 0.4, 0.0)), (60, 15), 45
LEARNER, TUNED = Logistic(ridge=1e-2, bound=30.0), TunedCorrection(strengths=(0.0, 0.5, 1.0), folds=3)
STUDY: dict[str, Any] = {
    "study": "tuned",
    "population": {"kind": "gaussian-shift", "mean": [0.75, 0.75, 0.75, 0.75]},
    "sample": {"majority": 300, "minority": 40},
    "augmentation": {
        "multipliers": [1.0],
        "generators": [{"kind": "bootstrap"}, {"kind": "diagonal-gaussian-fit", "scale": 0.4}],
        "arms": [
            {"name": "naive"},
            {"name": "corrected", "correction": {"kind": "bias"}},
            {"name": "tuned", "correction": {"kind": "tuned-bias"}},
        ],
    },
    "learner": {"kind": "logistic", "ridge": 1e-3, "bound": 30.0},
    "monte_carlo": {"replications": 60},
}


def drawn(first: int = 0, count: int = 3) -> tuple[Streams, Classes]:
    streams = Streams.named(7, "tuned", first, count)
    return streams, Classes(*POPULATION.sample(streams, COUNTS))


def test_the_ends_are_naive_and_full() -> None:
    streams, real = drawn()
    synthetic = Smote(neighbors=3).draw(streams, real.minority, real.majority, SIZE)
    rows = TUNED.rows(streams, Smote(neighbors=3), real.majority, real.minority)
    same = BiasCorrection().rows(streams, Smote(neighbors=3), real.majority, real.minority)
    np.testing.assert_array_equal(rows.weights, same.weights)
    size = np.full((3, 1), SIZE)
    fits = strengthened(LEARNER, real.sample, synthetic, size, rows, TUNED.strengths)
    naive = LEARNER.path(real.sample, synthetic, size)
    full = corrected_path(LEARNER, real.sample, synthetic, size, rows)
    np.testing.assert_array_equal(fits.coefficients[:, :1], naive.coefficients)
    np.testing.assert_array_equal(fits.coefficients[:, 2:], full.coefficients)
    half = corrected_path(
        LEARNER, real.sample, synthetic, size, GivenSample(rows.rows, rows.labels, 0.5 * rows.weights)
    )
    np.testing.assert_allclose(fits.coefficients[:, 1:2], half.coefficients, rtol=1e-9)


def test_the_choice_is_that_of_the_held_out_rows() -> None:
    """By the definition, one replication at a time; and no replication knows of the others."""
    streams, real = drawn()
    curve = strength_curve(TUNED, Smote(neighbors=3), LEARNER, streams, real, SIZE)
    for replication in range(3):
        alone = strength_curve(TUNED, Smote(neighbors=3), LEARNER, *drawn(replication, 1), SIZE)
        np.testing.assert_array_equal(alone.loss[0], curve.loss[replication])
        np.testing.assert_array_equal(alone.error[0], curve.error[replication])
    np.testing.assert_allclose(curve.difference, curve.loss - curve.loss[:, :1], atol=1e-14)
    assert (curve.error[:, 0] == 0.0).all()


@pytest.mark.parametrize(
    ("difference", "error", "margin", "place"),
    [
        ([0.0, -0.2, -0.1], [0.0, 0.1, 0.1], 1.0, 1),
        ([0.0, -0.2, -0.1], [0.0, 0.3, 0.1], 1.0, 0),
        ([0.0, -0.2, -0.1], [0.0, 0.3, 0.1], 0.0, 1),
        ([0.0, 0.2, np.nan], [0.0, 0.1, np.nan], 0.0, 0),
        ([np.nan, np.nan, np.nan], [np.nan, np.nan, np.nan], 1.0, 0),
    ],
)
def test_a_strength_has_to_beat_the_naive_fit(difference: Array, error: Array, margin: float, place: int) -> None:
    curve = StrengthCurve(np.zeros((1, 3)), np.array([difference]), np.array([error]))
    assert curve.best(margin).tolist() == [place]


def test_it_is_as_good_as_the_better_of_naive_and_full() -> None:
    summary = simulate(STUDY)
    (cell,) = summary.design.cells
    excess = {
        arm.label: summary.values(cell, arm.label, "excess_risk")[:, 0] for arm in cell.arms if arm.use is not None
    }
    cases = (("bootstrap", "corrected", "naive"), ("diagonal-gaussian-fit", "naive", "corrected"))
    for generator, worse, better in cases:
        best, worst, tuned = (excess[f"{arm}:{generator}"] for arm in (better, worse, "tuned"))
        assert worst.mean() > best.mean()
        loss = tuned - best
        assert loss.mean() < 0.1 * (worst.mean() - best.mean()) + 3.0 * loss.std(ddof=1) / np.sqrt(len(loss))
    strengths = {row.arm: row.estimate for row in summary.select(metric="strength")}
    assert strengths["tuned:diagonal-gaussian-fit"] > 0.8 > 0.3 > strengths["tuned:bootstrap"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"strengths": [0.5, 1.0]}, "increasing strengths from 0"),
        ({"strengths": [0.0, 1.5]}, "at most 1"),
        ({"folds": 50}, "cuts each class into 50 folds; the minority has 40 rows"),
        ({"blocks": 8}, "needs 8 block"),
    ],
)
def test_impossible_settings_are_refused_in_words(settings: dict[str, Any], message: str) -> None:
    arms = [{"name": "tuned", "correction": {"kind": "tuned-bias", **settings}}]
    with pytest.raises(DesignError, match=message):
        load_design(STUDY, {"augmentation.arms": arms})
