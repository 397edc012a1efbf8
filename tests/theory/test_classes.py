"""The curve of K classes against simulation, and against the two-class curve at K = 2."""

from dataclasses import replace

import numpy as np
import pytest

from synththeory.arrays import Array, Vector
from synththeory.generators import Bootstrap, GaussianFit, Generator, Oracle, Smote
from synththeory.learners import ClassLeastSquares
from synththeory.populations import GaussianClasses, exact_risk
from synththeory.sample import GivenSample, Sample
from synththeory.streams import Streams
from synththeory.theory import ClassCurve, ClassPrediction, class_curve
from synththeory.theory.classes import filled
from tests.statistical import assert_mean, must_reject

COUNTS = (2000, 700, 250)
THREE = GaussianClasses(classes=3, dimension=2, radius=1.0)
LEARNER = ClassLeastSquares()
MULTIPLIERS = (0.5, 1.0, 2.0)


def excess(generator: Generator, replications: int = 400) -> Array:
    """(R, S) excess risks."""
    streams = Streams.named(11, "tests", 0, replications)
    blocks, exact = THREE.sample(streams, COUNTS), exact_risk(THREE, LEARNER.loss)
    made = [
        generator.draw(streams.within(block.stratum.name), block, None, int(size))
        for block, size in zip(blocks, filled(COUNTS, MULTIPLIERS[-1]), strict=True)
    ]
    found = []
    for multiplier in MULTIPLIERS:
        parts = list(zip(made, filled(COUNTS, multiplier), strict=True))
        rows = np.concatenate([each.rows[:, :size] for each, size in parts], axis=1)
        labels = np.concatenate([each.labels[:, :size] for each, size in parts], axis=1)
        size = np.full((replications, 1), rows.shape[1], dtype=np.int64)
        fit = LEARNER.path(Sample.of(*blocks), GivenSample(rows, labels, np.ones(rows.shape[:2])), size)
        found.append(exact.measures(("excess_risk",), fit)[0, :, 0])
    return np.array(found).T


@pytest.mark.parametrize("generator", [Oracle(), Bootstrap(), GaussianFit(), Smote()], ids=lambda each: each.kind)
def test_simulated_excess_is_the_curve_s_up_to_second_order(generator: Generator) -> None:
    """First order: off by a share of the order of p/n_c of the smallest class, for which 3 % are allowed."""
    curve = class_curve(THREE, generator, LEARNER, COUNTS)
    wrong = curve.at(tuple(0.5 * multiplier for multiplier in MULTIPLIERS))
    if generator.kind != "oracle":
        wrong = _independent(curve).at(MULTIPLIERS)
    found, expected, planted = excess(generator), _total(curve.at(MULTIPLIERS)), _total(wrong)
    assert_mean(found, expected, f"the K-class curve of {generator.kind}", slack=0.03 * expected, cases=4)
    with must_reject():
        assert_mean(found, planted, "planted: half the rows, or rows of fixed laws", slack=0.03 * planted, cases=4)


def _total(prediction: ClassPrediction) -> Vector:
    return prediction.bias + prediction.variance


def _independent(curve: ClassCurve) -> ClassCurve:
    """The same, as if synthetic rows did not depend on the real ones: V_m = C = 0."""
    made = (
        replace(each, fluctuation=0.0 * each.fluctuation, coupling=0.0 * each.coupling) for each in curve.generators
    )
    return replace(curve, generators=tuple(made))


def test_full_balance_has_no_bias_with_an_ideal_generator_and_reweighting_has_none() -> None:
    curve = class_curve(THREE, Oracle(), LEARNER, COUNTS)
    assert curve.at((1.0,)).bias == pytest.approx(0.0, abs=1e-20)
    weights = tuple(sum(COUNTS) / (3 * count) for count in COUNTS)
    reweighted = curve.weighted(weights)
    assert reweighted.bias == pytest.approx(0.0, abs=1e-20)
    inverse = np.linalg.inv(np.mean([each.hessian for each in curve.classes], axis=0))
    spread = sum(each.covariance / count for each, count in zip(curve.classes, COUNTS, strict=True)) / 9
    assert reweighted.variance[0] == pytest.approx(0.5 * np.trace(inverse @ spread), rel=1e-10)
