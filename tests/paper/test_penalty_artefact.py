"""G3: a penalty on the summed loss weakens with every added row; per unit of weight, copies are class weights."""

import re
from typing import Any

import numpy as np
import pytest

from synththeory import load_design, simulate
from synththeory.arrays import Array
from synththeory.figures.penalty import best_rows, by_penalty
from synththeory.fits import linear_fit
from synththeory.learners import Learner, Logistic
from synththeory.sample import GivenSample, Sample
from synththeory.sim.design.design import Design
from synththeory.sim.design.studies import studies
from tests.statistical import assert_within

PAPERS_OWN = {"craft", "local_symmetry_logistic", "size_curve_jitter", "size_curve_smote"}
"""Studies that keep their paper's C: 1e6 in two of them, which is no penalty; the other two share the artefact."""

MAJORITY, MINORITY, COPIES = 60, 12, 4
ROWS = np.random.default_rng(3).standard_normal((MAJORITY + MINORITY, 3))
ROWS[MAJORITY:] += 1.0


def sample(rows: Array, labels: Array, weights: Array) -> Sample:
    return GivenSample(rows[None], labels[None], weights[None])


def fitted(learner: Learner, weights: Array, copies: int = 0) -> Array:
    """Coefficients of the fit to weighted rows, with so many copies of every minority row."""
    made = np.tile(ROWS[MAJORITY:], (max(copies, 1), 1))
    added = sample(made, np.ones(len(made)), np.ones(len(made)))
    size = np.array([[copies * MINORITY]], dtype=np.int64)
    fit = learner.path(sample(ROWS, np.repeat([0.0, 1.0], [MAJORITY, MINORITY]), weights), added, size)
    return linear_fit(fit).coefficients[0, 0]


def test_copies_at_equal_penalty_are_class_weights_exactly_and_at_one_C_they_are_not() -> None:
    ridge, one = Logistic(ridge=0.05), np.ones(MAJORITY + MINORITY)
    summed = Logistic(C=1.0 / (0.05 * len(one)))  # the planted error: C on the summed loss
    np.testing.assert_allclose(fitted(summed, one), fitted(ridge, one), rtol=1e-8)
    weights = np.repeat([1.0, 1.0 + COPIES], [MAJORITY, MINORITY])
    weights *= len(one) / weights.sum()  # class weights do not change the total
    np.testing.assert_allclose(fitted(ridge, one, COPIES), fitted(ridge, weights), rtol=1e-8)
    assert np.abs(fitted(summed, one, COPIES) / fitted(summed, weights) - 1.0).max() > 0.05


def summed(design: Design) -> bool:
    """Whether a study compares arms under a penalty on the summed loss alone."""
    return re.search(r"\bC = ", design.toml) is not None and not by_penalty(design)


@pytest.mark.parametrize("name", sorted(studies()))
def test_studies_of_ours_state_their_penalty_per_unit_of_weight(name: str) -> None:
    assert summed(load_design(name)) == (name in PAPERS_OWN)


def test_a_study_of_ours_at_one_C_is_caught() -> None:
    table = {**load_design("bias_correction").table, "learner": {"kind": "logistic", "C": 1.0}}
    assert summed(load_design(table))


def test_copies_win_by_a_fifth_at_one_C_and_by_nothing_at_equal_penalty() -> None:
    design = load_design("penalty_artefact").table
    twin = [design["sweep"]["population"][1]]
    small = {**design, "sweep": {**design["sweep"], "population": twin}, "population": twin[0]}
    small["augmentation"] = {**design["augmentation"], "multipliers": [1.0, 2.0]}
    small["monte_carlo"] = {"replications": 200, "seed": 1}
    summary = simulate(small)
    (group,) = by_penalty(summary.design)

    def gain(cell: Any, place: int) -> tuple[float, float]:
        """Copies' loss over reweighting's, less one, with the paired standard error."""
        copies = summary.values(cell, "bootstrap", "balanced_loss")[:, place]
        free = summary.values(cell, "reweighted", "balanced_loss")[:, 0]
        ratio = float(copies.mean() / free.mean())
        return ratio - 1.0, float((copies - ratio * free).std(ddof=1) / np.sqrt(len(free)) / free.mean())

    at_balance, error = gain(group.equal, 0)
    assert_within(at_balance, error, 0.02, "copies at balance and at equal penalty lose as much as class weights")
    for place, least in enumerate((0.08, 0.12)):
        found, error = gain(group.summed, place)
        assert found + 4.5 * error < -least
    assert gain(group.equal, 1)[0] > 0.0
    best = best_rows(summary, group.grid, "bootstrap")[0].estimate
    assert best < summary.select(cell=group.summed.swept, arm="bootstrap", metric="balanced_loss")[0].estimate
