"""The free fixes against scikit-learn and against their one line of algebra."""

import warnings

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression

from synththeory import DesignError
from synththeory.arrays import Array
from synththeory.corrections import LDA, Baseline, CostWeighted, RePriored, Reweighted
from synththeory.learners import External, Learner, LeastSquares, Logistic
from synththeory.populations import GaussianShift
from synththeory.sample import GivenSample, Sample
from synththeory.status import Status
from synththeory.streams import Streams

COUNTS = (120, 30)
POPULATION = GaussianShift(mean=(1.0, -0.4, 0.3))


def real(count: int = 3) -> Sample:
    return Sample.of(*POPULATION.sample(Streams.named(1, "weights", 0, count), COUNTS))


def sklearn_fits(sample: Sample, strength: float, intercept: bool, weight: str | None) -> Array:
    fits = []
    for rows, labels in zip(sample.rows, sample.labels, strict=True):
        model = LogisticRegression(
            C=strength, fit_intercept=intercept, class_weight=weight, solver="newton-cholesky", tol=1e-13, max_iter=500
        )
        with warnings.catch_warnings():  # its line search may stall at the last digit
            warnings.simplefilter("ignore")
            model.fit(rows, labels)
        fits.append(np.append(model.coef_[0], model.intercept_) if intercept else model.coef_[0])
    return np.stack(fits)[:, None]


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("strength", [0.5, 1e6])
def test_reweighted_is_scikit_learns_balanced_class_weight(strength: float, intercept: bool) -> None:
    sample = real()
    fit = Reweighted().fit(Logistic(C=strength, intercept=intercept), sample, COUNTS)
    assert not fit.status.any()
    np.testing.assert_allclose(fit.coefficients, sklearn_fits(sample, strength, intercept, "balanced"), atol=1e-8)


@pytest.mark.parametrize("strength", [0.5, 1e6])
def test_repriored_is_the_raw_fit_with_its_log_odds_shifted(strength: float) -> None:
    sample = real()
    fit = RePriored().fit(Logistic(C=strength), sample, COUNTS)
    expected = sklearn_fits(sample, strength, True, None)
    expected[..., -1] += np.log(COUNTS[0] / COUNTS[1])
    np.testing.assert_allclose(fit.coefficients, expected, atol=1e-8)


@pytest.mark.parametrize("intercept", [False, True])
def test_reweighted_least_squares_solves_the_balanced_normal_equations(intercept: bool) -> None:
    sample = real()
    fit = Reweighted().fit(LeastSquares(intercept=intercept), sample, COUNTS)
    weights = np.repeat([1.0 / COUNTS[0], 1.0 / COUNTS[1]], COUNTS)
    for rows, labels, got in zip(sample.rows, sample.labels, fit.coefficients[:, 0], strict=True):
        design = np.column_stack([rows, np.ones(len(rows))]) if intercept else rows
        expected = np.linalg.solve((design.T * weights) @ design, design.T @ (weights * labels))
        np.testing.assert_allclose(got, expected, rtol=1e-10)


@pytest.mark.parametrize("baseline", [Reweighted(), RePriored()], ids=lambda baseline: baseline.kind)
def test_the_sample_is_left_as_it_was(baseline: Baseline) -> None:
    sample = real()
    before = [part.copy() for part in (sample.rows, sample.labels, sample.weights)]
    first = baseline.fit(Logistic(), sample, COUNTS)
    again = baseline.fit(Logistic(), sample, COUNTS)
    np.testing.assert_array_equal(first.coefficients, again.coefficients)
    assert first.coefficients.shape == (3, 1, 4)
    for part, old in zip((sample.rows, sample.labels, sample.weights), before, strict=True):
        np.testing.assert_array_equal(part, old)


def test_on_balanced_classes_both_fixes_are_the_plain_fit() -> None:
    sample = Sample.of(*POPULATION.sample(Streams.named(2, "weights", 0, 2), (60, 60)))
    plain = sklearn_fits(sample, 1.0, True, None)
    for baseline in (Reweighted(), RePriored()):
        np.testing.assert_allclose(baseline.fit(Logistic(C=1.0), sample, (60, 60)).coefficients, plain, atol=1e-8)


@pytest.mark.parametrize("learner", [LeastSquares(), LeastSquares(intercept=True), Logistic(intercept=False)], ids=repr)
def test_repriored_refuses_what_has_no_log_odds_to_shift(learner: Learner) -> None:
    with pytest.raises(DesignError, match="needs the logistic learner with intercept = true"):
        RePriored().check(learner, 2)
    Reweighted().check(learner, 4)


