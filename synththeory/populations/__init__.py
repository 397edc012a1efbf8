"""Who the data come from: samplers with exact risks, optima and moments."""

from synththeory.populations.base import JointPopulation, Population
from synththeory.populations.craft import Craft
from synththeory.populations.cube_pair import CubePair
from synththeory.populations.dense_shift import DenseShift
from synththeory.populations.gaussian_mixture import GaussianComponent, GaussianMixture
from synththeory.populations.gaussian_shift import GaussianShift
from synththeory.populations.groups import GaussianGroups, Group
from synththeory.populations.held_out import HeldOutBlock, HeldOutRisk
from synththeory.populations.laws import LocationLaw, RowLaw
from synththeory.populations.mean_shift import MeanShift
from synththeory.populations.measures import measures
from synththeory.populations.mixtures import MixtureLaw
from synththeory.populations.moments import StratumMoments
from synththeory.populations.own import OwnRisk
from synththeory.populations.ring import Ring, RingLaw
from synththeory.populations.sampled import SampledRisk, sampled_risk
from synththeory.populations.sigmoid_link import SigmoidLink
from synththeory.populations.tasks import LinearTasks
from synththeory.populations.treatment import Treatment
from synththeory.populations.truth import Risk, Truth, risk_on, truth

__all__ = [
    "Craft",
    "CubePair",
    "DenseShift",
    "GaussianComponent",
    "GaussianGroups",
    "GaussianMixture",
    "GaussianShift",
    "Group",
    "HeldOutBlock",
    "HeldOutRisk",
    "JointPopulation",
    "LinearTasks",
    "LocationLaw",
    "MeanShift",
    "MixtureLaw",
    "OwnRisk",
    "Population",
    "Ring",
    "RingLaw",
    "Risk",
    "RowLaw",
    "SampledRisk",
    "SigmoidLink",
    "StratumMoments",
    "Treatment",
    "Truth",
    "measures",
    "risk_on",
    "sampled_risk",
    "truth",
]
