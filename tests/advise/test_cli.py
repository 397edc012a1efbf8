"""The page, the JSON, the figure, and the command line with good and bad input."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex
from typer.testing import CliRunner

from synththeory.advise import Advice, advise
from synththeory.advise.cli import app
from synththeory.advise.measures import MEASURES
from tests.advise.tables import mixed

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def advice() -> Advice:
    X, y = mixed()
    return advise(X, y, generators=["bootstrap"], folds=2, repeats=2, inner=2)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    X, y = mixed()
    path = tmp_path_factory.mktemp("advise") / "table.csv"
    X.assign(state=y).to_csv(path, index=False)
    return path


def test_the_page_says_what_to_do_and_fits_the_screen(advice: Advice) -> None:
    page = str(advice)
    assert page.startswith("Should you oversample? 24 rows of 'ill' against 90 of 'well' (ratio 3.8), 5 columns,")
    assert advice.recommendation.sentence.startswith(("No:", "Yes:", "Can't tell"))
    assert f"> {advice.recommendation.method.name}" in page
    assert max(map(len, page.splitlines())) <= 120
    for words in ("GQS", "theory’s size", "A model with an intercept is never exactly symmetric", "Slopes alone"):
        assert words in page
    assert "Shape of the classes: equal covariances p = " in page
    caution = "24 minority rows for 7 parameters: below 5 a parameter this test has little power"
    assert f"Beware: {caution}" in " ".join(page.split())
    assert json.loads(advice.to_json())["symmetry"]["caution"].startswith(caution)


def test_json_has_every_number(advice: Advice) -> None:
    read = json.loads(advice.to_json())
    assert read["recommendation"]["method"] == advice.recommendation.method.name
    assert [method["name"] for method in read["methods"]] == [method.name for method in advice.comparison.methods]
    for told, method in zip(read["methods"], advice.comparison.methods, strict=True):
        assert tuple(told["measures"]) == MEASURES
        gap = advice.comparison.difference(method, advice.comparison.free)
        assert told["minus_better_free_fix"][MEASURES[0]] == {"value": gap.value, "standard_error": gap.standard_error}
    (report,) = read["generators"]
    assert len(report["curve"]["loss"]) == len(report["curve"]["multipliers"]) >= 21
    assert 0.0 <= read["symmetry"]["p_value"] <= 1.0
    assert set(read["shape"]) == {"covariance", "skew"}


def test_the_figure_shows_the_differences_and_the_curve(advice: Advice) -> None:
    left, right, *_ = advice.figure().axes
    curve = advice.diagnosis.reports[0].curve
    drawn = [line.get_xydata() for line in left.lines]
    assert any(len(line) == len(curve.loss) and np.allclose(line[:, 1], curve.loss) for line in drawn)
    places = {round(float(line.get_xdata()[0]), 12) for line in right.lines if len(line.get_xdata()) == 1}
    gaps = [
        advice.comparison.difference(method, advice.comparison.free).value for method in advice.comparison.methods[1:]
    ]
    assert places >= {round(gap, 12) for gap in gaps}
    assert to_hex(left.lines[0].get_color()) != "#000000"


def test_theorys_size_is_the_papers_formula(advice: Advice) -> None:
    report = advice.diagnosis.reports[0]
    assert report.alignment is not None
    expected = round((90 - 24) / (1.0 - 2.0 * report.alignment)) if report.alignment < 0.5 else None
    assert report.theory_size == expected


def test_the_command_writes_json_and_the_figure(written: Path) -> None:
    page = written.parent / "page.png"
    words = ["--label", "state", "--generator", "bootstrap", "--folds", "2", "--repeats", "1", "--jobs", "1", "--json"]
    ran = CliRunner().invoke(app, [str(written), *words, "--figure", str(page)])
    assert ran.exit_code == 0, ran.output
    read = json.loads(ran.stdout)
    assert (read["setting"]["n0"], read["setting"]["n1"], read["setting"]["minority"]) == (90, 24, "ill")
    assert page.read_bytes().startswith(b"\x89PNG")
    assert all(math.isfinite(method["measures"][MEASURES[0]]["value"]) for method in read["methods"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--label", "stat"], "has no column 'stat'; did you mean 'state'"),
        (["--label", "state", "--positive", "sick"], "no row has the label 'sick'"),
        (["--label", "state", "--positive", "well"], "it is no minority"),
        (["--label", "fixed"], "one class only"),
        (["--label", "state", "--types", "age"], "--types wants COLUMN=TYPE"),
        (["--label", "state", "--keep", "agee"], "no column 'agee' to keep; did you mean 'age'"),
        (["--label", "state", "--decimal", ";"], "the decimal sign is . or ,"),
        (["--label", "age"], "labels are missing; drop those rows"),
        (["--label", "state", "--generator", "smoth"], "unknown generator 'smoth'; did you mean 'smote'"),
        (["--label", "state", "--generator", "smote", "--generator", "smote"], "two generators have one name"),
        (["--label", "state", "--folds", "20"], "need at least 40"),
        (["--label", "state", "--figure", "page.gif"], "a figure is written as .png, .pdf or .svg"),
        (["--label", "state", "--figure", "nowhere/page.png"], "no folder 'nowhere' for the figure"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(written: Path, words: list[str], says: str) -> None:
    ran = CliRunner().invoke(app, [str(written), *words])
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("error: ")
    assert says in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_help_answers_at_once_and_a_missing_file_is_named() -> None:
    command = [sys.executable, "-m", "synththeory.advise"]
    told = subprocess.run([*command, "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert told.returncode == 0
    assert "Should you oversample" in told.stdout
    missing = subprocess.run(
        [*command, "nothing.csv", "--label", "y"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert missing.returncode == 2
    assert missing.stderr.strip() == "error: no file 'nothing.csv'"


def test_class_weights_of_the_estimators_own_are_refused() -> None:
    from sklearn.linear_model import LogisticRegression

    with pytest.raises(ValueError, match="leave it out, since class weights are one of the methods compared"):
        advise(*mixed(), estimator=LogisticRegression(class_weight="balanced"))
