"""The two lines of code do what the pipeline does."""

from typing import Any

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from synththeory.advise.code import Code, code_of
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
    code = code_of(pipeline)
    assert code is not None
    scope = {"estimator": clone(pipeline.estimator if method != AS_IS else pipeline), "X": X, "y": Y}
    exec("\n".join(code.lines), scope)
    own = clone(pipeline).fit(X, Y)
    np.testing.assert_array_equal(scope["model"].predict_proba(X), own.predict_proba(X))
    assert len(code.lines) == (1 if method == AS_IS else 2)


def test_they_are_short() -> None:
    reweighted, made = FREE[2], code_of(taken(MADE[0]))
    assert code_of(taken(reweighted)) == Code(
        "LogisticRegression(C=0.5, max_iter=1000)",
        (
            "from synththeory.estimators import PriorShiftClassifier",
            "model = PriorShiftClassifier(estimator, folds=3, random_state=0, reweighted=True).fit(X, y)",
        ),
    )
    assert made is not None
    assert made.lines[0].endswith("; from synththeory.generators import Smote")
    assert "Smote(neighbors=3), " in made.lines[1]
    foreign = code_of(taken(MADE[2]))
    assert foreign is not None
    assert "from imblearn.over_sampling import SMOTE" in foreign.lines[0]


def test_a_function_is_the_readers() -> None:
    def noisy(rows: Any, size: int, random_state: int) -> Any:
        return rows[np.arange(size) % len(rows)]

    code = code_of(taken(methods(sources_of([noisy]))[-4]))
    assert code is not None
    assert code.lines == (
        "from synththeory.estimators import VTSSClassifier",
        "model = VTSSClassifier(estimator, noisy, multipliers=(1.0,), random_state=0, validation='hold-out').fit(X, y)",
    )


def test_a_pool_has_none() -> None:
    ready, _ = pool_of(X.iloc[:30], TABLE)
    (full, *_) = (each for each in methods((Source("pool", ready),)) if each.rule == "full balance")
    pipeline = pipeline_of(model_of(LogisticRegression()), full, Pick({}, None, 0.4, 26), TABLE, 1.0, 3, 0)
    assert code_of(pipeline) is None
