"""Corrected logistic fits: the curve of their moments, kept by a pilot, against simulation."""

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import pytest

from synththeory import load_design
from synththeory.arrays import Array, Vector
from synththeory.caches import Cache
from synththeory.corrections import BiasCorrection, corrected_path
from synththeory.generators import DiagonalGaussianFit, Generator, MomentSource, Offset, Smote, pilot_sets
from synththeory.learners import Logistic
from synththeory.populations import GaussianMixture, GaussianShift, Population, exact_risk
from synththeory.sample import Sample
from synththeory.sim.questions.corrected import Corrected
from synththeory.sim.questions.forecasts import SizeForecast
from synththeory.streams import Streams
from synththeory.theory import CorrectedGenerator, Expansion, minimiser, minimisers, predict
from synththeory.theory.descent import PlaceT, minimised
from tests.statistical import assert_mean, must_reject

SHIFT = GaussianShift(mean=(0.8, -0.5))
WIDE = GaussianMixture.model_validate(
    {"majority": [{"mean": (0.0, 0.0)}], "minority": [{"mean": (0.8, -0.5), "scale": 1.5}]}
)
CONTRACTED = DiagonalGaussianFit(scale=0.6)
ALL, STILL, TWO = (
    BiasCorrection(),
    BiasCorrection(transport="none"),
    BiasCorrection(comparator="held-out", blocks=2),
)
CASES: tuple[tuple[Population, Generator, BiasCorrection], ...] = (
    (SHIFT, CONTRACTED, ALL),
    (SHIFT, CONTRACTED, TWO),
    (SHIFT, Smote(), STILL),
    (WIDE, CONTRACTED, STILL),
    (WIDE, Offset(offset=0.5), ALL),
    (WIDE, Smote(), TWO),
)
LEARNER = Logistic(ridge=1e-3, bound=30.0)
COUNTS, SIZE = (1600, 400), 1200
REPLICATIONS = 400


@pytest.fixture(autouse=True, scope="module")
def _large_pilot() -> Iterator[None]:
    """A pilot whose own error does not matter beside the simulation's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pilot_sets, "_ROWS", 400_000)
        pilot_sets.kept.clear()
        yield
    pilot_sets.kept.clear()


@cache
def limit(population: Population, imitator: MomentSource) -> Expansion:
    """The expansion at θ_ñ."""
    optimum = exact_risk(population, LEARNER.loss).optimum
    return minimiser(population, imitator, LEARNER, *COUNTS, SIZE, optimum)


@cache
def simulated() -> Array:
    """½ ‖θ̂ − θ_ñ‖² in the H norm and excess risk in every case, (R, 6 · 2)."""
    drawn = []
    for first in range(0, REPLICATIONS, 20):
        streams, columns = Streams.named(4, "corrected logistic", first, 20), []
        for population, generator, correction in CASES:
            majority, minority = population.sample(streams, COUNTS)
            synthetic = generator.draw(streams, minority, majority, SIZE)
            signed = correction.rows(streams, generator, majority, minority)
            fit = corrected_path(LEARNER, Sample.of(majority, minority), synthetic, np.full((20, 1), SIZE), signed)
            here = limit(population, CorrectedGenerator(generator, correction, COUNTS[0]))
            theta = fit.coefficients[:, 0]
            gap = theta - here.theta
            excess = exact_risk(population, LEARNER.loss).excess_risk(theta)
            columns += [0.5 * np.einsum("bi,ij,bj->b", gap, here.hessian, gap), excess]
        drawn.append(np.column_stack(columns))
    return np.concatenate(drawn)


def expected(corrected: bool = True, coupled: float = 1.0) -> Vector:
    """In the order of `simulated`: variance part, and bias part with it; naive, or with C times a number."""
    values = []
    for population, generator, correction in CASES:
        treated: MomentSource = CorrectedGenerator(generator, correction, COUNTS[0]) if corrected else generator
        here = limit(population, treated)
        inverse = np.linalg.inv(here.hessian_at(SIZE))
        coupling = (coupled - 1.0) * SIZE * (here.generator.coupling + here.generator.coupling.T)
        spread = here.covariance_at(SIZE) + coupling / (sum(COUNTS) + SIZE) ** 2
        variance = 0.5 * float(np.sum(here.hessian * (inverse @ spread @ inverse)))
        values += [variance, variance + float(exact_risk(population, LEARNER.loss).excess_risk(here.theta))]
    return np.array(values)


def test_simulation_follows_the_prediction() -> None:
    """Null: as predicted, up to terms of second order, of which 5 % are allowed."""
    assert_mean(simulated(), expected(), "corrected logistic fits follow theory", slack=0.05 * expected())


@pytest.mark.parametrize(("corrected", "coupled"), [(False, 1.0), (True, 0.0), (True, -1.0)])
def test_a_planted_error_is_found(corrected: bool, coupled: float) -> None:
    """Null: as above; it falls without the correction, without C and with −C."""
    wrong = expected(corrected, coupled)
    with must_reject():
        assert_mean(simulated(), wrong, "planted", slack=0.05 * wrong)


def test_every_corrected_arm_of_a_logistic_study_is_predicted() -> None:
    """The arm says what `predict` says; blocks and comparator change the variance, not the bias."""
    (cell, *_) = load_design("bias_correction", {"sample.minority": 50, "sample.majority": 500}).cells
    arms = {arm.label: arm for arm in cell.arms if isinstance(arm, Corrected) and arm.label.endswith("gauss×.6")}
    found = {label.partition(":")[0]: arm.prediction(cell.population, cell.counts) for label, arm in arms.items()}
    forecasts = found["corrected"], found["held-out"]
    assert all(isinstance(forecast, SizeForecast) for forecast in forecasts)
    one, other = (forecast.prediction for forecast in forecasts)
    generator = CorrectedGenerator(DiagonalGaussianFit(scale=0.6), BiasCorrection(), 500)
    direct = predict(cell.population, generator, cell.learner, *cell.counts, cell.sizes)
    np.testing.assert_array_equal(one.total, direct.total)
    assert one.source == "pilot"
    np.testing.assert_array_equal(one.bias, other.bias)
    assert other.variance[0] > 1.2 * one.variance[0]


def test_corrections_of_one_mean_score_look_for_a_minimiser_once(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []

    def counted(at: Callable[[Vector], PlaceT], start: PlaceT, problem: str) -> PlaceT:
        def asked(theta: Vector) -> PlaceT:
            searched.append(problem)
            return at(theta)

        return minimised(asked, start, problem)

    def total(correction: BiasCorrection) -> Array:
        return predict(SHIFT, CorrectedGenerator(CONTRACTED, correction, COUNTS[0]), LEARNER, *COUNTS, [SIZE]).total

    monkeypatch.setattr(minimisers, "minimised", counted)
    monkeypatch.setattr(minimisers, "_PLACES", Cache(9))
    alone, steps = total(TWO), len(searched)
    assert steps > 1
    monkeypatch.setattr(minimisers, "_PLACES", Cache(9))
    total(ALL)
    assert len(searched) == 2 * steps
    np.testing.assert_array_equal(total(TWO), alone)  # to the bit, whoever looked first
    assert len(searched) == 2 * steps
    total(STILL)  # another mean score
    assert len(searched) > 2 * steps
