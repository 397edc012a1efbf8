"""Who the data come from: samplers with exact risks, optima and moments."""

from synththeory.populations.base import JointPopulation, Population
from synththeory.populations.craft import Craft
from synththeory.populations.craft_rounded import CraftRounded
from synththeory.populations.cube_pair import CubePair
from synththeory.populations.dense_shift import DenseShift
from synththeory.populations.enumerable import DirichletRows, MarkovRows
from synththeory.populations.gaussian_classes import GaussianClasses
from synththeory.populations.gaussian_mixture import GaussianComponent, GaussianMixture
from synththeory.populations.gaussian_shift import GaussianShift
from synththeory.populations.groups import GaussianGroups, Group
from synththeory.populations.label_noise import LabelNoise
from synththeory.populations.laws.finite import Enumerable, FiniteLaw
from synththeory.populations.laws.location import LocationLaw, RowLaw
from synththeory.populations.laws.mixtures import MixtureLaw
from synththeory.populations.mean_shift import MeanShift
from synththeory.populations.mixed_marginals import MixedMarginals
from synththeory.populations.mixed_types import MixedTypes
from synththeory.populations.ring import Ring, RingLaw
from synththeory.populations.risks.class_sampled import ClassSampledRisk
from synththeory.populations.risks.exact import ExactRisk, Risk, exact_risk, risk_on
from synththeory.populations.risks.held_out import HeldOutBlock, HeldOutRisk
from synththeory.populations.risks.measures import measures
from synththeory.populations.risks.moments import StratumMoments
from synththeory.populations.risks.per_replication import ReplicationRisk
from synththeory.populations.risks.ranked import RankedRisk
from synththeory.populations.risks.sampled import SampledRisk, sampled_risk
from synththeory.populations.sigmoid_link import SigmoidLink
from synththeory.populations.tasks import LinearTasks
from synththeory.populations.treatment import Treatment

__all__ = [
    "ClassSampledRisk",
    "Craft",
    "CraftRounded",
    "CubePair",
    "DenseShift",
    "DirichletRows",
    "Enumerable",
    "ExactRisk",
    "FiniteLaw",
    "GaussianClasses",
    "GaussianComponent",
    "GaussianGroups",
    "GaussianMixture",
    "GaussianShift",
    "Group",
    "HeldOutBlock",
    "HeldOutRisk",
    "JointPopulation",
    "LabelNoise",
    "LinearTasks",
    "LocationLaw",
    "MarkovRows",
    "MeanShift",
    "MixedMarginals",
    "MixedTypes",
    "MixtureLaw",
    "Population",
    "RankedRisk",
    "ReplicationRisk",
    "Ring",
    "RingLaw",
    "Risk",
    "RowLaw",
    "SampledRisk",
    "SigmoidLink",
    "StratumMoments",
    "Treatment",
    "exact_risk",
    "measures",
    "risk_on",
    "sampled_risk",
]
