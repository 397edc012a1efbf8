"""Local symmetry is decided by the exact gradients, and the rates follow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synththeory.losses import SquaredLoss
from synththeory.populations import CubePair, GaussianShift, MeanShift
from synththeory.theory import minority_exponent, regime


@given(
    dimension=st.integers(1, 30),
    shift=st.floats(0.0, 50.0),
    noise=st.sampled_from(["cube", "rademacher", "sphere", "gaussian"]),
)
def test_mean_shift_is_locally_symmetric(dimension: int, shift: float, noise: str) -> None:
    found = regime(MeanShift.model_validate({"dimension": dimension, "shift": shift, "noise": noise}), SquaredLoss())
    assert found.name == "locally symmetric"
    assert found.strength == 0.0


@given(mean=st.lists(st.floats(0.01, 3.0), min_size=1, max_size=5))
def test_gaussian_shift_is_locally_asymmetric(mean: list[float]) -> None:
    found = regime(GaussianShift(mean=tuple(mean)), SquaredLoss())
    assert found.name == "locally asymmetric"
    mu = np.array(mean)
    # g_0 = 2θ*, g_1 = −g_0
    np.testing.assert_allclose(found.g_phi, 4.0 * mu / (mu @ mu + 2.0), rtol=1e-12)
    assert found.strength == pytest.approx(np.sqrt(found.g_phi @ np.linalg.inv(found.hessian) @ found.g_phi))


@pytest.mark.parametrize(("location", "name"), [(None, "symmetric"), (0.2087, "asymmetric"), (0.3, "asymmetric")])
def test_symmetry_is_decided_up_to_rounding(location: float | None, name: str) -> None:
    """The cube pair is symmetric at b_0 = (5 − √21)/2, of which a double holds sixteen digits."""
    assert regime(CubePair(dimension=3, location=location), SquaredLoss()).name == f"locally {name}"


def test_equal_classes_are_symmetric() -> None:
    assert regime(GaussianShift(mean=(0.0, 0.0)), SquaredLoss()).name == "locally symmetric"


def test_an_intercept_does_not_break_the_symmetry_of_mirror_images() -> None:
    found = regime(MeanShift(dimension=3), SquaredLoss(intercept=True))
    assert found.name == "locally asymmetric"
    np.testing.assert_allclose(found.g_phi[:3], 0.0, atol=1e-14)
    assert found.g_phi[3] == pytest.approx(2.0 * (1.0 - 0.5 * 1.0) * 2.0, abs=1e-12)


@pytest.mark.parametrize(
    ("symmetric", "quality", "exponent"),
    [
        (False, "none", 0.0),
        (False, "ideal", -1.0),
        (False, "realistic", -1.0),
        (False, "biased", 0.0),
        (True, "none", -1.0),
        (True, "realistic", -1.0),
        (True, "biased", 0.0),
    ],
)
def test_exponents(symmetric: bool, quality: str, exponent: float) -> None:
    assert minority_exponent(symmetric, quality) == exponent  # type: ignore[arg-type]
