"""R1: averages over several synthetic sets follow the law of two, and copies at random cost at most a quarter."""

import itertools
from typing import Any

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import poisson

from synththeory import DesignError, load_design, simulate
from synththeory.fits import AveragedFit, LinearFit, averaged
from synththeory.sim.results.sets import SETS, several_sets
from synththeory.theory.several_sets import averaged_error, replication_inflation
from tests.statistical import assert_agrees, ledger

STUDY: dict[str, Any] = {
    "study": "sets",
    "population": {"kind": "gaussian-shift", "mean": [1.0, 0.5, 0.0]},
    "sample": {"majority": 80, "minority": 20},
    "augmentation": {
        "multipliers": [1.0],
        "generators": [{"kind": "smote"}, {"kind": "bootstrap"}],
        "baselines": ["reweighted"],
    },
    "learner": {"kind": "logistic", "ridge": 1e-3},
    "risk": {"method": "test-sample", "test_rows": 100, "ranking": ["brier"]},
    "monte_carlo": {"replications": 400},
    "sweep": {SETS: [1, 2, 4]},
}
FITS = [
    LinearFit(np.random.default_rng(place).standard_normal((2, 3, 4)), np.full((2, 3), place % 2)) for place in (0, 1)
]
ROWS = np.random.default_rng(5).standard_normal((7, 3))


def test_the_law_is_exact_over_all_choices_of_sets() -> None:
    random = np.random.default_rng(1)
    chances, truth = random.random((6, 30)), random.integers(0, 2, 30)

    def error(sets: int) -> float:
        chosen = itertools.combinations(range(6), sets)
        return float(np.mean([np.square(chances[list(place)].mean(axis=0) - truth).mean() for place in chosen]))

    for sets in range(1, 7):
        assert float(averaged_error(error(1), error(2), sets)) == pytest.approx(error(sets), rel=1e-12)
    planted = error(1) - (1.0 - 1.0 / 6) * (error(1) - error(2))
    assert abs(planted / error(6) - 1.0) > 1e-2


def test_copies_at_random_cost_at_most_a_quarter() -> None:
    counts = np.arange(200)
    for rate in (0.3, 1.0, 4.0):
        square = float((1.0 + counts) ** 2 @ poisson.pmf(counts, rate))
        assert float(replication_inflation(rate)) == pytest.approx(square / (1.0 + rate) ** 2, rel=1e-12)
    assert float(replication_inflation(1.0)) == 1.25
    assert replication_inflation(np.linspace(0.0, 50.0, 5001)).max() == pytest.approx(1.25)
    assert float(replication_inflation(1.0, 4)) == 1.0625


def test_the_bootstraps_excess_over_class_weights_is_the_predicted_one() -> None:
    """Null: in a symmetric population the excess risks are as Σ w², w the rows' weights in the mean score."""
    copies, majority, minority = 1.0, 1100, 1000
    table = {
        "study": "copies",
        "population": {"kind": "mean-shift", "dimension": 3},
        "sample": {"majority": majority, "minority": minority},
        "augmentation": {
            "sizes": [minority],
            "generators": [{"kind": "bootstrap"}],
            "baselines": [{"kind": "cost-weighted", "ratio": 1.0 + copies}],
        },
        "learner": {"kind": "least-squares"},
        "monte_carlo": {"replications": 1000},
        "sweep": {SETS: [1, 2, 4]},
    }
    summary = simulate(table)
    ratios, expected, errors = [], [], []
    for cell, sets in zip(summary.design.cells, (1, 2, 4), strict=True):
        random = summary.values(cell, "bootstrap", "excess_risk")[:, 0]
        weighted = summary.values(cell, "cost-weighted:2", "excess_risk")[:, 0]
        ratios.append(random.mean() / weighted.mean())
        errors.append((random - ratios[-1] * weighted).std(ddof=1) / np.sqrt(len(random)) / weighted.mean())
        once = minority * (1.0 + copies) ** 2
        inflated = once * replication_inflation(copies * (1.0 - 1.0 / minority), sets)
        expected.append((majority + inflated) / (majority + once))
    assert_agrees(ratios, expected, errors, "random copies inflate the minority's part by 1 + λ/(m(1 + λ)²)", cases=2)
    with pytest.raises(AssertionError, match="rejected"):
        assert_agrees(ratios, np.ones(3), errors, "planted: copies cost nothing")
    ledger.pop()


def test_averages_are_of_probabilities_or_of_linear_scores() -> None:
    mean = averaged(FITS, logistic=True)
    assert isinstance(mean, AveragedFit)
    np.testing.assert_allclose(expit(mean.scores(ROWS)), np.mean([expit(fit.scores(ROWS)) for fit in FITS], axis=0))
    np.testing.assert_array_equal(mean.at(slice(1, 2)).scores(ROWS), mean.scores(ROWS)[1:])
    assert (mean.status == 1).all()
    linear = averaged(FITS, logistic=False)
    np.testing.assert_allclose(linear.scores(ROWS), np.mean([fit.scores(ROWS) for fit in FITS], axis=0))
    assert averaged(FITS[:1], logistic=True) is FITS[0]


def test_simulated_averages_follow_two_sets() -> None:
    """Null: the mean over replications of MSE_4 less its law from one and two sets is zero."""
    summary = simulate(STUDY)
    points = [point for point in several_sets(summary, "brier") if point.sets == 4]
    assert [point.arm for point in points] == ["smote", "bootstrap"]
    estimate, law = ([getattr(point, name) for point in points] for name in ("estimate", "predicted"))
    errors = [point.error for point in points]
    assert_agrees(estimate, law, errors, "an average of four fits has the error that two foretell", cases=2)
    single = [point.estimate for point in several_sets(summary, "brier") if point.sets == 1]
    with pytest.raises(AssertionError, match="rejected"):
        assert_agrees(estimate, single, errors, "planted: averaging changes nothing")
    ledger.pop()
    plain = simulate({**STUDY, "sweep": {}, "monte_carlo": {"replications": 5}})
    for arm in ("smote", "reweighted"):
        one = summary.values(summary.design.cells[0], arm, "brier")[:5]
        np.testing.assert_array_equal(plain.values(plain.design.cells[0], arm, "brier"), one)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"risk": {"ranking": ["brier"]}}, "give risk.method = 'test-sample'"),
        ({"selection": {"rule": "vtss", "multipliers": [1.0]}}, "leave it out, or \\[selection\\]"),
        ({"augmentation.arms": [{"name": "c", "correction": {"kind": "bias"}}]}, "nor with corrections"),
        ({"augmentation.sets": 0}, "augmentation.sets"),
    ],
)
def test_what_cannot_be_averaged_is_refused_in_words(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        load_design({**STUDY, "sweep": {}}, {"augmentation.sets": 3, **settings})
