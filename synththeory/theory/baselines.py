"""What the free fixes cost: the excess risk of reweighting and of re-prioring [D]."""

from __future__ import annotations

from math import log

import numpy as np

from synththeory.corrections import Baseline, Raw, RePriored, Reweighted
from synththeory.generators import Oracle
from synththeory.learners import Learner
from synththeory.losses import SquaredLoss
from synththeory.populations import Population, truth
from synththeory.theory.expansion import Prediction, expand, minimiser, predict
from synththeory.theory.norms import expected_norm


def predict_baseline(
    population: Population, baseline: Baseline, learner: Learner, majority: int, minority: int
) -> Prediction | None:
    """Predict a free fix.

    The raw fit is the curve at synthetic size zero. Balanced reweighting has no bias at θ* and excess
    ≈ ½ tr(H⁻¹(Σ_0/n0 + Σ_1/n1)/4). Re-prioring moves the population minimiser θ_0 of the raw risk by log(n0/n1) in the
    intercept: its bias is the exact excess risk there, its variance that of the raw fit, H_a⁻¹VH_a⁻¹ at θ_0. The
    penalty's pull on reweighting is left out: it is of lower order.

    Parameters
    ----------
    population, baseline, learner
        Who the data come from, the fix, what is fitted.
    majority, minority : int
        n0 and n1.

    Returns
    -------
    Prediction or None
        Each array (1,); None for a fix without a formula.
    """
    if isinstance(baseline, Raw):
        return predict(population, Oracle(), learner, majority, minority, (0,))
    exact = truth(population, learner.loss)
    start = expand(population, Oracle(), learner, majority, minority)
    if isinstance(baseline, Reweighted):
        zero, one = exact.moments
        inverse = np.linalg.inv(start.hessian)
        spread = 0.25 * (zero.covariance / majority + one.covariance / minority)
        covariance = inverse @ spread @ inverse
        variance = np.array([0.5 * np.sum(start.hessian * covariance)])
        distance = np.array([expected_norm(np.zeros_like(exact.optimum), covariance)])
        return Prediction(np.zeros(1), variance, variance, distance, "closed form")
    if isinstance(baseline, RePriored) and not isinstance(learner.loss, SquaredLoss):
        raw = minimiser(population, Oracle(), learner, majority, minority, 0.0, start.theta)
        moved = raw.theta.copy()
        moved[-1] += log(majority / minority)
        _, covariance = raw.error_at(0.0)
        hessian = expand(population, Oracle(), learner, majority, minority, moved).hessian
        bias = np.array([float(exact.excess_risk(moved))])
        variance = np.array([0.5 * np.sum(hessian * covariance)])
        distance = np.array([expected_norm(moved - exact.optimum, covariance)])
        return Prediction(bias, variance, bias + variance, distance, "closed form")
    return None
