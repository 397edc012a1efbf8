"""Every figure renders, and what is written beside it says exactly what is in it."""

import csv
import json
import re
import tomllib
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

import synththeory
from synththeory import SynththeoryError, load_design, simulate
from synththeory.figures import draw
from synththeory.sim.results.summary import Summary

SUFFIXES = (".png", ".pdf", ".csv", ".toml", ".json")
WHOLE = ("headline", "alignment_biased", "local_symmetry_linear")  # every multiplier of every arm is drawn
GENERATORS = {  # without a pilot, which would take seconds a cell; none: as designed
    "headline": (),
    "alignment_biased": (),
    "rates": (),
    "local_symmetry_linear": ("oracle", "gaussian-fit", "semi-oracle"),
    "local_symmetry_logistic": ("oracle", "bootstrap"),
    "size_curve_smote": ("oracle",),
    "symmetry_test": (),
}


@pytest.fixture(scope="module", params=GENERATORS)
def study(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Summary, Path]:
    """A study of few replications, and the stem of its drawn figure."""
    settings: dict[str, object] = {"monte_carlo.replications": 5}
    if GENERATORS[request.param]:
        settings["augmentation.generators"] = [{"kind": kind} for kind in GENERATORS[request.param]]
    if request.param == "size_curve_smote":  # logistic theory is a minimisation a size
        settings["augmentation.multipliers"] = [0.0, 0.5, 1.0, 2.0]
    summary = simulate(load_design(request.param, settings))
    folder = tmp_path_factory.mktemp("figure")
    draw(summary, folder / f"{request.param}.png")
    return summary, folder / request.param


def table(stem: Path) -> list[dict[str, str]]:
    """The CSV beside a figure."""
    with open(stem.with_suffix(".csv"), newline="") as file:
        return list(csv.DictReader(file))


def test_all_files_are_written_and_named(study: tuple[Summary, Path], tmp_path: Path) -> None:
    summary, stem = study
    assert sorted(path.suffix for path in stem.parent.iterdir()) == sorted(SUFFIXES)
    assert draw(summary, tmp_path / "again.pdf") == tuple(tmp_path / f"again{suffix}" for suffix in SUFFIXES)


def test_png_is_print_quality_and_not_blank(study: tuple[Summary, Path]) -> None:
    with Image.open(study[1].with_suffix(".png")) as image:
        dots, pixels = image.info["dpi"], np.asarray(image.convert("L"))
    assert min(dots) >= 199.9
    assert pixels.shape[1] >= 7.0 * 199
    assert 0.01 < (pixels < 200).mean() < 0.2


def test_pdf_embeds_its_fonts(study: tuple[Summary, Path]) -> None:
    content = study[1].with_suffix(".pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert b"/FontFile2" in content
    assert b"/Type3" not in content


def test_csv_holds_every_simulated_mean_to_the_bit(study: tuple[Summary, Path]) -> None:
    summary, stem = study
    metrics = {row["metric"] for row in table(stem)}
    expected = {
        (
            row.arm,
            row.metric,
            row.multiplier,
            row.estimate,
            row.lower,
            row.upper,
            row.mcse,
            row.replications,
            row.failed,
        )
        for row in summary.rows
        if row.metric in metrics
    }
    numbers = ("multiplier", "y", "lower", "upper", "mcse", "replications", "failed")
    plotted = {
        (row["arm"], row["metric"], *(float(row[name]) if row[name] else None for name in numbers))
        for row in table(stem)
        if row["layer"] == "simulation"
    }
    assert plotted
    assert plotted <= expected
    if summary.design.study in WHOLE:
        assert plotted == expected


def test_csv_theory_passes_through_the_summary(study: tuple[Summary, Path]) -> None:
    summary, stem = study
    metrics = {row["metric"] for row in table(stem)}
    drawn = {(row["arm"], row["metric"], float(row["y"])) for row in table(stem) if row["layer"] == "theory"}
    predicted = {(row.arm, row.metric, row.theory) for row in summary.rows if row.metric in metrics}
    assert predicted <= drawn if summary.design.study in WHOLE else predicted & drawn


def test_drawing_again_gives_the_same_bytes(study: tuple[Summary, Path], tmp_path: Path) -> None:
    summary, stem = study
    for path in draw(summary, tmp_path / stem.name):
        assert path.read_bytes() == stem.with_suffix(path.suffix).read_bytes(), path.suffix


def test_design_beside_the_figure_is_the_design_drawn(study: tuple[Summary, Path]) -> None:
    summary, stem = study
    assert load_design(stem.with_suffix(".toml")) == summary.design


def test_provenance_names_seed_version_and_command(study: tuple[Summary, Path]) -> None:
    summary, stem = study
    content = json.loads(stem.with_suffix(".json").read_text())
    assert content["study"] == summary.design.study
    assert content["seed"] == summary.design.monte_carlo.seed
    assert content["replications"] == summary.design.monte_carlo.replications == 5
    assert content["versions"]["synththeory"] == synththeory.__version__
    assert content["command"] == f"python -m synththeory.sim figure {stem.name}.toml --save {stem.name}.png"


def test_the_named_command_draws_the_same_table(
    study: tuple[Summary, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from synththeory.sim.cli import app

    _, stem = study
    arguments = json.loads(stem.with_suffix(".json").read_text())["command"].split()[3:]
    (tmp_path / f"{stem.name}.toml").write_bytes(stem.with_suffix(".toml").read_bytes())
    monkeypatch.chdir(tmp_path)
    outcome = CliRunner().invoke(app, arguments)
    assert outcome.exit_code == 0, outcome.output
    assert (tmp_path / f"{stem.name}.csv").read_bytes() == stem.with_suffix(".csv").read_bytes()


def test_nobody_elses_settings_change(study: tuple[Summary, Path], tmp_path: Path) -> None:
    with mpl.rc_context({"font.size": 31.0, "axes.spines.top": True}):
        before = dict(mpl.rcParams)
        drawn, *_ = draw(study[0], tmp_path / study[1].name)
        assert dict(mpl.rcParams) == before
    assert drawn.read_bytes() == study[1].with_suffix(".png").read_bytes()


def test_another_format_is_refused(study: tuple[Summary, Path], tmp_path: Path) -> None:
    with pytest.raises(SynththeoryError, match=re.escape(".png and .pdf, got '.svg'")):
        draw(study[0], tmp_path / "figure.svg")


def test_a_title_free_single_cell_shows_both_metrics(tmp_path: Path) -> None:
    design = tomllib.loads("""
study = "single"
population = { kind = "mean-shift", dimension = 2 }
sample = { majority = 60, minority = 20 }
augmentation = { sizes = [0, 20, 60], generators = [{ kind = "oracle", name = "fresh rows" }] }
learner = { kind = "least-squares" }
monte_carlo = { replications = 3 }
""")
    draw(simulate(design), tmp_path / "single.png")
    rows = table(tmp_path / "single")
    assert {(row["panel"], row["metric"]) for row in rows} == {("a", "excess_risk"), ("b", "parameter_error")}
    assert {row["arm"] for row in rows} == {"fresh rows"}
