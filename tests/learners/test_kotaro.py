"""KOTARO: the case by hand, leave-one-out values by brute force, centres, and what cannot be fitted."""

from typing import Any

import numpy as np
import pytest

from synththeory import SynththeoryError, simulate
from synththeory.arrays import Array, Vector
from synththeory.learners.kotaro import Kotaro, fit, g_mean_cut

LINE, SIGNS = np.array([[0.0], [1.0], [3.0]]), np.array([-1.0, -1.0, 1.0])


def data(seed: int = 0, counts: tuple[int, int] = (40, 12), dimension: int = 3) -> tuple[Array, Vector]:
    rng = np.random.default_rng(seed)
    signs = np.repeat([-1.0, 1.0], counts)
    return rng.standard_normal((signs.size, dimension)) + 0.6 * signs[:, None], signs


def test_three_rows_by_hand() -> None:
    found = fit(LINE, SIGNS, 1, 0.0)
    np.testing.assert_array_equal(found.reaches, [1.0, 1.0, 2.0])
    np.testing.assert_array_equal(found.gammas, [1.0, 1.0, 0.5])
    np.testing.assert_allclose(found.weights, [-0.685598, -0.885324, 1.016300], atol=1e-6)
    np.testing.assert_allclose(
        found.scores(np.array([[0.5], [2.0], [2.5], [5.0]])), [-1.178782, 0.278167, 0.802246, 0.137541], atol=1e-6
    )
    np.testing.assert_allclose(found.scores(LINE), SIGNS, atol=1e-12)
    assert fit(LINE, SIGNS, 1, 0.0, power=2).gammas.tolist() == [1.0, 1.0, 0.25]
    assert found.scores(np.array([[1e3]])).tolist() == [0.0]  # far away there is no class


@pytest.mark.parametrize("ridge", [0.0, 1.0])
@pytest.mark.parametrize("heavy", [1.0, 3.0])
def test_left_out_values_are_those_of_fits_without_the_row(ridge: float, heavy: float) -> None:
    rows, signs = data(counts=(14, 6))
    shares = np.where(signs > 0.0, heavy, 0.5)
    found = fit(rows, signs, 3, ridge, weights=shares)
    kernel = np.exp(-found.gammas * ((rows[:, None] - rows[None]) ** 2).sum(axis=2))
    for out in range(len(rows)):
        rest = np.arange(len(rows)) != out
        weights = np.linalg.solve(kernel[np.ix_(rest, rest)] + np.diag(ridge / shares[rest]), signs[rest])
        assert found.left_out[out] == pytest.approx(kernel[out, rest] @ weights, abs=1e-7)


def test_left_out_values_of_few_centres_are_those_of_fits_without_the_row() -> None:
    rows, signs = data(counts=(30, 8))
    shares = np.where(signs > 0.0, 3.0, 0.5)
    found = fit(rows, signs, 3, 0.5, centres=16, weights=shares)
    assert found.centres.shape == (16, 3)
    assert {tuple(row) for row in rows[signs > 0.0]} <= {tuple(row) for row in found.centres}
    kernel = np.exp(-found.gammas * ((rows[:, None] - found.centres[None]) ** 2).sum(axis=2))
    for out in range(len(rows)):
        rest = np.arange(len(rows)) != out
        weighed = kernel[rest].T * shares[rest]
        weights = np.linalg.solve(weighed @ kernel[rest] + 0.5 * np.eye(16), weighed @ signs[rest])
        assert found.left_out[out] == pytest.approx(kernel[out] @ weights, abs=1e-8)


def test_centres_and_reaches_are_kept_for_the_same_rows_classes_and_settings_alone() -> None:
    rows, signs = data(counts=(30, 8))
    found = fit(rows, signs, 3, 0.5, centres=16)
    assert fit(rows.copy(), signs, 3, 0.5, centres=16, weights=np.where(signs > 0.0, 3.0, 0.5)).centres is found.centres
    assert not np.array_equal(fit(rows, np.roll(signs, 9), 3, 0.5, centres=16).centres, found.centres)
    assert not np.array_equal(fit(rows, signs, 4, 0.5, centres=16).reaches, found.reaches)
    assert not np.array_equal(fit(rows, signs, 3, 0.5, centres=16, seed=1).centres, found.centres)
    assert len(fit(rows, signs, 3, 0.5, centres=17).centres) == 17


