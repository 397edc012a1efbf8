"""Measures of ranking and calibration against scikit-learn, closed forms and each other."""

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from synththeory.errors import SynththeoryError
from synththeory.fits import LinearFit
from synththeory.losses import LogisticLoss, MultinomialLoss, SquaredLoss
from synththeory.populations import (
    GaussianComponent,
    GaussianMixture,
    GaussianShift,
    RankedRisk,
    exact_risk,
    sampled_risk,
)
from synththeory.populations.risks.class_sampled import ClassSampledRisk
from synththeory.populations.risks.ranking import DrawnScores, GaussianScores, Ranking, RankingMeasures
from synththeory.sample import Stratum

NAMES: tuple[Ranking, ...] = (
    "auroc",
    "auprc",
    "brier",
    "log_loss",
    "calibration_slope",
    "calibration_intercept",
    "recall",
    "specificity",
    "g_mean",
    "margin_majority",
    "margin_minority",
    "margin_ratio",
)


def normal(mean: float, deviation: float) -> GaussianScores:
    return GaussianScores(np.ones(1), np.array([[mean]]), np.array([[deviation]]))


def test_drawn_scores_are_scikit_learns() -> None:
    rng = np.random.default_rng(1)
    zero, one = rng.normal(-0.5, 1.0, 300), rng.normal(0.7, 1.5, 100)
    one[:5] = zero[:5]  # ties
    scores, labels = np.concatenate([zero, one]), np.repeat([0, 1], (300, 100))
    shifted = scores + logit(0.25)
    peer = LogisticRegression(C=np.inf, tol=1e-10).fit(shifted[:, None], labels)
    got = RankingMeasures(DrawnScores(zero[None]), DrawnScores(one[None]), 0.25).of(NAMES)
    expected = [
        roc_auc_score(labels, scores),
        average_precision_score(labels, scores),
        brier_score_loss(labels, expit(shifted)),
        log_loss(labels, expit(shifted)),
        peer.coef_.item(),
        peer.intercept_.item(),
        (one > 0).mean(),
        (zero <= 0).mean(),
        np.sqrt((one > 0).mean() * (zero <= 0).mean()),
        -zero.mean(),
        one.mean(),
        -one.mean() / zero.mean(),
    ]
    tolerance = [1e-12, 0.01, 1e-12, 1e-12, 1e-5, 1e-5, *(1e-12,) * 6]  # AUPRC takes half of a row at itself
    for name, value, truth_, allowed in zip(NAMES, got, expected, tolerance, strict=True):
        assert value.item() == pytest.approx(truth_, abs=allowed), name


@pytest.mark.parametrize("prevalence", [0.5, 0.02])
def test_normal_scores_are_the_limit_of_their_quantiles(prevalence: float) -> None:
    places = norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    laws = normal(-1.0, 0.6), normal(0.8, 1.7)
    drawn = [DrawnScores((law.means + law.deviations * places)[None, 0]) for law in laws]
    exact = RankingMeasures(*laws, prevalence).of(NAMES)
    limit = RankingMeasures(drawn[0], drawn[1], prevalence).of(NAMES)
    for name, left, right in zip(NAMES, exact, limit, strict=True):
        assert left.item() == pytest.approx(right.item(), abs=1e-3, rel=4e-3), name


def test_auroc_of_normal_scores_is_closed_form() -> None:
    for gap, zero, one in ((1.0, 1.0, 1.0), (0.3, 0.5, 2.0), (5.0, 1.0, 0.2)):
        (value,) = RankingMeasures(normal(0.0, zero), normal(gap, one)).of(["auroc"])
        assert value.item() == pytest.approx(norm.cdf(gap / np.hypot(zero, one)), abs=1e-9)


@pytest.mark.parametrize("prevalence", [0.5, 0.1])
def test_the_true_log_odds_are_calibrated_at_any_prevalence(prevalence: float) -> None:
    """N(±δ²/2, δ²) are the log-odds of N(0, 1) against N(δ, 1)."""
    measures = RankingMeasures(normal(-2.0, 2.0), normal(2.0, 2.0), prevalence)
    slope, intercept = measures.of(["calibration_slope", "calibration_intercept"])
    assert slope.item() == pytest.approx(1.0, abs=1e-9)
    assert intercept.item() == pytest.approx(0.0, abs=1e-9)
    (over,) = RankingMeasures(normal(-4.0, 4.0), normal(4.0, 4.0)).of(["calibration_slope"])
    assert over.item() == pytest.approx(0.5, abs=1e-9)


