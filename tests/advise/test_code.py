"""The two lines of code do what the pipeline does."""

from typing import Any

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from synththeory.advise.code import lines_of
from synththeory.advise.ground import Pick
from synththeory.advise.methods import AS_IS, FREE, LDA, Source, methods, sources_of
from synththeory.advise.models import model_of
from synththeory.advise.pool import pool_of
from synththeory.advise.reading.table import labelled
from synththeory.advise.taken import pipeline_of
from synththeory.generators import Smote
from tests.advise.tables import mixed

X, Y = mixed()
TABLE = labelled(X, Y)
MADE = [each for source in (Smote(neighbors=3), SMOTE(k_neighbors=4)) for each in methods(sources_of([source]))[-4:-2]]


def taken(method: Any, generator: Any = None) -> Any:
    kind: Any = "sigmoid" if method.calibrated else None
    pick = Pick({"C": 0.5}, kind, 1.0, 66) if method.source else Pick({"C": 0.5}, kind)
    return pipeline_of(model_of(None), method, pick, TABLE, 1.0, 3, 0)


@pytest.mark.parametrize("method", [AS_IS, *FREE, LDA, *MADE], ids=lambda method: method.name)
def test_the_lines_fit_what_the_pipeline_fits(method: Any) -> None:
    pipeline = taken(method)
    lines = lines_of(pipeline)
    scope = {"estimator": clone(pipeline.estimator if method != AS_IS else pipeline), "X": X, "y": Y}
    exec("\n".join(lines), scope)
    own = clone(pipeline).fit(X, Y)
    np.testing.assert_array_equal(scope["model"].predict_proba(X), own.predict_proba(X))
    assert len(lines) == (1 if method == AS_IS else 2)


def test_they_are_short() -> None:
    reweighted, made = FREE[2], MADE[0]
    assert lines_of(taken(reweighted)) == (
        "from synththeory.estimators import PriorShiftClassifier",
        "model = PriorShiftClassifier(estimator, folds=3, random_state=0, reweighted=True).fit(X, y)"
        "  # ends in LogisticRegression(C=0.5, max_iter=1000)",
    )
    assert lines_of(taken(made))[0].endswith("; from synththeory.generators import Smote")
    assert "Smote(neighbors=3), " in lines_of(taken(made))[1]
    assert "from imblearn.over_sampling import SMOTE" in lines_of(taken(MADE[2]))[0]


def test_a_function_is_the_readers() -> None:
    def noisy(rows: Any, size: int, random_state: int) -> Any:
        return rows[np.arange(size) % len(rows)]

    full = methods(sources_of([noisy]))[-4]
    assert lines_of(taken(full)) == (
        "from synththeory.estimators import VTSSClassifier",
        "model = VTSSClassifier(estimator, noisy, multipliers=(1.0,), random_state=0, validation='hold-out').fit(X, y)"
        "  # ends in LogisticRegression(C=0.5, max_iter=1000)",
    )


def test_a_pool_has_none() -> None:
    ready, _ = pool_of(X.iloc[:30], TABLE)
    (full, *_) = (each for each in methods((Source("pool", ready),)) if each.rule == "full balance")
    pipeline = pipeline_of(model_of(LogisticRegression()), full, Pick({}, None, 0.4, 26), TABLE, 1.0, 3, 0)
    assert lines_of(pipeline) == ()
