"""The test of the slopes: its influence function, its invariances, its size where a logistic model is right."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from synththeory import DesignError
from synththeory.arrays import Array
from synththeory.estimators import symmetry_test
from synththeory.losses import LogisticLoss, Loss, SquaredLoss
from synththeory.selection.calibration import small_sample
from synththeory.selection.pilot import fit_pilot
from synththeory.selection.slopes import slopes_only
from tests.selection.tables import table
from tests.statistical import assert_agrees

LOSSES = (SquaredLoss(intercept=True), LogisticLoss(intercept=True))
EVERY_LOSS = pytest.mark.parametrize("loss", LOSSES, ids=repr)
LABELS = (0.0, 1.0)


def weighted_slopes(rows: list[Array], weights: list[Array], logistic: bool, penalty: Array) -> Array:
    """The slopes of H⁻¹g_φ where the rows of each class have masses: Newton to the end, written out."""
    theta = np.zeros(rows[0].shape[1])
    for _ in range(60):
        fits = [z @ theta for z in rows]
        slopes = [expit(f) - y if logistic else 2.0 * (f - y) for f, y in zip(fits, LABELS, strict=True)]
        curves = [expit(f) * expit(-f) if logistic else np.full(len(f), 2.0) for f in fits]
        means = [(w * s) @ z for w, s, z in zip(weights, slopes, rows, strict=True)]
        whole = 0.5 * sum((z * (w * c)[:, None]).T @ z for w, c, z in zip(weights, curves, rows, strict=True))
        whole = whole + np.diag(penalty)
        theta = theta - np.linalg.solve(whole, 0.5 * (means[0] + means[1]) + penalty * theta)
    return np.asarray(np.linalg.solve(whole, means[0] - means[1])[:-1])


@EVERY_LOSS
@pytest.mark.parametrize("ridge", [0.0, 0.2])
def test_contributions_are_the_derivative_in_each_rows_mass(loss: Loss, ridge: float) -> None:
    """Against finite differences: every term of the influence function counts, c' and D among them."""
    zero, one, _ = table(3, 40, 15)
    penalty = np.array([ridge, ridge, ridge, 0.0])
    pilot = fit_pilot(zero[None], one[None], loss, LABELS, penalty)
    tested = slopes_only(pilot, zero[None], one[None], loss, LABELS, penalty)
    rows, logistic = [loss.design(zero), loss.design(one)], isinstance(loss, LogisticLoss)
    even = [np.full(len(z), 1.0 / len(z)) for z in rows]
    np.testing.assert_allclose(tested.asymmetry[0], weighted_slopes(rows, even, logistic, penalty), rtol=1e-7)
    for side, part in enumerate(tested.classes):
        scores = part.scores[0] - part.scores[0].mean(axis=0)
        influence = scores @ part.transfer[0].T
        for i in (0, 7, 14):
            ends = []
            for step in (1e-5, -1e-5):
                masses = [each.copy() for each in even]
                masses[side] *= 1.0 - step
                masses[side][i] += step
                ends.append(weighted_slopes(rows, masses, logistic, penalty))
            np.testing.assert_allclose(influence[i], (ends[0] - ends[1]) / 2e-5, rtol=1e-5, atol=1e-6)


@EVERY_LOSS
@given(seed=st.integers(0, 2**32 - 1))
def test_affine_maps_of_the_features_change_nothing(loss: Loss, seed: int) -> None:
    zero, one, y = table(seed % 1000)
    x, rng = np.concatenate([zero, one]), np.random.default_rng(seed)
    rotation = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    moved = x @ (rotation * np.array([0.1, 1.0, 5.0])) + rng.standard_normal(3)
    before, after = (symmetry_test(rows, y, loss, scope="slopes") for rows in (x, moved))
    assert after.p_value == pytest.approx(before.p_value, rel=1e-5)
    assert after.degrees_of_freedom == pytest.approx(before.degrees_of_freedom, rel=1e-5)


def test_the_fields_of_g_phi_stay_what_they_are() -> None:
    zero, one, y = table(4)
    x = np.concatenate([zero, one])
    whole, slopes = (symmetry_test(x, y, LOSSES[1], scope=scope) for scope in ("all", "slopes"))
    np.testing.assert_array_equal(slopes.g_phi, whole.g_phi)
    np.testing.assert_array_equal(slopes.standard_errors, whole.standard_errors)
    assert (slopes.degrees_of_freedom[0], whole.degrees_of_freedom[0]) == (3.0, 4.0)
    assert str(slopes).startswith("symmetry test of the slopes (small-sample, n0=120, n1=24): F(3, ")
    assert "intercept" not in str(slopes)


def test_size_where_a_logistic_model_is_right_and_power_where_spreads_differ() -> None:
    """Gaussian classes that differ by a shift: class weights move the intercept alone, though g_φ is far from zero."""
    sets, loss, rng = 800, LOSSES[1], np.random.default_rng(8)
    rates = []
    for spread in (1.0, 2.0):
        majority, minority = rng.standard_normal((sets, 600, 2)), spread * rng.standard_normal((sets, 120, 2))
        majority[..., 0] -= 0.5
        minority[..., 0] += 0.5
        none = np.zeros(3)
        pilot = fit_pilot(majority, minority, loss, LABELS, none)
        tested = slopes_only(pilot, majority, minority, loss, LABELS, none)
        rates.append((small_sample(tested).p_value < 0.05).mean())
        assert (small_sample(pilot).p_value < 0.05).all()
    error = np.sqrt(0.05 * 0.95 / sets)
    assert_agrees(rates[0], 0.05, error, "the slopes' test has its size under a right logistic model", 0.01)
    assert rates[1] > 0.9


def test_slopes_need_an_intercept() -> None:
    zero, one, y = table(5)
    with pytest.raises(DesignError, match="needs a model with an intercept"):
        symmetry_test(np.concatenate([zero, one]), y, LogisticLoss(), scope="slopes")
    with pytest.raises(DesignError, match="unknown scope 'slope'; did you mean 'slopes'"):
        symmetry_test(np.concatenate([zero, one]), y, LOSSES[0], scope="slope")  # type: ignore[arg-type]