def test_a_ranked_risk_is_exact_for_linear_scores_and_near_on_a_test_sample() -> None:
    population = GaussianMixture(
        majority=(GaussianComponent(mean=(0.0, 0.0)),),
        minority=(
            GaussianComponent(weight=0.4, mean=(1.0, 2.0)),
            GaussianComponent(weight=0.6, mean=(2.0, 0.0), scale=0.7),
        ),
    )
    loss = LogisticLoss(True)
    fit = LinearFit(np.array([[[1.0, 0.6, -1.1], [np.nan] * 3]]), np.array([[0, 1]], dtype=np.uint8))
    exact = RankedRisk(exact_risk(population, loss), NAMES, 0.3)  # type: ignore[arg-type]
    drawn = RankedRisk(sampled_risk(population, loss, 20_000, 1), NAMES, 0.3)
    assert exact.metrics == (*exact_risk(population, loss).metrics, *NAMES)
    left, right = exact.measures(NAMES, fit), drawn.measures(NAMES, fit)
    np.testing.assert_allclose(left[:, 0, 0], right[:, 0, 0], atol=0.04)
    assert np.isnan(left[:3, 0, 1]).all()
    share = [risk.measures(["boundary_share"], fit)[0, 0, 0] for risk in (exact, drawn)]
    assert share[0] == pytest.approx(share[1], abs=0.04)
    mixed = exact.measures(["auroc", "excess_risk"], fit)
    np.testing.assert_array_equal(mixed[0], left[0])
    np.testing.assert_array_equal(mixed[1], exact_risk(population, loss).measures(["excess_risk"], fit)[0])


def test_squared_loss_decides_at_the_mean_response() -> None:
    population = GaussianShift(mean=(2.0,))
    fit = LinearFit(np.array([[[0.5]]]), np.zeros((1, 1), dtype=np.uint8))
    risk = RankedRisk(exact_risk(population, SquaredLoss()), ("recall",), 0.5)  # type: ignore[arg-type]
    assert risk.measures(["recall"], fit).item() == pytest.approx(norm.cdf((1.0 - 0.5) / 0.5))


def test_the_boundary_share_is_where_the_way_from_class_to_class_crosses() -> None:
    """Two points at −a and b: the boundary lies at a/(a + b); LDAM's margins of 100 to 1 put it at 1/(1 + 100^¼)."""
    for left, right, expected in ((1.0, 1.0, 0.5), (1.0, 3.0, 0.25), (1.0, 100.0**0.25, 1.0 / (1.0 + 100.0**0.25))):
        zero, one = normal(-left, 1e-9), normal(right, 1e-9)
        laws = RankingMeasures(zero, one, between=lambda zero=zero, one=one: GaussianScores.between(zero, one))
        assert laws.of(["boundary_share"])[0].item() == pytest.approx(expected, abs=0.01)  # a step under Gauss's rule
    zero, one = normal(-1.0, 0.7), normal(1.0, 0.7)
    even = RankingMeasures(zero, one, between=lambda: GaussianScores.between(zero, one)).of(["boundary_share"])
    assert even[0].item() == pytest.approx(0.5, abs=1e-12)
    with pytest.raises(SynththeoryError, match="scores between the rows"):
        RankingMeasures(zero, one).of(["boundary_share"])


def test_margins_of_k_classes_are_over_the_best_other_class() -> None:
    """Three classes with scores f(x) = (x, 0, −x) and rows at known places, by hand."""
    strata = [Stratum(f"class {place}", place, tuple(np.eye(3)[place])) for place in range(3)]
    rows = [np.array([[2.0], [4.0]]), np.array([[1.0], [-1.0]]), np.array([[-3.0], [1.0]])]
    fit = ByHand(np.zeros((1, 1), dtype=np.uint8))
    risk = ClassSampledRisk(strata, rows, MultinomialLoss(False))
    scores = [np.stack([x[:, 0], 0.0 * x[:, 0], -x[:, 0]], axis=1) for x in rows]
    expected = [np.mean(s[:, k] - np.delete(s, k, axis=1).max(axis=1)) for k, s in enumerate(scores)]
    head, tail = risk.margins(fit)
    assert (head.item(), tail.item()) == pytest.approx((expected[0], expected[2]))
    found = RankedRisk(risk, ("margin_ratio",), 0.5).measures(["balanced_error", "margin_ratio"], fit)
    assert found[:, 0, 0] == pytest.approx([(0.0 + 1.0 + 0.5) / 3, expected[2] / expected[0]])


class ByHand:
    """f(x) = (x, 0, −x)."""

    def __init__(self, status: np.ndarray) -> None:
        self.status = status

    def at(self, replications: slice) -> "ByHand":
        return ByHand(self.status[replications])

    def scores(self, rows: np.ndarray) -> np.ndarray:
        x = rows[..., 0]
        return np.stack([x, 0.0 * x, -x], axis=-1)[None, None]
