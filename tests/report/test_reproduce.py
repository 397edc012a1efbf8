"""The command that reproduces everything: figures, verdicts, pages, resumption, wrong input."""

import csv
import io
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from synththeory.errors import MissingExtraError
from synththeory.report import ledger, reproduce
from synththeory.report.claims import EXPERIMENTS, experiment
from synththeory.report.cli import app
from synththeory.report.reproduced import replications
from synththeory.report.reproduction import expected_seconds, planned
from synththeory.report.site import CURVES, NUMBERS, renew_ledgers, write_pages
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


def test_it_writes_the_sites_ledgers_and_pages_of_what_was_reproduced(finished: Path) -> None:
    site = finished / "site"
    assert sorted(path.relative_to(site).as_posix() for path in site.rglob("*.*")) == [
        "papers/claims.csv",
        "papers/experiments.csv",
        "papers/nxlz.md",
        "theory-against-simulation.csv",
    ]
    (done,) = reproduce(finished, ["S3"], quick=True)
    lines = ledger.read(site / "papers" / "claims.csv", NUMBERS)
    assert [float(line[2]) for line in lines] == [verdict.found.estimate for verdict in done.verdicts]
    assert {line[0] for line in ledger.read(site / "theory-against-simulation.csv", CURVES)} == {"S3"}


def test_what_is_not_reproduced_keeps_its_lines(finished: Path, tmp_path: Path) -> None:
    site = shutil.copytree(finished / "site", tmp_path / "site")
    claims, theory = site / "papers" / "claims.csv", site / "theory-against-simulation.csv"
    for path in (site / "papers" / "experiments.csv", theory):
        path.write_text(path.read_text().replace("S3,", "S1,"))
    other, *_ = experiment("S1").claims
    claims.write_text(f"{','.join(NUMBERS)}\nS1,{other.words},-1.002,0.011,,50,an old commit\n")
    renew_ledgers(list(reproduce(finished, ["S3"], quick=True)), site, "another commit")
    write_pages(site)
    for path, columns in ((claims, NUMBERS), (theory, CURVES)):
        lines = ledger.read(path, columns)
        assert {(line[0], line[-1] == "another commit") for line in lines} == {("S1", False), ("S3", True)}
        assert [line[0] for line in lines] == sorted(line[0] for line in lines)
    page = (site / "papers" / "nxlz.md").read_text()
    assert page.index("| S1 |") < page.index("| S3 |")
    assert "3 claims: 3 agree" in page


def test_the_papers_pages_are_what_ledgers_and_registry_say(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    site = tmp_path / "docs"
    shutil.copytree(root / "docs" / "papers", site / "papers", ignore=shutil.ignore_patterns("*.md"))
    (tmp_path / "paper_figures").symlink_to(root / "paper_figures")
    ran = CliRunner().invoke(app, ["pages", str(site)])
    assert ran.exit_code == 0, ran.output
    written = {path.name: path.read_text() for path in (site / "papers").glob("*.md")}
    kept = {path.name: path.read_text() for path in (root / "docs" / "papers").glob("*.md")}
    assert written == kept, "write them by `python -m synththeory.report pages docs`"


@pytest.mark.parametrize(
    ("ledger_text", "told"),
    [
        (None, "no experiment in .*experiments.csv; `reproduce --site"),
        ("experiment,commit\n", "wanted a CSV file of the columns experiment, replications, commit"),
        ("experiment,replications,commit\nS3,5\n", "wanted a CSV file of the columns"),
        ("experiment,replications,commit\nF77,5,1\n", "no experiment 'F77'"),
    ],
)
def test_a_ledger_that_is_none_is_one_line(tmp_path: Path, ledger_text: str | None, told: str) -> None:
    if ledger_text is not None:
        (tmp_path / "papers").mkdir()
        (tmp_path / "papers" / "experiments.csv").write_text(ledger_text)
    ran = CliRunner().invoke(app, ["pages", str(tmp_path)])
    assert ran.exit_code == 2
    assert re.match(f"error: .*{told}", ran.stderr)
    assert len(ran.stderr.splitlines()) == 1


def test_what_is_there_is_not_run_again(finished: Path) -> None:
    blocks = {path: path.stat().st_mtime_ns for path in (finished / "results").rglob("*.npy")}
    (done,) = reproduce(finished, ["S3"], quick=True)
    assert {path: path.stat().st_mtime_ns for path in (finished / "results").rglob("*.npy")} == blocks
    assert [verdict.outcome for verdict in done.verdicts] == ["agrees", "agrees"]


@pytest.mark.parametrize("name", ["F77", ","])
def test_a_wrong_name_is_one_line(name: str) -> None:
    ran = CliRunner().invoke(app, ["reproduce", "--only", name])
    assert ran.exit_code == 2
    assert ran.stderr.startswith(f"error: no experiment '{name}'; ")


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synththeory.report.reproduction.find_spec", lambda name: None)
    assert all(not each.extra for each in planned())
    with pytest.raises(MissingExtraError, match=r"^B7 needs the extra 'data': python -m pip install"):
        planned(["B7"])


def test_a_quick_run_has_a_tenth_of_the_replications_and_never_more_than_all() -> None:
    for each in EXPERIMENTS:
        design = load_design(each.study)
        assert 1 <= replications(each, True) <= replications(each, False) == design.monte_carlo.replications
    assert expected_seconds(EXPERIMENTS, True) < 0.5 * expected_seconds(EXPERIMENTS, False)
