"""Where synthetic rows come from."""

from synththeory.generators.base import Generator, GeneratorMoments
from synththeory.generators.densities import GaussianMixtureFit, KernelDensity
from synththeory.generators.fitted import GaussianFit
from synththeory.generators.idealised import ConsistentGaussian, Gaussian, Oracle, SemiOracle
from synththeory.generators.resampled import Bootstrap, Jitter, Smote
from synththeory.generators.steered import SteeredGaussian

__all__ = [
    "Bootstrap",
    "ConsistentGaussian",
    "Gaussian",
    "GaussianFit",
    "GaussianMixtureFit",
    "Generator",
    "GeneratorMoments",
    "Jitter",
    "KernelDensity",
    "Oracle",
    "SemiOracle",
    "Smote",
    "SteeredGaussian",
]
