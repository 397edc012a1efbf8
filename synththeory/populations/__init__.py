"""Who the data come from: samplers with exact risks, optima and moments."""

from synththeory.populations.base import Population
from synththeory.populations.gaussian_shift import GaussianShift
from synththeory.populations.laws import LocationLaw
from synththeory.populations.mean_shift import MeanShift
from synththeory.populations.moments import StratumMoments
from synththeory.populations.truth import Truth, truth

__all__ = ["GaussianShift", "LocationLaw", "MeanShift", "Population", "StratumMoments", "Truth", "truth"]
