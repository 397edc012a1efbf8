"""What is decided from data: whether a problem is locally symmetric, and how many synthetic rows to add."""

from synththeory.selection.batches import SymmetryStatistics, block_symmetry, smallest_minority, symmetry_statistics
from synththeory.selection.candidates import VERDICTS, Candidates, best, fold_sizes
from synththeory.selection.choice import Choice, choose
from synththeory.selection.classes import Classes
from synththeory.selection.evidence import Evidence
from synththeory.selection.folds import Split, folds, hold_out
from synththeory.selection.platt import Platt, scaled_choice
from synththeory.selection.power import noncentral_power, symmetry_noncentrality, symmetry_power
from synththeory.selection.quality import (
    GeneratorQuality,
    ScoreSums,
    cross_fitted_quality,
    generator_quality,
    score_sums,
)
from synththeory.selection.resampled import bootstrap_symmetry
from synththeory.selection.rules import TGVTSS, VTSS, Rule
from synththeory.selection.tuned import CostTuned, Stopped, Tuned

__all__ = [
    "TGVTSS",
    "VERDICTS",
    "VTSS",
    "Candidates",
    "Choice",
    "Classes",
    "CostTuned",
    "Evidence",
    "GeneratorQuality",
    "Platt",
    "Rule",
    "ScoreSums",
    "Split",
    "Stopped",
    "SymmetryStatistics",
    "Tuned",
    "best",
    "block_symmetry",
    "bootstrap_symmetry",
    "choose",
    "cross_fitted_quality",
    "fold_sizes",
    "folds",
    "generator_quality",
    "hold_out",
    "noncentral_power",
    "scaled_choice",
    "score_sums",
    "smallest_minority",
    "symmetry_noncentrality",
    "symmetry_power",
    "symmetry_statistics",
]
