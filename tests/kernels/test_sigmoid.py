"""The vectorised exponential against the library's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synththeory.arrays import Array
from synththeory.kernels.compile import kernel
from synththeory.kernels.sigmoid import exp_negative_abs


@kernel
def filled(scores: Array, work: Array, out: Array) -> None:
    """Call the inlined function as kernels do."""
    exp_negative_abs(scores, scores.shape[0], work, out)


def exponential(scores: Array) -> Array:
    out = np.empty(scores.shape)
    filled(scores, np.empty(scores.shape), out)
    return out


def test_it_is_the_librarys_to_one_unit_in_the_last_place() -> None:
    rng = np.random.default_rng(1)
    scores = np.concatenate(
        [np.linspace(-700.0, 700.0, 20_001), rng.standard_normal(20_000), 1e-8 * rng.standard_normal(100), [0.0, -0.0]]
    )
    got, expected = exponential(scores), np.exp(-np.abs(scores))
    assert np.all(np.abs(got - expected) <= np.spacing(expected))
    np.testing.assert_array_equal(got, exponential(-scores))


@given(score=st.floats(-1e308, 1e308))
def test_it_is_a_share_and_falls_no_further_than_at_seven_hundred(score: float) -> None:
    (got,) = exponential(np.array([score]))
    assert np.exp(-700.0) * (1.0 - 1e-15) <= got <= 1.0


def test_it_decreases() -> None:
    """Null steps are allowed: neighbours in units in the last place may share a value."""
    scores = np.linspace(0.0, 50.0, 100_001)
    assert np.all(np.diff(exponential(scores)) <= 0.0)


def test_infinity_is_cut_and_nan_does_not_pass_for_a_number() -> None:
    got = exponential(np.array([np.inf, -np.inf]))
    np.testing.assert_allclose(got, np.exp(-700.0), rtol=1e-15)
