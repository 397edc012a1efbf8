"""scikit-learn's ten digits as a population of ten classes."""

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

from synththeory import DesignError, load_design, simulate
from synththeory.datasets.draws import TenDigits
from synththeory.streams import Streams

COUNTS = (40, 30, 20, 20, 15, 10, 8, 7, 6, 5)
STUDY: dict[str, Any] = {
    "study": "ten", "population": {"kind": "ten-digits", "held_out": 20},
    "sample": {"groups": list(COUNTS)},
    "classes": {"multipliers": [0.0], "generators": [{"kind": "bootstrap"}], "baselines": ["reweighted"]},
    "learner": {"kind": "multinomial", "ridge": 0.1},
    "risk": {"ranking": ["margin_majority", "margin_minority", "margin_ratio"]},
    "monte_carlo": {"replications": 2},
}  # fmt: skip


def test_rows_are_the_digits_and_none_is_trained_on_and_held_out() -> None:
    pixels, digits = load_digits(return_X_y=True)
    blocks = TenDigits(held_out=20).sample(Streams.named(0, "ten", 0, 2), COUNTS)
    for block, count, digit in zip(blocks, COUNTS, range(10), strict=True):
        assert (block.rows.shape, block.held_out.shape) == ((2, count, 64), (2, 20, 64))
        known = {row.tobytes() for row in pixels[digits == digit] / 16.0}
        for replication in range(2):
            trained = {row.tobytes() for row in block.rows[replication]}
            kept = {row.tobytes() for row in block.held_out[replication]}
            assert trained <= known
            assert kept <= known
            assert not trained & kept


def test_a_study_has_errors_and_margins_of_ten_classes() -> None:
    summary = simulate(STUDY, threads=1)
    for arm in ("bootstrap", "reweighted"):
        values = {row.metric: row.estimate for row in summary.select(arm=arm)}
        assert 0.0 < values["balanced_error"] < 0.7  # a guess errs at .9
        assert np.isfinite([values[name] for name in STUDY["risk"]["ranking"]]).all()
    rates = [summary.select(arm=arm, metric="margin_ratio")[0].estimate for arm in ("bootstrap", "reweighted")]
    assert rates[1] > rates[0]  # the rare digits count more


def test_too_many_rows_are_refused_in_words() -> None:
    with pytest.raises(DesignError, match="the rarest digit has 174 rows; 160 and 20 held out are too many"):
        load_design({**STUDY, "sample": {"groups": [160, *COUNTS[1:]]}})
