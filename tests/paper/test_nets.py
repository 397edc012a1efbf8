"""Cheng, Mai & Lin and Shwartz-Ziv et al. at simulation scale: what holds, and the two directions that do not.

A few replications of a seed that the committed numbers do not use; differences are paired. The bounds at full size are
in `synththeory.report.claims.nets`; here they leave room for so few.
"""

from typing import Any

import pytest

from synththeory import load_design, simulate
from synththeory.report.readings import Difference, Point, Ratio
from synththeory.sim.results.summary import Summary

SEED = 11


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


def step(summary: Summary, first: int, second: int, metric: str) -> float:
    return Difference(at(first, metric), at(second, metric)).read(summary).estimate


def test_soft_labels_calibrate_and_do_not_classify_better() -> None:
    found = summary_of("soft_smote", 5, (1, 2, 3))
    assert step(found, 0, 1, "balanced_loss") > 0.3
    assert step(found, 0, 2, "balanced_loss") > 0.3
    assert step(found, 1, 0, "balanced_error") > 0.0  # that it classifies better is not reproduced


def test_with_the_minority_on_both_sides_smote_loses_to_random_partners() -> None:
    found = summary_of("sandwiched_minority", 12, (1, 2))
    assert step(found, 1, 0, "balanced_error") < 0.0


def test_uneven_labels_move_the_threshold_and_not_the_ranking() -> None:
    found = summary_of("uneven_margins", 8, (2, 6, 3, 7))
    assert step(found, 1, 0, "recall") > 0.03
    assert step(found, 3, 2, "recall") > 0.04
    assert abs(step(found, 1, 0, "auroc")) < 5e-3


def test_mixup_evens_margins_of_ten_classes_and_deferred_weights_turn_them_round() -> None:
    found = summary_of("class_margins", 3, (0, 2, 3))
    assert Ratio(at(1, "margin_ratio"), at(0, "margin_ratio")).read(found).estimate > 2.0
    assert at(2, "margin_ratio").read(found).estimate > 1.0


def test_one_share_a_batch_or_one_a_row_is_alike() -> None:
    found = summary_of("mixing_shares", 8, (0, 1))
    gap = Difference(at(1, "recall"), at(0, "recall")).read(found)
    assert abs(gap.estimate) < 0.015 + 4.5 * gap.mcse


def test_smoothing_a_class_makes_it_rarer_among_the_predictions() -> None:
    """The ideal rule of smoothed labels is argmax (1 - e_c) eta_c; more for the minority is not reproduced."""
    found = summary_of("class_smoothing", 5, (0, 1, 2))
    assert step(found, 1, 0, "balanced_error") < 0.0
    assert step(found, 2, 0, "balanced_error") > 0.0
    assert step(found, 1, 0, "auroc") < 0.0


def test_climbing_the_minoritys_loss_improves_the_ranking() -> None:
    found = summary_of("sharpness", 5, (1, 5))
    assert step(found, 1, 0, "auroc") > 0.0


def test_batches_of_512_lose_at_equal_epochs_by_having_few_steps() -> None:
    found = summary_of("batch_size", 2, (1, 2, 4, 5))
    epochs, steps = (step(found, first, second, "balanced_error") for first, second in ((1, 0), (3, 2)))
    assert epochs - steps > 0.03
    assert step(found, 3, 2, "auroc") == pytest.approx(0.0, abs=0.01)
