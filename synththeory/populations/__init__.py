"""Who the data come from: samplers with exact risks, optima and moments."""

from synththeory.populations.base import JointPopulation, Population
from synththeory.populations.cube_pair import CubePair
from synththeory.populations.gaussian_mixture import GaussianComponent, GaussianMixture
from synththeory.populations.gaussian_shift import GaussianShift
from synththeory.populations.laws import LocationLaw
from synththeory.populations.mean_shift import MeanShift
from synththeory.populations.mixtures import MixtureLaw
from synththeory.populations.moments import StratumMoments
from synththeory.populations.sigmoid_link import SigmoidLink
from synththeory.populations.truth import Truth, measures, truth

__all__ = [
    "CubePair",
    "GaussianComponent",
    "GaussianMixture",
    "GaussianShift",
    "JointPopulation",
    "LocationLaw",
    "MeanShift",
    "MixtureLaw",
    "Population",
    "SigmoidLink",
    "StratumMoments",
    "Truth",
    "measures",
    "truth",
]
