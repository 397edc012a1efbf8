"""What compute promises: failures are isolated, and no number depends on tiles or on the other arms."""

import json
from typing import Literal

import numpy as np
import pytest

from synththeory import simulate
from synththeory.errors import MissingExtraError
from synththeory.generators import Generator
from synththeory.sim.run import compute as module
from synththeory.sim.run.compute import compute
from synththeory.status import Status
from tests.sim.bits import same_bits


class Faulty(Generator):
    """Raises in every tenth replication, returns NaN in the one after it, copies the seeds otherwise."""

    kind: Literal["faulty-for-tests"] = "faulty-for-tests"

    def rows(self, streams, seeds, others, size):
        turn = streams.replications % 10
        if (turn == 3).any():
            raise RuntimeError("planted fault")
        rows = np.tile(seeds.rows, (1, -(-size // seeds.rows.shape[1]), 1))[:, :size].copy()
        rows[turn == 4] = np.nan
        return rows

    def mismatch(self, population, loss, stratum, count):
        raise NotImplementedError("nothing is known")


FAULTY = {"augmentation.generators": [{"kind": "oracle"}, {"kind": "faulty-for-tests"}, {"kind": "bootstrap"}]}


def test_failures_are_recorded_for_their_arm_and_replication_only(design, tmp_path):
    summary = simulate(design(FAULTY), tmp_path, block=7)
    healthy = simulate(design({"augmentation.generators": [{"kind": "oracle"}, {"kind": "bootstrap"}]}))
    assert [failures.failed for failures in summary.failures] == [0, 6, 0]
    assert summary.failures[1].replications == 30
    for arm in ("oracle", "bootstrap"):
        assert summary.select(arm=arm) == healthy.select(arm=arm)
    excess = summary.values(design(FAULTY).cells[0], "faulty-for-tests")
    assert np.flatnonzero(np.isnan(excess).any(axis=1)).tolist() == [3, 4, 13, 14, 23, 24]
    for row, column in zip(summary.select(arm="faulty-for-tests", metric="excess_risk"), excess.T, strict=True):
        assert row.failed == np.isnan(column).sum()
        assert row.replications == 30
        assert row.estimate == pytest.approx(np.nanmean(column), rel=1e-12)
        assert row.theory is None


class Extra(Generator):
    """Needs a package that is not there."""

    kind: Literal["extra-for-tests"] = "extra-for-tests"

    def rows(self, streams, seeds, others, size):
        raise MissingExtraError("the generator extra-for-tests needs nowhere", "neural")


def test_a_missing_extra_ends_the_study_with_its_name(design):
    with pytest.raises(MissingExtraError, match=r'needs nowhere: python -m pip install "synththeory\[neural\]"$'):
        simulate(design({"augmentation.generators": [{"kind": "bootstrap"}, {"kind": "extra-for-tests"}]}))


def test_the_ledger_names_every_failure(design, tmp_path):
    simulate(design(FAULTY), tmp_path)
    entries = [json.loads(line) for line in (tmp_path / "failures.jsonl").read_text().splitlines()]
    assert [entry["replication"] for entry in entries] == [3, 4, 13, 14, 23, 24]
    assert entries[0]["arm"] == "faulty-for-tests"
    assert entries[0]["message"] == "RuntimeError: planted fault"
    assert entries[0]["reason"] == Status.ERROR.reason
    assert entries[0]["synthetic_sizes"] == [0, 32, 80]
    assert entries[1]["message"] == ""


def test_a_singular_system_is_a_counted_failure(small):
    small["population"] = {"kind": "mean-shift", "dimension": 12, "noise": "gaussian"}
    small["sample"] = {"majority": 5, "minority": 2}
    small["augmentation"] = {"sizes": [0, 20], "generators": [{"kind": "oracle"}]}
    small["learner"] = {"kind": "least-squares"}
    rows = simulate(small).select(metric="excess_risk")
    assert [row.failed for row in rows] == [30, 0]
    assert np.isnan(rows[0].estimate)
    assert np.isnan(rows[0].mcse)
    assert rows[1].estimate > 0.0


@pytest.mark.parametrize("tile_bytes", [1, 5_000, 1 << 30])
def test_no_number_depends_on_the_tile(design, monkeypatch, tile_bytes):
    cell = design().cells[0]
    reference = compute(cell, cell.arms, range(30))
    monkeypatch.setattr(module, "TILE_BYTES", tile_bytes)
    assert all(
        same_bits(mine, theirs)
        for mine, theirs in zip(compute(cell, cell.arms, range(30)), reference, strict=True)
    )  # fmt: skip


def test_arms_do_not_affect_each_other(design):
    cell = design().cells[0]
    together = compute(cell, cell.arms, range(30))
    for arm, results in zip(cell.arms, together, strict=True):
        (alone,) = compute(cell, (arm,), range(30))
        assert same_bits(alone, results)
    backwards = compute(cell, cell.arms[::-1], range(30))
    assert all(same_bits(mine, theirs) for mine, theirs in zip(backwards[::-1], together, strict=True))


def test_without_synthetic_rows_all_arms_agree_to_the_bit(design):
    cell = design().cells[0]
    first, second = compute(cell, cell.arms, range(30))
    assert first.values[:, :, 0].tobytes() == second.values[:, :, 0].tobytes()
    assert not np.array_equal(first.values[:, :, 1], second.values[:, :, 1])


def test_cells_share_no_data(design):
    swept = design(sweep={"sample.majority": [40, 41]})
    first, second = (compute(cell, cell.arms[:1], range(5))[0] for cell in swept.cells)
    assert not np.isclose(first.values, second.values).any()
