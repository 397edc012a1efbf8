"""What is foretold: the time, what several sets are worth, what a Gaussian law could save; and whose words are used."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from typer.testing import CliRunner

from synththeory.advise import Advice, advise, foretold, ground, progress
from synththeory.advise.cli import app
from synththeory.advise.contest import Contest
from synththeory.advise.foretold import foretelling
from synththeory.advise.methods import AS_IS, methods, sources_of
from synththeory.advise.models import model_of
from synththeory.advise.reading.table import labelled
from synththeory.advise.remedies import on_the_command_line
from synththeory.advise.saving import savings
from synththeory.advise.splits import Keys, outer_folds
from synththeory.errors import DesignError
from synththeory.estimators import VTSSClassifier, curve
from synththeory.estimators.paths import fitted_log_odds, tuned_log_odds
from synththeory.generators import Smote
from synththeory.losses import LogisticLoss
from synththeory.populations import GaussianShift
from synththeory.theory.gain import explained
from tests.advise.tables import Shift

QUICK = {"folds": 3, "repeats": 1, "inner": 3}
X, Y = Shift(3, 1.5).table(200, 40, seed=4)
TOLD: list[float] = []


@pytest.fixture(scope="module")
def advice() -> Advice:
    return advise(X, Y, generators=["smote"], before=TOLD.append, progress=lambda done, _: TOLD.append(done), **QUICK)


def test_the_time_is_told_once_before_the_first_fold(advice: Advice) -> None:
    assert isinstance(TOLD[0], float)
    assert 0.1 < TOLD[0] < 60.0
    assert TOLD[1:] == [1, 2, 3]
    told = [foretelling(seconds) for seconds in (0.4, 7.2, 250.0, 9000.0)]
    assert told == [f"about {each} of one core in all" for each in ("1 s", "7 s", "4 minutes", "2 hours")]


@pytest.mark.parametrize("model", [None, DecisionTreeClassifier(max_depth=3, random_state=0)], ids=["path", "fits"])
def test_as_many_fits_are_foretold_as_are_made(monkeypatch: pytest.MonkeyPatch, model: Any) -> None:
    """In fits to the real rows: what every fit costs is its rows, and less for those that begin where one ended."""
    made: list[float] = []

    def fitted(final: Any, table: Any, synthetic: Any, sizes: Any, rows: Any) -> Any:
        costs = [(len(table.rows) + size) / 192 * (foretold._NEXT if place and model is None else 1.0)
                 for place, size in enumerate(sizes)]  # fmt: skip
        made.append(sum(costs))
        return fitted_log_odds(final, table, synthetic, sizes, rows)

    def tuned(finals: Any, table: Any, synthetic: Any, rows: Any) -> Any:
        next_ = foretold._NEXT if model is None else 1.0
        made.append((len(table.rows) + len(synthetic)) / 192 * (1.0 + next_ * (len(finals) - 1)))
        return tuned_log_odds(finals, table, synthetic, rows)

    for place in (ground, curve):
        monkeypatch.setattr(place, "fitted_log_odds", fitted)
    monkeypatch.setattr(curve, "tuned_log_odds", tuned)
    asked = model_of(model, None if model is None else {"min_samples_leaf": [1, 5]})
    contest = Contest(asked, make_pipeline(StandardScaler(), asked.estimator), methods(sources_of(["smote"])), X, Y, 4)
    contest.scored(outer_folds(Y, Keys(), 5, 1, 0)[0], 0)
    assert 0.67 < foretold._fits(contest, model is None) / sum(made) < 1.5


def test_lines_say_what_is_left_where_that_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 10.0, 20.0, 90.0])
    monkeypatch.setattr(progress, "perf_counter", lambda: next(clock))
    said: list[str] = []
    lines = progress.Lines(said.append)
    lines.before(4.0)
    lines.before(100.0)
    lines.progress(1, 10)
    lines.progress(2, 10)
    lines.progress(9, 9)
    assert said == [
        "about 100 s of one core in all", "outer fold 1 of 10, about 90 s left", "outer fold 2 of 10, about 80 s left"
    ]  # fmt: skip


def test_python_has_the_lines_of_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "SOON", 0.0)
    advise(X, Y, generators=["bootstrap"], verbose=True, folds=2, repeats=1, inner=2)
    assert "of one core in all\nouter fold 1 of 2, about " in capsys.readouterr().err


def test_several_sets_are_foretold_as_the_estimator_does(advice: Advice) -> None:
    (report,) = advice.diagnosis.reports
    found = report.several
    assert found is not None
    pick = report.picks["full balance"]
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, **pick.settings))
    own = VTSSClassifier(
        model, Smote(), multipliers=(1.0,), validation="cross-validation", folds=3, sets=2, random_state=0
    )
    forecast = own.fit(X, Y).sets_
    assert (forecast.one, forecast.two) == pytest.approx((found.one, found.two), rel=1e-6)
    assert "Mean of fits to 1, 2, 4, 16 synthetic sets at balance" in str(advice)
    assert json.loads(advice.to_json())["generators"][0]["several_sets"]["gain"] == found.gain


def test_what_a_gaussian_law_saves_is_theorys_share() -> None:
    """Against the closed form at the population; a family that knows more explains more: mixing them up would show."""
    rows, labels = Shift(3, 2.0).table(4000, 3000, seed=8)
    contest = Contest(model_of(None), make_pipeline(StandardScaler(), LogisticRegression()), (AS_IS,), rows, labels, 3)
    found = {each.family: each.r_squared for each in savings(contest.ground(np.arange(7000), 0))}
    population = GaussianShift(mean=(2.0 / 3**0.5,) * 3)
    wanted = {family: explained(population, LogisticLoss(True), family).r_squared for family in found}
    assert list(found) == ["mean", "covariance"]
    for family, value in found.items():
        assert value == pytest.approx(wanted[family], abs=0.04)
    assert wanted["covariance"] - wanted["mean"] > 0.2


def test_remedies_are_in_the_readers_words(tmp_path: Path) -> None:
    merchants = pd.DataFrame({"x": X[:, 0], "merchant": [f"m{place % 80}" for place in range(240)]})
    assert "groups=X['merchant']" in labelled(merchants, Y).notes[0]
    with on_the_command_line():
        assert "--group merchant" in labelled(merchants, Y).notes[0]
    with pytest.raises(DesignError, match="positive=VALUE"):
        advise(X, np.arange(240) % 3)
    merchants.assign(y=np.arange(240) % 3).to_csv(tmp_path / "table.csv", index=False)
    ran = CliRunner().invoke(app, [str(tmp_path / "table.csv"), "--label", "y"])
    assert "--positive VALUE" in ran.stderr


def test_a_pipeline_of_ones_own_is_told_what_it_reads() -> None:
    copied = np.column_stack([X, Y])
    read = advise(
        copied, Y, estimator=make_pipeline(StandardScaler(), LogisticRegression()), generators=["bootstrap"], **QUICK
    )
    page = " ".join(str(read).split())
    assert "Column 'x4', which your pipeline reads as it is: " in page
    assert "is left out" not in page
    assert "How the columns were read" not in page
