"""scikit-learn's and imbalanced-learn's own checks of the estimators."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from imblearn.utils import estimator_checks as imblearn_checks
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from synththeory.estimators import (
    GKSmoteSampler,
    ImbLLMSampler,
    KotaroClassifier,
    LEOCVAESampler,
    MOMSSampler,
    PriorShiftClassifier,
    SyntheticSampler,
    TGVTSSClassifier,
    TGVTSSSampler,
    VTSSClassifier,
)
from synththeory.generators import Bootstrap, Smote

_FEW = "ignore:.*minority rows for .* parameters:UserWarning"
FAST = {"folds": 2, "gqs_folds": 2, "symmetric": (0.0, 0.2), "realistic": (1.0,), "biased": (0.0, 1.0)}
CLASSIFIERS = [
    KotaroClassifier(),
    PriorShiftClassifier(LogisticRegression()),
    VTSSClassifier(LogisticRegression(), Bootstrap(), multipliers=(0.0, 1.0), folds=2),
    TGVTSSClassifier(LogisticRegression(), Bootstrap(), **FAST),
    TGVTSSClassifier(make_pipeline(StandardScaler(), LogisticRegression()), Bootstrap(), **FAST),
]
ROWS_COUNT = "folds and synthetic rows depend on rows, so a weight of 2 is not the same as a row given twice"


def expected_failures(estimator: Any) -> dict[str, str]:
    if isinstance(estimator, PriorShiftClassifier | KotaroClassifier):
        return {}
    return {"check_sample_weight_equivalence_on_dense_data": ROWS_COUNT}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning", _FEW)
@parametrize_with_checks(CLASSIFIERS, expected_failed_checks=expected_failures)
def test_scikit_learn_finds_a_classifier(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)


def two_classes() -> tuple[np.ndarray, np.ndarray]:
    return make_classification(n_samples=120, n_informative=4, n_features=6, weights=[0.75], random_state=0)


SAMPLERS = [
    TGVTSSSampler(LogisticRegression(), Bootstrap(), random_state=0, **FAST),
    GKSmoteSampler(random_state=0),
    SyntheticSampler(Smote(), random_state=0),
    LEOCVAESampler(epochs=2, random_state=0),
    MOMSSampler(steps=5, random_state=0),
    ImbLLMSampler(passes=1, random_state=0),
]


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: type(sampler).__name__)
@pytest.mark.parametrize(
    "name",
    [
        "check_target_type",
        "check_samplers_one_label",
        "check_samplers_fit",
        "check_samplers_fit_resample",
        "check_samplers_list",
        "check_samplers_preserve_dtype",
        "check_samplers_pandas",
        "check_samplers_2d_target",
        "check_sampler_get_feature_names_out",
        "check_sampler_get_feature_names_out_pandas",
    ],
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning", _FEW)
def test_imbalanced_learn_finds_a_sampler(name: str, sampler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """On two classes where its checks take three."""
    if name == "check_samplers_pandas" and isinstance(sampler, ImbLLMSampler):
        pytest.skip("a DataFrame's names are part of its sentences, so an array's rows are others")
    monkeypatch.setattr(imblearn_checks, "sample_dataset_generator", two_classes)
    getattr(imblearn_checks, name)(type(sampler).__name__, clone(sampler))
