"""The ring population: its law as drawn, its moments, and the Gaussian mixture that stands in for it."""

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.stats import norm

from synththeory.losses import LogisticLoss, SquaredLoss
from synththeory.populations import LocationLaw, MixtureLaw, Ring, RingLaw, exact_risk
from synththeory.populations.risks.logistic import ExactLogisticRisk
from synththeory.populations.risks.squared import ExactSquaredRisk
from synththeory.streams import Streams
from synththeory.theory import regime

RING = Ring()


def law() -> RingLaw:
    found = RING.laws[1]
    assert isinstance(found, RingLaw)
    return found


def test_the_default_is_the_papers() -> None:
    majority = RING.laws[0]
    assert isinstance(majority, MixtureLaw)
    (near, first), (far, second) = majority.components
    assert (near, far) == (0.7, 0.3)
    correlated = np.eye(5)
    correlated[0, 1] = correlated[1, 0] = 0.5
    for part, place in ((first, 0.0), (second, 1.5)):
        np.testing.assert_array_equal(part.mean, [place, 0.0, 0.0, 0.0, 0.0])
        np.testing.assert_allclose(part.covariance, correlated, atol=1e-15)
    ring = law()
    np.testing.assert_array_equal(ring.mean, [4.8, 0.0, 0.0, 0.0, 0.0])
    assert (ring.radius, ring.width, ring.spread) == (2.2, 0.12, 0.08)


def test_the_stand_in_has_the_laws_moments() -> None:
    """Mean and covariance; and the fourth moment of a direction in the plane, by its closed form."""
    ring = law()
    mixture = MixtureLaw(*map(tuple, zip(*ring.components, strict=True)))  # type: ignore[arg-type]
    np.testing.assert_allclose(mixture.mean, ring.mean, atol=1e-13)
    np.testing.assert_allclose(mixture.covariance, ring.covariance, atol=1e-13)
    r, w, s = ring.radius, ring.width, ring.spread
    radial = [1.0, r**2 + w**2, r**4 + 6.0 * r**2 * w**2 + 3.0 * w**4]  # E R^0, R², R⁴; E cos²A = ½, cos⁴A = ⅜
    exact = 0.375 * radial[2] + 6.0 * 0.5 * radial[1] * s**2 + 3.0 * s**4
    axis = np.eye(5)[1]
    fourth = sum(
        weight * (m**4 + 6.0 * m**2 * v + 3.0 * v**2)
        for weight, part in ring.components
        for m, v in [(part.mean @ axis, axis @ part.covariance @ axis)]
    )
    assert fourth == pytest.approx(exact, rel=1e-13)


@pytest.mark.parametrize("length", [1.0, 5.0, 20.0])
def test_logistic_risk_is_a_double_integral(length: float) -> None:
    """Over the angle and the normal score given the angle, on a fine grid whose angles are none of the stand-in's."""
    ring = law()
    theta = length * np.array([0.8, -0.6, 0.0, 0.0, 0.0, -4.5])
    angles, z = 0.0007 + np.linspace(0.0, 2.0 * np.pi, 3000, endpoint=False), np.linspace(-9.0, 9.0, 901)
    along = np.cos(angles) * theta[0] + np.sin(angles) * theta[1]
    means = ring.mean @ theta[:5] + theta[5] + ring.radius * along
    deviations = np.hypot(ring.width * along, ring.spread * np.linalg.norm(theta[:5]))
    expected = (np.logaddexp(0.0, -(means[:, None] + deviations[:, None] * z)) @ norm.pdf(z)).mean() * (z[1] - z[0])
    alone = ExactLogisticRisk(RING.strata[1:], RING.laws[1:], LogisticLoss(True))
    assert float(alone.risk(theta)) == pytest.approx(expected, rel=1e-11)


def test_linear_truths_exist_and_the_population_is_asymmetric() -> None:
    for loss in (LogisticLoss(True), SquaredLoss(True)):
        exact = exact_risk(RING, loss)
        assert exact.risk_method == "exact"
        gradients = [part.gradient for part in exact.moments]
        np.testing.assert_allclose(gradients[0] + gradients[1], 0.0, atol=1e-10)
        assert regime(RING, loss).name == "locally asymmetric"
    assert isinstance(exact_risk(RING, SquaredLoss(True)), ExactSquaredRisk)


def test_rows_lie_on_the_ring() -> None:
    rows = law().draw(Streams.named(1, "ring", 0, 3), "rows", 4000)
    distance = np.hypot(rows[..., 0] - 4.8, rows[..., 1])
    deviation = np.hypot(0.12, 0.08)
    assert np.abs(distance - 2.2).max() < 6.0 * deviation
    angles = np.arctan2(rows[..., 1], rows[..., 0] - 4.8)
    assert np.histogram(angles, bins=8, range=(-np.pi, np.pi))[0].min() > 1350  # of 1500, sd 36


def test_centred_is_the_same_rows_about_the_origin() -> None:
    streams = Streams.named(1, "ring", 0, 2)
    moved = law().draw(streams, "rows", 10) - law().mean
    np.testing.assert_allclose(law().centred().draw(streams, "rows", 10), moved, atol=1e-14)


def test_a_ring_without_width_or_spread_is_a_circle() -> None:
    ring = RingLaw(np.zeros(3), 2.0, 0.0, 0.0)
    rows = ring.draw(Streams.named(1, "ring", 0, 1), "rows", 50)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=-1), 2.0, rtol=1e-14)
    assert all(isinstance(part, LocationLaw) for _, part in ring.components)


@pytest.mark.parametrize(
    "settings",
    [{"dimension": 1}, {"share": 0.0}, {"share": 1.0}, {"correlation": 1.0}, {"radius": -1.0}, {"spread": -0.1}],
)
def test_impossible_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Ring.model_validate(settings)
