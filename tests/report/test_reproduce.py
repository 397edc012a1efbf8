"""The command that reproduces everything: figures, verdicts, pages, resumption, wrong input."""

import csv
import io
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from synththeory.errors import SynththeoryError
from synththeory.report import reproduce
from synththeory.report.claims import EXPERIMENTS
from synththeory.report.cli import app
from synththeory.report.pages import rows
from synththeory.report.reproduction import expected_seconds, planned, replications
from synththeory.report.site import AGREEMENT, EXPERIMENT, write_pages
from synththeory.sim.design.studies import load_design


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one experiment reproduced quickly by the command line, and its pages."""
    out: Path = tmp_path_factory.mktemp("reproduction")
    command = ["reproduce", "--quick", "--only", "S3", "--out", str(out), "--site", str(out / "site")]
    ran = CliRunner().invoke(app, command)
    assert ran.exit_code == 0, ran.output
    assert "about" in ran.stderr
    assert "agrees" in ran.stdout
    return out


def test_it_leaves_a_report_a_figure_and_every_verdict(finished: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((finished / "verdicts.csv").read_text())))
    assert [row["verdict"] for row in rows] == ["agrees", "agrees"]
    assert float(rows[0]["estimate"]) < 0.0 < float(rows[1]["estimate"])
    assert (finished / "spurious_correlation.png").exists()
    report = (finished / "report.md").read_text()
    assert "2 claims: 2 agree, 0 differ" in report
    page = (finished / "report.html").read_text()
    assert "data:image/png;base64," in page
    assert re.findall(r'(?:src|href)="(?!data:)', page) == []  # nothing beside it


def test_it_writes_the_sites_pages_of_what_was_reproduced(finished: Path) -> None:
    assert sorted(path.name for path in (finished / "site").rglob("*.md")) == [
        "nxlz.md",
        "theory-against-simulation.md",
    ]
    assert "| S3 |" in (finished / "site" / "theory-against-simulation.md").read_text()


def test_what_is_not_reproduced_keeps_its_lines(finished: Path, tmp_path: Path) -> None:
    site = shutil.copytree(finished / "site", tmp_path / "site")
    page, theory = site / "papers" / "nxlz.md", site / "theory-against-simulation.md"
    for path in (page, theory):
        path.write_text(path.read_text().replace("| S3 | ", "| S1 | ").replace("`spurious", "`scaling"))
    write_pages(list(reproduce(finished, ["S3"], quick=True)), site, "another commit")
    for text, table in ((page.read_text(), EXPERIMENT), (theory.read_text(), AGREEMENT)):
        commits = {(cells[0], cells[-1] == "another commit") for cells in rows(text, table)}
        assert commits == {("S1", False), ("S3", True)}
        assert text.index("| S1 |") < text.index("| S3 |")
    assert "4 claims: 4 agree" in page.read_text()


def test_what_is_there_is_not_run_again(finished: Path) -> None:
    blocks = {path: path.stat().st_mtime_ns for path in (finished / "results").rglob("*.npy")}
    (done,) = reproduce(finished, ["S3"], quick=True)
    assert {path: path.stat().st_mtime_ns for path in (finished / "results").rglob("*.npy")} == blocks
    assert [verdict.outcome for verdict in done.verdicts] == ["agrees", "agrees"]


def test_a_wrong_name_is_one_line() -> None:
    ran = CliRunner().invoke(app, ["reproduce", "--only", "F77"])
    assert ran.exit_code == 2
    assert ran.stderr.startswith("error: no experiment 'F77'; ")


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synththeory.report.reproduction.find_spec", lambda name: None)
    assert all(not each.extra for each in planned())
    with pytest.raises(SynththeoryError, match=r'B7 needs the extra \'data\': pip install "synththeory\[data\]"'):
        planned(["B7"])


def test_a_quick_run_has_a_tenth_of_the_replications_and_never_more_than_all() -> None:
    for each in EXPERIMENTS:
        design = load_design(each.study)
        assert 1 <= replications(design, True) <= replications(design, False) == design.monte_carlo.replications
    assert expected_seconds(EXPERIMENTS, True) < 0.5 * expected_seconds(EXPERIMENTS, False)
