"""What is proved: formulas only, no random numbers and no simulation."""

from synththeory.theory.baselines import predict_baseline
from synththeory.theory.classes import ClassCurve, ClassPrediction, class_curve
from synththeory.theory.curves import Curve, best_curve, minimiser, predict
from synththeory.theory.expansion import Expansion, expand
from synththeory.theory.oversampling import GroupPrediction, Mixing, predict_groups
from synththeory.theory.prediction import Prediction
from synththeory.theory.regimes import Regime, minority_exponent, regime
from synththeory.theory.scaling import OptimalRows, ScalingLaw, scaling_law
from synththeory.theory.second_order import SecondOrder, second_order
from synththeory.theory.sizes import OptimalSizes, optimal_sizes
from synththeory.theory.tasks import TaskPrediction, predict_aligned
from synththeory.theory.transfer import CorrectedGenerator, Transfer, transfer

__all__ = [
    "ClassCurve",
    "ClassPrediction",
    "CorrectedGenerator",
    "Curve",
    "Expansion",
    "GroupPrediction",
    "Mixing",
    "OptimalRows",
    "OptimalSizes",
    "Prediction",
    "Regime",
    "ScalingLaw",
    "SecondOrder",
    "TaskPrediction",
    "Transfer",
    "best_curve",
    "class_curve",
    "expand",
    "minimiser",
    "minority_exponent",
    "optimal_sizes",
    "predict",
    "predict_aligned",
    "predict_baseline",
    "predict_groups",
    "regime",
    "scaling_law",
    "second_order",
    "transfer",
]
