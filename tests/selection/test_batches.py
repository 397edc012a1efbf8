"""The symmetry test of many data sets: rows drawn where they are used, and what no other table asks."""

import numpy as np
import pytest

from synththeory.losses import LogisticLoss, SquaredLoss
from synththeory.populations import CubePair, GaussianShift, LocationLaw, MeanShift, Population
from synththeory.populations.laws.drawn import DrawnBlock
from synththeory.sample import Stratum
from synththeory.selection import block_symmetry, symmetry_statistics
from synththeory.streams import Streams
from tests.reference import symmetry as reference
from tests.selection import plain

FIELDS = ("g_phi", "wald", "chi2_p_value", "scaled", "denominator", "p_value")
POPULATIONS: tuple[Population, ...] = (
    CubePair(dimension=3, location=0.37),
    GaussianShift(mean=(1.0, -0.3)),
    *(MeanShift(dimension=5, noise=noise) for noise in ("cube", "rademacher", "sphere", "gaussian")),
)


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("population", POPULATIONS, ids=lambda population: repr(population)[:40])
def test_rows_drawn_on_the_way_are_the_rows_of_the_sample(population: Population, intercept: bool) -> None:
    """To the bit, on both sides of a panel, whichever data sets come before."""
    loss, counts = SquaredLoss(intercept=intercept), (523, 21)
    majority, minority = population.sample(Streams.named(3, "drawn", 4, 3), counts)
    drawn = block_symmetry(majority, minority, loss)
    assert "rows" not in vars(majority)
    assert "rows" not in vars(minority)
    kept = symmetry_statistics(
        majority.rows, minority.rows, loss, (majority.stratum.response, minority.stratum.response)
    )
    alone = block_symmetry(*population.sample(Streams.named(3, "drawn", 5, 1), counts), loss)
    for name in FIELDS:
        assert getattr(drawn, name).tobytes() == getattr(kept, name).tobytes()
        assert getattr(drawn, name)[1:2].tobytes() == getattr(alone, name).tobytes()


def test_noise_that_a_law_mixes_and_other_losses_take_the_rows() -> None:
    streams = Streams.named(3, "drawn", 0, 2)
    law = LocationLaw(np.array([0.3, -0.2]), np.array([[1.0, 0.5], [0.0, 2.0]]), "cube")
    zero = DrawnBlock(law, Stratum("majority", 0, 0.0), streams, "zero", 90)
    one = DrawnBlock(LocationLaw(np.array([0.5, 0.4])), Stratum("minority", 1, 1.0), streams, "one", 30)
    assert zero.drawing is None
    for loss in (SquaredLoss(), LogisticLoss(intercept=True)):
        found, expected = block_symmetry(zero, one, loss), symmetry_statistics(zero.rows, one.rows, loss, (0.0, 1.0))
        assert found.p_value.tobytes() == expected.p_value.tobytes()


@pytest.mark.parametrize(("counts", "dimension"), [((1000, 50), 2), ((1250, 250), 5), ((1000, 50), 10)])
def test_both_p_values_are_those_of_the_reference(counts: tuple[int, int], dimension: int) -> None:
    rng = np.random.default_rng(dimension)
    sets = [reference.cube_pair(rng, counts, dimension) for _ in range(5)]
    found = symmetry_statistics(*map(np.stack, zip(*sets, strict=True)), SquaredLoss(), (-0.5, 0.5))
    expected = [reference.symmetry_test(rows, (-0.5, 0.5)) for rows in sets]
    np.testing.assert_allclose(found.chi2_p_value, [one.chi2 for one in expected], rtol=1e-8)
    np.testing.assert_allclose(found.p_value, [one.small_sample for one in expected], rtol=1e-8)


def test_a_coordinate_that_the_minority_hardly_has_costs_no_digits() -> None:
    rng = np.random.default_rng(5)
    majority, minority = rng.standard_normal((200, 3)), rng.standard_normal((30, 3)) * [1.0, 1e-3, 1.0]
    found = symmetry_statistics(majority[None], minority[None], SquaredLoss(), (-0.5, 0.5))
    expected = plain.symmetry([majority, minority], (-0.5, 0.5), False, np.zeros(3))
    np.testing.assert_allclose(found.chi2_p_value[0], expected.chi2_p, rtol=1e-8)
    np.testing.assert_allclose(found.p_value[0], expected.small_p, rtol=1e-8)


def test_coordinates_that_nearly_depend_on_each_other_give_the_test_of_clear_ones() -> None:
    """The test does not depend on coordinates: here on two with a correlation of 1 − 10⁻⁷, condition 3·10⁷."""
    rng = np.random.default_rng(5)
    clear = [rng.standard_normal((300, 3)), rng.standard_normal((40, 3))]
    mixed = [np.column_stack([x[:, 0], x[:, 1], x[:, 0] + 4e-4 * x[:, 2]]) for x in clear]
    found = symmetry_statistics(mixed[0][None], mixed[1][None], SquaredLoss(), (-0.5, 0.5))
    expected = plain.symmetry(clear, (-0.5, 0.5), False, np.zeros(3))
    np.testing.assert_allclose(found.chi2_p_value[0], expected.chi2_p, rtol=1e-8)
    np.testing.assert_allclose(found.p_value[0], expected.small_p, rtol=1e-8)
