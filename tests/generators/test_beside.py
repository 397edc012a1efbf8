"""Theory of generators that look at the other class: against a closed form, and GK-SMOTE's against direct moments."""

from typing import Literal

import numpy as np
import pytest

from synththeory.arrays import Array
from synththeory.errors import NoTheoryError
from synththeory.generators import GkSmote, moments_of
from synththeory.generators.beside import Beside, LooksAround, noise_within
from synththeory.generators.pilot_sets import kept, pilot
from synththeory.generators.resampled import picked
from synththeory.losses import LogisticLoss, Loss, SquaredLoss
from synththeory.populations import MeanShift, exact_risk
from synththeory.sample import Block
from synththeory.streams import Streams
from tests.statistical import assert_agrees, must_reject

POPULATION, LOSS = MeanShift(dimension=2, shift=1.5, noise="gaussian"), SquaredLoss(intercept=True)
COUNT, MAJORITY, PULL, SETS = 40, 120, 0.8, 1200
SIZE = 100
"""Rows a set of a pilot of 40 seeds; 1200 sets are 120,000."""
CASES = 5


class Drawn(LooksAround):
    """Seeds with replacement, moved by PULL times the majority's mean."""

    kind: Literal["drawn-to-the-majority"] = "drawn-to-the-majority"

    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        assert others is not None
        return picked(streams, seeds, size) + PULL * others.rows.mean(axis=1, keepdims=True)


def test_a_pilot_of_both_classes_meets_the_closed_form() -> None:
    """Null: at θ = 0 a score is −2y(x, 1), so that V_m = Σ1 + PULL²(n1/n0)Σ0, C = Σ1 − PULL Σ0 and E m̂ is
    −2(μ1 + PULL μ0, 1). Both classes' mean scores leave of m̂ the bootstrap's noise, Σ1(1 − 1/n1)/m."""
    theta, exact = np.zeros(3), exact_risk(POPULATION, LOSS)
    found = Beside(Drawn(), MAJORITY).mismatch(POPULATION, LOSS, 1, COUNT, theta)
    zero, one = (
        exact.at(each, law, theta).covariance for each, law in zip(POPULATION.strata, POPULATION.laws, strict=True)
    )
    noise = one * (1.0 - 1.0 / COUNT) * COUNT / SIZE
    left = np.diag(noise)
    moved, errors = one + PULL**2 * COUNT / MAJORITY * zero, np.sqrt((np.outer(left, left) + noise**2) / SETS)
    assert_agrees(found.fluctuation, moved, errors, "V_m beside the other class", cases=CASES)
    with must_reject():  # planted: the majority's noise forgotten
        assert_agrees(found.fluctuation, one, errors, "V_m", cases=CASES)
    spread = np.diag(one) + np.diag(zero) * MAJORITY / COUNT
    errors = np.sqrt(np.outer(spread, left) / SETS)
    assert_agrees(found.coupling, one - PULL * zero, errors, "C beside the other class", cases=CASES)
    with must_reject():  # planted: what is shared with the majority forgotten
        assert_agrees(found.coupling, one, errors, "C", cases=CASES)
    mean = -2.0 * np.append(POPULATION.laws[1].mean + PULL * POPULATION.laws[0].mean, 1.0)
    assert_agrees(found.gradient, mean, np.sqrt(left / COUNT / SETS), "E m̂ beside the other class", cases=CASES)


@pytest.mark.parametrize("loss", [LOSS, LogisticLoss(intercept=False)], ids=repr)
def test_the_mean_score_is_the_moments_first_and_the_rows_own_spread_is_theirs(loss: Loss) -> None:
    theta = np.array([0.4, -0.3, 0.2])[: 2 + loss.intercept]
    beside = Beside(Drawn(), MAJORITY)
    whole, first = (
        beside.mismatch(POPULATION, loss, 1, COUNT, theta),
        beside.mean_score(POPULATION, loss, 1, COUNT, theta),
    )
    np.testing.assert_array_equal(first.gradient, whole.gradient)
    np.testing.assert_array_equal(first.hessian, whole.hessian)
    np.testing.assert_array_equal(first.moments().coupling, whole.coupling)
    rows = pilot(Drawn(), POPULATION, 1, COUNT, MAJORITY).synthetic.values[..., :-1]
    scores = loss.row_scores(rows, POPULATION.strata[1].response, theta)
    np.testing.assert_allclose(whole.covariance, noise_within(Drawn(), scores).mean(axis=0), rtol=1e-9, atol=1e-12)
    design = loss.design(rows).reshape(-1, theta.size)
    bends = loss.curvature(design @ theta, POPULATION.strata[1].response)[:, None]
    np.testing.assert_allclose(whole.hessian, design.T @ (bends * design) / len(design), rtol=1e-9, atol=1e-12)


def test_gk_smote_theory_meets_the_direct_moments() -> None:
    """Null: V_m and C by the pilot's regression on both classes are those of as many independent pairs of classes.

    The pilot has more rows a set, and the regression only removes noise: its own error is at most that of the direct
    moments, of 40 rows a set.
    """
    generator = GkSmote()
    with pytest.raises(NoTheoryError, match="looks at the other class"):
        moments_of(generator, POPULATION, LOSS, 1, COUNT)
    found = moments_of(generator.given(MAJORITY), POPULATION, LOSS, 1, COUNT)
    assert found.source == "pilot"
    streams = Streams.named(77, "beside", 0, SETS)
    blocks = POPULATION.sample(streams, (MAJORITY, COUNT))
    place = exact_risk(POPULATION, LOSS).optimum
    rows = generator.draw(streams, blocks[1], blocks[0], COUNT).rows
    kept.clear()
    scores = [
        LOSS.row_scores(each, response, place)
        for each, response in ((rows, 1.0), (blocks[1].rows, 1.0), (blocks[0].rows, -1.0))
    ]
    made, own, their = (each.mean(axis=1) - each.mean(axis=(0, 1)) for each in scores)
    sampled = COUNT * np.einsum("ri,rj->rij", made, made) - found.covariance
    coupled = COUNT * np.einsum("ri,rj->rij", own, made) + MAJORITY * np.einsum("ri,rj->rij", their, made)
    errors = [draws.std(axis=0) * np.sqrt(2.0 / SETS) for draws in (sampled, coupled)]
    assert_agrees(sampled.mean(axis=0), found.fluctuation, errors[0], "V_m of gk-smote", cases=CASES)
    assert_agrees(coupled.mean(axis=0), found.coupling, errors[1], "C of gk-smote", cases=CASES)
    with must_reject():  # planted: rows taken for independent given the seeds, though two groups make fixed shares
        centred = scores[0] - scores[0].mean(axis=1, keepdims=True)
        independent = np.einsum("rmi,rmj->ij", centred, centred) / (SETS * (COUNT - 1))
        wrong = sampled.mean(axis=0) + found.covariance - independent
        assert_agrees(wrong, found.fluctuation, errors[0], "V_m of gk-smote", cases=CASES)


def test_fixed_shares_of_groups_are_no_noise() -> None:
    """Rows whose scores alternate are two groups of equal shares: no mean of four stretches of them has noise."""
    scores = np.tile([1.0, -1.0], 40)[None, :, None] * np.ones((1, 1, 1))
    assert noise_within(GkSmote(), scores)[0, 0, 0] == 0.0
    assert noise_within(Drawn(), scores)[0, 0, 0] == pytest.approx(80 / 79)
    rng = np.random.default_rng(0)
    plain = rng.standard_normal((3, 41, 2))
    np.testing.assert_allclose(noise_within(Drawn(), plain)[1], np.cov(plain[1], rowvar=False))
