"""Where synthetic rows come from."""

from synththeory.generators.base import Generator
from synththeory.generators.borrowed import MovedMajority, PooledGaussian, ScaledMajority, pooled_covariance
from synththeory.generators.chain_fit import ChainFit
from synththeory.generators.densities import GaussianMixtureFit, KernelDensity
from synththeory.generators.duplicates import Duplicates
from synththeory.generators.external import External
from synththeory.generators.fitted import DiagonalGaussianFit, GaussianFit
from synththeory.generators.further import FurtherRows
from synththeory.generators.gk_smote import GkSmote
from synththeory.generators.idealised import ConsistentGaussian, Gaussian, Oracle, SemiOracle
from synththeory.generators.imitation import imitation
from synththeory.generators.imitator import Imitator
from synththeory.generators.learned.in_context import InContextTransformer
from synththeory.generators.learned.leo_cvae import LeoCvae
from synththeory.generators.learned.moms import Moms
from synththeory.generators.learned.row_transformer import RowTransformer
from synththeory.generators.moments import GeneratorMoments, Imitation, MomentSource
from synththeory.generators.neighbourly import Adasyn, LocalJitter, PublishedAdasyn
from synththeory.generators.perturbed import PerturbedOracle
from synththeory.generators.pilot import mean_score_of, moments_of
from synththeory.generators.pool import Pool
from synththeory.generators.resampled import Bootstrap, Jitter, Offset, Smote
from synththeory.generators.standardised import Standardised
from synththeory.generators.steered import SteeredGaussian

__all__ = [
    "Adasyn",
    "Bootstrap",
    "ChainFit",
    "ConsistentGaussian",
    "DiagonalGaussianFit",
    "Duplicates",
    "External",
    "FurtherRows",
    "Gaussian",
    "GaussianFit",
    "GaussianMixtureFit",
    "Generator",
    "GeneratorMoments",
    "GkSmote",
    "Imitation",
    "Imitator",
    "InContextTransformer",
    "Jitter",
    "KernelDensity",
    "LeoCvae",
    "LocalJitter",
    "MomentSource",
    "Moms",
    "MovedMajority",
    "Offset",
    "Oracle",
    "PerturbedOracle",
    "Pool",
    "PooledGaussian",
    "PublishedAdasyn",
    "RowTransformer",
    "ScaledMajority",
    "SemiOracle",
    "Smote",
    "Standardised",
    "SteeredGaussian",
    "imitation",
    "mean_score_of",
    "moments_of",
    "pooled_covariance",
]
