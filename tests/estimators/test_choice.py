"""What is chosen, and why: curve, test and GQS are recomputed plainly; nothing held out is ever seen."""

from typing import Any, ClassVar

import numpy as np
import pytest
from scipy.stats import chi2
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from synththeory.estimators import TGVTSSClassifier, TGVTSSSampler, VTSSClassifier, symmetry_test
from synththeory.estimators.choice import named_streams
from synththeory.estimators.splits import folds_of
from synththeory.estimators.tables import Table
from synththeory.generators import Bootstrap, GaussianFit, Jitter, Smote
from synththeory.selection import VTSS, folds
from tests.estimators.data import copied, repeated, shifted
from tests.reference import selection as plain_selection
from tests.selection import plain

X, Y = shifted(7)
GRID = (0.0, 0.5, 1.0, 1.5)


@pytest.mark.parametrize("validation", ["cross-validation", "hold-out"])
@pytest.mark.parametrize("judged", ["as-fitted", "re-priored"])
def test_the_curve_is_the_loop_a_user_would_write(validation: Any, judged: Any) -> None:
    model = VTSSClassifier(
        LogisticRegression(C=0.05),
        each_in_turn,
        multipliers=GRID,
        validation=validation,
        folds=4 if validation == "cross-validation" else None,  # divides both classes: all rows count alike
        judged=judged,
        random_state=3,
    ).fit(X, Y)
    table, seen = Table(X, Y, Y == 1), []
    rule = VTSS(multipliers=GRID, validation=validation, folds=model.folds)
    splits = folds_of(table, rule.splits, named_streams(3).within("validation"))
    for gamma in GRID:
        folded, rows = [], {0: [], 1: []}
        for fold in splits:
            x, y = X[fold.training], Y[fold.training]
            size = round(gamma * ((y == 0).sum() - (y == 1).sum()))
            made = np.repeat(x[y == 1].mean(axis=0)[None], size, axis=0)
            per_unit = LogisticRegression(C=0.05 * len(y) / (len(y) + size), tol=1e-12)  # the penalty of a raw fit
            fit = per_unit.fit(np.concatenate([x, made]), np.append(y, np.ones(size, dtype=int)))
            p, truth = fit.predict_proba(X[fold.held_out])[:, 1], Y[fold.held_out]
            if judged == "re-priored":
                odds = p / (1 - p) * (y == 0).sum() / ((y == 1).sum() + size)
                p = odds / (1 + odds)
            folded.append(np.mean([log_loss(truth[truth == c], p[truth == c], labels=[0, 1]) for c in (0, 1)]))
            rows[0].extend(-np.log(1 - p[truth == 0]))
            rows[1].extend(-np.log(p[truth == 1]))
        spread = sum(np.var(part, ddof=1) / len(part) for part in rows.values())
        seen.append([np.mean(folded), 0.5 * np.sqrt(spread)])
    losses, errors = np.transpose(seen)
    np.testing.assert_allclose(model.curve_.loss, losses, rtol=1e-7)
    np.testing.assert_allclose(model.curve_.standard_error, errors, rtol=1e-7)
    assert model.multiplier_ == GRID[int(losses.argmin())]
    assert model.synthetic_size_ == round(model.multiplier_ * 128)
    np.testing.assert_allclose(model.curve_.difference, model.curve_.loss - model.curve_.loss[0], atol=1e-12)
    assert model.curve_.difference_error[0] == 0.0


def each_in_turn(rows: np.ndarray, size: int, random_state: int) -> np.ndarray:
    return np.repeat(rows.mean(axis=0)[None], size, axis=0)


@pytest.mark.parametrize(
    ("estimator", "logistic", "codes", "penalty"),
    [(LogisticRegression(C=0.5), True, (0.0, 1.0), 2.0), (RidgeClassifier(alpha=3.0), False, (-1.0, 1.0), 6.0)],
    ids=repr,
)
def test_symmetry_and_quality_are_the_formulas_written_out(
    estimator: Any, logistic: bool, codes: tuple[float, float], penalty: float
) -> None:
    model = TGVTSSClassifier(estimator, repeated, gqs_folds=4, calibration="chi2", random_state=9, biased=(0.0, 1.0))
    model.fit(X, Y)
    z = np.column_stack([X, np.ones(len(X))])
    ridge = np.array([1.0, 1.0, 1.0, 0.0]) * penalty
    whole = plain.symmetry([z[Y == 0], z[Y == 1]], codes, logistic, ridge / len(X))
    assert model.symmetry_ is not None
    np.testing.assert_allclose(
        [model.symmetry_.statistic, model.symmetry_.p_value], [whole.wald, whole.chi2_p], rtol=1e-7
    )
    parts = []
    for fold in folds_of(Table(X, Y, Y == 1), lambda keys: folds(keys, 4), named_streams(9).within("gqs")):
        zero, one = (z[fold.training][Y[fold.training] == c] for c in (0, 1))
        theta = plain.pilot([zero, one], codes, logistic, ridge / len(fold.training))
        made = repeated(one[:, :3], 128, 0)
        held = z[fold.held_out]
        parts.append(
            (held[Y[fold.held_out] == 0], held[Y[fold.held_out] == 1], np.column_stack([made, np.ones(128)]), theta)
        )
    expected, delta = plain_selection.cross_fitted_gqs(parts, codes, logistic)
    alignment = float(delta @ whole.g_phi) / float(whole.g_phi @ whole.g_phi)
    assert model.gqs_ is not None
    np.testing.assert_allclose(float(model.gqs_.value), expected, rtol=1e-7)
    regime, multipliers = plain_selection.candidate_multipliers(
        whole.wald, float(chi2.isf(0.05, 4)), expected, alignment
    )
    if regime == "biased":
        multipliers = [0.0, 1.0]
    assert model.regime_ == regime
    np.testing.assert_allclose(model.candidates_.multipliers, multipliers, rtol=1e-7)


