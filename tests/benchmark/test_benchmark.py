"""The benchmark: the same folds for every method, resumed from its folder, errors that allow for shared rows, words."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from synththeory import DesignError
from synththeory.benchmark.__main__ import app
from synththeory.benchmark.methods import METRICS, chosen, measured, re_priored
from synththeory.benchmark.run import Found, Plan, run, values_of
from synththeory.benchmark.sources import source
from synththeory.benchmark.summary import summary

QUICK = ("none, cut at prevalence", "re-priored", "weights", "smote", "gk-smote as published")


def test_measures_by_hand() -> None:
    y, chances = np.array([0, 0, 0, 1]), np.array([0.1, 0.2, 0.7, 0.6])
    found = dict(zip(METRICS, measured(y, chances, 0.5), strict=False))
    assert found["auroc"] == pytest.approx(2 / 3)
    assert found["g_mean"] == pytest.approx(np.sqrt(2 / 3))
    assert found["f1"] == pytest.approx(2 / 3)
    assert found["brier"] == pytest.approx((0.01 + 0.04 + 0.49 + 0.16) / 4)
    assert found["log_loss"] == pytest.approx(-np.log([0.9, 0.8, 0.3, 0.6]).mean())
    np.testing.assert_allclose(re_priored(np.array([0.1, 0.5]), 0.1), [0.5, 0.9])


def test_a_stopped_run_goes_on_and_every_method_sees_the_same_folds(tmp_path: Path) -> None:
    plan, told = Plan(("glass6",), folds=2, repeats=1), []
    first = run(plan, chosen(("smote",)), tmp_path, told.append)
    assert len(told) == 2 * 2
    again = run(plan, chosen(QUICK), tmp_path, told.append)
    assert len(told) == 2 * 2 + 2 * 4
    assert [each for each in again if each.method == "smote"] == [each for each in first if each.method == "smote"]
    none, cut = (values_of(again, "glass6", name, "logistic", "auroc") for name in ("none", "none, cut at prevalence"))
    np.testing.assert_array_equal(none, cut)
    assert values_of(again, "glass6", "weights", "k-NN", "auroc").size == 0  # it takes no weights
    lines = summary(plan, again)
    (line,) = [each for each in lines if (each.method, each.classifier, each.metric) == ("smote", "logistic", "brier")]
    gaps = values_of(again, "glass6", "smote", "logistic", "brier") - values_of(
        again, "glass6", "none", "logistic", "brier"
    )
    assert line.against_none == pytest.approx(gaps.mean())
    assert line.error == pytest.approx(gaps.std(ddof=1) * np.sqrt(1 / 2 + 1))  # Nadeau & Bengio
    assert isinstance(again[0], Found)


def test_a_table_with_names_is_coded_once_and_left_to_samplers_that_take_names(tmp_path: Path) -> None:
    known = source("abalone9-18", 2)
    assert known.mixed
    training, held = np.arange(0, 731, 2), np.arange(1, 731, 2)
    given, seen = known.given(training), known.features(training)
    own, test = seen(given.iloc[training]), seen(given.iloc[held])
    assert own.shape[1] == test.shape[1] == 7 + 3
    np.testing.assert_allclose(own[:, :7].mean(axis=0), 0.0, atol=1e-9)
    np.testing.assert_array_equal(own[:, 7:].sum(axis=1), 1.0)  # one flag of the three
    alone = seen(given.iloc[held[:1]])  # one row has one sex, and still three flags
    np.testing.assert_array_equal(alone, test[:1])
    found = run(Plan(("abalone9-18",), folds=2, repeats=1), chosen(("smote", "random oversampling")), tmp_path, print)
    assert {each.method for each in found} == {"none", "random oversampling"}


def test_two_processes_give_the_same_numbers(tmp_path: Path) -> None:
    plan, told = Plan(("glass6",), folds=2, repeats=1), []
    one, two = (run(plan, chosen(("none",)), tmp_path / str(n), told.append, workers=n) for n in (1, 2))
    assert len(told) == 2 * 2
    assert [(*vars(a).values(),)[:4] for a in one] == [(*vars(b).values(),)[:4] for b in two]
    np.testing.assert_array_equal([each.values[:-1] for each in one], [each.values[:-1] for each in two])


def test_the_command_prints_a_table_and_refuses_in_words(tmp_path: Path) -> None:
    words = ["glass6", "--folds", "2", "--repeats", "1", "--method", "re-priored", "--workers", "1",
             "--out", str(tmp_path)]  # fmt: skip
    shown = CliRunner().invoke(app, words)
    assert shown.exit_code == 0, shown.output
    assert "glass6, mean of the classifiers" in shown.output
    assert (tmp_path / "summary.csv").read_text().startswith("table,method,classifier,metric,mean")
    wrong = CliRunner().invoke(app, ["glass6", "--method", "smoat", "--out", str(tmp_path)])
    assert wrong.exit_code == 2
    assert "did you mean 'smote'" in wrong.output
    named = CliRunner().invoke(app, ["car-good", "--folds", "2", "--repeats", "1", "--out", str(tmp_path)])
    assert named.exit_code == 2
    assert "car-good has names alone" in named.output
    with pytest.raises(DesignError, match="unknown method"):
        chosen(("nothing",))
