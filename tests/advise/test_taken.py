"""The advice as a pipeline: fitted to the table as it came, it does what was compared."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from synththeory.advise.ground import Pick
from synththeory.advise.methods import AS_IS, FREE, LDA, Source, methods, sources_of
from synththeory.advise.models import model_of
from synththeory.advise.pool import pool_of
from synththeory.advise.reading.reread import ReadColumns
from synththeory.advise.reading.table import labelled
from synththeory.advise.taken import pipeline_of
from synththeory.errors import DesignError
from tests.advise.tables import mixed

X, Y = mixed()
RAW = X.assign(
    dose=[f"{value:.3f}".replace(".", ",") for value in X["dose"]], when=pd.date_range("2019", periods=len(X))
)
TABLE = labelled(RAW, Y)
FULL, MENDED = (each for each in methods(sources_of(["bootstrap"])) if each.rule == "full balance")


@pytest.mark.parametrize("method", [AS_IS, *FREE, LDA, FULL, MENDED], ids=lambda method: method.name)
def test_it_takes_the_table_as_it_came(method: Any) -> None:
    kind: Any = "sigmoid" if method.calibrated else None
    pick = Pick({"C": 0.5}, kind, 1.0, 66) if method.source else Pick({"C": 0.5}, kind)
    pipeline = clone(pipeline_of(model_of(None), method, pick, TABLE, 1.0, 3, 0))
    chances = pipeline.fit(RAW, Y).predict_proba(RAW.iloc[:7])
    assert chances.shape == (7, 2)
    np.testing.assert_allclose(chances.sum(axis=1), 1.0)
    assert list(pipeline.classes_) == ["ill", "well"]


def test_columns_are_read_again_as_they_were_read() -> None:
    again = ReadColumns(TABLE.columns).transform(RAW.iloc[::-1].reset_index(drop=True))
    pd.testing.assert_frame_equal(again, TABLE.X.iloc[::-1].reset_index(drop=True))
    one = ReadColumns(TABLE.columns).transform(RAW.iloc[[5]].assign(dose="broken"))
    assert list(one) == list(TABLE.X)
    assert one["dose"].isna().all()
    with pytest.raises(DesignError, match="no column 'ward'"):
        ReadColumns(TABLE.columns).transform(RAW.drop(columns="ward"))


@pytest.mark.parametrize("kind", [None, "sigmoid"])
def test_a_pool_is_taken_home_too(kind: Any) -> None:
    ready, _ = pool_of(RAW.iloc[:30], TABLE)
    full, mended = (each for each in methods((Source("pool", ready),)) if each.rule == "full balance")
    pick = Pick({"C": 0.5}, kind, 0.4, 26)
    pipeline = pipeline_of(model_of(None), mended if kind else full, pick, TABLE, 1.0, 3, 0).fit(RAW, Y)
    assert pipeline.synthetic_size_ == 26
    assert np.isfinite(pipeline.predict_proba(RAW)).all()
