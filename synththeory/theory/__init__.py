"""What is proved: formulas only, no random numbers and no simulation."""

from synththeory.theory.baselines import predict_baseline
from synththeory.theory.classes import ClassCurve, ClassPrediction, class_curve, predict_class_baseline
from synththeory.theory.curves import Curve, best_curve, predict
from synththeory.theory.expansion import Expansion, expand
from synththeory.theory.gain import Explained, SmallWeight, explained, projected, small_weight, tangents
from synththeory.theory.margins import MarginLimit, augmented_limit, margin_limit
from synththeory.theory.minimisers import minimiser
from synththeory.theory.oversampling import GroupPrediction, Mixing, predict_groups
from synththeory.theory.prediction import Prediction
from synththeory.theory.regimes import Regime, minority_exponent, regime
from synththeory.theory.scaling import OptimalRows, ScalingLaw, scaling_law
from synththeory.theory.second_order import SecondOrder, second_order
from synththeory.theory.sizes import OptimalSizes, optimal_sizes
from synththeory.theory.tasks import TaskPrediction, predict_aligned
from synththeory.theory.transfer import CorrectedGenerator, Transfer, transfer
from synththeory.theory.validity import Validity

__all__ = [
    "ClassCurve",
    "ClassPrediction",
    "CorrectedGenerator",
    "Curve",
    "Expansion",
    "Explained",
    "GroupPrediction",
    "MarginLimit",
    "Mixing",
    "OptimalRows",
    "OptimalSizes",
    "Prediction",
    "Regime",
    "ScalingLaw",
    "SecondOrder",
    "SmallWeight",
    "TaskPrediction",
    "Transfer",
    "Validity",
    "augmented_limit",
    "best_curve",
    "class_curve",
    "expand",
    "explained",
    "margin_limit",
    "minimiser",
    "minority_exponent",
    "optimal_sizes",
    "predict",
    "predict_aligned",
    "predict_baseline",
    "predict_class_baseline",
    "predict_groups",
    "projected",
    "regime",
    "scaling_law",
    "second_order",
    "small_weight",
    "tangents",
    "transfer",
]
