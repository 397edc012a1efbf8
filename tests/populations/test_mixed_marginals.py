"""F8's population: every coordinate by its own formula, and nested draws."""

import numpy as np
import pytest
from scipy import stats

from synththeory.errors import DesignError
from synththeory.learners import Logistic
from synththeory.populations import MixedMarginals
from synththeory.sim.questions.risks import RiskSettings
from synththeory.streams import Streams


def plain(seed: np.ndarray, heavy: np.ndarray) -> np.ndarray:
    """One minority row from normals (10,) and uniforms (6,), coordinate by coordinate as the paper lists them."""
    x = np.empty(10)
    x[:3] = stats.t.ppf(1.0 - heavy[:3], 2.2) + 0.12
    x[3:6] = seed[3:6] * np.where(heavy[3:] < 0.1, 6.0, 1.0) + 0.16
    logs = 1.1 * seed[6:] + 0.10
    t, s = x[0], 0.7 + 0.3 / (1.0 + np.exp(-x[5]))
    q = np.tanh(0.9 * t) / (1.0 + np.exp(-2.2 * (abs(t) - 0.65))) * s
    x[1] += 1.35 * np.tanh(0.8 * t) * s
    x[2] += 0.75 * np.tanh(x[1] - 0.45 * t)
    x[3] += 1.45 * q
    x[4] += 0.8 * np.tanh(x[1])
    logs[0] += 0.75 * q
    logs[1] += 0.55 * np.tanh(x[3])
    x[6:] = np.exp(logs)
    return x


def test_minority_rows_are_those_of_the_papers_list() -> None:
    streams = Streams.named(0, "mixed", 0, 2)
    minority = MixedMarginals().sample(streams, (3, 20))[1].rows
    seeds = streams.normals("population/minority", 20, 10)
    heavy = streams.uniforms("population/minority/uniforms", 20, 6)
    expected = [[plain(*row) for row in zip(*own, strict=True)] for own in zip(seeds, heavy, strict=True)]
    np.testing.assert_allclose(minority, expected, rtol=1e-9)


def test_majority_coordinates_have_their_marginals() -> None:
    """To the distribution function of each coordinate: its values on the sample are the uniforms it came from."""
    streams = Streams.named(0, "mixed", 0, 1)
    majority = MixedMarginals(spread=0.5).sample(streams, (50, 2))[0].rows[0]
    heavy = streams.uniforms("population/majority/uniforms", 50, 6)[0]
    normals = streams.normals("population/majority", 50, 10)[0]
    np.testing.assert_allclose(stats.t.sf(majority[:, :3], 2.2), heavy[:, :3], rtol=1e-8)
    np.testing.assert_allclose(np.log(majority[:, 6:]), 0.5 * normals[:, 6:], rtol=1e-9)
    inner = heavy[:, 3:] >= 0.1
    np.testing.assert_allclose(majority[:, 3:6][inner], normals[:, 3:6][inner], rtol=1e-12)


def test_a_longer_draw_begins_with_a_shorter_one() -> None:
    streams = Streams.named(0, "mixed", 0, 2)
    long, short = (MixedMarginals().sample(streams, counts) for counts in ((9, 7), (4, 5)))
    for whole, part in zip(long, short, strict=True):
        np.testing.assert_array_equal(whole.rows[:, : part.shape[1]], part.rows)


def test_its_risk_is_not_known_exactly() -> None:
    with pytest.raises(DesignError, match="no exact risk of mixed-marginals is known"):
        RiskSettings(method="exact").check(MixedMarginals(), Logistic())
