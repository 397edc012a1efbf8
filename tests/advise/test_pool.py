"""How many ready-made rows should be used? Rows of the right law help to be counted, copies are named."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from synththeory.advise import advise
from synththeory.advise.pool import copied, pool_of
from synththeory.advise.reading.contents import Format
from synththeory.advise.reading.files import read_pool
from synththeory.advise.reading.table import labelled
from synththeory.errors import DesignError
from tests.advise.tables import Shift, mixed

X, Y = Shift(3, 1.5).table(120, 24, seed=11)
FRAME = pd.DataFrame(X, columns=["a", "b", "c"])
READY = pd.DataFrame(Shift(3, 1.5).rows(60, 5, True), columns=["a", "b", "c"])


def test_a_pool_is_compared_up_to_all_its_rows() -> None:
    advice = advise(FRAME, Y, pool=READY, folds=2, repeats=1, inner=2)
    assert [method.name for method in advice.comparison.synthetic] == [
        "full balance: pool", "calibrated balance: pool", "VTSS: pool", "TG-VTSS: pool",
    ]  # fmt: skip
    (report,) = advice.diagnosis.reports
    assert report.curve.sizes.max() == 60
    assert report.picks["full balance"].size == 60
    assert "The pool has 60 rows" in advice.setting.notes[0]
    assert report.quality is not None  # though 96 would balance the classes
    assert report.quality < 10.0
    assert report.alignment is not None
    assert advice.diagnosis.symmetry is not None


def test_names_and_gaps_are_read_as_the_tables_were() -> None:
    table = labelled(*mixed())
    rows = mixed()[0].iloc[:20].assign(dose="1,5")
    pool, notes = pool_of(rows, table)
    assert list(pool.frame) == list(table.X)
    assert (pool.frame["dose"] == 1.5).all()
    assert len(notes) == 2


def test_what_is_no_pool_is_refused_and_copies_are_named(tmp_path: Path) -> None:
    table = labelled(FRAME, Y)
    with pytest.raises(DesignError, match="the pool cannot be used: no column 'c', which the table had"):
        pool_of(READY[["a", "b"]], table)
    with pytest.raises(DesignError, match="column 'a' of the pool has no number"):
        pool_of(READY.assign(a=np.nan), table)
    pool, _ = pool_of(pd.concat([READY, FRAME.iloc[:7]]), table)
    assert "7 of the 67 rows of the pool nearly copy rows of the table" in copied(pool, (), X)[0]
    path = tmp_path / "pool.csv"
    READY.assign(y=["1"] * 59 + ["0"]).to_csv(path, index=False)
    with pytest.raises(DesignError, match="has rows of classes 0, 1; a pool holds rows of the minority alone"):
        read_pool(path, "y", Format())
    READY.assign(y="1").to_csv(path, index=False)
    assert list(read_pool(path, "y", Format())) == ["a", "b", "c"]
