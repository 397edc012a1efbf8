"""Where synthetic rows come from."""

from synththeory.generators.base import Generator, GeneratorMoments
from synththeory.generators.fitted import GaussianFit
from synththeory.generators.idealised import ConsistentGaussian, Gaussian, Oracle, SemiOracle
from synththeory.generators.resampled import Bootstrap, Jitter, Smote

__all__ = [
    "Bootstrap",
    "ConsistentGaussian",
    "Gaussian",
    "GaussianFit",
    "Generator",
    "GeneratorMoments",
    "Jitter",
    "Oracle",
    "SemiOracle",
    "Smote",
]
