"""[[augmentation.arms]]: generators with and without a correction, on the same data and the same synthetic rows."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synththeory import DesignError, load_design, simulate
from synththeory.figures import draw
from synththeory.sim.run.compute import compute

Table = dict[str, Any]


@pytest.fixture
def treated(small: Table) -> Table:
    small["augmentation"]["arms"] = [
        {"name": "naive"},
        {"name": "corrected", "correction": {"kind": "bias"}, "generators": ["smote"]},
        {"name": "unmoved", "correction": {"kind": "bias", "transport": "none"}, "generators": ["smote"]},
    ]
    small["augmentation"]["baselines"] = ["raw", "reweighted", {"kind": "cost-weighted", "ratio": 3.0}]
    return small


def test_arms_are_named_after_treatment_and_generator(treated: Table) -> None:
    (cell,) = load_design(treated).cells
    assert [arm.label for arm in cell.arms] == [
        "naive:oracle", "naive:smote", "corrected:smote", "unmoved:smote", "raw", "reweighted", "cost-weighted:3",
    ]  # fmt: skip
    assert load_design(load_design(treated).table).cells[0].arms[2].digest == cell.arms[2].digest
    assert len({arm.digest for arm in cell.arms}) == len(cell.arms)


def test_the_naive_arm_is_the_generators_own_and_no_arm_depends_on_the_others(treated: Table) -> None:
    (cell,) = load_design(treated).cells
    plain = {**treated, "augmentation": {**treated["augmentation"], "arms": []}}
    (other,) = load_design(plain).cells
    np.testing.assert_array_equal(
        compute(cell, cell.arms[1:2], range(7))[0].values, compute(other, other.arms[1:2], range(7))[0].values
    )
    together = compute(cell, cell.arms, range(7))
    for place, arm in enumerate(cell.arms):
        apart = [compute(cell, (arm,), range(first, first + 1))[0].values for first in range(7)]
        np.testing.assert_array_equal(np.concatenate(apart, axis=1), together[place].values)


def test_without_synthetic_rows_every_arm_is_the_raw_fit(treated: Table) -> None:
    (cell,) = load_design(treated).cells
    results = compute(cell, cell.arms, range(5))
    raw = results[4].values[:, :, 0]
    for place in range(4):
        np.testing.assert_allclose(results[place].values[:, :, 0], raw, rtol=1e-9)


def test_a_corrected_arm_has_theory_a_bias_error_and_a_figure(treated: Table, tmp_path: Path) -> None:
    treated["augmentation"] |= {"multipliers": [1.0], "diagnostics": ["transfer"]}
    summary = simulate(treated)
    (row,) = summary.select(arm="corrected:smote", metric="excess_risk")
    assert row.theory is not None
    (error,) = summary.select(arm="corrected:smote", metric="bias_error")
    assert error.estimate > 0.0
    assert not summary.select(arm="naive:smote", metric="bias_error")
    written = draw(summary, tmp_path / "treatments.png")
    text = (tmp_path / "treatments.csv").read_text()
    assert all(path.exists() for path in written)
    assert all(arm.label in text for arm in summary.design.cells[0].arms)


@pytest.mark.parametrize(
    ("arm", "words"),
    [
        ({"name": "x", "generators": ["smoat"]}, "no generator is called 'smoat'; did you mean 'smote'"),
        ({"name": "naive"}, "two arms are called 'naive:oracle'"),
        ({"name": "x", "correction": {"kind": "bios"}}, "unknown correction kind 'bios'; did you mean 'bias'"),
        ({"name": "x", "correction": {"kind": "bias", "blocks": 6}}, r"needs 6 block\(s\).*40 majority and 8 minority"),
        ({"name": "x", "correction": {"kind": "bias", "comparator": "blocks"}}, "comparator"),
    ],
)
def test_bad_arms_are_one_clear_line(treated: Table, arm: Table, words: str) -> None:
    treated["augmentation"]["arms"] = [*treated["augmentation"]["arms"], arm]
    with pytest.raises(DesignError, match=words) as caught:
        load_design(treated)
    assert len(str(caught.value).splitlines()) == 1


def test_cost_ratios_reach_from_the_raw_fit_to_reweighting(treated: Table) -> None:
    costs: list[Table] = [{"kind": "cost-weighted", "ratio": 1.0}, {"kind": "cost-weighted", "ratio": 5.0}]
    treated["learner"] = {"kind": "least-squares"}
    treated["augmentation"]["baselines"] = ["raw", "reweighted", *costs]
    (cell,) = load_design(treated).cells
    raw, reweighted, one, five = (part.values for part in compute(cell, cell.arms[-4:], range(5)))
    np.testing.assert_allclose(one, raw, rtol=1e-9)
    np.testing.assert_allclose(five, reweighted, rtol=1e-7)
