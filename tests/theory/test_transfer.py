"""Bias transfer: its ingredients against independent closed forms and the pilot, its curves against simulation."""

from functools import cache
from operator import attrgetter

import numpy as np
import pytest

from synththeory.arrays import Array
from synththeory.corrections import BiasCorrection, corrected_path, estimated_bias_gradient
from synththeory.generators import (
    Bootstrap,
    DiagonalGaussianFit,
    GaussianFit,
    Generator,
    Jitter,
    Offset,
    Smote,
    imitation,
    moments_of,
)
from synththeory.generators.imitation import own_imitation
from synththeory.generators.pilot import measured
from synththeory.learners import LeastSquares
from synththeory.losses import LogisticLoss, SquaredLoss
from synththeory.populations import GaussianMixture, GaussianShift, Population, exact_risk
from synththeory.sample import Sample
from synththeory.streams import Streams
from synththeory.theory import CorrectedGenerator, expand, predict, transfer
from tests.statistical import assert_mean, assert_within, must_reject, standard_error

FAMILY = 3  # comparisons of this file

SHIFT = GaussianShift(mean=(0.8, -0.3, 0.5))
WIDE = GaussianMixture.model_validate(
    {"majority": [{"mean": (0.0, 0.0, 0.0)}], "minority": [{"mean": (0.8, -0.3, 0.5), "scale": 1.8}]}
)
COUNTS = (4000, 400)
LEARNER = LeastSquares(intercept=True)
SIZES = (3600,)
GENERATORS = (Bootstrap(), Jitter(scale=0.7), DiagonalGaussianFit(scale=0.6), GaussianFit(), Offset(offset=0.5))
CORRECTIONS = (
    BiasCorrection(),
    BiasCorrection(transport="none"),
    BiasCorrection(comparator="held-out", blocks=2),
)


@pytest.mark.parametrize("generator", [Bootstrap(), Jitter(scale=0.7), GaussianFit(shrinkage=0.3)], ids=repr)
@pytest.mark.parametrize("intercept", [False, True])
def test_the_joint_polynomials_give_the_moments_known_otherwise(generator: Generator, intercept: bool) -> None:
    loss, theta = SquaredLoss(intercept), np.array([0.3, -0.2, 0.6, 0.1])[: 3 + intercept]
    known = moments_of(generator, WIDE, loss, 1, 40, theta)
    got = own_imitation(generator, WIDE, loss, 1, 40, theta)
    for name in ("covariance", "fluctuation", "coupling"):
        np.testing.assert_allclose(getattr(got, name), getattr(known, name), rtol=1e-9, atol=1e-10, err_msg=name)
    np.testing.assert_allclose(got.gradient, known.gradient + known.shift, rtol=1e-9, atol=0.02)
    exact = exact_risk(WIDE, loss).at(WIDE.strata[1], WIDE.laws[1], theta)
    if isinstance(generator, Bootstrap):
        np.testing.assert_allclose(got.gradient, exact.gradient, rtol=1e-12)


@pytest.mark.parametrize("generator", [DiagonalGaussianFit(scale=0.6), Offset(offset=0.5)], ids=repr)
def test_a_pilot_measures_what_the_closed_form_says(generator: Generator) -> None:
    loss, theta, move = SquaredLoss(True), np.array([0.3, -0.2, 0.6, 0.1]), np.array([1.0, 0.0, -0.5])
    closed = imitation(generator, WIDE, loss, 0, 50, theta, move, 1.0)
    pilot = measured(generator, WIDE, loss, 0, 50, theta, move, 1.0)
    assert (closed.source, pilot.source) == ("closed form", "pilot")
    for name in ("gradient", "hessian", "spread.covariance", "spread.joint", "spread.slope", "bias"):
        expected, got = (attrgetter(name)(each) for each in (closed, pilot))
        assert np.linalg.norm(got - expected) <= 0.12 * np.linalg.norm(expected) + 0.02, name


