"""Score moments against numpy's row by row."""

import numpy as np
import pytest

from synththeory.kernels.scores import score_moments
from synththeory.losses import LogisticLoss, Loss, SquaredLoss

LOSSES = (SquaredLoss(), SquaredLoss(intercept=True), LogisticLoss(), LogisticLoss(intercept=True))


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
@pytest.mark.parametrize(("count", "dimension"), [(1, 1), (7, 3), (512, 4), (1100, 9)])
def test_sums_of_scores_products_and_hessians(loss: Loss, count: int, dimension: int) -> None:
    rng = np.random.default_rng(count)
    rows, size = rng.standard_normal((3, count, dimension)), loss.parameters(dimension)
    theta = 2.0 * rng.standard_normal((3, size))
    total, products, curvature = np.empty((3, size)), np.empty((3, size, size)), np.empty((3, size, size))
    score_moments(rows, theta, 1.0, isinstance(loss, LogisticLoss), total, products, curvature)
    for r in range(3):
        z = loss.design(rows[r])
        scores = loss.row_scores(rows[r], 1.0, theta[r])
        np.testing.assert_allclose(total[r], scores.sum(axis=0), rtol=1e-11, atol=1e-11)
        np.testing.assert_allclose(products[r], scores.T @ scores, rtol=1e-11, atol=1e-11)
        curve = loss.curvature(z @ theta[r], 1.0)
        np.testing.assert_allclose(curvature[r], (z * curve[:, None]).T @ z, rtol=1e-11, atol=1e-11)


def test_a_replication_that_is_not_a_number_leaves_the_others_alone() -> None:
    rows = np.random.default_rng(2).standard_normal((2, 9, 3))
    theta = np.array([[np.nan, 0.0, 0.0], [1.0, 2.0, 3.0]])
    total, products, curvature = np.empty((2, 3)), np.empty((2, 3, 3)), np.empty((2, 3, 3))
    score_moments(rows, theta, 0.0, True, total, products, curvature)
    alone = np.empty((1, 3)), np.empty((1, 3, 3)), np.empty((1, 3, 3))
    score_moments(rows[1:], theta[1:], 0.0, True, *alone)
    assert np.isnan(total[0]).all()
    np.testing.assert_array_equal(total[1], alone[0][0])
    np.testing.assert_array_equal(products[1], alone[1][0])
    np.testing.assert_array_equal(curvature[1], alone[2][0])
