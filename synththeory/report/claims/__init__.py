"""The one registry of claims: what papers say, how ours is read, and why they differ where they do."""

from __future__ import annotations

from synththeory.errors import SynththeoryError, nearest
from synththeory.report.claims import bias_correction, limits, ma_zhang, nets, scaling, seeds, transformers
from synththeory.report.claims.claim import Claim, Outcome, Verdict
from synththeory.report.claims.experiment import Experiment, Paper

__all__ = ["EXPERIMENTS", "PAPERS", "Claim", "Experiment", "Outcome", "Paper", "Verdict", "experiment", "published"]

PAPERS = (
    Paper("MZ", "Ma & Zhang", "Synthetic augmentation in imbalanced learning", "arXiv 2601.16120"),
    Paper(
        "LMZZ", "Lyu, Ma, Zhang & Zhang", "Bias-corrected data synthesis for imbalanced learning", "arXiv 2510.26046"
    ),
    Paper("NXLZ", "Nakada, Xu, Li & Zhang", "Synthetic oversampling", "arXiv 2406.03628"),
    Paper("XK", "Xia & Klusowski", "Classification imbalance as transfer learning", "arXiv 2601.10630"),
    Paper(
        "LZZ",
        "Lyu, Zhou & Zhong",
        "A statistical theory of overfitting for imbalanced classification",
        "arXiv 2502.11323",
    ),
    Paper(
        "RH",
        "Räisä & Honkela",
        "A bias-variance decomposition for ensembles over multiple synthetic datasets",
        "arXiv 2402.03985",
    ),
    Paper("GK", "Miraj et al.", "GK-SMOTE: noise-resilient kernel density oversampling", "arXiv 2509.11163"),
    Paper("NSI", "Nishimura, Sakumura & Ikeda", "KOTARO: kernels with local bandwidths", "arXiv 2510.04046"),
    Paper("CK", "Cha & Kim", "MOMS: majority rows mapped onto the minority", "arXiv 2509.11511"),
    Paper("CLZC", "Cheng et al.", "From SMOTE to Mixup for deep imbalanced classification", "arXiv 2308.15457"),
    Paper(
        "SGLBW",
        "Shwartz-Ziv et al.",
        "Simplifying neural network training under class imbalance",
        "arXiv 2312.02517",
    ),
    Paper("NGA", "Nguyen et al.", "ImbLLM: diverse rows from language models", "arXiv 2510.09783"),
    Paper("ours", "this project", "What augmentation can and cannot do", "docs/when-does-synthetic-data-help.md"),
)
EXPERIMENTS: tuple[Experiment, ...] = (
    *ma_zhang.experiments(),
    *bias_correction.experiments(),
    *scaling.experiments(),
    *limits.experiments(),
    *seeds.experiments(),
    *nets.experiments(),
    *transformers.experiments(),
)


def experiment(key: str) -> Experiment:
    """An experiment by its key or its study.

    Raises
    ------
    SynththeoryError
        If there is none.
    """
    for found in EXPERIMENTS:
        if key in (found.key, found.study):
            return found
    raise SynththeoryError(f"no experiment '{key}'{nearest(key, (found.key for found in EXPERIMENTS))}")


def published(key: str) -> tuple[Claim, ...]:
    """The claims of an experiment that are published means and agree, as far as is known."""
    return tuple(claim for claim in experiment(key).claims if claim.published_replications and not claim.why)
