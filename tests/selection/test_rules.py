"""GQS, candidate sets and folds are the formulas of the paper, recomputed."""

from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.stats import chi2

from synththeory.errors import DesignError
from synththeory.losses import LogisticLoss, Loss, SquaredLoss
from synththeory.selection import (
    TGVTSS,
    VTSS,
    best,
    cross_fitted_quality,
    fold_sizes,
    folds,
    generator_quality,
    hold_out,
    score_sums,
)
from tests.reference import selection as plain

SEEDS = st.integers(0, 2**32 - 1)
LOSSES = (SquaredLoss(), SquaredLoss(intercept=True), LogisticLoss(), LogisticLoss(intercept=True))


def spread(rng: np.random.Generator, size: int) -> np.ndarray:
    root = rng.standard_normal((size, size + 2))
    return np.asarray(root @ root.T)


@given(seed=SEEDS, size=st.integers(1, 6), batch=st.integers(1, 3))
def test_gqs_is_squared_bias_over_variance_written_out(seed: int, size: int, batch: int) -> None:
    rng = np.random.default_rng(seed)
    n1 = int(rng.integers(1, 50))
    n0 = n1 + int(rng.integers(1, 500))
    vectors = rng.standard_normal((2, batch, size))
    matrices = np.array([[spread(rng, size) for _ in range(batch)] for _ in range(4)])
    got = generator_quality(vectors[0], *matrices, (n0, n1), vectors[1])
    for b in range(batch):
        expected = plain.gqs(vectors[0, b], matrices[0, b], tuple(matrices[1:, b]), n0, n1)
        angle = vectors[0, b] @ vectors[1, b] / np.prod([np.linalg.norm(v[b]) for v in vectors])
        ratio = np.linalg.norm(vectors[0, b]) / np.linalg.norm(vectors[1, b])
        np.testing.assert_allclose(got.value[b], expected, rtol=1e-8)
        np.testing.assert_allclose(got.alignment[b], ratio * angle, rtol=1e-8, atol=1e-12)
        np.testing.assert_allclose(got.bias[b] / got.variance[b], expected, rtol=1e-8)


