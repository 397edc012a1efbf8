"""Gradient boosting takes names for categories: in every fold, beside synthetic rows, and in the pipeline."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from synththeory.advise import advise
from synththeory.advise.features import steps_for
from synththeory.advise.ground import Ground, Pick
from synththeory.advise.methods import methods, sources_of
from synththeory.advise.models import model_of
from synththeory.advise.reading.table import labelled
from synththeory.advise.run import _contest
from synththeory.advise.splits import Keys
from synththeory.advise.taken import pipeline_of
from synththeory.errors import DesignError
from tests.advise.tables import mixed

X, Y = mixed(150, 40)
X = X.assign(unit=np.where(X["dose"] > 0.5, "mg", "g"))
TABLE = labelled(X, Y)
BOOSTED = HistGradientBoostingClassifier(max_iter=10, random_state=0)
SOURCES = sources_of(["smote", "gaussian-fit"])


@pytest.fixture(scope="module")
def ground() -> Ground:
    model = model_of(BOOSTED)
    contest = _contest(model, methods(SOURCES), TABLE, X, 2, Keys(), 0.0)
    return contest.ground(np.arange(len(TABLE.y)), 0)


def test_names_reach_the_model_as_categories(ground: Ground) -> None:
    final = ground.steps.final
    assert final.categorical_features == [0, 1]  # ward, unit
    codes = ground.features.rows[:, :2]
    assert sorted(map(len, (set(codes[:, 0]), set(codes[:, 1])))) == [2, 4]  # ward: a, b, c, and the rare as one
    assert (codes == np.rint(codes)).all()
    assert ground.plain.shape[1] == ground.features.rows.shape[1] - 2 + 6


def test_every_inner_fold_has_the_same_codes_and_rows_with_levels(ground: Ground) -> None:
    for source in SOURCES:
        folds = ground.explored(source).inner.folds
        assert len(folds) == 2
        for fold in folds:
            real = fold.training.rows[:, :2]
            assert len(fold.synthetic)
            for column in (0, 1):
                assert set(fold.synthetic[:, column]) <= set(real[:, column])
                assert set(fold.held.rows[:, column]) <= {-1.0, *real[:, column]}


def test_the_pipeline_takes_the_table_as_it_came() -> None:
    full = next(each for each in methods(SOURCES) if each.rule == "full balance" and not each.calibrated)
    pipeline = clone(pipeline_of(model_of(BOOSTED), full, Pick({}, None, 1.0, 110), TABLE, 1.0, 2, 0)).fit(X, Y)
    assert pipeline.estimator_.is_categorical_.tolist() == [True, True, False, False, False]
    unseen = X.iloc[:9].assign(ward="never seen")
    assert np.isfinite(pipeline.predict_proba(unseen)).all()


def test_advice_names_the_model() -> None:
    advice = advise(X, Y, estimator=BOOSTED, generators=["smote"], folds=2, repeats=1, inner=2)
    assert not advice.comparison.left_out
    assert np.isfinite(advice.pipeline.fit(X, Y).predict_proba(X)).all()


def test_categories_that_need_subsets_are_found() -> None:
    """Sixty levels of thirty rows, of which every other is the minority's: an order of codes says nothing."""
    levels = np.repeat(np.arange(60), 30)
    frame = pd.DataFrame({"shop": np.char.add("s", levels.astype(str))})
    shallow = HistGradientBoostingClassifier(max_iter=3, max_depth=1, random_state=0)
    parts, final = steps_for(shallow, frame)
    codes = parts.fit_transform(frame)
    assert final.fit(codes, levels % 2).score(codes, levels % 2) == 1.0
    assert clone(shallow).fit(codes, levels % 2).score(codes, levels % 2) < 0.6


def test_more_levels_than_bins_and_other_models() -> None:
    rows = np.repeat(np.arange(300), 12)
    frame = pd.DataFrame({"id": np.char.add("n", rows.astype(str)), "x": np.arange(3600.0)})
    parts, final = steps_for(BOOSTED, frame)
    codes = parts.fit_transform(frame)
    assert codes[:, 0].max() == 254
    final.fit(codes, rows % 2)
    logistic = LogisticRegression()
    assert steps_for(logistic, frame)[1] is logistic
    assert steps_for(BOOSTED, frame[["x"]])[1] is BOOSTED


@pytest.mark.parametrize("given", [[0], [True, False]])
def test_a_list_of_places_is_refused(given: Any) -> None:
    with pytest.raises(DesignError, match="HistGradientBoostingClassifier has categorical_features="):
        model_of(HistGradientBoostingClassifier(categorical_features=given))
