"""Every figure renders, and what is written beside it says exactly what is in it."""

import csv
import json
import re
import tomllib
from collections.abc import Callable
from functools import cache
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
Made = Callable[[str], tuple[Summary, Path]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A study of few replications, and the stem of its drawn figure; each is made once."""

    @cache
    def of(name: str) -> tuple[Summary, Path]:
        settings: dict[str, object] = {"monte_carlo.replications": 5}
        if GENERATORS[name]:
            settings["augmentation.generators"] = [{"kind": kind} for kind in GENERATORS[name]]
        if name == "size_curve_smote":  # logistic theory is a minimisation a size
            settings["augmentation.multipliers"] = [0.0, 0.5, 1.0, 2.0]
        summary = simulate(load_design(name, settings))
        folder = tmp_path_factory.mktemp("figure")
        draw(summary, folder / f"{name}.png")
        return summary, folder / name

    return of


@pytest.fixture(scope="module", params=GENERATORS)
def study(request: pytest.FixtureRequest, made: Made) -> tuple[Summary, Path]:
    """Each of them."""
    return made(request.param)


def table(stem: Path) -> list[dict[str, str]]:
    """The CSV beside a figure."""
    with open(stem.with_suffix(".csv"), newline="") as file:
        return list(csv.DictReader(file))


def test_all_files_are_written(study: tuple[Summary, Path]) -> None:
    assert sorted(path.suffix for path in study[1].parent.iterdir()) == sorted(SUFFIXES)


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


def test_drawing_again_gives_the_same_bytes_whatever_anybodys_settings_which_stay(
    study: tuple[Summary, Path], tmp_path: Path
) -> None:
    summary, stem = study
    with mpl.rc_context({"font.size": 31.0, "axes.spines.top": True}):
        before = dict(mpl.rcParams)
        drawn = draw(summary, tmp_path / stem.name)
        assert dict(mpl.rcParams) == before
    for path in drawn:
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


@pytest.mark.parametrize("name", ["alignment_biased", "symmetry_test"])
def test_the_named_command_draws_the_same_table(
    made: Made, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from synththeory.sim.cli import app

    _, stem = made(name)
    arguments = json.loads(stem.with_suffix(".json").read_text())["command"].split()[3:]
    (tmp_path / f"{stem.name}.toml").write_bytes(stem.with_suffix(".toml").read_bytes())
    monkeypatch.chdir(tmp_path)
    outcome = CliRunner().invoke(app, arguments)
    assert outcome.exit_code == 0, outcome.output
    assert (tmp_path / f"{stem.name}.csv").read_bytes() == stem.with_suffix(".csv").read_bytes()


def test_a_title_free_single_cell_shows_both_metrics_and_another_format_is_refused(tmp_path: Path) -> None:
    design = tomllib.loads("""
study = "single"
population = { kind = "mean-shift", dimension = 2 }
sample = { majority = 60, minority = 20 }
augmentation = { sizes = [0, 20, 60], generators = [{ kind = "oracle", name = "fresh rows" }] }
learner = { kind = "least-squares" }
monte_carlo = { replications = 3 }
""")
    summary = simulate(design)
    assert draw(summary, tmp_path / "single.pdf") == tuple(tmp_path / f"single{suffix}" for suffix in SUFFIXES)
    with pytest.raises(SynththeoryError, match=re.escape(".png and .pdf, got '.svg'")):
        draw(summary, tmp_path / "figure.svg")
    with pytest.raises(SynththeoryError, match=re.escape("'.' is a folder; name the figure in it")):
        draw(summary, ".")
    rows = table(tmp_path / "single")
    assert {(row["panel"], row["metric"]) for row in rows} == {("a", "excess_risk"), ("b", "parameter_error")}
    assert {row["arm"] for row in rows} == {"fresh rows"}