class Witness(TransformerMixin, BaseEstimator):
    """Passes rows on and remembers which it was fitted to; the log is shared by all copies."""

    log: ClassVar[list[frozenset[float]]] = []

    def fit(self, X: Any, y: Any = None) -> "Witness":
        Witness.log.append(frozenset(X[:, 0]))
        self.fitted_ = True
        return self

    def transform(self, X: Any) -> Any:
        return X


class Watchful(LogisticRegression):
    """When it is judged: on rows that neither it nor the preprocessing, and so no generator, has met."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "Watchful":
        self.fitted_ = frozenset(X[:, 0])
        super().fit(X, y, sample_weight)
        return self

    def predict_proba(self, X: Any) -> Any:
        assert any(self.fitted_ <= seen and not set(X[:, 0]) & seen for seen in Witness.log)
        return super().predict_proba(X)


def test_nothing_that_is_held_out_was_seen_by_preprocessing_generator_or_fit() -> None:
    """Copied minority rows carry their names: every row fitted in a fold is one the fold's preprocessing saw."""
    Witness.log.clear()
    model = VTSSClassifier(make_pipeline(Witness(), Watchful()), copied, multipliers=GRID, folds=4).fit(X, Y)
    assert len(Witness.log) == 5
    assert sorted(map(len, Witness.log)) == [144, 144, 144, 144, 192]
    assert model.synthetic_size_ >= 0


def test_results_do_not_depend_on_n_jobs() -> None:
    one, other = (
        TGVTSSClassifier(LogisticRegression(), Smote(neighbors=3), random_state=11, n_jobs=jobs).fit(X, Y)
        for jobs in (None, 2)
    )
    np.testing.assert_array_equal(one.curve_.loss, other.curve_.loss)
    np.testing.assert_array_equal(one.predict_proba(X), other.predict_proba(X))
    assert str(one.curve_).count("<") == 1


def test_a_random_state_names_every_draw() -> None:
    model = VTSSClassifier(LogisticRegression(), Jitter(scale=0.5), multipliers=(1.0,))
    a, b, c = (clone(model).set_params(random_state=state).fit(X, Y).predict_proba(X) for state in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)


def test_each_regime_offers_its_candidates() -> None:
    free = LogisticRegression(C=np.inf, fit_intercept=False)
    rng = np.random.default_rng(5)
    mirrored = np.concatenate([rng.standard_normal((300, 2)) - 0.5, rng.standard_normal((60, 2)) + 0.5])
    y = np.repeat([0, 1], [300, 60])
    symmetric = TGVTSSClassifier(free, GaussianFit(), random_state=0, symmetric=(0.0, 0.1)).fit(mirrored, y)
    assert (symmetric.regime_, symmetric.candidates_.multipliers.tolist()) == ("symmetric", [0.0, 0.1])
    realistic = TGVTSSClassifier(LogisticRegression(), Bootstrap(), random_state=0, realistic=(1.0,)).fit(X, Y)
    assert realistic.regime_ == "realistic"
    assert 1.0 in realistic.candidates_.multipliers
    biased = TGVTSSClassifier(LogisticRegression(), lambda r, m, s: np.repeat(r[:1] + 9.0, m, 0), biased=(0.0, 1.0))
    assert biased.fit(X, Y).regime_ == "biased"
    assert biased.candidates_.sizes.tolist() == [0, 128]


def test_without_a_verdict_the_widest_grid_is_validated_and_the_reason_told() -> None:
    few = np.flatnonzero(Y == 0).tolist() + np.flatnonzero(Y == 1).tolist()[:4]
    model = TGVTSSClassifier(LogisticRegression(), Bootstrap(), random_state=0, biased=(0.0, 1.0)).fit(X[few], Y[few])
    assert (model.regime_, model.symmetry_, model.gqs_) == ("undetermined", None, None)
    assert "class 'minority' has 4 rows" in model.note_
    assert model.candidates_.multipliers.tolist() == [0.0, 1.0]
    apart = TGVTSSClassifier(LogisticRegression(C=np.inf), Bootstrap(), biased=(0.0,)).fit(X + 50.0 * Y[:, None], Y)
    assert "separates the classes" in apart.note_


