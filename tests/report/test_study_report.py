"""The ADEMP report: all its sections, from any kind of study, complete or not."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from synththeory import load_design, simulate
from synththeory.report import pages, study_report
from synththeory.report.cli import app

SECTIONS = ["Aims", "Data-generating mechanisms", "Estimands", "Methods", "Performance", "Failures", "Pictures",
            "Software and seeds", "The design"]  # fmt: skip
STUDIES = {
    "alignment_biased": {"sweep": {"sample.minority": [12, 25, 50]}},
    "propensity_ate": {"sweep": {"sample.total": [1000]}},
    "symmetry_test": {"sweep": {"population.dimension": [2], "sample.minority": [50], "sample.ratio": [5]}},
}
PICTURES = {
    "alignment_biased": {"convergence", "swarm", "theory", "grid"},
    "propensity_ate": {"convergence", "swarm", "differences", "lollipop", "zip"},
    "symmetry_test": {"convergence", "differences"},
}


@pytest.mark.parametrize("study", STUDIES)
def test_a_report_has_every_section_and_the_pictures_that_suit(study: str, tmp_path: Path) -> None:
    simulate(load_design(study, {"monte_carlo.replications": 12, **STUDIES[study]}), tmp_path / "study")
    markdown, page = study_report(tmp_path / "study", tmp_path / "report")
    text = markdown.read_text()
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    drawn = {path.stem for path in (tmp_path / "report").glob("*.png")} - {study}
    assert drawn == PICTURES[study]
    assert all((tmp_path / "report" / f"{name}.csv").stat().st_size > 100 for name in drawn)
    assert page.read_text().count("data:image/png") == len(drawn) + 1
    assert "± " in text
    assert "failed: " in text


def test_a_folder_that_is_no_study_is_one_line(tmp_path: Path) -> None:
    ran = CliRunner().invoke(app, ["study", str(tmp_path)])
    assert ran.exit_code == 2
    assert ran.stderr.startswith("error: ")
    assert len(ran.stderr.splitlines()) == 1


def test_text_stays_text() -> None:
    page = pages.self_contained("# <script>alert(1)</script>\n\n| a |\n| --- |\n| 1 \\| 2 |\n", "<b>", Path())
    assert "<script>" not in page
    assert "<td>1 | 2</td>" in page
    assert "<title>&lt;b&gt;</title>" in page


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (0.00058123, "0.000581"), (2e-6, "2.00e-06"), (1234.5, "1.23e+03")]
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert pages.number(value) == text
