"""Cheng, Mai & Lin and Shwartz-Ziv et al. at simulation scale: what holds, and the two directions that do not.

Full size stands in the ledger that `report reproduce` writes, 48 replications a claim (16, 32): its bounds are tested
here at 4.5 errors. That today's code gives the ledger's numbers a handful of replications of another seed shows. Null:
its mean is the ledger's; its error is known from the ledger's spread, not from the handful. The same comparison must
reject the number that would mean the opposite of the claim.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from synththeory import load_design, simulate
from synththeory.report.readings import Difference, Found, Point, Ratio
from synththeory.sim.results.summary import Summary
from tests.statistical import assert_agrees, assert_within, must_reject

SEED = 11
FAMILY = 14
LEDGER = pd.read_csv(Path(__file__).parents[2] / "docs" / "papers" / "claims.csv").set_index(["experiment", "claim"])


def at_full_size(experiment: str, claim: str) -> Found:
    line = LEDGER.loc[(experiment, claim)]
    return Found(float(line["estimate"]), float(line["mcse"]), None, int(line["replications"]))


def assert_holds(found: Found, experiment: str, claim: str, planted: float) -> None:
    full = at_full_size(experiment, claim)
    few = full.mcse * np.sqrt(full.replications / found.replications)
    assert_agrees(found.estimate, full.estimate, np.hypot(few, full.mcse), f"{claim}: the ledger's mean", cases=FAMILY)
    with must_reject():
        assert_agrees(found.estimate, planted, few, f"{claim}: {planted}", cases=FAMILY)


def summary_of(study: str, replications: int, places: tuple[int, ...]) -> Summary:
    """Some cells of a study that sweeps the learner alone, the raw fit's numbers only."""
    design = load_design(study).model_dump(mode="json", exclude_none=True)
    learners: list[Any] = [cell.learner.model_dump(mode="json") for cell in load_design(study).cells]
    design["sweep"] = {"learner": [learners[place] for place in places]}
    design["augmentation" if "augmentation" in design else "classes"]["baselines"] = []
    settings = {"monte_carlo.replications": replications, "monte_carlo.seed": SEED}
    if "test_rows" in design["risk"]:
        settings["risk.test_rows"] = 1000
    return simulate(load_design(design, settings))


def at(place: int, metric: str) -> Point:
    return Point("as fitted", 0.0, metric, place)


def difference(summary: Summary, first: int, second: int, metric: str) -> Found:
    return Difference(at(first, metric), at(second, metric)).read(summary)


@pytest.mark.parametrize(
    ("experiment", "claim", "low", "high"),
    [
        ("soft", "soft SMOTE − SMOTE: log loss", -np.inf, -0.3),
        ("margins", "MAMix − Mixup: recall", 0.04, np.inf),
        ("margins", "with deferred weights: recall", 0.06, np.inf),
        ("margins", "it is a threshold: AUROC of MAMix − Mixup", -0.005, 0.005),
        ("sandwich", "minority on both sides: error of soft random partners − SMOTE's", -np.inf, 0.0),
        ("shares", "Mixup: recall with a share a row − with one a batch", -0.02, 0.02),
        ("shares", "MAMix: the same", -0.02, 0.02),
        ("flat", "SAM-A (weighted ascent) − none, ρ = 1: AUROC", 0.0, np.inf),
        ("batches", "512 rows, one rate: error at equal epochs − at equal steps", 0.1, np.inf),
        ("ten classes", "margin ratio of Mixup over the plain net's", 2.0, np.inf),
        ("ten classes", "margin ratio of Mixup with deferred weights", 1.0, np.inf),
    ],
)
def test_what_full_size_shows(experiment: str, claim: str, low: float, high: float) -> None:
    """The whole interval of 4.5 errors is between the bounds."""
    full = at_full_size(experiment, claim)
    assert low <= full.estimate - 4.5 * full.mcse
    assert full.estimate + 4.5 * full.mcse <= high


