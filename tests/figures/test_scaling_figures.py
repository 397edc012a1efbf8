"""Figures of groups, ratios and the sequence model: they render, and their tables say what is in them."""

import csv
import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from synththeory import SynththeoryError, load_design, simulate
from synththeory.figures import SequenceStudy, draw, draw_sequence
from synththeory.sim.results.gains import gains
from synththeory.sim.results.ratios import ratios
from synththeory.sim.results.scaling import scaling_fits

FEW = {"monte_carlo.replications": 12}
WITHOUT_A_PILOT = [{"kind": "oracle"}, {"kind": "perturbed-oracle", "shift": 0.3}]


def table(path: Path) -> list[dict[str, str]]:
    """The CSV beside a figure."""
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def inked(path: Path) -> float:
    """Share of dark pixels."""
    with Image.open(path) as image:
        return float((np.asarray(image.convert("L")) < 200).mean())


def test_a_parametric_law_shows_its_slope_region_floor_and_guide(tmp_path: Path) -> None:
    summary = simulate(load_design("scaling_parametric", {**FEW, "augmentation.rows": [0, 100, 400, 1600]}))
    png, _, numbers, *_ = draw(summary, tmp_path / "law.png")
    assert 0.01 < inked(png) < 0.2
    rows = table(numbers)
    simulated = {(row["arm"], float(row["y"])) for row in rows if row["layer"] == "simulation"}
    assert simulated == {(row.arm, row.estimate) for row in summary.select(metric="excess_risk")}
    assert {row["arm"] for row in rows if row["layer"] == "guide"} == {"KL 0"}
    ((floor),) = [row for row in rows if row["layer"] == "floor"]
    fit = next(fit for fit in scaling_fits(summary, summary.design.cells[0]) if fit.arm == "KL 0.02")
    assert (floor["arm"], float(floor["y"])) == ("KL 0.02", fit.floor)
    assert {float(row["x"]) for row in rows if row["layer"] == "theory" and row["x"]} == {400.0, 600.0, 1200.0, 3600.0}


def test_more_than_two_groups_get_four_panels(tmp_path: Path) -> None:
    summary = simulate(load_design("spurious_correlation", {**FEW, "augmentation.generators": WITHOUT_A_PILOT}))
    png, _, numbers, *_ = draw(summary, tmp_path / "groups.png")
    assert 0.01 < inked(png) < 0.2
    panels = {(row["panel"], row["metric"]) for row in table(numbers)}
    names = ("excess_risk", "worst_group_risk", "majority_group_risk", "minority_group_risk")
    assert panels == set(zip("abcd", names, strict=True))
    again = draw(summary, tmp_path / "twice" / "groups.png")
    assert [path.read_bytes() for path in again] == [(tmp_path / path.name).read_bytes() for path in again]


def test_a_ratio_is_drawn_twice_with_its_own_interval(tmp_path: Path) -> None:
    generators = [{"kind": "bootstrap"}, {"kind": "jitter", "scale": 0.5}]
    sweep = {"population.dimension": [2, 3], "sample.minority": [20, 40]}
    settings = {**FEW, "augmentation.generators": generators, "sweep": sweep, "learner.C": 1.0}
    summary = simulate(load_design("smote_or_bootstrap", settings))
    _, _, numbers, *_ = draw(summary, tmp_path / "ratio.png")
    found = {(ratio.estimate, ratio.mcse) for ratio in ratios(summary, "jitter", "bootstrap")}
    rows = table(numbers)
    for panel in "ab":
        drawn = [row for row in rows if row["panel"] == panel and row["layer"] == "simulation"]
        assert {(float(row["y"]), float(row["mcse"])) for row in drawn} == found
        assert len(drawn) == 4


def test_gains_are_drawn_over_their_second_order_prediction(tmp_path: Path) -> None:
    mean = [0.5, 0.5]
    wide = {"kind": "gaussian-mixture", "majority": [{"mean": [0.0, 0.0]}], "minority": [{"mean": mean, "scale": 1.8}]}
    sweep = {"population": [{"kind": "gaussian-shift", "mean": mean}, wide], "sample.minority": [40, 80]}
    generators = [{"kind": "offset", "offset": 0.5}, {"kind": "smote"}]
    settings = {"monte_carlo.replications": 12, "sweep": sweep, "augmentation.generators": generators}
    summary = simulate(load_design("bias_correction_gain", settings))
    png, _, numbers, *_ = draw(summary, tmp_path / "gain.png")
    assert 0.01 < inked(png) < 0.2
    rows = table(numbers)
    known = [gain for gain in gains(summary) if gain.second_order]
    assert {gain.arm for gain in known} == {"corrected:offset"}
    for layer, values in (
        ("simulation", [gain.estimate / gain.second_order for gain in known if gain.second_order]),
        ("theory", [gain.first_order / gain.second_order for gain in known if gain.second_order and gain.first_order]),
    ):
        assert [float(row["y"]) for row in rows if row["layer"] == layer] == values
    assert {row["panel"] for row in rows} == {"a", "b"}
    without = {**settings, "augmentation.generators": generators[1:]}
    with pytest.raises(SynththeoryError, match="no gain has a second-order prediction"):
        draw(simulate(load_design("bias_correction_gain", without)), tmp_path / "none.png")


def test_the_sequence_model_is_drawn_without_data(tmp_path: Path) -> None:
    study = SequenceStudy(smoothness=(1,), divergences=(0.0, 1e-4), doublings=14)
    paths = draw_sequence(study, tmp_path / "sequence.png", "python redo.py")
    assert [path.suffix for path in paths] == [".png", ".pdf", ".csv", ".toml", ".json"]
    rows = table(paths[2])
    assert {row["layer"] for row in rows} == {"exact", "theory", "floor", "guide"}
    curve = {(point.effective, point.excess) for divergence in (0.0, 1e-4) for point in study.curve(1, divergence)}
    assert {(float(row["x"]), float(row["y"])) for row in rows if row["layer"] == "theory"} == curve
    assert SequenceStudy.model_validate(tomllib.loads(paths[3].read_text())) == study
    assert json.loads(paths[4].read_text())["command"] == "python redo.py"
    with pytest.raises(SynththeoryError, match=r"got '\.svg'"):
        draw_sequence(study, tmp_path / "sequence.svg", "")
