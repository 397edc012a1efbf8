"""Thresholds for a cost ratio and a recall, on log-odds made by hand and on a table whose answer is known."""

import numpy as np
import pytest
from scipy.special import logit

from synththeory.advise.comparison import HeldOut, compared
from synththeory.advise.decisions import check_aims, decided, sentence
from synththeory.advise.methods import AS_IS, RE_PRIORED
from synththeory.errors import DesignError

RNG = np.random.default_rng(8)


def fold(chances: np.ndarray, y: np.ndarray) -> HeldOut:
    """Two methods with the same probabilities at the table's own prevalence, 20 %."""
    training = np.repeat([0, 1], [80, 20])
    scores = logit(chances)
    return HeldOut(np.arange(y.size), y, np.stack([scores, scores + np.log(4.0)]), training)


def folds(count: int = 4, size: int = 500) -> tuple[HeldOut, ...]:
    chances = RNG.uniform(0.01, 0.6, (count, size))
    return tuple(fold(row, (RNG.random(size) < row).astype(int)) for row in chances)


COMPARISON = compared((AS_IS, RE_PRIORED), folds(), 4, 1)


@pytest.mark.parametrize("method", [AS_IS, RE_PRIORED])
def test_a_cost_ratio_sets_the_threshold_without_data(method: object) -> None:
    (found,) = decided(COMPARISON, method, 4.0, None)  # type: ignore[arg-type]
    assert found.threshold == pytest.approx(0.2)
    place, spent, caught = COMPARISON.methods.index(method), [], []  # type: ignore[arg-type]
    for held in COMPARISON.held:
        flagged = held.log_odds[place] - (np.log(4.0) if method == RE_PRIORED else 0.0) > logit(0.2)
        spent.append(np.mean(np.where(held.y == 1, 4.0 * ~flagged, flagged)))
        caught.append(flagged[held.y == 1].mean())
    assert found.cost is not None
    assert found.nothing is not None
    assert found.cost.value == pytest.approx(np.mean(spent))
    assert found.recall.value == pytest.approx(np.mean(caught))
    assert found.cost.value < found.nothing
    assert "A miss costs 4 false alarms" in sentence(found)


def test_a_recall_is_met_on_rows_the_threshold_was_not_read_from() -> None:
    (found,) = decided(COMPARISON, RE_PRIORED, None, 0.9)
    assert found.recall.value == pytest.approx(0.9, abs=0.04)
    assert found.interval[0] <= found.threshold <= found.interval[1]
    assert "For a recall of 90%" in sentence(found)


@pytest.mark.parametrize(("cost", "recall"), [(0.0, None), (-1.0, None), (None, 1.0), (None, 0.0)])
def test_what_is_no_cost_and_no_recall_is_refused(cost: float | None, recall: float | None) -> None:
    with pytest.raises(DesignError, match=r"a cost ratio is a positive number|a recall is a share"):
        check_aims(cost, recall)
