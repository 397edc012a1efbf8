"""The learner mlp: what it promises as a learner, and the same bits however a study is cut."""

from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from typer.testing import CliRunner

from synththeory import load_design
from synththeory.corrections import Raw, Reweighted
from synththeory.errors import DesignError, SynththeoryError
from synththeory.fits import linear_fit
from synththeory.learners import MLP, NetFit
from synththeory.populations import MixedMarginals
from synththeory.sample import GivenSample, Sample
from synththeory.sim.cli import app
from synththeory.status import Status
from synththeory.streams import Streams
from tests.learners.neural.studies import FULL_BATCH, assert_no_bit_depends_on_the_cut

COUNTS = (100, 30)
SMALL = MLP(hidden=(4, 3), epochs=3)


def drawn(count: int = 3) -> tuple[Streams, Sample]:
    streams = Streams.named(0, "mlp", 0, count)
    return streams, Sample.of(*MixedMarginals().sample(streams, COUNTS))


def test_no_bit_depends_on_blocks_threads_or_resume(tmp_path: Path) -> None:
    assert_no_bit_depends_on_the_cut(FULL_BATCH, tmp_path)


def test_a_path_is_its_sizes_one_by_one() -> None:
    streams, real = drawn()
    synthetic = GivenSample(real.rows[:, :40], np.ones((3, 40)), np.full((3, 40), 0.5))
    path = SMALL.path(real, synthetic, np.tile([0, 7, 40], (3, 1)), streams)
    rows = real.rows[0, :9]
    for place, size in enumerate((0, 7, 40)):
        alone = SMALL.path(real, synthetic, np.full((3, 1), size), streams)
        np.testing.assert_array_equal(alone.scores(rows)[:, 0], path.scores(rows)[:, place])
    np.testing.assert_array_equal(path.at(slice(1, 2)).scores(real.rows[1:2]), path.scores(real.rows)[1:2])


def test_units_of_the_columns_and_scale_of_the_weights_change_nothing() -> None:
    streams, real = drawn()
    moved = GivenSample(4.0 * real.rows + 8.0, real.labels, 2.0 * real.weights)
    one = Raw().fit(SMALL, real, COUNTS, streams).scores(real.rows)
    np.testing.assert_allclose(Raw().fit(SMALL, moved, COUNTS, streams).scores(moved.rows), one, atol=1e-5)


def test_the_last_layer_scores_as_the_net_does() -> None:
    streams, real = drawn()
    fit = Reweighted().fit(SMALL, real, COUNTS, streams)
    assert isinstance(fit, NetFit)
    last = linear_fit(fit)
    assert last.coefficients.shape == (3, 1, 4)
    np.testing.assert_allclose(last.scores(real.rows), fit.scores(real.rows), rtol=1e-12, atol=1e-13)
    wide = SMALL.path(real, real, np.tile([0, 1], (3, 1)), streams)
    with pytest.raises(SynththeoryError, match="defined for one synthetic size, got 2"):
        linear_fit(wide)


def test_a_fit_that_runs_away_is_counted() -> None:
    streams, real = drawn(1)
    rows = real.rows.copy()
    rows[0, 0, 0] = np.nan
    fit = Raw().fit(SMALL, GivenSample(rows, real.labels, real.weights), COUNTS, streams)
    assert fit.status.tolist() == [[Status.NOT_FINITE]]


def test_what_it_cannot_do_is_said_in_words() -> None:
    streams, real = drawn(1)
    with pytest.raises(DesignError, match="its path needs streams"):
        Raw().fit(SMALL, real, COUNTS)
    with pytest.raises(SynththeoryError, match="weights ≥ 0"):
        Raw().fit(SMALL, GivenSample(real.rows, real.labels, -real.weights), COUNTS, streams)
    with pytest.raises(DesignError, match="one unit or more in every hidden layer, got 0"):
        load_design(FULL_BATCH, {"learner.hidden": [4, 0]})


def test_the_device_is_chosen_or_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_text(load_design(FULL_BATCH, {"monte_carlo.replications": 2}).toml)
    asked = ["run", str(file), "--threads", "1", "--format", "json", "--device"]
    ran = CliRunner().invoke(app, [*asked, "cpu", "--out", str(tmp_path / "chosen")])
    try:
        assert ran.exit_code == 0, ran.stderr
    finally:
        jax.config.update("jax_default_device", None)
    wrong = CliRunner().invoke(app, [*asked, "abacus", "--out", str(tmp_path / "none")])
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "JAX finds no device of the kind 'abacus' here, only: cpu" in wrong.stderr


def test_without_the_extra_a_design_is_read_and_its_run_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(name: str) -> Any:
        raise ModuleNotFoundError(f"No module named '{name}'", name=name)

    monkeypatch.setattr("synththeory.neural.extra.import_module", refused)
    assert len(load_design("synthetic_vs_reweighting").cells[0].arms) == 14
    asked = ["run", "synthetic_vs_reweighting", "--replications", "2", "--out", str(tmp_path / "out")]
    ran = CliRunner().invoke(app, asked)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr == 'error: the learner mlp needs jax: python -m pip install "synththeory[neural]"\n'
