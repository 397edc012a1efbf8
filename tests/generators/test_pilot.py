"""The pilot that measures moments: right on generators whose moments are known, within its own error.

The standard error comes from pilots repeated on streams of their own, so that nothing is assumed of its distribution.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from synththeory.arrays import Array
from synththeory.components import digest
from synththeory.generators import (
    Bootstrap,
    ConsistentGaussian,
    Gaussian,
    GaussianFit,
    Generator,
    GeneratorMoments,
    Jitter,
    Oracle,
    SemiOracle,
    Smote,
    moments_of,
    pilot,
    pilot_sets,
)
from synththeory.losses import LogisticLoss, SquaredLoss
from synththeory.populations import GaussianShift, LocationLaw, MeanShift, Population, exact_risk
from synththeory.sample import Stratum
from synththeory.streams import Streams
from tests.quadrature import covariance, law_nodes
from tests.statistical import assert_agrees, standard_error

FAMILY = 10  # comparisons of this file

PILOTS = 60
ROTATED = GaussianShift(mean=(0.8, 0.0, -0.5))


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """No pilot outlives a test that changes the pilots' seed."""
    pilot_sets.kept.clear()
    yield
    pilot_sets.kept.clear()


def given_the_data(moments: GeneratorMoments, count: int) -> GeneratorMoments:
    """Resampling n1 rows: the mean covariance *given* the data lacks the variance V_m/n1 of the conditional mean."""
    return replace(moments, covariance=moments.covariance - moments.fluctuation / count)


def flat(moments: GeneratorMoments) -> Array:
    """All moments in one vector; a pilot's gradient includes the shift."""
    first = moments.gradient + moments.shift
    rest = (moments.hessian, moments.covariance, moments.fluctuation, moments.coupling)
    return np.concatenate([first, *(matrix.ravel() for matrix in rest)])


def repeated(
    monkeypatch: pytest.MonkeyPatch, generator: Generator, population: Population, loss: SquaredLoss, count: int
) -> Array:
    """Moments of independent small pilots, (60, …)."""
    monkeypatch.setattr(pilot_sets, "_ROWS", 1)
    results = []
    for seed in range(PILOTS):
        monkeypatch.setattr(pilot_sets, "_SEED", 1000 + seed)
        pilot_sets.kept.clear()
        moments = pilot.pilot_moments(generator, population, loss, 1, count)
        assert moments.source == "pilot"
        results.append(flat(moments))
    return np.array(results)


@pytest.mark.parametrize(
    ("generator", "count"),
    [
        (Oracle(), 40),
        (Gaussian(mean=(0.4, -0.2, 0.1)), 40),
        (ConsistentGaussian(), 40),
        (Bootstrap(), 40),
        (Jitter(scale=0.7), 40),
        # the influence function leaves out terms of order 1/n1, far below the pilots' error at this count
        (SemiOracle(), 1000),
        (GaussianFit(shrinkage=0.3, jitter=0.05), 1000),
    ],
    ids=repr,
)
def test_pilot_agrees_with_the_closed_form(monkeypatch: pytest.MonkeyPatch, generator: Generator, count: int) -> None:
    """Null: the pilot is unbiased for the closed form."""
    pilots = repeated(monkeypatch, generator, ROTATED, SquaredLoss(), count)
    exact = moments_of(generator, ROTATED, SquaredLoss(), 1, count)
    exact = given_the_data(exact, count) if isinstance(generator, Bootstrap | Jitter) else exact
    assert_agrees(pilots.mean(axis=0), flat(exact), standard_error(pilots), f"pilot of {generator.kind}", cases=FAMILY)


