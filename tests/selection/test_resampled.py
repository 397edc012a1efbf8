"""The bootstrap of the symmetry test: its definition row by row, its size where the F has none, what it refuses."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from synththeory.errors import DesignError
from synththeory.estimators import symmetry_test
from synththeory.losses import LogisticLoss, Loss, SquaredLoss
from synththeory.selection.calibration import chi_square
from synththeory.selection.pilot import fit_pilot
from synththeory.selection.resampled import bootstrap_symmetry, pooled_pilot
from synththeory.streams import Streams
from tests.reference.resampled import bootstrap
from tests.selection.tables import table
from tests.statistical import assert_agrees, must_reject

LABELS = (0.0, 1.0)
LOSSES = (SquaredLoss(), LogisticLoss(intercept=True))
COUNTS = (41, 14)


def skewed(seed: int, sets: int, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Rows of both classes, skewed and of unlike spread."""
    rng = np.random.default_rng(seed)
    rows = [rng.exponential(size=(sets, count, 2)) - 1.0 + shift * c for c, count in enumerate(COUNTS)]
    return rows[0] * np.array([2.0, 1.0]), rows[1]


@pytest.mark.parametrize("ridge", [0.0, 0.7])
@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_it_is_its_definition_row_by_row(loss: Loss, ridge: float) -> None:
    majority, minority = skewed(3, 2, 0.4)
    size, streams, draws = loss.parameters(2), Streams.named(5, "definition", 0, 2), 25
    penalty = np.zeros(size)
    penalty[:2] = ridge
    found = bootstrap_symmetry(majority, minority, loss, LABELS, penalty, streams, draws)
    total = sum(COUNTS)
    held = -(-total // 8) * 8  # a resample takes a multiple of eight uniforms
    uniforms = streams.uniforms("symmetry: resamples", draws * held).reshape(2, draws, held)[..., :total]
    theta = pooled_pilot(majority, minority, loss, LABELS, penalty).coefficients
    for r in range(2):
        designs = [loss.design(majority[r]), loss.design(minority[r])]
        scores = [
            loss.row_scores(x, y, theta[r]) + penalty * theta[r]
            for x, y in zip((majority[r], minority[r]), LABELS, strict=True)
        ]
        np.testing.assert_allclose(np.concatenate(scores).mean(axis=0), 0.0, atol=1e-8)
        bends = [loss.curvature(z @ theta[r], y) for z, y in zip(designs, LABELS, strict=True)]
        picks = [(u * n).astype(int) for u, n in zip(np.split(uniforms[r], [COUNTS[0]], axis=1), COUNTS, strict=True)]
        observed, drawn = bootstrap(designs, scores, bends, np.diag(penalty), picks)
        assert found.p_value[r] == (1 + sum(p <= observed for p in drawn)) / (draws + 1)


def test_the_effects_at_the_pooled_fit_are_the_balanced_pilots_for_squared_loss() -> None:
    majority, minority = skewed(4, 3, 0.6)
    penalty = np.array([0.3, 0.0])
    balanced = fit_pilot(majority, minority, SquaredLoss(), LABELS, penalty)
    pooled = pooled_pilot(majority, minority, SquaredLoss(), LABELS, penalty)
    np.testing.assert_allclose(pooled.asymmetry, balanced.asymmetry, rtol=1e-9)


def test_it_does_not_see_blocks_and_follows_its_stream() -> None:
    majority, minority = skewed(5, 4)
    streams, penalty = Streams.named(1, "blocks", 0, 4), np.zeros(2)
    whole = bootstrap_symmetry(majority, minority, SquaredLoss(), LABELS, penalty, streams, 39)
    streams = Streams.named(1, "blocks", 2, 1)
    alone = bootstrap_symmetry(majority[2:3], minority[2:3], SquaredLoss(), LABELS, penalty, streams, 39)
    assert whole.p_value[2] == alone.p_value[0]


def test_it_is_unchanged_by_units_and_exchanged_classes_keep_the_statistic() -> None:
    majority, minority = skewed(6, 2, 0.3)
    streams, penalty = Streams.named(2, "units", 0, 2), np.zeros(3)
    before = bootstrap_symmetry(majority, minority, LogisticLoss(True), LABELS, penalty, streams, 39)
    turn = np.array([[1e-4, 2e-4], [0.0, 1e4]])
    after = bootstrap_symmetry(majority @ turn, minority @ turn, LogisticLoss(True), LABELS, penalty, streams, 39)
    np.testing.assert_allclose(after.statistic, before.statistic, rtol=1e-5)
    np.testing.assert_array_equal(after.p_value, before.p_value)
    other = bootstrap_symmetry(minority, majority, LogisticLoss(True), (1.0, 0.0), penalty, streams, 39)
    np.testing.assert_allclose(other.statistic, before.statistic, rtol=1e-6)


def test_sets_without_a_test_are_nan_and_harm_no_other() -> None:
    majority, minority = skewed(7, 3)
    majority[1, :, 1], minority[1, :, 1] = majority[1, :, 0], minority[1, :, 0]
    minority[2] += 100.0
    streams = Streams.named(3, "lost", 0, 3)
    found = bootstrap_symmetry(majority, minority, LogisticLoss(True), LABELS, np.zeros(3), streams, 39)
    assert found.singular.tolist() == [False, True, True]
    assert np.isnan(found.p_value[1:]).all()
    assert 0.0 < found.p_value[0] <= 1.0


@pytest.mark.parametrize("law", ["t5", "normal"])
def test_its_size_is_the_level_with_ten_rows_a_parameter(law: str) -> None:
    """Null: both classes have the same law with mean zero, so θ* = 0 and g_φ = 0."""
    rng, sets = np.random.default_rng(8), 800
    draw = (lambda shape: rng.standard_t(5, shape)) if law == "t5" else rng.standard_normal
    majority, minority = draw((sets, 90, 3)), draw((sets, 30, 3))
    streams, labels, penalty = Streams.named(4, f"size {law}", 0, sets), (-0.5, 0.5), np.zeros(3)
    found = bootstrap_symmetry(majority, minority, SquaredLoss(), labels, penalty, streams, 19)
    error, null = float(np.sqrt(0.05 * 0.95 / sets)), "the bootstrap rejects .05 of the sets, up to .01"
    assert_agrees((found.p_value <= 0.05).mean(), 0.05, error, null, slack=0.01, cases=2)
    planted = chi_square(fit_pilot(majority, minority, SquaredLoss(), labels, penalty))
    with must_reject():
        assert_agrees((planted.p_value <= 0.05).mean(), 0.05, error, null, slack=0.01, cases=2)


def test_it_has_the_power_to_see_a_shift() -> None:
    rng = np.random.default_rng(9)
    majority, minority = rng.standard_normal((200, 60, 2)), 0.8 + rng.standard_normal((200, 20, 2))
    streams = Streams.named(6, "power", 0, 200)
    found = bootstrap_symmetry(majority, minority, SquaredLoss(), (-0.5, 0.5), np.zeros(2), streams, 39)
    assert (found.p_value <= 0.05).mean() > 0.6


def test_on_a_table() -> None:
    zero, one, y = table(11)
    x, model = np.concatenate([zero, one]), LogisticRegression(C=0.5)
    test = symmetry_test(x, y, model, calibration="bootstrap", resamples=99)
    again = symmetry_test(x, y, model, calibration="bootstrap", resamples=99)
    other = symmetry_test(x, y, model, calibration="bootstrap", resamples=99, random_state=3)
    assert test.p_value == again.p_value
    assert test.statistic == other.statistic
    assert test.p_value * 100 == pytest.approx(round(test.p_value * 100))
    assert str(test).startswith("symmetry test (bootstrap, n0=")
    np.testing.assert_allclose(test.g_phi, symmetry_test(x, y, model).g_phi)


def test_what_it_refuses_and_what_it_warns_of() -> None:
    zero, one, y = table(11)
    x = np.concatenate([zero, one])
    with pytest.raises(DesignError, match=r"at least 19 resamples.*got 5"):
        symmetry_test(x, y, LogisticRegression(), calibration="bootstrap", resamples=5)
    with pytest.raises(DesignError, match=r"no scope='slopes'; use calibration='small-sample'"):
        symmetry_test(x, y, LogisticRegression(), calibration="bootstrap", scope="slopes")
    few = np.concatenate([zero, one[:15]])
    with pytest.warns(UserWarning, match="15 minority rows for 4 parameters: below 5 a parameter"):
        symmetry_test(few, np.repeat([0, 1], [len(zero), 15]), LogisticRegression())