def test_every_free_fix_is_registered_by_its_name() -> None:
    assert {"reweighted", "re-priored"} <= set(Baseline.registry)
    RePriored().check(Logistic(), 2)


@pytest.mark.parametrize("fix", [Reweighted(), CostWeighted(ratio=3.0)])
def test_weights_need_a_learner_that_takes_them(fix: Baseline) -> None:
    neighbours = External.model_validate({"class": "sklearn.neighbors.KNeighborsClassifier"})
    with pytest.raises(DesignError, match=f"the baseline '{fix.label}' weighs rows, and this external learner takes"):
        fix.check(neighbours, 2)


def test_a_separated_sample_says_so() -> None:
    rows = np.concatenate([np.linspace(-3.0, -1.0, 12), np.linspace(1.0, 2.0, 4)])[None, :, None]
    sample = GivenSample(rows, np.repeat([0.0, 1.0], (12, 4))[None], np.ones((1, 16)))
    for baseline in (Reweighted(), RePriored()):
        fit = baseline.fit(Logistic(), sample, (12, 4))
        assert fit.status.all()
        assert np.isnan(fit.coefficients).all()


def test_lda_has_scikit_learns_direction_and_a_balanced_prior() -> None:
    streams = Streams.named(1, "lda", 0, 3)
    blocks = GaussianShift(mean=(1.0, -0.5, 0.2)).sample(streams, (40, 15))
    for shrinkage in (0.0, 0.3):
        fit = LDA(shrinkage=shrinkage).fit(Logistic(), Sample.of(*blocks), (40, 15))
        for replication in range(3):
            rows = np.concatenate([block.rows[replication] for block in blocks])
            peer = LinearDiscriminantAnalysis(solver="lsqr").fit(rows, [0] * 40 + [1] * 15)
            pooled = (40 * np.cov(rows[:40].T, bias=True) + 15 * np.cov(rows[40:].T, bias=True)) / 53
            shrunk = (1 - shrinkage) * pooled + shrinkage * np.trace(pooled) / 3 * np.eye(3)
            slopes = np.linalg.solve(shrunk, peer.means_[1] - peer.means_[0])
            expected = [*slopes, -0.5 * slopes @ peer.means_.sum(axis=0)]
            np.testing.assert_allclose(fit.coefficients[replication, 0], expected)
            if shrinkage == 0.0:
                direction = peer.coef_[0] / np.linalg.norm(peer.coef_[0])
                np.testing.assert_allclose(slopes / np.linalg.norm(slopes), direction, rtol=1e-8)


def test_lda_with_too_few_rows_is_singular_unless_shrunk() -> None:
    blocks = GaussianShift(mean=(1.0,) * 6).sample(Streams.named(1, "lda", 0, 2), (4, 2))
    assert (LDA().fit(Logistic(), Sample.of(*blocks), (4, 2)).status == Status.SINGULAR).all()
    fit = LDA(shrinkage=0.5).fit(Logistic(), Sample.of(*blocks), (4, 2))
    assert np.isfinite(fit.coefficients).all()
    with pytest.raises(DesignError, match="'lda' gives log-odds of two classes"):
        LDA().check(LeastSquares(), 2)


def test_lda_of_groups_is_fishers_direction_of_their_equal_mixture() -> None:
    """Against the moments of one long sample in which every group has the same number of rows."""
    random, means = np.random.default_rng(4), np.array([[0.0, 2.0], [0.0, -2.0], [1.0, 1.5], [1.0, -2.5]])
    groups = [random.standard_normal((1, 50, 2)) + mean for mean in means]
    labels = np.repeat([0.0, 0.0, 1.0, 1.0], 50)[None]
    rows = np.concatenate(groups, axis=1)
    sample = GivenSample(rows, labels, np.ones(labels.shape))
    found = LDA().fit(Logistic(), sample, (50,) * 4).coefficients[0, 0]
    centres = [group.mean(axis=1)[0] for group in groups]
    zero, one = 0.5 * (centres[0] + centres[1]), 0.5 * (centres[2] + centres[3])
    within = sum((group[0] - centre).T @ (group[0] - centre) for group, centre in zip(groups, centres, strict=True))
    apart = [np.outer(c - m, c - m) for c, m in zip(centres, (zero, zero, one, one), strict=True)]
    slopes = np.linalg.solve(within / 196.0 + sum(apart) / 4.0, one - zero)
    np.testing.assert_allclose(found, [*slopes, -0.5 * slopes @ (zero + one)], rtol=1e-10)
    pair = LDA().fit(Logistic(), sample, (100, 100)).coefficients[0, 0]
    assert np.abs(found / pair - 1.0).max() > 1e-4  # the planted error: groups taken for one normal class
