"""Where synthetic rows come from."""

from synththeory.generators.base import Generator, GeneratorMoments
from synththeory.generators.densities import GaussianMixtureFit, KernelDensity
from synththeory.generators.fitted import DiagonalGaussianFit, GaussianFit
from synththeory.generators.idealised import ConsistentGaussian, Gaussian, Oracle, SemiOracle
from synththeory.generators.imitation import Imitation, imitation
from synththeory.generators.resampled import Bootstrap, Jitter, Offset, Smote
from synththeory.generators.steered import SteeredGaussian

__all__ = [
    "Bootstrap",
    "ConsistentGaussian",
    "DiagonalGaussianFit",
    "Gaussian",
    "GaussianFit",
    "GaussianMixtureFit",
    "Generator",
    "GeneratorMoments",
    "Imitation",
    "Jitter",
    "KernelDensity",
    "Offset",
    "Oracle",
    "SemiOracle",
    "Smote",
    "SteeredGaussian",
    "imitation",
]