def test_pilot_agrees_with_an_intercept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Null: the pilot is unbiased for the closed form."""
    generator, loss = Jitter(scale=0.7), SquaredLoss(intercept=True)
    pilots = repeated(monkeypatch, generator, ROTATED, loss, 40)
    exact = flat(given_the_data(moments_of(generator, ROTATED, loss, 1, 40), 40))
    assert_agrees(pilots.mean(axis=0), exact, standard_error(pilots), "pilot with an intercept", cases=FAMILY)


def test_pilot_of_smote_with_all_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Null: with k = n1 − 1 SMOTE has g_ψ = −⅔Sθ*, φ = score − ⅔(εεᵀ − S)θ* up to a constant [D].

    For a uniform pair of distinct seeds the mean is x̄ and the second moment Σxxᵀ/n1 − Ŝ/3.
    """
    population, loss, count = MeanShift(dimension=3, shift=1.3, noise="rademacher"), SquaredLoss(), 30
    exact, law = exact_risk(population, loss), population.laws[1]
    own, theta = exact.moments[1], exact.optimum
    rows, weights = law_nodes(law)
    scores, centred = loss.row_scores(rows, 1.0, theta), rows - law.mean
    influence = scores - 2.0 / 3.0 * (centred @ theta)[:, None] * centred
    shrunk = law.covariance / 3.0
    expected = np.concatenate(
        [
            own.gradient - 2.0 * shrunk @ theta,
            (own.hessian - 2.0 * shrunk).ravel(),
            covariance(influence, influence, weights).ravel(),
            covariance(scores, influence, weights).ravel(),
        ]
    )
    pilots = repeated(monkeypatch, Smote(neighbors=count - 1), population, loss, count)
    known = np.delete(pilots, np.s_[12:21], axis=1)  # Σ_syn has no simple closed form
    finite = np.zeros(expected.size)
    finite[12:21] = np.abs(expected[12:21]) / count  # the influence function leaves out terms of order 1/n1
    assert_agrees(
        known.mean(axis=0), expected, standard_error(known), "pilot of SMOTE with all neighbours", finite, cases=FAMILY
    )


def test_pilot_is_deterministic_kept_and_blind_to_the_arms_name() -> None:
    population, loss = MeanShift(dimension=3), SquaredLoss()
    drawn = pilot_sets.pilot(Smote(), population, 1, 30)
    assert pilot_sets.pilot(Smote(name="arm"), population, 1, 30) is drawn
    first = flat(pilot.pilot_moments(Smote(), population, loss, 1, 30))
    np.testing.assert_array_equal(flat(pilot.pilot_moments(Smote(name="arm"), population, loss, 1, 30)), first)
    pilot_sets.kept.clear()
    np.testing.assert_array_equal(flat(pilot.pilot_moments(Smote(), population, loss, 1, 30)), first)


def test_pilot_measures_at_any_parameter() -> None:
    """Null: the mean synthetic score of the oracle at θ is the stratum's exact gradient there."""
    population, loss, theta = MeanShift(dimension=3), SquaredLoss(), np.array([0.3, -1.0, 2.0])
    exact = exact_risk(population, loss).at(population.strata[1], population.laws[1], theta)
    moments = pilot.pilot_moments(Oracle(), population, loss, 1, 40, theta)
    error = np.sqrt(
        np.diag(exact.covariance) / pilot_sets.pilot(Oracle(), population, 1, 40).synthetic.values[..., 0].size
    )
    assert_agrees(moments.gradient, exact.gradient, error, "pilot away from the optimum", cases=FAMILY)


def test_pilots_of_other_settings_are_independent() -> None:
    population, loss = MeanShift(dimension=3), SquaredLoss()
    several = [
        flat(pilot.pilot_moments(generator, population, loss, stratum, count))
        for generator, stratum, count in (
            (Smote(), 1, 30), (Smote(neighbors=4), 1, 30), (Smote(), 0, 30), (Smote(), 1, 31),
        )
    ]  # fmt: skip
    assert len({tuple(moments) for moments in several}) == 4


