"""Oversampled groups in theory: against the two-class curve, the scaling law and its limits."""

from functools import partial

import numpy as np
import pytest

from synththeory.generators import Generator, Oracle, PerturbedOracle, SemiOracle
from synththeory.learners import LeastSquares, Logistic
from synththeory.losses import SquaredLoss
from synththeory.populations import GaussianGroups, GaussianShift, exact_risk
from synththeory.theory import Mixing, expand, predict, predict_groups, scaling_law
from synththeory.theory.descent import minimised
from synththeory.theory.oversampling import oversampling

CLASSES = GaussianShift(mean=(1.0, 0.4))
GROUPS = GaussianGroups.model_validate(
    {
        "groups": [
            {"name": f"{label:g}/{side:g}", "label": label, "components": [{"mean": [label, side], "scale": scale}]}
            for label, side, scale in ((0.0, -1.0, 1.0), (1.0, 1.0, 0.8), (0.0, 1.0, 1.2), (1.0, -1.0, 1.0))
        ]
    }
)
COUNTS = (40, 30, 5, 8)


@pytest.mark.parametrize("generator", [Oracle(), SemiOracle(), PerturbedOracle(shift=0.3, scale=0.9)])
@pytest.mark.parametrize("fill", [0.0, 0.4, 1.0])
def test_two_classes_being_equalised_are_on_the_two_class_curve(generator: Generator, fill: float) -> None:
    learner, counts, size = LeastSquares(ridge=0.7), (60, 25), round(35 * fill)
    curve = expand(CLASSES, generator, learner, *counts)
    groups = oversampling(CLASSES, generator, learner, Mixing(counts, 0, 0.0, fill), curve.theta)
    np.testing.assert_allclose(groups.gradient, curve.gradient_at(size), atol=1e-14)
    np.testing.assert_allclose(groups.hessian, curve.hessian_at(size))
    np.testing.assert_allclose(groups.covariance, curve.covariance_at(size))


@pytest.mark.parametrize("fill", [0.0, 0.4, 1.0])
def test_and_so_is_their_predicted_risk(fill: float) -> None:
    learner, counts = Logistic(), (60, 25)
    expected = predict(CLASSES, Oracle(), learner, *counts, (round(35 * fill),))
    found = predict_groups(CLASSES, Oracle(), learner, (Mixing(counts, 0, 0.0, fill),)).balanced
    np.testing.assert_allclose(found.total, expected.bias + expected.variance, rtol=1e-6)
    np.testing.assert_allclose(found.parameter_error, expected.parameter_error, rtol=1e-6)


@pytest.mark.parametrize("learner", [LeastSquares(intercept=True), Logistic()])
@pytest.mark.parametrize("weight", [0.2, 0.9])
def test_with_an_ideal_generator_the_scaling_law_is_all_there_is(
    learner: LeastSquares | Logistic, weight: float
) -> None:
    law = scaling_law(GROUPS, Oracle(), learner.loss, COUNTS)
    found = predict_groups(GROUPS, Oracle(), learner, (Mixing(COUNTS, 50, weight),)).balanced
    np.testing.assert_allclose(found.total, law.excess(weight, 50), rtol=1e-8)
    np.testing.assert_allclose(found.bias, 0.0, atol=1e-13)


def test_the_laws_bias_is_the_limit_of_small_errors() -> None:
    ratios = []
    for size in (0.02, 0.01, 0.005):
        generator = PerturbedOracle(shift=size, scale=1.0 - size, direction=(0.3, 1.0))
        law = scaling_law(GROUPS, generator, Logistic().loss, COUNTS)
        exact = predict_groups(GROUPS, generator, Logistic(), (Mixing(COUNTS, 100, 0.7),)).balanced.bias[0]
        ratios.append(exact / law.bias(0.7) - 1.0)
    assert abs(ratios[-1]) < 0.02
    np.testing.assert_allclose(np.array(ratios[:-1]) / np.array(ratios[1:]), 2.0, atol=0.3)


def test_group_risks_average_to_the_balanced_risk() -> None:
    mixings = (Mixing(COUNTS, 0, 0.0, 0.5), Mixing(COUNTS, 0, 0.0), Mixing(COUNTS, 20, 0.5))
    generator = PerturbedOracle(shift=0.3)
    found = predict_groups(GROUPS, generator, Logistic(C=1.0), mixings)
    minimum = exact_risk(GROUPS, Logistic().loss).minimum
    np.testing.assert_allclose(found.risks.mean(axis=0), minimum + found.balanced.total, rtol=1e-10)


def test_the_penalty_pulls_in_the_objective() -> None:
    problems = (
        partial(oversampling, GROUPS, Oracle(), each, Mixing(COUNTS, 0, 0.0)) for each in (Logistic(C=1e-3), Logistic())
    )
    strong, weak = (minimised(at, at(np.zeros(3)), "groups") for at in problems)
    assert np.linalg.norm(strong.theta[:2]) < 0.2 * np.linalg.norm(weak.theta[:2])
    np.testing.assert_allclose(strong.gradient, 0.0, atol=1e-7)


def test_weights_of_rows_sum_to_one() -> None:
    for mixing in (Mixing(COUNTS, 0, 0.0, 0.3), Mixing(COUNTS, 0, 0.0), Mixing(COUNTS, 13, 0.37)):
        groups = len(COUNTS)
        whole = mixing.equalised * mixing.equalising + groups * mixing.rows * mixing.further
        np.testing.assert_allclose(whole, 1.0)
        assert mixing.total == mixing.equalised + groups * mixing.rows
    law = scaling_law(GROUPS, Oracle(), SquaredLoss(), COUNTS)
    mixing = Mixing(COUNTS, 13, 0.37)
    made = np.array(mixing.filled) * mixing.equalising + mixing.rows * mixing.further
    np.testing.assert_allclose(law.synthetic_weights(0.37), made)
