"""The map of first order: LDA against simulation, break-even at equal shapes, synthetic gains at unequal ones."""

import numpy as np
import pytest

from synththeory.corrections import LDA
from synththeory.learners import Logistic
from synththeory.populations import GaussianComponent, GaussianMixture, MeanShift, exact_risk
from synththeory.sample import Sample
from synththeory.streams import Streams
from synththeory.theory import predict_baseline
from synththeory.theory.gain_map import gain_at, two_normals
from tests.statistical import assert_mean

UNLIKE = GaussianMixture(
    majority=(GaussianComponent(mean=(0.0, 0.0), covariance=((1.0, 0.3), (0.3, 0.6))),),
    minority=(GaussianComponent(mean=(2.0, 1.0), covariance=((1.5, -0.3), (-0.3, 0.8))),),
)


def test_lda_follows_its_prediction() -> None:
    """Null: the mean excess risk of LDA is the predicted one, at equal and unequal shapes."""
    excess, expected = [], []
    for population in (UNLIKE, two_normals(2.0, 1.0, 2)):
        blocks = population.sample(Streams.named(1, "lda", 0, 600), (2000, 800))
        fit = LDA().fit(Logistic(), Sample.of(*blocks), (2000, 800))
        predicted = predict_baseline(population, LDA(), Logistic(), 2000, 800)
        assert predicted is not None
        excess.append(exact_risk(population, Logistic().loss).excess_risk(fit.coefficients))
        expected.append(predicted.total)
    assert_mean(np.concatenate(excess, axis=1), np.concatenate(expected), "LDA follows theory")


def test_other_laws_and_shrunk_fits_have_no_formula() -> None:
    assert predict_baseline(UNLIKE, LDA(shrinkage=0.1), Logistic(), 100, 50) is None
    clumps = GaussianMixture(
        majority=UNLIKE.majority,
        minority=(GaussianComponent(weight=0.5, mean=(1.0, 0.0)), GaussianComponent(weight=0.5, mean=(3.0, 1.0))),
    )
    assert predict_baseline(clumps, LDA(), Logistic(), 100, 50) is None
    assert MeanShift(dimension=2).exact


@pytest.mark.parametrize("distance", [1.0, 3.0])
def test_no_row_beats_lda_between_equal_shapes(distance: float) -> None:
    found = gain_at(two_normals(distance, 1.0, 5), 20.0, 100)
    assert found.ratio >= 1.0 - 1e-3
    assert min(found.free, key=found.free.__getitem__) == "lda"


@pytest.mark.parametrize("spread", [0.7, 1.5])
def test_one_estimated_scale_wins_between_unequal_spreads(spread: float) -> None:
    found = gain_at(two_normals(3.0, spread, 5), 20.0, 400)
    assert found.ratio < 0.6
    assert min(found.synthetic, key=found.synthetic.__getitem__) == "scaled-majority"