def test_the_cut_maximises_the_g_mean() -> None:
    values, signs = np.array([0.1, 0.4, 0.35, 0.8, 0.3]), np.array([-1.0, -1.0, 1.0, 1.0, -1.0])
    assert g_mean_cut(values, signs) == pytest.approx(0.325)  # recall 1, specificity 2/3, against 1/2 and 1 above .4
    rng = np.random.default_rng(3)
    values, signs = rng.standard_normal(60), np.where(rng.random(60) < 0.2, 1.0, -1.0)
    cuts = np.sort(values)[:-1] + 1e-9
    quality = [(values[signs > 0] > cut).mean() * (values[signs < 0] <= cut).mean() for cut in cuts]
    cut = g_mean_cut(values, signs)
    best = (values[signs > 0] > cut).mean() * (values[signs < 0] <= cut).mean()
    assert best == pytest.approx(max(quality))


def test_units_do_not_matter_to_the_learner_and_equal_rows_share_their_value() -> None:
    rows, signs = data()
    scaled = rows * [1.0, 1000.0, 0.01]
    np.testing.assert_allclose(Kotaro().fitted(scaled, signs).scores(scaled), Kotaro().fitted(rows, signs).scores(rows))
    twins = np.concatenate([rows, rows[:5]])
    assert np.isfinite(Kotaro().fitted(twins, np.append(signs, signs[:5])).scores(rows)).all()


def test_a_minority_that_is_all_noise_is_fitted_and_told_from_nothing() -> None:
    rng = np.random.default_rng(5)
    majority = rng.standard_normal((60, 2))
    signs = np.repeat([-1.0, 1.0], (60, 8))
    among = np.concatenate([majority, majority[:8] + 1e-9])  # each minority row beside a majority row of its own
    found = fit(among, signs, 5, 1.0)
    np.testing.assert_allclose(found.scores(among[60:]), found.scores(among[:8]), atol=1e-6)
    left_out = found.left_out
    assert np.isfinite(left_out).all()
    assert np.isfinite(found.threshold)
    below = (left_out[signs > 0.0][:, None] > left_out[signs < 0.0]).mean()
    assert below < 0.5  # every left-out minority row stands on a majority row
    with pytest.raises(SynththeoryError, match=r"8 rows equal an earlier one.*give it a ridge"):
        fit(np.concatenate([majority, majority[:8]]), signs, 5, 0.0)


def test_a_study_runs_with_the_free_fix_of_weights() -> None:
    study: dict[str, Any] = {
        "study": "kotaro",
        "population": {"kind": "ring"},
        "sample": {"majority": 50, "minority": 10},
        "augmentation": {
            "multipliers": [0.0, 1.0],
            "generators": [{"kind": "smote"}],
            "baselines": ["raw", "reweighted"],
        },
        "learner": {"kind": "kotaro", "neighbors": 3},
        "risk": {"test_rows": 200},
        "monte_carlo": {"replications": 6},
    }
    found = [simulate(study, block=block, threads=threads).rows for block, threads in ((1, 1), (6, 2))]
    assert found[0] == found[1]
    errors = [row.estimate for row in found[0] if row.metric == "balanced_error"]
    assert all(0.0 < error < 0.5 for error in errors)


@pytest.mark.parametrize(
    ("rows", "signs", "settings", "message"),
    [
        (LINE, SIGNS, {"neighbors": 3}, "fewer than the 3 rows, got 3"),
        (LINE, [-1.0, -1.0, -1.0], {}, "expected labels −1 and \\+1, both present"),
        ([[0.0], [np.nan], [3.0]], SIGNS, {}, "1 rows have NaN or infinite entries; impute or drop them"),
        ([[0.0], [0.0], [3.0]], SIGNS, {"ridge": 0.0}, "1 rows equal an earlier one.*give it a ridge"),
        (np.zeros((3, 1)), SIGNS, {}, "every row equals its 1 nearest ones"),
        (LINE, SIGNS, {"ridge": -1.0}, "expected ridge ≥ 0"),
        (LINE, SIGNS, {"weights": [1.0, 1.0, 0.0]}, "expected a weight > 0 for every row"),
        (LINE, SIGNS[:2], {}, r"expected rows \(n, d\) and labels \(n,\)"),
    ],
)
def test_bad_input_is_named_with_a_remedy(rows: Any, signs: Any, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SynththeoryError, match=message):
        fit(rows, signs, **{"neighbors": 1, **settings})