@pytest.mark.parametrize("kind", [TGVTSSClassifier, TGVTSSSampler])
def test_below_five_minority_rows_a_parameter_the_test_is_warned_of(kind: Any) -> None:
    model = kind(LogisticRegression(), Smote(), folds=2, gqs_folds=2, random_state=0)
    with pytest.warns(UserWarning, match=r"19 minority rows for 4 parameters: below 5.*VTSSClassifier") as told:
        model.fit(*shifted(7, 60, 19))
    assert [each.filename for each in told] == [__file__]
    assert "19 minority rows for 4 parameters" in model.note_
    assert model.symmetry_.rows_per_parameter == 19 / 4
    assert model.fit(*shifted(7, 60, 20)).note_ == ""


def test_classes_of_one_size_have_nothing_to_balance() -> None:
    kept = np.sort(np.concatenate([np.flatnonzero(Y == 0)[:32], np.flatnonzero(Y == 1)]))
    model = TGVTSSClassifier(LogisticRegression(), Smote()).fit(X[kept], Y[kept])
    assert (model.multiplier_, model.synthetic_size_, model.candidates_.sizes.tolist()) == (0.0, 0, [0])
    assert "equally many rows" in model.note_


def test_a_model_that_is_not_linear_is_diagnosed_by_a_logistic_pilot() -> None:
    forest = RandomForestClassifier(n_estimators=5, random_state=0)
    model = TGVTSSClassifier(forest, Bootstrap(), folds=2, realistic=(1.0,), random_state=0).fit(X, Y)
    linear = TGVTSSClassifier(LogisticRegression(), Bootstrap(), folds=2, realistic=(1.0,), random_state=0).fit(X, Y)
    assert isinstance(model.pilot_, LogisticRegression)
    assert model.symmetry_ is not None
    assert linear.symmetry_ is not None
    assert model.symmetry_.statistic == linear.symmetry_.statistic
    chosen = clone(model).set_params(pilot=RidgeClassifier(alpha=2.0)).fit(X, Y)
    assert isinstance(chosen.pilot_, RidgeClassifier)


def test_one_hot_columns_are_one_coordinate_and_the_ridge_is_kept() -> None:
    """Columns a and 1 − a under a ridge are √2·a, up to a shift that the intercept takes."""
    flag = (X[:, 0] > 0.3).astype(float)
    both = np.column_stack([X, flag, 1.0 - flag])
    model = TGVTSSClassifier(LogisticRegression(C=0.05), Bootstrap(), folds=2, realistic=(1.0,)).fit(both, Y)
    alone = symmetry_test(np.column_stack([X, np.sqrt(2.0) * flag]), Y, LogisticRegression(C=0.05))
    assert model.symmetry_ is not None
    assert model.symmetry_.statistic == pytest.approx(alone.statistic, rel=1e-7)
    assert model.gqs_ is not None
    assert "4 dimensions" in model.note_


def test_the_gap_is_one_of_weights() -> None:
    weights = np.where(Y == 1, 2.0, 1.0)
    model = VTSSClassifier(LogisticRegression(), Bootstrap(), multipliers=(1.0,), folds=2).fit(X, Y, weights)
    assert model.synthetic_size_ == (160 - 64) / 2
    assert model.log_odds_shift_ == pytest.approx(0.0, abs=1e-12)
    dropped = VTSSClassifier(LogisticRegression(), Bootstrap(), multipliers=(1.0,), folds=2, random_state=1)
    kept = Y + X[:, 0] > -0.5
    one = clone(dropped).fit(X, Y, sample_weight=kept.astype(float)).predict_proba(X)
    two = dropped.fit(X[kept], Y[kept], sample_weight=np.ones(int(kept.sum()))).predict_proba(X)
    np.testing.assert_array_equal(one, two)


def test_the_sampler_appends_the_rows_that_the_classifier_fits() -> None:
    settings: dict[str, Any] = {"folds": 3, "random_state": 2}
    sampler = TGVTSSSampler(LogisticRegression(), Smote(), **settings)
    rows, labels = sampler.fit_resample(X, Y)
    model = TGVTSSClassifier(LogisticRegression(), Smote(), **settings).fit(X, Y)
    assert (sampler.regime_, sampler.synthetic_size_) == (model.regime_, model.synthetic_size_)
    np.testing.assert_array_equal(rows[~sampler.synthetic_], X)
    assert sampler.synthetic_.sum() == sampler.synthetic_size_ == sampler.sampling_strategy_[1]
    assert (labels[sampler.synthetic_] == 1).all()
    per_unit = LogisticRegression(C=len(X) / len(rows), tol=1e-10).fit(rows, labels)  # the penalty of a raw fit
    np.testing.assert_allclose(per_unit.coef_, model.estimator_.coef_, rtol=1e-3)


def test_more_folds_than_minority_rows_are_cut_down() -> None:
    kept = np.sort(np.concatenate([np.flatnonzero(Y == 0), np.flatnonzero(Y == 1)[:3]]))
    model = TGVTSSClassifier(make_pipeline(StandardScaler(), LogisticRegression()), Bootstrap(), biased=(0.0, 1.0))
    assert np.isfinite(model.fit(X[kept], Y[kept]).curve_.loss).all()
