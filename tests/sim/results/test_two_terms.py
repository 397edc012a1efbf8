"""Two terms of a divergence: found again where they are known, and refused where they cannot be told apart."""

from itertools import product

import numpy as np
import pytest

from synththeory import DesignError
from synththeory.sim.results.two_terms import two_terms

WIDTHS, ROWS = np.array(list(product((4.0, 8.0, 16.0, 32.0), (100.0, 400.0, 1600.0, 6400.0)))).T
NOISE = 1.0 + 0.02 * np.random.default_rng(1).normal(size=16)


def test_published_rates_are_found_again() -> None:
    found = two_terms(WIDTHS, ROWS, NOISE * (0.7 / np.sqrt(WIDTHS) + 3.0 * np.log(WIDTHS) / np.sqrt(ROWS)))
    assert found.capacity.lower < 0.7 < found.capacity.upper
    assert found.data.lower < 3.0 < found.data.upper
    assert found.capacity.lower > 0.0
    assert found.misfit < 0.03
    assert found.stated(16.0, 400.0) == pytest.approx(0.7 / 4.0 + 3.0 * np.log(16.0) / 20.0, rel=0.02)


def test_powers_are_found_again() -> None:
    found = two_terms(WIDTHS, ROWS, NOISE * (1.2 * WIDTHS**-0.8 + 30.0 * np.log(WIDTHS) / ROWS))
    assert found.width_power.lower < 0.8 < found.width_power.upper < 1.2
    assert found.rows_power.lower < 1.0 < found.rows_power.upper < 1.2
    assert found.rows_power.lower > 0.5  # the published rate is refused
    assert found.free_misfit < 0.3 * found.misfit


@pytest.mark.parametrize("keep", [slice(0, 4), slice(0, None, 4), slice(0, 5)])
def test_one_width_or_one_number_of_rows_is_refused(keep: slice) -> None:
    with pytest.raises(DesignError, match="two widths and two numbers of rows"):
        two_terms(WIDTHS[keep], ROWS[keep], np.ones(16)[keep])
