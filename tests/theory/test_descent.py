"""Damped Newton on a population objective: minima of functions that are convex only near them."""

from dataclasses import dataclass

import numpy as np
import pytest

from synththeory.arrays import Matrix, Vector
from synththeory.corrections import BiasCorrection
from synththeory.generators import Offset
from synththeory.learners import Logistic
from synththeory.populations import GaussianMixture, exact_risk
from synththeory.theory import CorrectedGenerator, expand, minimiser
from synththeory.theory.descent import minimised


@dataclass(frozen=True, eq=False)
class Valley:
    """f(a, b) = a⁴/4 − a²/2 + sign · b²/2 + ab/10: two minima where sign > 0, none where sign < 0."""

    theta: Vector
    sign: float = 1.0

    @property
    def gradient(self) -> Vector:
        a, b = self.theta
        return np.array([a**3 - a + 0.1 * b, self.sign * b + 0.1 * a])

    @property
    def hessian(self) -> Matrix:
        return np.array([[3.0 * self.theta[0] ** 2 - 1.0, 0.1], [0.1, self.sign]])


@pytest.mark.parametrize("start", [(0.01, 0.0), (0.3, 2.0), (5.0, -3.0), (0.55, 0.0)])
def test_a_minimum_is_found_from_where_the_function_is_not_convex(start: tuple[float, float]) -> None:
    """a² = 1 + 1/100, b = −a/10: a saddle lies at zero."""
    found = minimised(Valley, Valley(np.array(start)), "a valley")
    np.testing.assert_allclose(np.abs(found.theta), [np.sqrt(1.01), np.sqrt(1.01) / 10.0], atol=1e-7)
    assert np.linalg.eigvalsh(found.hessian).min() > 0.0


def test_a_saddle_is_no_minimum() -> None:
    with pytest.raises(ArithmeticError, match="no minimum was found of a valley"):
        minimised(Valley, Valley(np.zeros(2)), "a valley")


def test_without_a_minimum_the_problem_is_named() -> None:
    with pytest.raises(ArithmeticError, match="no minimum was found of a slope"):
        minimised(lambda theta: Valley(theta, -1.0), Valley(np.array([1.0, 1.0]), -1.0), "a slope")


def test_a_corrected_objective_may_bend_down_at_the_optimum() -> None:
    """Bias correction without its transport: at θ* the objective is not convex, and its minimum lies elsewhere."""
    clumps, move = np.zeros((2, 10)), np.full(10, 0.4743)
    clumps[:, 0] = 1.2, -1.2
    parts = [
        [{"weight": 0.5, "mean": tuple(float(entry) for entry in row), "scale": 0.6} for row in clumps + shift]
        for shift in (0.0, move)
    ]
    population = GaussianMixture.model_validate({"majority": parts[0], "minority": parts[1]})
    generator = CorrectedGenerator(Offset(offset=0.5), BiasCorrection(transport="none"), 1000)
    learner = Logistic(ridge=1e-3)
    optimum = exact_risk(population, learner.loss).optimum
    assert np.linalg.eigvalsh(expand(population, generator, learner, 1000, 100, optimum).hessian_at(900)).min() < 0.0
    found = minimiser(population, generator, learner, 1000, 100, 900, optimum)
    np.testing.assert_allclose(found.gradient_at(900), 0.0, atol=1e-7)
    assert np.linalg.eigvalsh(found.hessian_at(900)).min() > 0.0
