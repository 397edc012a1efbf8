"""The density estimators: rows follow the fitted law, given the seeds."""

import warnings

import numpy as np
import pytest
from scipy.stats import gaussian_kde
from sklearn.mixture import GaussianMixture as Mixture

from synththeory import DesignError
from synththeory.arrays import Array
from synththeory.generators import GaussianMixtureFit, Generator, KernelDensity
from synththeory.populations import LocationLaw, MixtureLaw
from synththeory.sample import Block, GivenBlock, Stratum
from synththeory.streams import Streams
from tests.statistical import assert_mean

FAMILY = 4  # comparisons of this file

STRATUM = Stratum("minority", 1, 1.0)
PARTS = (LocationLaw(np.array([-3.0, 0.0, 1.0]), 0.5 * np.eye(3)), LocationLaw(np.array([3.0, 1.0, -1.0])))
LAW = MixtureLaw((0.3, 0.7), PARTS)
UPPER = np.triu_indices(3)


def seeds(count: int, sets: int = 1) -> Block:
    return GivenBlock(LAW.draw(Streams.named(3, "densities", 0, sets), "seeds", count), STRATUM, LAW)


def drawn(generator: Generator, block: Block, size: int) -> Array:
    streams = Streams.named(4, "densities", 0, block.rows.shape[0])
    return np.asarray(generator.draw(streams, block, None, size).rows)


def assert_moments(rows: Array, mean: Array, covariance: Array, null: str) -> None:
    centred = rows - mean
    products = (centred[:, :, None] * centred[:, None, :])[:, *UPPER]
    assert_mean(np.hstack([centred, products]), np.concatenate([np.zeros(3), covariance[UPPER]]), null, cases=FAMILY)


def test_a_kernel_density_has_scotts_bandwidth() -> None:
    """Null: rows have the seeds' mean, and their covariance (divisor n1) plus h²I."""
    block = seeds(40)
    own = block.rows[0]
    width = np.sqrt(own.var(axis=0, ddof=1).mean()) * 40.0 ** (-1.0 / 7.0)
    assert gaussian_kde(own.T).factor == pytest.approx(40.0 ** (-1.0 / 7.0))
    rows = drawn(KernelDensity(), block, 100_000)[0]
    assert_moments(rows, own.mean(axis=0), np.cov(own.T, bias=True) + width**2 * np.eye(3), "kernel density")


def test_a_mixture_of_one_is_the_gaussian_fit() -> None:
    """Null: rows have the seeds' mean and covariance (divisor n1) plus the jitter."""
    block = seeds(40)
    own = block.rows[0]
    rows = drawn(GaussianMixtureFit(components=1, jitter=0.1), block, 100_000)[0]
    assert_moments(rows, own.mean(axis=0), np.cov(own.T, bias=True) + 0.1 * np.eye(3), "mixture of one")


def test_a_mixture_of_two_finds_well_separated_components() -> None:
    """Null: shares, means and covariances of both components are the seeds' own, told apart at sight."""
    block = seeds(60)
    own, rows = block.rows[0], drawn(GaussianMixtureFit(components=2), block, 100_000)[0]
    left = own[:, 0] < 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle = Mixture(2, reg_covar=1e-6, random_state=0).fit(own)
    low = int(oracle.means_[:, 0].argmin())
    assert oracle.weights_[low] == pytest.approx(left.mean(), abs=1e-3)
    place = rows[:, 0] < 0.0
    assert_mean(1.0 * place[:, None], [oracle.weights_[low]], "share of the left component", slack=2e-3, cases=FAMILY)
    mine = rows[place]
    assert_mean(mine, oracle.means_[low], "mean of the left component", slack=0.02, cases=FAMILY)


@pytest.mark.parametrize("generator", [GaussianMixtureFit(components=2), KernelDensity()], ids=lambda part: part.kind)
def test_each_set_of_seeds_is_imitated_alone(generator: Generator) -> None:
    block = seeds(30, 3)
    together = drawn(generator, block, 20)
    for place in range(3):
        streams = Streams.named(4, "densities", place, 1)
        alone = GivenBlock(block.rows[place : place + 1].copy(), STRATUM, LAW)
        np.testing.assert_array_equal(generator.draw(streams, alone, None, 20).rows[0], together[place])


@pytest.mark.parametrize(
    ("components", "minority", "passes"), [(2, 2, False), (2, 3, True), (5, 5, False), (1, 2, True)]
)
def test_every_component_needs_rows(components: int, minority: int, passes: bool) -> None:
    generator = GaussianMixtureFit(components=components)
    if passes:
        generator.check(minority, 3)
        return
    with pytest.raises(DesignError, match="components must be fewer than the minority rows, got components = "):
        generator.check(minority, 3)


def test_seeds_that_coincide_are_imitated_by_the_jitter() -> None:
    """EM on one point must not fail: the jitter keeps every covariance regular."""
    block = GivenBlock(np.tile([1.0, 2.0, 3.0], (1, 8, 1)), STRATUM, None)
    rows = drawn(GaussianMixtureFit(components=1, jitter=1e-4), block, 50)
    assert np.abs(rows - [1.0, 2.0, 3.0]).max() < 0.1
