"""R²_T against two-dimensional quadrature, the note's table, and rows; a planted T without its quadratic scores."""

import numpy as np
import pytest
from numpy.polynomial.hermite_e import hermegauss

from synththeory.arrays import Matrix, Vector
from synththeory.errors import DesignError
from synththeory.generators import Bootstrap, DiagonalGaussianFit, GaussianFit, Oracle
from synththeory.losses import LogisticLoss, Loss, SquaredLoss
from synththeory.populations import GaussianComponent, GaussianMixture, GaussianShift, LocationLaw, exact_risk
from synththeory.populations.laws.extended import Extended
from synththeory.populations.laws.hermite import hermite
from synththeory.theory.gain import Explained, Family, explained, projected, small_weight, tangents
from tests.statistical import assert_within

LOGISTIC = LogisticLoss(True)
FAMILIES: tuple[Family, ...] = ("mean", "scale", "diagonal", "covariance")
TILTED = GaussianMixture(
    majority=(GaussianComponent(mean=(0.0, 0.0)),),
    minority=(GaussianComponent(mean=(1.2, -0.5), covariance=((1.5, 0.4), (0.4, 0.7))),),
)


def shift(distance: float, dimension: int = 5) -> GaussianShift:
    return GaussianShift(mean=(distance,) + (0.0,) * (dimension - 1))


def grid(count: int = 80) -> tuple[Matrix, Vector]:
    """Points ξ, (n, 2), and weights of a product rule for two standard normals."""
    points, weights = hermegauss(count)
    weights = weights / weights.sum()
    pairs = np.stack(np.meshgrid(points, points, indexing="ij"), axis=-1).reshape(-1, 2)
    return pairs, np.outer(weights, weights).ravel()


def by_quadrature(loss: Loss, directions: Matrix) -> Matrix:
    """Var Π_T s of the tilted minority: weighted least squares on given functions of the grid's points."""
    noise, weights = grid()
    law = TILTED.laws[1]
    scores = loss.row_scores(law.mean + noise @ law.components[0][1].spread.T, 1.0, exact_risk(TILTED, loss).optimum)
    centred, given = scores - weights @ scores, directions - weights @ directions
    inner = (given.T * weights) @ given
    cross = (given.T * weights) @ centred
    return np.asarray(cross.T @ np.linalg.pinv(inner) @ cross)


@pytest.mark.parametrize("loss", [LOGISTIC, SquaredLoss(True)], ids=["logistic", "squared"])
@pytest.mark.parametrize("family", FAMILIES)
def test_projections_are_those_of_a_two_dimensional_quadrature(loss: Loss, family: Family) -> None:
    noise, _ = grid()
    deviations = noise @ TILTED.laws[1].components[0][1].spread.T
    above = np.triu_indices(2)
    second = {
        "mean": np.empty((len(noise), 0)),
        "scale": np.square(noise).sum(axis=1, keepdims=True),
        "diagonal": np.square(deviations),
        "covariance": (noise[:, :, None] * noise[:, None, :])[:, above[0], above[1]],
    }[family]
    found = explained(TILTED, loss, family)
    np.testing.assert_allclose(
        found.projected, by_quadrature(loss, np.concatenate([noise, second], axis=1)), rtol=1e-6, atol=1e-9
    )


def test_the_notes_table_of_r_squared() -> None:
    """Mean alone .776 and .227, mean and covariance .993 and .644 at distances 1 and 3 (Monte Carlo of 400,000 rows).

    Planted: without its quadratic scores the covariance family would repeat the first numbers.
    """
    near, far = shift(1.0), shift(3.0)
    assert explained(near, LOGISTIC, "mean").r_squared == pytest.approx(0.776, abs=1e-3)
    assert explained(far, LOGISTIC, "mean").r_squared == pytest.approx(0.227, abs=1e-3)
    assert explained(near, LOGISTIC, "covariance").r_squared == pytest.approx(0.993, abs=1e-3)
    assert explained(far, LOGISTIC, "covariance").r_squared == pytest.approx(0.644, abs=3e-3)


