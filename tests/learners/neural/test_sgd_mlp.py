"""The learner sgd-mlp: two and K classes, the same bits however a study is cut, refusals, and confirmed directions."""

from pathlib import Path

import jax
import numpy as np
import pytest

from synththeory import load_design, simulate
from synththeory.corrections import Raw, Reweighted
from synththeory.errors import DesignError, SynththeoryError
from synththeory.fits import linear_fit
from synththeory.learners import MLP, SGDMLP, Learner
from synththeory.neural.memory import fits
from synththeory.populations import GaussianClasses, GaussianMixture
from synththeory.sample import GivenSample, Sample
from synththeory.streams import Streams
from tests.learners.neural.studies import MINI_BATCH, assert_no_bit_depends_on_the_cut

COUNTS = (60, 12)
SMALL = SGDMLP(hidden=(4, 3), steps=20)


def drawn(count: int = 2) -> tuple[Streams, Sample]:
    streams = Streams.named(0, "sgd", 0, count)
    population = GaussianMixture(majority=({"mean": (0.0, 0.0)},), minority=({"mean": (2.0, 0.0)},))
    return streams, Sample.of(*population.sample(streams, COUNTS))


def test_no_bit_depends_on_blocks_threads_or_resume(tmp_path: Path) -> None:
    assert_no_bit_depends_on_the_cut(MINI_BATCH, tmp_path)


def test_it_learns_what_logistic_regression_would() -> None:
    streams, real = drawn()
    scores = Reweighted().fit(SMALL.model_copy(update={"steps": 300}), real, COUNTS, streams).scores(real.rows)
    sides = np.where(real.labels == 1.0, 1.0, -1.0)
    assert ((scores[:, 0] * sides) > 0.0).mean() > 0.75


def test_k_classes_have_k_scores_of_which_the_labels_is_the_highest() -> None:
    population, counts = GaussianClasses(classes=3, dimension=2, radius=6.0), (60, 30, 20)
    streams = Streams.named(0, "classes", 0, 2)
    real = Sample.of(*population.sample(streams, counts))
    learner = SGDMLP(outputs="classes", hidden=(8, 8), steps=300)
    fit = Raw().fit(learner, real, counts, streams)
    scores = fit.scores(real.rows)
    assert scores.shape == (2, 1, 110, 3)
    assert (scores[:, 0].argmax(axis=2) == real.labels.argmax(axis=2)).mean() > 0.9
    two = Raw().fit(SMALL, drawn()[1], COUNTS, drawn()[0])
    assert two.layers[-1][0].shape[3] == 1  # f_1 − f_0 alone


def test_a_cosine_head_scores_thirty_cosines() -> None:
    """Scores of the fit are those that were trained: within ±60 between two classes, and of the last layer too."""
    streams, real = drawn()
    learner = SMALL.model_copy(update={"head": "cosine", "margin": 0.5, "beta": 0.99, "steps": 100})
    fit = Raw().fit(learner, real, COUNTS, streams)
    np.testing.assert_allclose(linear_fit(fit).scores(real.rows), fit.scores(real.rows), rtol=1e-10, atol=1e-10)
    rows = fit.last_layer.features.of(real.rows)
    lengths = np.linalg.norm(rows, axis=2)
    assert np.isclose(lengths, 1.0).mean() > 0.9  # the others have no unit above zero
    assert np.abs(fit.scores(real.rows)).max() <= 60.0
    assert (fit.layers[-1][1] == 0.0).all()


@pytest.mark.parametrize("learner", [SMALL, MLP(hidden=(4, 3), epochs=3)])
def test_a_users_switch_to_double_precision_changes_no_bit(learner: Learner) -> None:
    streams, real = drawn(1)
    fits.clear()
    single = Raw().fit(learner, real, COUNTS, streams).scores(real.rows)
    fits.clear()
    with jax.enable_x64(True):
        np.testing.assert_array_equal(Raw().fit(learner, real, COUNTS, streams).scores(real.rows), single)


def test_a_linear_head_is_no_part_of_a_digest() -> None:
    assert "head" not in SGDMLP().model_dump(mode="json")
    assert SGDMLP(head="cosine").model_dump(mode="json")["margin"] == 0.0


def test_equal_fits_are_made_once() -> None:
    fits.clear()
    simulate(load_design(MINI_BATCH, {"monte_carlo.replications": 3}), threads=1)
    assert len(fits) == 3 * 2  # γ = 0, which re-prioring shares, and γ = 1


def test_a_design_of_k_classes_runs() -> None:
    table = {
        "study": "classes", "population": {"kind": "gaussian-classes", "classes": 3, "dimension": 2, "radius": 3.0},
        "sample": {"groups": [40, 20, 10]},
        "classes": {"multipliers": [1.0], "generators": [{"kind": "smote"}], "baselines": ["raw", "re-priored"]},
        "learner": {"kind": "sgd-mlp", "outputs": "classes", "hidden": [4, 3], "steps": 20},
        "risk": {"method": "test-sample", "test_rows": 50, "ranking": ["margin_ratio"]},
        "monte_carlo": {"replications": 2},
    }  # fmt: skip
    summary = simulate(load_design(table))
    assert not any(entry.failed for entry in summary.failures)
    assert all(np.isfinite(row.estimate) for row in summary.select(metric="margin_ratio"))
    with pytest.raises(DesignError, match="K classes with a score each have margin_majority"):
        load_design(table, {"risk.ranking": ["auroc"]})


def test_what_it_cannot_do_is_said_in_words() -> None:
    streams, real = drawn()
    with pytest.raises(SynththeoryError, match="rows of one class each"):
        Raw().fit(SMALL, GivenSample(real.rows, 0.5 * real.labels, real.weights), COUNTS, streams)
    with pytest.raises(DesignError, match="smoothing needs one number a class, 2, got"):
        Raw().fit(SMALL.model_copy(update={"smoothing": (0.1,)}), real, COUNTS, streams)
    with pytest.raises(SynththeoryError, match="needs 21 rows or more of every class, got 12"):
        Raw().fit(SMALL.model_copy(update={"partner": "same", "neighbors": 20}), real, COUNTS, streams)
    for wrong, message in (
        ({"batch_size": 200}, "at most 128 or a multiple of 128, got 200"),
        ({"label": "soft", "partner": "none"}, "set partner"),
        ({"head": "cosine", "margin": 0.5}, "neither partner nor smoothing"),
        ({"smoothing": [1.0, 0.0]}, r"expected numbers in \[0, 1\)"),
    ):
        with pytest.raises(DesignError, match=message):
            load_design(MINI_BATCH, {f"learner.{key}": value for key, value in wrong.items()})
