"""The comparison recomputed plainly, its standard errors, and what no fit may see."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, recall_score, roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from synththeory.advise.comparison import Comparison, corrected
from synththeory.advise.contest import Contest, compared_on_folds
from synththeory.advise.measures import MEASURES, measured
from synththeory.advise.methods import AS_IS, FREE, RE_PRIORED, WEIGHTED, WEIGHTED_CALIBRATED, methods, sources_of
from synththeory.advise.models import model_of
from synththeory.advise.splits import Keys, outer_folds
from synththeory.arrays import Array
from synththeory.estimators import PriorShiftClassifier, TGVTSSClassifier, VTSSClassifier
from synththeory.estimators.splits import Fold
from synththeory.generators import Bootstrap
from tests.advise.tables import Shift

X, Y = Shift(3, 1.5).table(120, 30, seed=11)
MODEL = make_pipeline(StandardScaler(), LogisticRegression())


def contest(generators: list[Any], model: Any = MODEL, X: Any = X) -> Contest:
    return Contest(model_of(model), model, methods(sources_of(generators)), X, Y, 2)


def hold(generators: list[Any], n_jobs: int | None = None, model: Any = MODEL) -> Comparison:
    return compared_on_folds(
        contest(generators, model), outer_folds(Y, Keys(), 3, 2, 4), 2, 2, 4, n_jobs, lambda done, total: None
    )


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return hold(["bootstrap"])


def plainly(weighted: bool, shifted: bool) -> Array:
    """Measures of a fit without synthetic rows on the same folds, from scikit-learn alone."""
    found = []
    for training, rest in RepeatedStratifiedKFold(n_splits=3, n_repeats=2, random_state=4).split(Y, Y):
        model = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced" if weighted else None))
        scores = model.fit(X[training], Y[training]).decision_function(X[rest])
        n1 = Y[training].sum()
        odds = n1 / (len(training) - n1)
        balanced = scores - np.log(odds) if shifted else scores
        chances = 1.0 / (1.0 + np.exp(-balanced))
        natural = 1.0 / (1.0 + np.exp(-(balanced + np.log(odds) if weighted or shifted else scores)))
        weights = np.where(Y[rest] == 1, 0.5 / Y[rest].mean(), 0.5 / (1.0 - Y[rest].mean()))
        labels = (chances > 0.5).astype(int)
        found.append(
            [
                log_loss(Y[rest], chances, sample_weight=weights),
                roc_auc_score(Y[rest], scores),
                average_precision_score(Y[rest], scores),
                np.sqrt(recall_score(Y[rest], labels) * recall_score(Y[rest], labels, pos_label=0)),
                brier_score_loss(Y[rest], natural),
            ]
        )
    return np.array(found)


@pytest.mark.parametrize(
    ("method", "weighted", "shifted"), [(AS_IS, False, False), (RE_PRIORED, False, True), (WEIGHTED, True, False)]
)
def test_scores_are_those_of_a_plain_loop(comparison: Comparison, method: Any, weighted: bool, shifted: bool) -> None:
    own = comparison.scores[:, comparison.methods.index(method)]
    np.testing.assert_allclose(own, plainly(weighted, shifted), rtol=2e-4, atol=2e-5)  # two lbfgs fits, one reweighted


def test_no_fit_and_no_generator_sees_a_held_out_row() -> None:
    seen: list[Array] = []

    def spy(rows: Array, size: int, seed: int) -> Array:
        seen.append(rows)
        return np.resize(rows, (size, rows.shape[1]))

    numbered = np.arange(150.0)[:, None]
    training, rest = np.arange(0, 150, 2), np.arange(1, 150, 2)
    contest([spy], LogisticRegression(), numbered).scored(Fold(training, rest), seed=1)
    assert seen
    assert set(np.concatenate(seen).ravel()) <= set(numbered[training].ravel())


def test_the_same_numbers_for_any_number_of_jobs(comparison: Comparison) -> None:
    np.testing.assert_array_equal(hold(["bootstrap"], n_jobs=2).scores, comparison.scores)


def test_a_method_that_fails_is_left_out_with_its_reason() -> None:
    def broken(rows: Array, size: int, seed: int) -> Array:
        return np.full((size, rows.shape[1]), np.nan)

    comparison = hold([broken])
    assert [left.method.name for left in comparison.left_out] == [
        "full balance: broken", "calibrated balance: broken", "VTSS: broken", "TG-VTSS: broken",
    ]  # fmt: skip
    assert "generator broken returned NaN" in comparison.left_out[0].reason
    assert np.isfinite(comparison.scores).all()
    assert comparison.synthetic == ()


def odd(rows: Array, size: int, seed: int) -> Array:
    raise RuntimeError("no cluster\nwas found")


def test_a_failure_of_any_kind_costs_its_own_methods_only() -> None:
    comparison = hold([odd, "bootstrap"])
    assert {left.method.source.name for left in comparison.left_out if left.method.source} == {"odd"}
    assert all("RuntimeError: no cluster was found" in left.reason for left in comparison.left_out)
    assert len(comparison.synthetic) == 4


@pytest.mark.parametrize("model", [KNeighborsClassifier(), LinearDiscriminantAnalysis()], ids=repr)
def test_a_model_without_weights_loses_class_weights_only(model: Any) -> None:
    comparison = hold(["bootstrap"], model=model)
    assert [left.method for left in comparison.left_out] == [WEIGHTED, WEIGHTED_CALIBRATED]
    assert all("takes no sample_weight" in left.reason for left in comparison.left_out)


def test_a_method_is_the_estimator_of_its_name() -> None:
    """What is compared is what `synththeory.estimators` does with the same random state."""
    fold = outer_folds(Y, Keys(), 3, 2, 4)[0]
    entered = contest(["bootstrap"])
    found, _ = entered.scored(fold, seed=5)
    settings: dict[str, Any] = {"folds": 2, "judged": "re-priored", "random_state": 5}
    ground = entered.ground(fold.training, 5)
    mended = [ground.pick(method).recalibration for method in entered.methods if method.calibrated]
    plain = (
        VTSSClassifier(MODEL, Bootstrap(), **settings),
        TGVTSSClassifier(MODEL, Bootstrap(), gqs_folds=2, **settings),
        VTSSClassifier(MODEL, Bootstrap(), multipliers=(1.0,), recalibration=mended[2], **settings),
        *(
            PriorShiftClassifier(MODEL, reweighted=heavy, recalibration=kind, folds=2, random_state=5)
            for heavy, kind in zip((False, True), mended, strict=False)
        ),
    )
    names = (
        "VTSS: bootstrap", "TG-VTSS: bootstrap", "calibrated balance: bootstrap", "calibrated",
        "class weights, calibrated",
    )  # fmt: skip
    for name, model in zip(names, plain, strict=True):
        place = [method.name for method in entered.methods].index(name)
        own = model.fit(X[fold.training], Y[fold.training]).decision_function(X[fold.held_out])
        np.testing.assert_allclose(found[place], own, rtol=1e-2, atol=1e-3)  # lbfgs stops at 1e-4


def test_groups_and_times_hold_in_every_split() -> None:
    groups = np.arange(150) % 30
    for fold in outer_folds(Y, Keys(groups=groups), 3, 1, 0):
        assert not set(groups[fold.training]) & set(groups[fold.held_out])
        inner = Contest(model_of(MODEL), MODEL, (), X, Y, 2, Keys(groups=groups)).ground(fold.training, 0)._folds
        for part in inner:
            assert not set(part.training.groups) & set(part.held.groups)
    times = np.random.default_rng(0).permutation(150) // 3
    folds = outer_folds(Y, Keys(times=times), 3, 2, 0)
    assert len(folds) == 3
    for fold in folds:
        assert times[fold.training].max() < times[fold.held_out].min()
        for part in Contest(model_of(MODEL), MODEL, (), X, Y, 2, Keys(times=times)).ground(fold.training, 0)._folds:
            assert part.training.times.max() < part.held.times.min()


def test_stopped_early_the_folds_that_are_done_are_kept() -> None:
    def stop(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    folds = outer_folds(Y, Keys(), 3, 2, 4)
    stopped = compared_on_folds(contest(["bootstrap"]), folds, 2, 2, 4, None, stop)
    assert (stopped.done, stopped.asked) == (3, 6)
    with pytest.raises(KeyboardInterrupt):
        compared_on_folds(contest(["bootstrap"]), folds[:1], 1, 1, 4, None, lambda done, total: stop(3, 1))


@given(st.lists(st.floats(-5.0, 5.0), min_size=2, max_size=20), st.integers(2, 10))
def test_the_standard_error_is_nadeau_and_bengios(values: list[float], folds: int) -> None:
    found = corrected(np.array(values), 1.0 / (folds - 1))
    count, mean = len(values), sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / (count - 1)
    assert found.value == pytest.approx(mean, abs=1e-12)
    assert found.standard_error == pytest.approx(np.sqrt(variance * (1 / count + 1 / (folds - 1))), abs=1e-9)


def test_differences_are_paired(comparison: Comparison) -> None:
    smote = comparison.named("full balance: bootstrap")
    pairs = comparison.scores[:, comparison.methods.index(smote), 0] - comparison.scores[:, 1, 0]
    found = comparison.difference(smote, RE_PRIORED)
    assert found.value == pytest.approx(pairs.mean(), rel=1e-12)
    places = comparison.methods.index(smote), comparison.methods.index(RE_PRIORED)
    assert found.standard_error == pytest.approx(np.sqrt(comparison.by_row.variance(*places)))
    ranked = comparison.scores[:, comparison.methods.index(smote), 1] - comparison.scores[:, 1, 1]
    assert comparison.difference(smote, RE_PRIORED, "AUROC") == corrected(ranked, 0.5)
    assert comparison.mean(RE_PRIORED, "AUROC").value == pytest.approx(comparison.mean(AS_IS, "AUROC").value)
    assert comparison.free in FREE


def test_certain_and_wrong_stays_finite() -> None:
    found = measured(np.array([900.0, -900.0, 1.0, -1.0]), np.array([0, 1, 1, 0]), 0.0)
    assert np.isfinite(found).all()
    assert len(found) == len(MEASURES)
