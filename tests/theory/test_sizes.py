"""The three optimal sizes are where the curves are lowest."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from synththeory.generators import Bootstrap, Gaussian, GaussianFit, GeneratorMoments, Oracle, SemiOracle
from synththeory.learners import LeastSquares
from synththeory.populations import GaussianShift, MeanShift, StratumMoments
from synththeory.theory import Expansion, expand, optimal_sizes
from tests.theory.cases import ALIGNED, ARMS, COUNTS, HALF, POPULATIONS, SYMMETRIC

GAP = COUNTS[0] - COUNTS[1]


def weighted_bias(expansion: Expansion, size: float) -> float:
    """‖b(ñ)‖² in the H⁻¹ norm."""
    gradient = expansion.gradient_at(size)
    return float(gradient @ np.linalg.solve(expansion.hessian, gradient))


def random_expansion(seed: int, dimension: int) -> Expansion:
    """Moments that belong to no population: any g_φ, g_ψ and H."""
    rng = np.random.default_rng(seed)
    half, psi = rng.standard_normal((2, dimension)) * rng.uniform(0.1, 2.0, (2, 1))
    roots = rng.standard_normal((4, dimension, 2 * dimension))
    first, second, spread, still = roots @ roots.transpose(0, 2, 1)
    strata = (StratumMoments(half, first, spread), StratumMoments(-half, second, spread))
    generator = GeneratorMoments(
        psi - half, second, spread, np.zeros(dimension), still, np.zeros_like(still), "closed form"
    )
    majority = int(rng.integers(20, 3000))
    base = expand(SYMMETRIC, Oracle(), LeastSquares(), majority, int(rng.integers(2, majority)))
    return replace(base, strata=strata, generator=generator, theta=np.zeros(dimension), dimension=dimension)


def test_the_papers_example() -> None:
    sizes = optimal_sizes(expand(ALIGNED, HALF, LeastSquares(), *COUNTS))
    assert sizes.alignment == pytest.approx(3.0 / 8.0, rel=1e-13)
    assert sizes.aligned == pytest.approx(4 * GAP, rel=1e-12)
    assert sizes.bias == pytest.approx(4 * GAP, rel=1e-12)


@given(seed=st.integers(0, 2**32), dimension=st.integers(1, 5))
def test_bias_optimal_size_minimises_the_bias(seed: int, dimension: int) -> None:
    expansion = random_expansion(seed, dimension)
    gap = expansion.majority - expansion.minority
    found = optimal_sizes(expansion).bias
    grid = gap * np.concatenate([[0.0], np.geomspace(1e-4, 1e8, 200)])
    values = np.array([weighted_bias(expansion, size) for size in grid])
    if found is None:
        assert (np.diff(values) <= 1e-12 * values[0]).all()
        return
    assert weighted_bias(expansion, found) <= values.min() * (1.0 + 1e-9) + 1e-15
    if 1e-3 * gap < found < 1e6 * gap:
        nearby = minimize_scalar(
            lambda share: weighted_bias(expansion, share * found), bounds=(0.5, 2.0), method="bounded",
            options={"xatol": 1e-10},
        )  # fmt: skip
        assert nearby.x == pytest.approx(1.0, abs=1e-3)


@given(seed=st.integers(0, 2**32), dimension=st.integers(1, 4), alignment=st.floats(-5.0, 0.45))
def test_all_bias_sizes_agree_when_the_mismatch_is_aligned(seed: int, dimension: int, alignment: float) -> None:
    expansion = random_expansion(seed, dimension)
    gradient = expansion.strata[1].gradient + alignment * expansion.g_phi
    expansion = replace(expansion, generator=replace(expansion.generator, gradient=gradient))
    gap = expansion.majority - expansion.minority
    sizes = optimal_sizes(expansion)
    assert sizes.alignment == pytest.approx(alignment, abs=1e-9)
    assert sizes.aligned == pytest.approx(gap / (1.0 - 2.0 * alignment), rel=1e-7)
    assert sizes.bias == pytest.approx(sizes.aligned, rel=1e-6)
    np.testing.assert_allclose(expansion.gradient_at(gap / (1.0 - 2.0 * alignment)), 0.0, atol=1e-12)


@given(seed=st.integers(0, 2**32), alignment=st.floats(0.5, 4.0))
def test_no_aligned_size_beyond_one_half(seed: int, alignment: float) -> None:
    expansion = random_expansion(seed, 3)
    gradient = expansion.strata[1].gradient + alignment * expansion.g_phi
    assume(alignment > 0.5 + 1e-9)
    assert optimal_sizes(replace(expansion, generator=replace(expansion.generator, gradient=gradient))).aligned is None


@given(seed=st.integers(0, 2**32), dimension=st.integers(1, 4))
def test_alignment_is_the_papers_projection(seed: int, dimension: int) -> None:
    expansion = random_expansion(seed, dimension)
    phi, psi = expansion.g_phi, expansion.g_psi
    cosine = phi @ psi / (np.linalg.norm(phi) * np.linalg.norm(psi))
    expected = np.linalg.norm(psi) / np.linalg.norm(phi) * cosine
    assert optimal_sizes(expansion).alignment == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", ARMS)
@pytest.mark.parametrize("place", range(len(POPULATIONS)))
def test_risk_optimal_size_minimises_the_whole_curve(name: str, place: int) -> None:
    population = POPULATIONS[place][0]
    expansion = expand(population, ARMS[name][0](population.dimension), LeastSquares(), *COUNTS)
    found = optimal_sizes(expansion).risk
    assert 0.0 <= found <= 20.0 * GAP
    values = expansion.at(np.linspace(0.0, 20.0 * GAP, 500)).total
    assert expansion.at(found).total[0] <= min(values) * (1.0 + 1e-9)


@given(seed=st.integers(0, 2**32))
def test_risk_optimal_size_of_any_curve(seed: int) -> None:
    expansion = random_expansion(seed, 3)
    gap = expansion.majority - expansion.minority
    values = expansion.at(np.linspace(0.0, 20.0 * gap, 150)).total
    assert expansion.at(optimal_sizes(expansion).risk).total[0] <= min(values) * (1.0 + 1e-6)


def test_under_local_symmetry_only_an_ideal_generator_is_worth_its_rows() -> None:
    oracle = optimal_sizes(expand(SYMMETRIC, Oracle(), LeastSquares(), *COUNTS))
    assert oracle.aligned is None
    assert oracle.alignment is None
    assert oracle.risk == pytest.approx(20.0 * GAP)
    for generator in (GaussianFit(), Bootstrap(), SemiOracle()):
        sizes = optimal_sizes(expand(SYMMETRIC, generator, LeastSquares(), *COUNTS))
        assert sizes.risk <= 0.01 * GAP
        assert sizes.aligned is None


def test_an_ideal_generator_under_asymmetry_balances() -> None:
    sizes = optimal_sizes(expand(GaussianShift(mean=(1.0, 0.5)), Oracle(), LeastSquares(), 200_000, 10_000))
    assert sizes.aligned == pytest.approx(190_000, rel=1e-12)
    assert sizes.bias == pytest.approx(190_000, rel=1e-9)
    assert sizes.risk == pytest.approx(190_000, rel=1e-2)


def test_a_generator_that_makes_things_worse_gets_no_rows() -> None:
    worse = Gaussian(mean=(-3.0, 0.0))
    sizes = optimal_sizes(expand(MeanShift(dimension=2), worse, LeastSquares(), *COUNTS))
    assert sizes.bias == pytest.approx(0.0, abs=1e-9 * GAP)
    assert sizes.risk <= 1e-2 * GAP
