"""Any scikit-learn classifier as a learner: its fits are scikit-learn's, its seeds are named, its refusals clear."""

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from synththeory import DesignError, SynththeoryError, load_design, simulate
from synththeory.external import seeds
from synththeory.learners import External, Learner, Logistic
from synththeory.losses import LogisticLoss, ZeroOneLoss
from synththeory.populations import Ring
from synththeory.sample import GivenSample, Sample
from synththeory.streams import Streams

FOREST = {"kind": "external", "class": "sklearn.ensemble.RandomForestClassifier", "settings": {"n_estimators": 5}}
SIZES = np.tile(np.array([0, 6, 20]), (3, 1))


def learner(name: str, **settings: Any) -> External:
    return External(class_name=name, settings=settings)


def data() -> tuple[Streams, Sample, Sample]:
    streams = Streams.named(4, "external", 0, 3)
    majority, minority = Ring().sample(streams, (60, 20))
    fresh = Ring().laws[1].draw(streams, "fresh", 20)
    return streams, Sample.of(majority, minority), GivenSample(fresh, np.ones((3, 20)), np.ones((3, 20)))


def study(**more: Any) -> dict[str, Any]:
    return {
        "study": "external",
        "population": {"kind": "ring"},
        "sample": {"majority": 60, "minority": 20},
        "augmentation": {"multipliers": [0.0, 1.0], "generators": [{"kind": "smote"}], "baselines": ["raw"]},
        "learner": FOREST,
        "risk": {"test_rows": 200},
        "monte_carlo": {"replications": 7},
        **more,
    }


def test_a_fit_is_scikit_learns_with_a_seed_named_by_replication_and_size() -> None:
    streams, real, synthetic = data()
    fit = Learner.registry["external"].model_validate(FOREST).path(real, synthetic, SIZES, streams)  # type: ignore[attr-defined]
    assert not fit.status.any()
    scores = fit.scores(real.rows)
    assert scores.shape == (3, 3, 80)
    named = seeds(streams.within("learner/external"), "6 synthetic rows")
    assert len(set(named)) == 3
    rows = np.concatenate([real.rows[2], synthetic.rows[2, :6]])
    labels = np.concatenate([real.labels[2], synthetic.labels[2, :6]])
    forest = RandomForestClassifier(n_estimators=5, random_state=int(named[2])).fit(rows, labels)
    chance = np.clip(forest.predict_proba(real.rows[2])[:, 1], 1e-6, 1.0 - 1e-6)
    np.testing.assert_allclose(scores[2, 1], np.log(chance / (1.0 - chance)), rtol=1e-9)
    np.testing.assert_array_equal(fit.at(slice(1, 3)).scores(real.rows[1:]), scores[1:])


def test_numbers_do_not_depend_on_blocks_and_threads() -> None:
    found = [simulate(study(), block=block, threads=threads).rows for block in (1, 7) for threads in (1, 2)]
    assert found[0] == found[1] == found[2] == found[3]
    assert {row.metric for row in found[0]} == {"balanced_loss", "balanced_error", "test_sample_error"}
    assert all(row.theory is None for row in found[0])
    raw = [row.estimate for row in found[0] if row.arm == "raw"]
    assert raw == [row.estimate for row in found[0] if row.arm == "smote" and row.multiplier == 0.0]


def test_scikit_learns_logistic_regression_is_the_own_one() -> None:
    streams, real, synthetic = data()
    settings = {"C": 2.0, "tol": 1e-10, "max_iter": 1000}
    theirs = External(class_name="sklearn.linear_model.LogisticRegression", settings=settings, clip=1e-12)
    ours = Logistic(C=2.0)
    np.testing.assert_allclose(
        theirs.path(real, synthetic, SIZES, streams).scores(real.rows),
        ours.path(real, synthetic, SIZES).scores(real.rows),
        atol=1e-4,
    )
    assert theirs.loss == ours.loss == LogisticLoss(intercept=True)


def test_a_decision_function_is_judged_by_its_error_alone() -> None:
    machine = {"kind": "external", "class": "sklearn.svm.LinearSVC"}
    summary = simulate(study(learner=machine))
    assert learner("sklearn.svm.LinearSVC").loss == ZeroOneLoss(intercept=True)
    for arm in ("smote", "raw"):
        loss, error = (
            [row.estimate for row in summary.rows if row.arm == arm and row.metric == metric]
            for metric in ("balanced_loss", "balanced_error")
        )
        assert loss == error
        assert 0.0 < error[0] < 0.6


def test_a_design_comes_back_from_its_own_tables() -> None:
    design = load_design(study())
    again = load_design(design.table)
    assert again == design
    assert design.table["learner"] == {**FOREST, "clip": 1e-6}
    assert again.cells[0].digest == design.cells[0].digest
    assert hash(again.cells[0].learner) == hash(design.cells[0].learner)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"class": "sklearn.ensemble.RandomForrestClassifier"}, "did you mean 'RandomForestClassifier'"),
        ({"class": "no_such_package.Forest"}, "is the package no_such_package installed"),
        ({"class": "Forest"}, "learner.class"),
        ({"class": "sklearn.decomposition.PCA"}, "PCA is no classifier"),
        ({**FOREST, "settings": {"n_estimater": 5}}, "did you mean 'n_estimators'"),
        ({**FOREST, "settings": {"random_state": 5}}, "seeds come from the study's streams; leave it out"),
        ({**FOREST, "clas": "x"}, "did you mean 'class'"),
        ({}, "learner.class: is missing"),
    ],
)
def test_refusals_say_what_was_meant(table: dict[str, Any], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        load_design(study(learner={"kind": "external", **table}))


def test_what_needs_weights_or_coefficients_is_refused() -> None:
    neighbours = {"kind": "external", "class": "sklearn.neighbors.KNeighborsClassifier"}
    weighted = {"multipliers": [0.0], "generators": [{"kind": "smote"}], "baselines": ["reweighted"]}
    assert load_design(study(augmentation=weighted)).cells[0].arms
    with pytest.raises(DesignError, match="'reweighted' weighs rows, and this external learner takes no weights"):
        load_design(study(augmentation=weighted, learner=neighbours))
    streams, real, synthetic = data()
    with pytest.raises(SynththeoryError, match="takes no sample_weight"):
        learner(neighbours["class"]).path(real.shared((2.0, 1.0), (60, 20)), synthetic, SIZES, streams)
    with pytest.raises(DesignError, match="linear in the rows"):
        load_design(study(risk={"method": "exact"}))
    with pytest.raises(DesignError, match="use the rule 'vtss'"):
        load_design(study(selection={"rule": "tg-vtss"}))
    corrected = {**weighted, "baselines": [], "arms": [{"name": "corrected", "correction": {"kind": "bias"}}]}
    with pytest.raises(DesignError, match="a bias correction needs a score that is linear"):
        load_design(study(augmentation=corrected))
