"""Least squares on Gram matrices that are drawn themselves: the same law as with rows, whatever the number of rows."""

import numpy as np
import pytest
from scipy.stats import ks_2samp, norm

from synththeory import ComponentError, DesignError, Session
from synththeory.learners import LeastSquares
from synththeory.sim.design.studies import load_design
from synththeory.sim.run.executors.threads import Threads
from synththeory.sim.run.plan import Plan
from synththeory.sim.store.blocks import Results
from tests.statistical import STANDARD_ERRORS, allowed, assert_agrees, ledger, standard_error

REPLICATIONS = 20_000
CASES = 3
GENERATORS = [
    {"kind": "oracle"},
    {"kind": "semi-oracle"},
    {"kind": "gaussian", "mean": [0.8, 0.1]},
    {"kind": "consistent-gaussian"},
    {"kind": "gaussian-fit"},
    {"kind": "diagonal-gaussian-fit"},
    {"kind": "pooled-gaussian"},
    {"kind": "perturbed-oracle", "shift": 0.3, "scale": 1.2},
]
STUDY = {
    "study": "sums",
    "population": {"kind": "mean-shift", "dimension": 2, "noise": "gaussian"},
    "sample": {"majority": 14, "minority": 6},
    "augmentation": {"multipliers": [0.0, 0.5, 2.0], "generators": GENERATORS, "baselines": ["raw", "reweighted"]},
    "learner": {"kind": "least-squares", "ridge": 1e-3, "intercept": True},
    "monte_carlo": {"replications": REPLICATIONS, "seed": 7},
}
SUMS = {"learner.sufficient": True}


def scores(design, threads=2, block=None):
    session = Session(design, executor=Threads(threads), block=block)
    session.run()
    (cell,) = design.cells
    windows = {arm.label: list(session.store.windows(cell, arm, design.monte_carlo.replications)) for arm in cell.arms}
    return {arm: np.moveaxis(Results.joined(found).values, 1, 0) for arm, found in windows.items()}


def test_every_arm_has_the_law_it_has_with_rows():
    """Null: risk and parameter error of every arm and size have the same law in both modes; seeds differ."""
    drawn = scores(load_design(STUDY, {**SUMS, "monte_carlo.seed": 8}))
    added = scores(load_design(STUDY))
    assert drawn.keys() == added.keys()
    one, other = (
        np.concatenate([found[arm].reshape(REPLICATIONS, -1) for arm in drawn], axis=1) for found in (drawn, added)
    )
    ledger.append(2.0 * float(norm.sf(STANDARD_ERRORS)) / CASES)
    least = min(ks_2samp(left, right).pvalue for left, right in zip(one.T, other.T, strict=True))
    assert least > 2.0 * float(norm.sf(allowed(one.shape[1])))
    error = np.hypot(standard_error(one), standard_error(other))
    assert_agrees(one.mean(axis=0), other.mean(axis=0), error, "means are those with rows", cases=CASES)
    squares, others = one**2, other**2
    error = np.hypot(standard_error(squares), standard_error(others))
    assert_agrees(squares.mean(axis=0), others.mean(axis=0), error, "second moments too", cases=CASES)


def test_a_thousand_million_rows_are_as_many_blocks_as_a_thousand(tmp_path):
    few, many = (
        load_design(STUDY, {**SUMS, "sample.majority": rows, "monte_carlo.replications": 50}) for rows in (1000, 10**9)
    )
    assert len(Plan(few).blocks) == len(Plan(many).blocks) == 1
    found = scores(many)
    assert all(np.isfinite(values).all() for values in found.values())
    assert found["oracle"][:, 0, -1].std() < 0.1 * scores(few)["oracle"][:, 0, -1].std()


def test_same_bits_for_threads_and_blocks_and_shared_noise():
    design = load_design(STUDY, {**SUMS, "monte_carlo.replications": 60})
    first = scores(design, 1, 60)
    for threads, block in ((1, 7), (2, 1), (2, None)):
        again = scores(design, threads, block)
        assert all(again[arm].tobytes() == first[arm].tobytes() for arm in first)
    fewer = scores(load_design(STUDY, {**SUMS, "augmentation.generators": GENERATORS[4:5]}).replicated(60))
    assert fewer["gaussian-fit"].tobytes() == first["gaussian-fit"].tobytes()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"augmentation.generators": [{"kind": "smote"}]},
            "smote makes its rows of single seeds, not of their mean and covariance; set sufficient = false",
        ),
        ({"augmentation.generators": [{"kind": "moved-majority"}]}, "moved-majority makes its rows of single seeds"),
        ({"population.noise": "cube"}, "the rows of mean-shift are not Gaussian with a fixed number in every class"),
        (
            {"augmentation.arms": [{"name": "corrected", "correction": {"kind": "bias"}}]},
            "corrects by single rows",
        ),
    ],
)
def test_what_needs_rows_is_refused_with_the_reason(settings, message):
    with pytest.raises(DesignError, match="sufficient = true draws sums of rows, but") as caught:
        load_design(STUDY, {**SUMS, **settings})
    assert message in str(caught.value)


def test_what_asks_for_rows_on_the_way_ends_the_study_with_its_name():
    design = load_design(STUDY, {**SUMS, "augmentation.multipliers": [1.0], "augmentation.diagnostics": ["spread"]})
    with pytest.raises(ComponentError, match="asks for single rows"):
        Session(design.replicated(2), executor=Threads(1)).run()


def test_a_learner_of_rows_keeps_its_digest():
    assert LeastSquares(ridge=0.5).model_dump(mode="json") == {
        "kind": "least-squares",
        "ridge": 0.5,
        "intercept": False,
    }
    assert LeastSquares(sufficient=True).model_dump(mode="json")["sufficient"] is True
