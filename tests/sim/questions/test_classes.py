"""Studies of K classes: counts by profile, fits that are plain fits, bits over blocks and threads, clear refusals."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synththeory import DesignError, load_design, simulate
from synththeory.fits import ClassFit
from synththeory.populations import exact_risk
from synththeory.sample import GivenSample, Sample
from synththeory.sim.design.design import Design
from synththeory.sim.questions.arms import Data
from synththeory.streams import Streams
from synththeory.theory.classes import filled

BASE: dict[str, object] = {
    "study": "classes",
    "population": {"kind": "gaussian-classes", "classes": 3, "dimension": 2, "radius": 1.5},
    "sample": {"largest": 60, "ratio": 6.0, "profile": "long-tailed"},
    "classes": {
        "multipliers": [0.0, 0.5, 1.0, 1.5],
        "generators": [{"kind": "oracle"}, {"kind": "smote", "neighbors": 3}],
        "baselines": ["raw", "reweighted"],
    },
    "learner": {"kind": "multinomial", "ridge": 0.01},
    "risk": {"test_rows": 50},
    "monte_carlo": {"replications": 6, "seed": 3},
}


def design(**settings: Any) -> Design:
    exact = "class-least-squares" in str((settings.get("learner"), settings.get("learner__kind")))
    base = {key: entry for key, entry in BASE.items() if key != "risk" or not exact}
    return load_design(base, {key.replace("__", "."): value for key, value in settings.items()})


@pytest.mark.parametrize(
    ("profile", "classes", "counts"),
    [
        ("long-tailed", 3, (1000, 100, 10)),
        ("long-tailed", 5, (1000, 316, 100, 31, 10)),
        ("stepped", 4, (1000, 1000, 10, 10)),
        ("stepped", 5, (1000, 1000, 1000, 10, 10)),
        ("stepped", 2, (1000, 10)),
    ],
)
def test_counts_follow_the_profile(profile: str, classes: int, counts: tuple[int, ...]) -> None:
    sample = {"largest": 1000, "ratio": 100.0, "profile": profile}
    assert design(sample=sample, population__classes=classes, population__dimension=4).cells[0].counts == counts


@pytest.mark.parametrize("kind", ["class-least-squares", "multinomial"])
def test_every_fit_is_a_fit_to_the_rows_of_its_multiplier(kind: str) -> None:
    cell = design(learner={"kind": kind, "ridge": 0.1}).cells[0]
    streams = Streams.named(cell.seed, cell.point, 0, 4)
    blocks = cell.population.sample(streams, cell.counts)
    scores = cell.arms[1].run(Data(streams, blocks, cell.risk, cell.learner.loss))
    made = [
        cell.question.classes.generators[1].draw(streams.within(f"class/{each.stratum.name}"), each, None, int(size))
        for each, size in zip(blocks, filled(cell.counts, 1.5), strict=True)
    ]
    for place, multiplier in enumerate(cell.multipliers):
        sizes = filled(cell.counts, multiplier)
        rows = np.concatenate([each.rows[:, :size] for each, size in zip(made, sizes, strict=True)], axis=1)
        labels = np.concatenate([each.labels[:, :size] for each, size in zip(made, sizes, strict=True)], axis=1)
        alone = GivenSample(rows, labels, np.ones(rows.shape[:2]))
        fit = cell.learner.path(Sample.of(*blocks), alone, np.full((4, 1), rows.shape[1], dtype=np.int64))
        assert isinstance(fit, ClassFit)
        np.testing.assert_allclose(
            scores.values[:2, :, place], cell.risk.measures(cell.risk.metrics[:2], fit)[..., 0], rtol=1e-7
        )


@pytest.mark.parametrize("kind", ["class-least-squares", "multinomial"])
def test_numbers_do_not_depend_on_blocks_or_threads(kind: str, tmp_path: Path) -> None:
    whole = simulate(design(learner__kind=kind), out=tmp_path / "whole", threads=2, block=4)
    parts = simulate(design(learner__kind=kind), out=tmp_path / "parts", threads=1, block=1)
    for arm in whole.design.cells[0].arms:
        for metric in arm.metrics:
            np.testing.assert_array_equal(
                whole.values(whole.design.cells[0], arm.label, metric),
                parts.values(parts.design.cells[0], arm.label, metric),
            )


def test_least_squares_has_theory_for_every_arm_and_multinomial_has_none(tmp_path: Path) -> None:
    exact = simulate(design(learner__kind="class-least-squares"), out=tmp_path / "exact")
    excess = exact.select(metric="excess_risk")
    assert {row.arm for row in excess} == {"oracle", "smote", "raw", "reweighted"}
    assert all(row.theory is not None for row in excess)
    assert exact.select(metric="group_risk: class 2")
    assert exact.select(arm="raw")[0].estimate == exact.select(arm="oracle")[0].estimate
    sampled = simulate(design(), out=tmp_path / "sampled")
    assert all(row.theory is None for row in sampled.rows)
    assert sampled.rows[0].metric == "balanced_loss"


def test_the_logits_of_the_re_priored_fit_are_moved_by_the_counts() -> None:
    cell = design(classes__baselines=["raw", "re-priored"]).cells[0]
    streams = Streams.named(cell.seed, cell.point, 0, 2)
    data = Data(streams, cell.population.sample(streams, cell.counts), cell.risk, cell.learner.loss)
    raw, moved = (arm.fit(data).scores(data.blocks[0].rows[0, :5]) for arm in cell.arms[-2:])  # type: ignore[attr-defined]
    step = (moved - raw)[0, 0, 0]
    np.testing.assert_allclose(np.exp(step) * np.array(cell.counts), np.mean(cell.counts), rtol=1e-12)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"learner": {"kind": "logistic"}}, "use the learner 'multinomial'"),
        ({"sample": {"groups": [20, 20, 20]}}, "needs class sizes that are known and differ"),
        ({"sample": {"largest": 60, "profile": "stepped"}}, "'ratio' ≥ 1"),
        ({"sample": {"largest": 5, "ratio": 6.0, "profile": "stepped"}}, "would have no row"),
        ({"sample": {"majority": 50, "minority": 5}}, "sample.largest with ratio and profile"),
        ({"sample": {"largest": 60, "ratio": 20.0, "profile": "stepped"}}, "neighbors must be fewer"),
        ({"classes__baselines": [{"kind": "cost-weighted", "ratio": 2.0}]}, "one of two classes"),
        ({"classes__multipliers": [1.0, 0.5]}, "increasing multipliers"),
        ({"population": {"kind": "gaussian-shift", "mean": [1.0]}, "sample": {"majority": 50, "minority": 9}},
         "codes its classes by numbers"),
    ],
)  # fmt: skip
def test_a_wrong_design_is_refused_in_words(settings: dict[str, object], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        design(**settings)


def test_the_exact_risk_is_that_of_the_loss_of_the_learner() -> None:
    cell = design(learner={"kind": "class-least-squares"}).cells[0]
    assert cell.risk is exact_risk(cell.population, cell.learner.loss)
    assert cell.risk.metrics[2:] == ("group_risk: class 0", "group_risk: class 1", "group_risk: class 2")