@given(seed=SEEDS)
def test_gqs_does_not_change_under_linear_maps_of_the_features(seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors, matrices = rng.standard_normal((2, 3)), np.array([spread(rng, 3) for _ in range(4)])
    move = np.linalg.qr(rng.standard_normal((3, 3)))[0] * np.array([0.1, 1.0, 5.0])
    before = generator_quality(vectors[0], *matrices, (90, 7), vectors[1])
    after = generator_quality(vectors[0] @ move.T, *(move @ m @ move.T for m in matrices), (90, 7), vectors[1])
    np.testing.assert_allclose(after.value, before.value, rtol=1e-8)


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
@pytest.mark.parametrize("seed", range(2))
def test_cross_fitted_gqs_is_the_plain_recomputation(loss: Loss, seed: int) -> None:
    rng = np.random.default_rng(seed)
    p, labels = loss.parameters(3), (0.0, 1.0)
    counts = [(20, 3, 50), (19, 3, 50), (18, 2, 50)]
    rows = [
        [rng.standard_normal((2, n, 3)) + shift for n, shift in zip(c, (0.0, 1.0, 0.8), strict=True)] for c in counts
    ]
    thetas = 0.5 * rng.standard_normal((3, 2, p))
    sums = [
        [score_sums(loss, fold[place], label, theta) for fold, theta in zip(rows, thetas, strict=True)]
        for place, label in enumerate((0.0, 1.0, 1.0))
    ]
    got = cross_fitted_quality(sums[0], sums[1], sums[2], np.ones((2, p)))
    for b in range(2):
        parts = [
            (loss.design(f[0][b]), loss.design(f[1][b]), loss.design(f[2][b]), t[b])
            for f, t in zip(rows, thetas, strict=True)
        ]
        expected, _ = plain.cross_fitted_gqs(parts, labels, isinstance(loss, LogisticLoss))
        np.testing.assert_allclose(got.value[b], expected, rtol=1e-8)


def test_gqs_is_nan_where_the_hessian_has_no_inverse_and_leaves_the_others_alone() -> None:
    whole, flat = np.eye(2), np.diag([1.0, 0.0])
    hessians = np.stack([whole, flat, whole * nan])
    got = generator_quality(np.ones((3, 2)), hessians, whole, whole, whole, (9, 4), np.ones(2))
    alone = generator_quality(np.ones(2), whole, whole, whole, whole, (9, 4), np.ones(2))
    assert got.value[0] == alone.value
    assert np.isnan(got.value[1:]).all()
    assert isnan(generator_quality(np.ones(2), whole, whole, whole, whole, (9, 4), np.zeros(2)).alignment)


@given(
    t=st.floats(0.0, 40.0),
    value=st.floats(0.0, 20.0),
    c=st.floats(-3.0, 0.47),
    gap=st.integers(1, 5000),
    p=st.integers(1, 9),
)
def test_candidates_are_the_papers_sets(t: float, value: float, c: float, gap: int, p: int) -> None:
    cutoff = float(chi2.isf(0.05, p))
    regime, multipliers = plain.candidate_multipliers(t, cutoff, value, c)
    got = TGVTSS().candidates(float(chi2.sf(t, p)), value, c, gap)
    assert got.regime == regime
    np.testing.assert_allclose(got.multipliers, multipliers, rtol=1e-8, atol=1e-9)
    np.testing.assert_array_equal(got.sizes, np.rint(got.multipliers * gap))


@pytest.mark.parametrize("c", [0.5, 0.7, 0.49, nan])
def test_a_size_far_off_or_without_end_is_not_offered(c: float) -> None:
    got = TGVTSS().candidates(0.0, 3.0, c, 100)
    np.testing.assert_allclose(got.multipliers, np.arange(16, 25) / 20)


def test_every_constant_can_be_set() -> None:
    rule = TGVTSS(tau=1.0, alpha=0.01, symmetric=(0.0,), realistic=(1.0,), biased=(0.0, 3.0), farthest=100.0)
    assert rule.candidates(0.02, 5.0, 0.0, 10).multipliers.tolist() == [0.0]
    assert rule.candidates(0.002, 5.0, 0.0, 10).sizes.tolist() == [0, 30]
    assert rule.candidates(0.002, 0.5, 0.49, 10).sizes.tolist() == [10, 500]
    assert VTSS(multipliers=(0.5, 1.0)).candidates(11).sizes.tolist() == [6, 11]
    assert VTSS(multipliers=(0.5, 1.0)).candidates(11).regime is None


@given(rows=st.integers(2, 60), count=st.integers(2, 9), seed=SEEDS)
def test_folds_hold_every_row_out_once(rows: int, count: int, seed: int) -> None:
    keys = np.random.default_rng(seed).random((3, rows))
    if count > rows:
        with pytest.raises(DesignError, match=f"use between 2 and {rows} folds"):
            folds(keys, count)
        return
    parts = folds(keys, count)
    sizes = [part.held_out.shape[-1] for part in parts]
    assert len(parts) == count
    assert max(sizes) - min(sizes) <= 1
    held = np.sort(np.concatenate([part.held_out for part in parts], axis=-1), axis=-1)
    np.testing.assert_array_equal(held, np.tile(np.arange(rows), (3, 1)))
    for part in parts:
        both = np.sort(np.concatenate([part.training, part.held_out], axis=-1), axis=-1)
        np.testing.assert_array_equal(both, np.tile(np.arange(rows), (3, 1)))
        assert (np.diff(part.training, axis=-1) > 0).all()


@given(rows=st.integers(2, 60), fraction=st.floats(0.01, 0.99), seed=SEEDS)
def test_a_hold_out_takes_its_share_and_the_keys_decide(rows: int, fraction: float, seed: int) -> None:
    keys = np.random.default_rng(seed).random(rows)
    (split,) = hold_out(keys, fraction)
    assert split.held_out.size == min(max(round(fraction * rows), 1), rows - 1)
    assert keys[split.held_out].max() <= keys[split.training].min()
    again = VTSS(multipliers=(1.0,), fraction=fraction).splits(keys)[0]
    np.testing.assert_array_equal(again.held_out, split.held_out)


def test_the_best_candidate_is_the_first_smallest_that_could_be_fitted() -> None:
    losses = np.array([[3.0, 1.0, 1.0], [nan, 2.0, 1.5], [nan, nan, nan], [inf, 2.0, 3.0]])
    assert best(losses).tolist() == [1, 2, -1, 1]
    assert fold_sizes(np.array([0.0, 0.05, 1.0]), 30).tolist() == [0, 2, 30]
    assert fold_sizes(np.array([0.5]), -3).tolist() == [0]


REFUSED = {
    "unknown key": ({"kind": "tg-vtss", "taus": 1.0}, "did you mean 'tau'"),
    "folds of a hold-out": ({"folds": 3}, "'folds' does not belong to validation = 'hold-out', which takes 'fraction'"),
    "fraction of folds": ({"validation": "cross-validation", "fraction": 0.3}, "which takes 'folds'"),
    "one fold": ({"validation": "cross-validation", "folds": 1}, "greater than or equal to 2"),
    "level": ({"alpha": 1.0}, "less than 1"),
    "grid": ({"biased": (0.0, 0.0)}, "expected increasing numbers"),
    "negative grid": ({"realistic": (-0.1, 0.0)}, "expected numbers ≥ 0, got -0.1"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_wrong_settings_are_named(name: str) -> None:
    settings, message = REFUSED[name]
    with pytest.raises(ValidationError, match=message):
        TGVTSS.model_validate(settings)


def test_defaults_are_spelt_out_and_either_validation_can_be_chosen_beside_them() -> None:
    spelt = TGVTSS().model_dump()
    assert (spelt["fraction"], spelt["folds"]) == (0.2, 5)
    assert TGVTSS.model_validate(spelt) == TGVTSS() == TGVTSS.model_validate({"fraction": None, "folds": None})
    assert len(TGVTSS.model_validate({**spelt, "validation": "cross-validation"}).splits(np.arange(11.0))) == 5
    assert TGVTSS(gqs_folds=7).fewest == 7
    assert VTSS(multipliers=(1.0,), validation="cross-validation", folds=4).fewest == 4
    assert VTSS(multipliers=(1.0,)).fewest == 2


def test_impossible_questions_are_refused() -> None:
    whole = np.eye(2)
    with pytest.raises(ValueError, match="more majority than minority rows, got n0=4, n1=4"):
        generator_quality(np.ones(2), whole, whole, whole, whole, (4, 4), np.ones(2))
    with pytest.raises(DesignError, match="got n0 − n1 = 0"):
        VTSS(multipliers=(1.0,)).candidates(0)
    with pytest.raises(DesignError, match=r"p = nan.*vtss with multipliers"):
        TGVTSS().candidates(nan, 1.0, 0.0, 10)
    with pytest.raises(DesignError, match=r"share 1\.5"):
        hold_out(np.ones(5), 1.5)
