"""A kernel density classifier: the ratio by hand, scipy's densities, weights as copies, and what cannot be fitted."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import gaussian_kde, norm

from synththeory import SynththeoryError, simulate
from synththeory.arrays import Array, Vector
from synththeory.learners import KernelDensity

ONES = np.ones(5)


def data(counts: tuple[int, int] = (40, 12), dimension: int = 2) -> tuple[Array, Vector]:
    rng = np.random.default_rng(0)
    signs = np.repeat([-1.0, 1.0], counts)
    return rng.standard_normal((signs.size, dimension)) + 0.6 * signs[:, None], signs


def test_five_rows_by_hand() -> None:
    """Classes {0, 2, 4} and {10, 12}: widths √(8/3)·3^(−1/5) and 1·2^(−1/5) before columns are scaled."""
    rows, signs = np.array([0.0, 2.0, 4.0, 10.0, 12.0])[:, None], np.array([-1.0, -1.0, -1.0, 1.0, 1.0])
    widths = np.sqrt(8.0 / 3.0) * 3.0**-0.2, 2.0**-0.2
    at = np.array([1.0, 7.0, 11.0])
    zero, one = (
        norm.pdf(at[:, None], own, width).mean(axis=1)
        for own, width in zip((rows[:3, 0], rows[3:, 0]), widths, strict=True)
    )
    exact = np.log(one / zero)
    found = KernelDensity().fitted(rows, signs, ONES).scores(at[:, None])
    np.testing.assert_allclose(found, exact + np.log(2.0 / 3.0), rtol=1e-10)
    doubled = KernelDensity(bandwidth=2.0).fitted(rows, signs, ONES).scores(at[:, None])
    assert np.ptp(doubled) < np.ptp(found)


def test_one_column_is_scipys_density() -> None:
    """scipy's Scott factor is m^(−1/(d+4)) of the standard deviation with divisor m − 1."""
    rows, signs = data(dimension=1)
    at = np.linspace(-2.0, 2.0, 9)
    theirs = [
        gaussian_kde(own, own.size**-0.2 * np.sqrt(1.0 - 1.0 / own.size)).logpdf(at)
        for own in (rows[signs < 0.0, 0], rows[signs > 0.0, 0])
    ]
    found = KernelDensity().fitted(rows, signs, np.ones(signs.size)).scores(at[:, None])
    np.testing.assert_allclose(found, theirs[1] - theirs[0] + np.log(12 / 40), rtol=1e-9, atol=1e-12)


def test_units_do_not_matter_and_a_class_weight_moves_the_prior_alone() -> None:
    rows, signs = data()
    plain = KernelDensity().fitted(rows, signs, np.ones(signs.size)).scores(rows)
    scaled = rows * [1000.0, 0.01]
    np.testing.assert_allclose(KernelDensity().fitted(scaled, signs, np.ones(signs.size)).scores(scaled), plain)
    weighted = KernelDensity().fitted(rows, signs, np.where(signs > 0.0, 40 / 12, 1.0)).scores(rows)
    np.testing.assert_allclose(weighted, plain + np.log(40 / 12))


def test_in_a_study_weights_and_the_other_prior_are_one_thing() -> None:
    study: dict[str, Any] = {
        "study": "density",
        "population": {"kind": "ring"},
        "sample": {"majority": 50, "minority": 10},
        "augmentation": {
            "multipliers": [0.0, 1.0], "generators": [{"kind": "smote"}],
            "baselines": ["raw", "reweighted", "re-priored"],
        },
        "learner": {"kind": "kernel-density"},
        "risk": {"test_rows": 200},
        "monte_carlo": {"replications": 6},
    }  # fmt: skip
    found = [simulate(study, block=block, threads=threads).rows for block, threads in ((1, 1), (6, 2))]
    assert found[0] == found[1]
    risks = {row.arm: row.estimate for row in found[0] if row.metric == "balanced_loss" and row.arm != "smote"}
    assert risks["reweighted"] == pytest.approx(risks["re-priored"]) != pytest.approx(risks["raw"])


@pytest.mark.parametrize(
    ("rows", "weights", "message"),
    [
        ([0.0, np.nan, 1.0, 2.0, 3.0], ONES, "NaN or infinite entries; impute or drop them"),
        ([0.0, 1.0, 2.0, 5.0, 5.0], ONES, "2 rows of a class are alike"),
        ([0.0, 1.0, 2.0, 4.0, 5.0], [1.0, 1.0, 1.0, 1.0, 0.0], "1 rows of a class are alike"),
        ([0.0, 1.0, 2.0, 4.0, 5.0], [1.0, 1.0, 1.0, 1.0, -1.0], "weights must be ≥ 0"),
    ],
)
def test_bad_input_is_named_with_a_remedy(rows: list[float], weights: Any, message: str) -> None:
    signs = np.array([-1.0, -1.0, -1.0, 1.0, 1.0])
    with pytest.raises(SynththeoryError, match=message):
        KernelDensity().fitted(np.array(rows)[:, None], signs, np.asarray(weights))
