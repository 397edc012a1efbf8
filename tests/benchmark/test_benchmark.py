"""The benchmark: the same folds for every method, resumed from its folder, errors that allow for shared rows, words."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from synththeory import DesignError
from synththeory.benchmark.__main__ import app
from synththeory.benchmark.methods import CLASSIFIERS, METRICS, chosen, measured, moved
from synththeory.benchmark.run import Found, Plan, run, values_of
from synththeory.benchmark.sources import source
from synththeory.benchmark.summary import ALL, shared, summary

QUICK = ("none, cut at prevalence", "re-priored", "weights", "smote", "gk-smote as published")


def test_measures_by_hand() -> None:
    y, chances = np.array([0, 0, 0, 1]), np.array([0.1, 0.2, 0.7, 0.6])
    found = dict(zip(METRICS, measured(y, chances, 0.5, np.array([0.0, 0.0, 0.5, 0.5])), strict=False))
    assert found["auroc"] == pytest.approx(2 / 3)
    assert found["g_mean"] == pytest.approx(np.sqrt(2 / 3))
    assert found["f1"] == pytest.approx(2 / 3)
    assert found["brier"] == pytest.approx((0.01 + 0.04 + 0.49 + 0.16) / 4)
    assert found["log_loss"] == pytest.approx(-np.log([0.9, 0.8, 0.3, 0.6]).mean())
    assert found["brier_back"] == pytest.approx((0.25 + 0.25) / 4)
    np.testing.assert_allclose(moved(np.array([0.1, 0.5]), 0.1, 0.5), [0.5, 0.9])
    np.testing.assert_allclose(moved(np.array([0.0, 0.5, 0.9, 1.0]), 0.5, 0.1), [0.0, 0.1, 0.5, 1.0])


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
    scores = {name: values_of(again, "glass6", name, "forest", "brier_back") for name in ("none", "re-priored")}
    np.testing.assert_array_equal(scores["re-priored"], scores["none"])  # moved there and back
    np.testing.assert_array_equal(scores["none"], values_of(again, "glass6", "none", "forest", "brier"))


def test_means_over_classifiers_are_of_those_that_every_method_has() -> None:
    """A k-NN that ranks badly, which class weights lack, may not look like a gain of the weights."""
    reached = {"logistic": 0.9, "forest": 0.8, "tree": 0.7, "k-NN": 0.5}

    def found(method: str, gain: float) -> list[Found]:
        return [
            Found("glass6", method, name, split, (value + gain + 0.01 * split,) * len(METRICS))
            for name, value in reached.items()
            for split in range(2)
            if (method, name) != ("weights", "k-NN")
        ]

    both = [*found("none", 0.0), *found("smote", 0.02), *found("weights", -0.01)]
    assert shared(both, "glass6") == ("logistic", "forest", "tree")
    lines = [
        line for line in summary(Plan(("glass6",), 2, 1), both) if (line.metric, line.classifier) == ("auroc", ALL)
    ]
    assert [line.against_none for line in lines] == pytest.approx([0.0, 0.02, -0.01])
    assert [line.mean for line in lines] == pytest.approx([0.805, 0.825, 0.795])
    assert [line.rank for line in lines] == [2.0, 1.0, 3.0]
    assert shared([each for each in both if each.method != "weights"], "glass6") == CLASSIFIERS
    four = np.mean(list(reached.values())) - np.mean(list(reached.values())[:3])
    assert abs(four) > 0.01  # what the means over four and three classifiers differ by: more than any method's gain


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
    assert "glass6, mean of logistic, forest, k-NN, tree" in shown.output
    assert (tmp_path / "summary.csv").read_text().startswith("table,method,classifier,metric,mean")
    wrong = CliRunner().invoke(app, ["glass6", "--method", "smoat", "--out", str(tmp_path)])
    assert wrong.exit_code == 2
    assert "did you mean 'smote'" in wrong.output
    named = CliRunner().invoke(app, ["car-good", "--folds", "2", "--repeats", "1", "--out", str(tmp_path)])
    assert named.exit_code == 2
    assert "car-good has names alone" in named.output
    file = tmp_path / "t.csv"
    file.write_text("a,y\n1,0\n", encoding="utf-8")
    own = CliRunner().invoke(app, [str(file), "--out", str(tmp_path)])
    assert (own.exit_code, len(own.output.splitlines())) == (2, 1)
    assert "is a file, and the benchmark takes the named tables" in own.output
    taken = CliRunner().invoke(app, ["glass6", "--out", str(file)])
    assert (taken.exit_code, len(taken.output.splitlines())) == (2, 1)
    assert f"{file / 'folds'}: Not a directory; --out takes a folder" in taken.output
    with pytest.raises(DesignError, match="unknown method"):
        chosen(("nothing",))
