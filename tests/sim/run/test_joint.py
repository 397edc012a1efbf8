"""Joint sampling with random class counts: the same bits however it is computed, and what a design may ask for."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synththeory import DesignError, load_design, simulate
from synththeory.sim.design.design import Design
from synththeory.sim.run import compute as module
from synththeory.sim.run.compute import compute, drawn
from synththeory.sim.run.executors.threads import Threads
from synththeory.sim.session import Session
from synththeory.sim.store.blocks import Results
from synththeory.sim.store.files import FileStore
from tests.sim.bits import same_bits

Table = dict[str, Any]
REPLICATIONS = 24
METRICS = ("excess_risk", "parameter_error", "balanced_loss", "balanced_error")
SMOTE: Table = {"kind": "smote", "neighbors": 3}


@pytest.fixture
def joint() -> Table:
    return {
        "study": "joint",
        "population": {"kind": "sigmoid-link", "dimension": 4},
        "sample": {"total": 400},
        "augmentation": {"multipliers": [0.0, 0.5, 2.0], "generators": [SMOTE, {"kind": "oracle"}]},
        "learner": {"kind": "logistic", "intercept": False, "C": 1e4},
        "monte_carlo": {"replications": REPLICATIONS, "seed": 3},
    }


def stored(design: Design, folder: Path, threads: int, block: int) -> dict[str, Results]:
    store = FileStore.create(folder, design)
    Session(design, store, Threads(threads), block).run()
    (cell,) = design.cells
    replications = design.monte_carlo.replications
    return {arm.label: Results.joined(list(store.windows(cell, arm, replications))) for arm in cell.arms}


def same(left: dict[str, Results], right: dict[str, Results]) -> bool:
    return all(same_bits(left[arm], right[arm]) for arm in left)


def test_no_bit_depends_on_threads_or_blocks(joint: Table, tmp_path: Path) -> None:
    design = load_design(joint)
    reference = stored(design, tmp_path / "reference", 1, REPLICATIONS)
    assert np.isfinite(reference["smote"].values).all()
    for threads, block in ((1, 1), (2, 5), (2, 7), (3, 24)):
        assert same(reference, stored(design, tmp_path / f"{threads}-{block}", threads, block))


def test_no_bit_depends_on_tiles_and_an_extension_adds_to_what_is_there(
    joint: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = stored(load_design(joint), tmp_path / "reference", 2, 6)
    monkeypatch.setattr(module, "TILE_BYTES", 1)
    short = load_design(joint, {"monte_carlo.replications": 10})
    stored(short, tmp_path / "extended", 1, 4)
    assert same(reference, stored(load_design(joint), tmp_path / "extended", 2, 5))


@pytest.mark.parametrize(
    "more",
    [{"augmentation.baselines": ["reweighted"]}, {"augmentation.generators": [{"kind": "bootstrap"}, SMOTE,
                                                                              {"kind": "oracle"}]}],
    ids=["baseline", "generator"],
)  # fmt: skip
def test_a_further_arm_leaves_every_number_as_it_was(joint: Table, tmp_path: Path, more: Table) -> None:
    before = stored(load_design(joint), tmp_path / "before", 1, 24)
    after = stored(load_design(joint, more), tmp_path / "after", 2, 7)
    assert len(after) == len(before) + 1
    assert same(before, after)


def test_all_arms_see_the_same_rows_and_only_the_seed_and_the_data_settings_name_them(joint: Table) -> None:
    (cell,) = load_design(joint).cells
    smote, oracle = compute(cell, cell.arms, range(6))
    np.testing.assert_array_equal(smote.values[:, :, 0], oracle.values[:, :, 0])
    (other,) = load_design(joint, {"sample.total": 401}).cells
    assert cell.point != other.point


def test_sizes_follow_each_replications_own_class_gap(joint: Table) -> None:
    """At γ = 1 the fit has as many rows of class one as of class zero."""
    (cell,) = load_design(joint).cells
    seen = []
    for replication in range(8):
        data = drawn(cell, range(replication, replication + 1))
        gap = data.majority.rows.shape[1] - data.minority.rows.shape[1]
        chosen = cell.arms[0].sizes_of(data)[0]  # type: ignore[attr-defined]
        assert chosen.tolist() == [round(multiplier * gap) for multiplier in (0.0, 0.5, 2.0)]
        assert data.majority.rows.shape[1] + data.minority.rows.shape[1] == 400
        seen.append(gap)
    assert len(set(seen)) > 3


def test_rows_give_the_sizes_at_the_expected_counts(joint: Table) -> None:
    summary = simulate(joint)
    (cell,) = summary.design.cells
    gap = cell.counts[0] - cell.counts[1]
    assert sum(cell.counts) == 400
    chosen = summary.select(arm="smote", metric="excess_risk")
    assert [(row.multiplier, row.synthetic_size) for row in chosen] == [
        (0.0, 0), (0.5, round(0.5 * gap)), (2.0, 2 * gap),
    ]  # fmt: skip
    assert all(row.theory is not None and row.risk_method == "exact" for row in chosen)


def test_a_logistic_study_has_four_metrics_that_agree_with_each_other(joint: Table) -> None:
    summary = simulate(joint)
    assert tuple(dict.fromkeys(row.metric for row in summary.rows)) == METRICS
    lowest = float(summary.design.cells[0].risk.risk(summary.design.cells[0].risk.optimum))
    excess, loss = (summary.select(arm="oracle", metric=name) for name in ("excess_risk", "balanced_loss"))
    for one, other in zip(excess, loss, strict=True):
        assert other.estimate == pytest.approx(one.estimate + lowest, rel=1e-12)
        assert other.mcse == pytest.approx(one.mcse, rel=1e-6)
        assert one.theory is not None
        assert other.theory == pytest.approx(one.theory + lowest, rel=1e-12)
    errors = summary.select(metric="balanced_error")
    assert all(0.0 < row.estimate < 0.5 and row.theory is None for row in errors)


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        ({"total": 400, "minority": 20}, "give it alone"),
        ({"total": 400, "ratio": 5.0}, "give it alone"),
        ({"total": 0}, "greater than or equal to 1"),
        ({"minority": 20}, "either 'majority' or 'ratio'"),
        ({}, "or 'total' for a population drawn jointly"),
    ],
)
def test_impossible_samples_are_one_clear_line(joint: Table, sample: Table, words: str) -> None:
    with pytest.raises(DesignError) as caught:
        load_design({**joint, "sample": sample})
    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_total_needs_a_population_drawn_jointly(joint: Table) -> None:
    fixed = {**joint, "population": {"kind": "gaussian-shift", "mean": [1.0, 0.0]}}
    with pytest.raises(DesignError, match=r"sample\.total needs a population drawn jointly, which gaussian-shift is"):
        load_design(fixed)


def test_total_needs_a_majority_that_is_one(joint: Table) -> None:
    with pytest.raises(DesignError, match="minority must be smaller than the majority, expected"):
        load_design(joint, {"population.negative": 0.2, "population.positive": 2.0})


def test_a_population_drawn_jointly_takes_fixed_counts_too(joint: Table) -> None:
    summary = simulate({**joint, "sample": {"majority": 300, "minority": 40}})
    assert summary.design.cells[0].total is None
    assert {failures.failed for failures in summary.failures} == {0}