@pytest.mark.parametrize("distance", [0.5, 2.0, 4.0])
def test_a_larger_family_explains_more(distance: float) -> None:
    shares = [explained(shift(distance), LOGISTIC, family).r_squared for family in FAMILIES]
    assert shares == sorted(shares)
    assert shares[0] > 0.0
    assert shares[-1] < 1.0


def test_the_gaussian_family_holds_every_score_of_squared_loss() -> None:
    found = explained(TILTED, SquaredLoss(True), "covariance")
    np.testing.assert_allclose(found.projected, found.total, rtol=1e-10)
    assert found.share_saved == pytest.approx(0.0, abs=1e-10)


def test_coefficients_are_derivatives_of_the_mean_score() -> None:
    """J L⁻¹ is the derivative of the mean score in the law's mean, by central differences of the exact gradient."""
    exact, (_, law) = exact_risk(TILTED, LOGISTIC), TILTED.laws[1].components[0]
    stratum = TILTED.strata[1]
    found = hermite(Extended(law, True), lambda u: LOGISTIC.slope(u, 1.0), exact.optimum).linear @ np.linalg.inv(
        law.spread
    )
    step = 1e-5
    for place in range(2):
        move = step * np.eye(2)[place]
        up, down = (
            exact.at(stratum, LocationLaw(law.mean + sign * move, law.factor), exact.optimum).gradient
            for sign in (1.0, -1.0)
        )
        np.testing.assert_allclose(found[:, place], (up - down) / (2.0 * step), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("family", FAMILIES)
def test_rows_measure_the_closed_form(family: Family) -> None:
    rng = np.random.default_rng(1)
    law = TILTED.laws[1].components[0][1]
    scores, optimum = [], exact_risk(TILTED, LOGISTIC).optimum
    exact = explained(TILTED, LOGISTIC, family)
    for _ in range(40):
        rows = law.mean + rng.standard_normal((10_000, 2)) @ law.spread.T
        measured = projected(LOGISTIC.row_scores(rows, 1.0, optimum), tangents(rows, family))
        scores.append(Explained(exact.hessian, exact.total, measured).r_squared - exact.r_squared)
    error = np.std(scores, ddof=1) / np.sqrt(len(scores))
    assert_within(np.mean(scores), error, 0.03, f"R² of the family '{family}' measured from rows")


def test_useless_tangents_explain_nothing_on_average() -> None:
    rng = np.random.default_rng(2)
    shares = [projected(rng.standard_normal((40, 1)), rng.standard_normal((40, 15)))[0, 0] for _ in range(400)]
    assert abs(np.mean(shares)) < 0.03


def test_projecting_needs_more_rows_than_directions() -> None:
    with pytest.raises(DesignError, match="needs more than 16 rows, got 16"):
        projected(np.zeros((16, 1)), np.zeros((16, 15)))


def test_a_mixture_has_no_closed_form() -> None:
    clumps = GaussianMixture(
        majority=(GaussianComponent(mean=(0.0,)),),
        minority=(GaussianComponent(weight=0.5, mean=(1.0,)), GaussianComponent(weight=0.5, mean=(3.0,))),
    )
    with pytest.raises(DesignError, match="mixture of 2"):
        explained(clumps, LOGISTIC, "mean")


def test_small_weight_rule_of_the_closed_forms() -> None:
    """Fresh rows share nothing with the sample, copies everything; a Gaussian fit exactly what its family explains."""
    loss, population = SquaredLoss(True), shift(1.5)
    rules = {
        kind: small_weight(population, generator, loss, 100)
        for kind, generator in (
            ("oracle", Oracle()),
            ("bootstrap", Bootstrap()),
            ("fit", GaussianFit(shrinkage=0.0, jitter=0.0)),
            ("diagonal", DiagonalGaussianFit()),
        )
    }
    assert rules["oracle"].helps
    assert rules["oracle"].shared == 0.0
    assert rules["bootstrap"].shared == pytest.approx(rules["bootstrap"].own)
    assert rules["fit"].shared == pytest.approx(rules["fit"].own)
    assert rules["diagonal"].shared / rules["diagonal"].own == pytest.approx(
        explained(population, loss, "diagonal").r_squared
    )
    assert rules["oracle"].slope(100) == pytest.approx(-rules["oracle"].own / 400.0)