def test_what_full_size_does_not_show() -> None:
    """That recall rises by .05 with one weight a row: .0516 ± .0016; that a share a row changes it by less than .01."""
    recall = at_full_size("margins", "MAMix − Mixup: recall")
    assert recall.estimate - 4.5 * recall.mcse < 0.05
    share = at_full_size("shares", "Mixup: recall with a share a row − with one a batch")
    with pytest.raises(AssertionError, match="not shown"):
        assert_within(share.estimate, share.mcse, 0.01, "a share a row is a share a batch")


def test_soft_labels_calibrate_and_do_not_classify_better() -> None:
    """That they classify better is not reproduced: the error rises."""
    found = summary_of("soft_smote", 5, (1, 2))
    assert_holds(difference(found, 1, 0, "balanced_loss"), "soft", "soft SMOTE − SMOTE: log loss", 0.0)
    assert_holds(difference(found, 1, 0, "balanced_error"), "soft", "soft SMOTE − SMOTE: balanced error", 0.0)


def test_with_the_minority_on_both_sides_smote_loses_to_random_partners() -> None:
    """Planted: it gains what it loses; that it loses at all takes the ledger's 48 replications."""
    claim = "minority on both sides: error of soft random partners − SMOTE's"
    gap = difference(summary_of("sandwiched_minority", 12, (1, 2)), 1, 0, "balanced_error")
    assert_holds(gap, "sandwich", claim, -at_full_size("sandwich", claim).estimate)


def test_uneven_labels_move_the_threshold_and_not_the_ranking() -> None:
    """Planted: recall does not move; AUROC moves by a fifth of what recall does."""
    found = summary_of("uneven_margins", 8, (2, 6, 3, 7))
    assert_holds(difference(found, 1, 0, "recall"), "margins", "MAMix − Mixup: recall", 0.0)
    assert_holds(difference(found, 3, 2, "recall"), "margins", "with deferred weights: recall", 0.0)
    assert_holds(difference(found, 1, 0, "auroc"), "margins", "it is a threshold: AUROC of MAMix − Mixup", 0.01)


def test_mixup_evens_margins_of_ten_classes_and_deferred_weights_turn_them_round() -> None:
    """Planted: the ratio of the plain net's; margins alike."""
    found = summary_of("class_margins", 4, (0, 2, 3))
    ratio = Ratio(at(1, "margin_ratio"), at(0, "margin_ratio")).read(found)
    assert_holds(ratio, "ten classes", "margin ratio of Mixup over the plain net's", 1.0)
    turned = at(2, "margin_ratio").read(found)
    assert_holds(turned, "ten classes", "margin ratio of Mixup with deferred weights", 1.0)


def test_one_share_a_batch_or_one_a_row_is_alike() -> None:
    """Planted: a change as large as uneven labels make."""
    gap = difference(summary_of("mixing_shares", 8, (0, 1)), 1, 0, "recall")
    planted = at_full_size("margins", "with deferred weights: recall").estimate
    assert_holds(gap, "shares", "Mixup: recall with a share a row − with one a batch", planted)


def test_smoothing_a_class_makes_it_rarer_among_the_predictions() -> None:
    """The ideal rule of smoothed labels is argmax (1 - e_c) eta_c; more for the minority is not reproduced."""
    found = summary_of("class_smoothing", 5, (0, 1, 2))
    for place, metric, claim in (
        (1, "balanced_error", "smoothing the majority .3 − none: balanced error"),
        (2, "balanced_error", "smoothing the minority .3 − none: balanced error"),
        (1, "auroc", "smoothing the majority .3 − none: AUROC"),
    ):
        assert_holds(difference(found, place, 0, metric), "smoothing", claim, 0.0)


def test_climbing_the_minoritys_loss_improves_the_ranking() -> None:
    gap = difference(summary_of("sharpness", 10, (1, 5)), 1, 0, "auroc")
    assert_holds(gap, "flat", "SAM-A (weighted ascent) − none, ρ = 1: AUROC", 0.0)


def test_batches_of_512_lose_at_equal_epochs_by_having_few_steps() -> None:
    gap = difference(summary_of("batch_size", 3, (2, 5)), 0, 1, "balanced_error")
    assert_holds(gap, "batches", "512 rows, one rate: error at equal epochs − at equal steps", 0.0)