@cache
def simulated(population: Population, replications: int = 400) -> tuple[Array, Array, Array]:
    """∇B̂_0(θ*), (R, generators, corrections, p), and corrected and naive excess, (…, corrections, S) and (…, S)."""
    exact = exact_risk(population, LEARNER.loss)
    gradients, corrected, naive = [], [], []
    for first in range(0, replications, 20):
        streams = Streams.named(3, "transfer", first, 20)
        majority, minority = population.sample(streams, COUNTS)
        real, sizes = Sample.of(majority, minority), np.tile(np.array(SIZES), (20, 1))
        for generator in GENERATORS:
            synthetic = generator.draw(streams, minority, majority, SIZES[-1])
            naive.append(exact.excess_risk(LEARNER.path(real, synthetic, sizes).coefficients))
            for correction in CORRECTIONS:
                signed = correction.rows(streams, generator, majority, minority)
                gradients.append(estimated_bias_gradient(signed, LEARNER.loss, exact.optimum))
                fit = corrected_path(LEARNER, real, synthetic, sizes, signed)
                corrected.append(exact.excess_risk(fit.coefficients))

    def stacked(parts: list[Array], *shape: int) -> Array:
        whole = np.stack(parts).reshape(replications // 20, *shape, 20, -1)
        return np.moveaxis(whole, -2, 1).reshape(replications, *shape, -1)

    shape = (len(GENERATORS), len(CORRECTIONS))
    return stacked(gradients, *shape), stacked(corrected, *shape), stacked(naive, shape[0])


@pytest.mark.parametrize("population", [SHIFT, WIDE], ids=["shift", "wide"])
def test_the_estimated_bias_has_the_mean_and_covariance_of_the_theory(population: Population) -> None:
    """Null: E ∇B̂_0(θ*) = δ_0; its covariance is compared as a whole, whose own error is about √(2/R)."""
    gradients = simulated(population)[0]
    parts = [[transfer(population, g, c, LEARNER.loss, COUNTS) for c in CORRECTIONS] for g in GENERATORS]
    expected = np.array([[part.delta_0 for part in row] for row in parts])
    assert_mean(gradients.reshape(400, -1), expected.ravel(), "the estimated bias is the majority's", cases=FAMILY)
    for i, j in np.ndindex(*expected.shape[:2]):
        spread = parts[i][j].estimate_covariance
        drawn = np.cov(gradients[:, i, j], rowvar=False)
        assert np.linalg.norm(drawn - spread) <= 0.25 * np.linalg.norm(spread), (GENERATORS[i], CORRECTIONS[j])


def gains(population: Population, corrected: Array, naive: Array) -> tuple[Array, Array]:
    """Simulated gains of correction, (R, generators, corrections, S), and the predicted ones."""
    before = [predict(population, g, LEARNER, *COUNTS, SIZES).total for g in GENERATORS]
    after = [
        [predict(population, CorrectedGenerator(g, c, COUNTS[0]), LEARNER, *COUNTS, SIZES).total for c in CORRECTIONS]
        for g in GENERATORS
    ]
    return naive[:, :, None] - corrected, np.array(before)[:, None] - np.array(after)


@pytest.mark.parametrize("population", [SHIFT, WIDE], ids=["shift", "wide"])
def test_predicted_gains_are_simulated_gains_within_ten_percent(population: Population) -> None:
    """An equivalence at n1 = 400: within 10 % of the gain, or where it is small of the naive fit's excess risk."""
    _, corrected, naive = simulated(population)
    drawn, expected = gains(population, corrected, naive)
    scale = np.maximum(np.abs(expected), naive.mean(axis=0)[:, None])
    gap = (drawn.mean(axis=0) - expected) / scale
    error = standard_error(drawn) / scale
    assert np.abs(gap).max() <= 0.10
    sharp = error < 0.015
    assert sharp.sum() >= 5
    assert_within(gap[sharp], error[sharp], 0.12, "predicted gains where 400 replications can tell")


def test_a_planted_label_is_found() -> None:
    """Null: as above; it falls when the bias is computed with the majority's label."""
    gradients = simulated(SHIFT)[0][:, -1, 0]  # the offset, blocks, mean shift
    loss, theta = LEARNER.loss, exact_risk(SHIFT, LEARNER.loss).optimum
    move = SHIFT.laws[1].mean
    right = imitation(GENERATORS[-1], SHIFT, loss, 0, 400, theta, move, 1.0).bias
    wrong = imitation(GENERATORS[-1], SHIFT, loss, 0, 400, theta, move, 0.0).bias
    assert_mean(gradients, right, "label 1", cases=FAMILY)
    with must_reject():
        assert_mean(gradients, wrong, "planted: label 0", cases=FAMILY)


@pytest.mark.parametrize(
    ("generator", "loss"),
    [*((generator, LEARNER.loss) for generator in (*GENERATORS, Smote())), (GENERATORS[2], LogisticLoss(True))],
    ids=repr,
)
def test_transfer_is_exact_where_classes_differ_by_a_shift(
    generator: Generator, loss: SquaredLoss | LogisticLoss
) -> None:
    same, wide = (transfer(population, generator, BiasCorrection(), loss, COUNTS) for population in (SHIFT, WIDE))
    exact = "pilot" if isinstance(loss, LogisticLoss) or isinstance(generator, Smote) else "closed form"
    assert same.source == exact
    assert same.norm(same.error) <= (1e-12 if exact == "closed form" else 0.02)
    if not isinstance(generator, Bootstrap | GaussianFit | Offset | Jitter):
        assert wide.norm(wide.error) > 0.3 * wide.norm(wide.delta_1)
    assert same.wins == (same.corrected < same.uncorrected)


def test_correction_wins_exactly_where_the_bias_outweighs_the_estimates_variance() -> None:
    assert not transfer(SHIFT, Bootstrap(), BiasCorrection(), LEARNER.loss, COUNTS).wins
    assert transfer(SHIFT, Offset(offset=0.5), BiasCorrection(), LEARNER.loss, COUNTS).wins
    small, large = (
        transfer(SHIFT, Jitter(scale=0.25), BiasCorrection(blocks=1), LEARNER.loss, (10 * count, count))
        for count in (10, 20_000)
    )
    assert not small.wins
    assert large.wins


def test_without_synthetic_rows_there_is_nothing_to_correct() -> None:
    corrected = CorrectedGenerator(Smote(), BiasCorrection(), COUNTS[0])
    plain = expand(SHIFT, Bootstrap(), LEARNER, *COUNTS)
    assert expand(SHIFT, corrected, LEARNER, *COUNTS).at(0).total[0] == pytest.approx(plain.at(0).total[0], rel=1e-12)
