"""Test studies: what they accept, what they say, and that arms and blocks change no number."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2, ncx2
from statsmodels.stats.proportion import proportion_confint

from synththeory import DesignError, load_design, simulate
from synththeory.losses import SquaredLoss
from synththeory.selection import symmetry_noncentrality, symmetry_statistics
from synththeory.sim.results.text import agreement_lines, table
from synththeory.sim.store.files import FileStore
from synththeory.streams import Streams

Table = dict[str, Any]
AUGMENTATION = {"sizes": [0], "generators": [{"kind": "oracle"}]}


@pytest.fixture
def tested() -> Table:
    return {
        "study": "tested",
        "population": {"kind": "cube-pair", "dimension": 2},
        "sample": {"majority": 60, "minority": 20},
        "test": {"kind": "symmetry", "level": 0.1, "calibrations": ["chi2", "small-sample"]},
        "monte_carlo": {"replications": 40, "seed": 3},
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"learner": {"kind": "least-squares"}},
            r"\[test\] has no use for .*: leave out \[learner\], or \[test\]",
        ),
        ({"augmentation": AUGMENTATION}, r"leave out \[augmentation\], or \[test\]"),
        ({"test": None}, r"a study needs \[augmentation\] and \[learner\], or .*\[test\]"),
        ({"test": None, "augmentation": AUGMENTATION}, "learner: is missing"),
        ({"test": None, "learner": {"kind": "least-squares"}}, "augmentation: is missing"),
        ({"test": {"level": 1.0}}, "test.level: expected less than 1, got 1"),
        ({"test": {"calibrations": []}}, "test.calibrations"),
        ({"test": {"calibrations": ["chi2", "chi2"]}}, "expected each calibration once, got chi2, chi2"),
        ({"test": {"calibrations": ["exact"]}}, "expected 'chi2', 'small-sample' or 'bootstrap', got 'exact'"),
        ({"test": {"resamples": 9}}, "test.resamples: expected greater than or equal to 19, got 9"),
        ({"test": {"kind": "normality"}}, "test.kind: expected 'symmetry', got 'normality'"),
        ({"test": {"levels": 0.1}}, "test: unknown key 'levels'; did you mean 'level'"),
        ({"test": {"loss": "logistic"}}, "logistic loss takes the labels 0 and 1; cube-pair has -0.5 and 0.5"),
        ({"sample": {"majority": 60, "minority": 3}}, "2 parameters need at least 4 minority rows, got 3"),
        ({"sweep": {"test": [1]}}, "test"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tested: Table, changes: Table, message: str) -> None:
    design = {key: value for key, value in {**tested, **changes}.items() if value is not None}
    with pytest.raises(DesignError, match=message) as caught:
        load_design(design)
    assert "\n" not in str(caught.value)


def test_rows_are_the_test_of_the_drawn_rows(tested: Table) -> None:
    summary = simulate(tested)
    (cell,) = summary.design.cells
    majority, minority = cell.population.sample(Streams.named(3, cell.point, 0, 40), (60, 20))
    found = symmetry_statistics(majority.rows, minority.rows, SquaredLoss(), (-0.5, 0.5))
    for arm, statistic, p_values in (
        ("chi2", found.wald, found.chi2_p_value), ("small-sample", found.scaled, found.p_value)
    ):  # fmt: skip
        np.testing.assert_array_equal(summary.values(cell, arm, "statistic")[:, 0], statistic)
        np.testing.assert_array_equal(summary.values(cell, arm, "p_value")[:, 0], p_values)
        (row,) = summary.select(arm=arm, metric="rejection_rate")
        rejected = int((p_values < 0.1).sum())
        assert row.estimate == pytest.approx(rejected / 40)
        assert (row.lower, row.upper) == pytest.approx(proportion_confint(rejected, 40, method="wilson"))
        assert (row.multiplier, row.synthetic_size, row.failed, row.risk_method) == (None, 0, 0, "exact")
        assert row.theory == pytest.approx(0.1)
        assert summary.select(arm=arm, metric="predicted_power")[0].estimate == pytest.approx(0.1)
    assert [column.header for column in table(summary).columns] == [
        "arm", "rejection rate", "± MCSE", "theory", "n", "failed"
    ]  # fmt: skip
    assert "small-sample within" in agreement_lines(summary)[1]


def test_a_rate_of_zero_has_an_interval(tested: Table) -> None:
    tested["test"]["level"] = 1e-9
    row = simulate(tested).select(metric="rejection_rate")[0]
    assert (row.estimate, row.mcse, row.lower) == (0.0, 0.0, 0.0)
    assert row.upper > 0.05


def test_predicted_power_is_noncentral_chi_square(tested: Table) -> None:
    tested["population"]["signal"] = 2.0
    summary = simulate(tested)
    (cell,) = summary.design.cells
    strength = symmetry_noncentrality(cell.population, SquaredLoss(), (60, 20))
    expected = float(ncx2.sf(chi2.isf(0.1, 2), 2, strength))
    for arm in ("chi2", "small-sample"):
        assert summary.select(arm=arm, metric="rejection_rate")[0].theory == pytest.approx(expected, rel=1e-12)
        assert summary.select(arm=arm, metric="predicted_power")[0].estimate == pytest.approx(expected, rel=1e-12)


def test_calibrations_blocks_and_extensions_change_no_number(tested: Table, tmp_path: Any) -> None:
    whole = simulate(tested, tmp_path / "whole", threads=2, block=7)
    (cell,) = whole.design.cells
    alone = load_design(tested, {"test.calibrations": ["small-sample"], "monte_carlo.replications": 25})
    simulate(alone, tmp_path / "grown", threads=1)
    grown = simulate(tested, tmp_path / "grown", threads=1, block=40)  # a calibration and replications added
    for arm in ("chi2", "small-sample"):
        for metric in ("rejection_rate", "statistic", "p_value"):
            assert whole.values(cell, arm, metric).tobytes() == grown.values(cell, arm, metric).tobytes()
    assert FileStore.existing(tmp_path / "grown").lock.design.question == whole.design.question


def test_a_logistic_test_runs_and_counts_separated_sets(tested: Table) -> None:
    side = [{"mean": [-0.8]}], [{"mean": [0.8]}]
    tested["population"] = {"kind": "gaussian-mixture", "majority": side[0], "minority": side[1]}
    tested["sample"] = {"majority": 12, "minority": 5}
    tested["test"]["loss"] = "logistic"
    summary = simulate(tested)
    failed = summary.failures[0]
    assert 0 < failed.failed < 40
    (row,) = summary.select(arm="chi2", metric="rejection_rate")
    assert row.failed == failed.failed
    assert not math.isnan(row.estimate)


def test_the_bootstrap_is_an_arm_whose_resamples_are_named(tested: Table, tmp_path: Any) -> None:
    tested["test"] |= {"calibrations": ["small-sample", "bootstrap"], "resamples": 39}
    whole, split = simulate(tested, tmp_path / "one"), simulate(tested, tmp_path / "two", threads=2, block=9)
    (cell,) = whole.design.cells
    p_values = whole.values(cell, "bootstrap", "p_value")
    assert p_values.tobytes() == split.values(cell, "bootstrap", "p_value").tobytes()
    np.testing.assert_allclose(p_values * 40, np.round(p_values * 40))
    (row,) = whole.select(arm="bootstrap", metric="rejection_rate")
    assert row.estimate == pytest.approx((p_values < 0.1 + 1e-12).mean())
    alone = load_design(tested, {"test.resamples": 59})
    assert alone.cells[0].arms[0].digest == cell.arms[0].digest
    assert alone.cells[0].arms[1].digest != cell.arms[1].digest
