"""Cheng, Mai & Lin and Shwartz-Ziv et al. at simulation scale: what holds, and the two directions that do not.

A few replications of a seed that the committed numbers do not use; differences are paired, and signs are beyond two and
a half of their errors. What they are at full size is judged in `synththeory.report.claims.nets`.
"""

from typing import Any

import pytest

from synththeory import load_design, simulate
from synththeory.report.readings import Combination, Difference, Point, Ratio
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


def beyond(summary: Summary, first: int, second: int, metric: str, bound: float = 0.0, errors: float = 2.5) -> bool:
    """Whether the mean of the paired differences is above the bound by so many standard errors; below it, if < 0."""
    found = Difference(at(first, metric), at(second, metric)).read(summary)
    print(metric, found)
    return (found.estimate - bound) / found.mcse * (1.0 if errors > 0.0 else -1.0) > abs(errors)


def contradicts(summary: Summary, first: int, second: int, metric: str, bound: float) -> bool:
    """Whether the mean is below a bound that the table states, by as many: few replications cannot show more."""
    return beyond(summary, first, second, metric, bound, -2.5)


def test_soft_labels_calibrate_and_do_not_classify_better() -> None:
    found = summary_of("soft_smote", 5, (1, 2, 3))
    assert beyond(found, 0, 1, "balanced_loss")
    assert beyond(found, 0, 2, "balanced_loss")
    assert not contradicts(found, 0, 1, "balanced_loss", 0.3)
    assert not contradicts(found, 0, 2, "balanced_loss", 0.3)
    assert beyond(found, 1, 0, "balanced_error")  # that it classifies better is not reproduced


def test_with_the_minority_on_both_sides_smote_loses_to_random_partners() -> None:
    found = summary_of("sandwiched_minority", 12, (1, 2))
    assert beyond(found, 0, 1, "balanced_error")


def test_uneven_labels_move_the_threshold_and_not_the_ranking() -> None:
    """The table's bounds, .05 and .07, are those of the registry at 48 replications."""
    found = summary_of("uneven_margins", 8, (2, 6, 3, 7))
    assert beyond(found, 1, 0, "recall")
    assert beyond(found, 3, 2, "recall")
    assert not contradicts(found, 1, 0, "recall", 0.05)
    assert not contradicts(found, 3, 2, "recall", 0.07)
    assert abs(Difference(at(1, "auroc"), at(0, "auroc")).read(found).estimate) < 5e-3


def test_mixup_evens_margins_of_ten_classes_and_deferred_weights_turn_them_round() -> None:
    found = summary_of("class_margins", 3, (0, 2, 3))
    ratio = Ratio(at(1, "margin_ratio"), at(0, "margin_ratio")).read(found)
    assert ratio.estimate - 3.0 * ratio.mcse > 2.0
    turned = at(2, "margin_ratio").read(found)
    assert turned.estimate - 3.0 * turned.mcse > 1.0


def test_one_share_a_batch_or_one_a_row_is_alike() -> None:
    found = summary_of("mixing_shares", 8, (0, 1))
    gap = Difference(at(1, "recall"), at(0, "recall")).read(found)
    assert abs(gap.estimate) < 0.015


def test_smoothing_a_class_makes_it_rarer_among_the_predictions() -> None:
    """The ideal rule of smoothed labels is argmax (1 - e_c) eta_c; more for the minority is not reproduced."""
    found = summary_of("class_smoothing", 5, (0, 1, 2))
    assert beyond(found, 0, 1, "balanced_error")
    assert beyond(found, 2, 0, "balanced_error")
    assert beyond(found, 0, 1, "auroc")


def test_climbing_the_minoritys_loss_improves_the_ranking() -> None:
    found = summary_of("sharpness", 5, (1, 5))
    assert beyond(found, 1, 0, "auroc")


def test_batches_of_512_lose_at_equal_epochs_by_having_few_steps() -> None:
    found = summary_of("batch_size", 2, (1, 2, 4, 5))
    terms = ((1.0, 1), (-1.0, 0), (-1.0, 3), (1.0, 2))
    spread = Combination(tuple((sign, at(place, "balanced_error")) for sign, place in terms)).read(found)
    assert spread.estimate - 3.0 * spread.mcse > 0.03
    assert Difference(at(3, "auroc"), at(2, "auroc")).read(found).estimate == pytest.approx(0.0, abs=0.01)