@pytest.mark.parametrize("loss", [LogisticLoss(), LogisticLoss(True), SquaredLoss(), SquaredLoss(True)], ids=repr)
@pytest.mark.parametrize(("move", "label"), [((0.0, 0.0, 0.0), 1.0), ((0.9, -0.4, 0.2), 1.0), ((0.0, 0.0, 0.0), 0.0)])
def test_a_pilot_is_what_plain_sums_over_moved_rows_say(
    loss: LogisticLoss | SquaredLoss, move: tuple[float, ...], label: float
) -> None:
    """Every row moved and scored one by one, in place of transport's matrix and moments; then the control."""
    count, theta = 30, np.array([0.4, -1.0, 0.7, 0.2])[: loss.parameters(3)]
    got = pilot.measured(Smote(), ROTATED, loss, 1, count, theta, np.array(move), label)
    drawn = pilot_sets.pilot(Smote(), ROTATED, 1, count)
    still = drawn.seeds.values[..., :3]
    seeds, synthetic = still + move, drawn.synthetic.values[..., :3] + move
    made, own = loss.row_scores(synthetic, label, theta), loss.row_scores(seeds, label, theta)
    here = loss.row_scores(still, 1.0, theta).mean(axis=1)
    sets, rows = made.shape[:2]
    within = sum(np.cov(scores, rowvar=False) for scores in made) / sets
    stacked = [here, own.mean(axis=1), made.mean(axis=1), still.mean(axis=1)]
    joint = count * np.cov(np.concatenate(stacked, axis=1), rowvar=False)
    size = theta.size
    law = LocationLaw(np.array(ROTATED.mean) + move)
    exact = exact_risk(ROTATED, loss).at(Stratum("moved", 1, label), law, theta)
    control = joint[size : 2 * size, size : 2 * size]
    gain = np.linalg.solve(control, joint[size : 2 * size])
    joint += gain.T @ (exact.covariance - control) @ gain
    joint[2 * size : 3 * size, 2 * size : 3 * size] -= within * count / rows
    design = loss.design(synthetic).reshape(-1, size)
    bends = loss.curvature(design @ theta, label)
    length = 0.1 if isinstance(loss, SquaredLoss) else 1e-5  # a quadratic's central difference is exact
    ahead = [
        loss.row_scores(part + step, label, theta).mean(axis=(0, 1))
        for step in np.concatenate([length * np.eye(3), -length * np.eye(3)])
        for part in (synthetic, seeds)
    ]
    slope = (np.array(ahead[:6]) - np.array(ahead[6:])).reshape(3, 2, size) / (2.0 * length)
    np.testing.assert_allclose(got.spread.covariance, within, rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(got.spread.joint, joint, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(got.hessian, (design.T * bends) @ design / bends.size, rtol=1e-10)
    np.testing.assert_allclose(got.spread.slope, (slope[:, 0] - slope[:, 1]).T, atol=1e-9)
    missed = own.mean(axis=(0, 1)) - exact.gradient
    gradient = made.mean(axis=(0, 1)) - missed @ gain[:, 2 * size : 3 * size]
    np.testing.assert_allclose(got.gradient, gradient, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("generator", [Smote(neighbors=3), Bootstrap(), GaussianFit(shrinkage=0.1), Jitter(scale=0.5)])
def test_sets_drawn_in_two_halves_are_those_drawn_at_once(generator: Generator) -> None:
    point = digest("pilot", ROTATED, generator, 1, 20)
    drawn = pilot_sets._drawn(generator, ROTATED, 1, 20, None, point)
    count = drawn.seeds.values.shape[0]
    streams = Streams.named(pilot_sets._SEED, point, 0, count)
    seeds = pilot_sets._block(streams, ROTATED, "seeds", 1, 20)
    made = generator.draw(streams, seeds, None, drawn.synthetic.values.shape[1]).rows
    for rows, halves in ((seeds.rows, drawn.seeds), (made, drawn.synthetic)):
        assert np.array_equal(rows, halves.values[..., :-1])
        assert (halves.values[..., -1] == 1.0).all()
