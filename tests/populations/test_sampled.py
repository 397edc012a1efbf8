"""Risk on a test sample: plain averages, the exact risk within its stated error, one sample for all."""

from dataclasses import replace

import numpy as np
import pytest

from synththeory.arrays import Array
from synththeory.fits import LinearFit
from synththeory.losses import LogisticLoss, Loss, SquaredLoss
from synththeory.populations import GaussianMixture, MeanShift, Population, Ring, SampledRisk, exact_risk, sampled_risk
from synththeory.sample import Stratum
from tests.statistical import STANDARD_ERRORS, assert_agrees

MIXTURE = GaussianMixture.model_validate(
    {"majority": [{"mean": [0.0, 0.0]}], "minority": [{"weight": 0.4, "mean": [2.0, 1.0]},
                                                      {"weight": 0.6, "mean": [1.0, -2.0], "scale": 0.5}]}
)  # fmt: skip


def fits(seed: int, count: int, points: int, size: int) -> LinearFit:
    coefficients = np.random.default_rng(seed).standard_normal((count, points, size))
    return LinearFit(coefficients, np.zeros((count, points), dtype=np.uint8))


def test_metrics_are_plain_averages_over_the_test_rows() -> None:
    rng = np.random.default_rng(1)
    rows = [rng.standard_normal((2500, 2)), 1.0 + rng.standard_normal((2500, 2))]
    risk = SampledRisk((Stratum("majority", 0, 0.0), Stratum("minority", 1, 1.0)), rows, LogisticLoss(True))
    fit = fits(2, 3, 4, 3)
    loss, error, deviation = risk.measures(risk.metrics, fit)
    for r in range(3):
        for s in range(4):
            theta = fit.coefficients[r, s]
            scores = [x @ theta[:2] + theta[2] for x in rows]
            parts = [np.log1p(np.exp(scores[0])), np.log1p(np.exp(-scores[1]))]
            assert loss[r, s] == pytest.approx(0.5 * (parts[0].mean() + parts[1].mean()), rel=1e-12)
            assert error[r, s] == pytest.approx(0.5 * ((scores[0] > 0).mean() + (scores[1] <= 0).mean()), rel=1e-12)
            spread = 0.5 * np.sqrt(sum(part.var(ddof=1) / 2500 for part in parts))
            assert deviation[r, s] == pytest.approx(spread, rel=1e-12)
    np.testing.assert_array_equal(risk.measures(("balanced_error",), fit), error[None])


def compared(population: Population, loss: Loss, seed: int) -> tuple[Array, Array, Array]:
    """Balanced loss on a test sample, the exact one, and the stated standard error, (B, S)."""
    size = loss.parameters(population.dimension)  # small slopes: losses without heavy tails
    drawn = fits(seed, 4, 3, size)
    fit = replace(drawn, coefficients=0.7 * drawn.coefficients)
    risk = sampled_risk(population, loss, 20_000, seed)
    value, error = risk.measures(("balanced_loss", "test_sample_error"), fit)
    return value, np.asarray(exact_risk(population, loss).risk(fit.coefficients)), error  # type: ignore[attr-defined]


def test_the_risk_is_the_exact_one_within_its_stated_error_and_not_another() -> None:
    """Null: the mean loss over the test sample is the exact balanced risk, its standard error the stated one."""
    cases = [
        compared(Ring(), LogisticLoss(True), 3),
        compared(MIXTURE, LogisticLoss(True), 4),
        compared(MIXTURE, LogisticLoss(), 5),
        compared(Ring(dimension=3), SquaredLoss(True), 6),
        compared(MeanShift(dimension=3), SquaredLoss(), 7),
    ]
    value, exact, error = (np.concatenate(parts) for parts in zip(*cases, strict=True))
    assert_agrees(value, exact, error, "test-sample risk is the exact risk")
    assert np.sqrt(np.mean(((value - exact) / error) ** 2)) == pytest.approx(1.0, abs=0.5)  # nor is the error too wide
    swapped = 0.5 * (exact + 1.05 * exact)  # a planted wrong truth: one class 5 % too dear
    assert np.abs((value - swapped) / error).max() > STANDARD_ERRORS


def test_the_sample_is_fixed_nested_and_of_its_own_stream() -> None:
    small, large = (sampled_risk(Ring(), LogisticLoss(True), size, 0) for size in (50, 80))
    for rows, more in zip(small.rows, large.rows, strict=True):
        np.testing.assert_array_equal(rows, more[:50])
    other = sampled_risk(Ring(), LogisticLoss(True), 50, 1)
    assert not np.isin(other.rows[0], small.rows[0]).any()
    assert sampled_risk(Ring(), LogisticLoss(True), 50, 0) is small


def test_a_missing_fit_has_no_number_and_spoils_no_other() -> None:
    fit = fits(8, 2, 3, 6)
    fit.coefficients[1, 2, 0] = np.nan
    values = sampled_risk(Ring(), LogisticLoss(True), 50, 0).measures(("balanced_loss", "balanced_error"), fit)
    assert np.isnan(values).sum() == 2
    assert np.isnan(values[:, 1, 2]).all()


def test_there_is_no_optimum_to_be_in_excess_of() -> None:
    with pytest.raises(KeyError, match="excess_risk"):
        sampled_risk(Ring(), LogisticLoss(True), 50, 0).measures(("excess_risk",), fits(9, 1, 1, 6))
