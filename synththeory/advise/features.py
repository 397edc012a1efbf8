"""How the columns of a table become features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synththeory.advise.reading.columns import RARE

if TYPE_CHECKING:
    from pandas import DataFrame


def steps_for(final: Any, X: DataFrame) -> tuple[Any, Any]:
    """Unfitted preprocessing from a table to features, and the classifier that reads them.

    Fitted in folds only. Numbers are standardised, missing ones are the median; a missing name is a level of its own,
    and levels with fewer than ten rows are one. Names become a column for each level, where a level that a fold has not
    seen is counted with the rare ones and a column that is constant in a fold is dropped there; for scikit-learn's
    histogram gradient boosting they become codes that it takes for categories, an unseen one for a missing value.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    numbers = [name for name in X if X[name].dtype == np.float64]
    names = [name for name in X if X[name].dtype != np.float64]
    scaled = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
    if names and isinstance(final, HistGradientBoostingClassifier):
        return _coded(scaled, numbers, names, final)
    return _in_columns(scaled, numbers, names), final


def _in_columns(scaled: Any, numbers: list[str], names: list[str]) -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.feature_selection import VarianceThreshold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    levels = OneHotEncoder(min_frequency=RARE, handle_unknown="infrequent_if_exist", sparse_output=False)
    return make_pipeline(
        ColumnTransformer([("numbers", scaled, numbers), ("names", levels, names)]), VarianceThreshold()
    )


def _coded(scaled: Any, numbers: list[str], names: list[str], final: Any) -> tuple[Any, Any]:
    """Codes first, so that their places are known before any fit."""
    from sklearn.base import clone
    from sklearn.compose import ColumnTransformer
    from sklearn.preprocessing import OrdinalEncoder

    codes = OrdinalEncoder(
        min_frequency=RARE, max_categories=final.max_bins, handle_unknown="use_encoded_value", unknown_value=-1
    )
    parts = ColumnTransformer([("names", codes, names), ("numbers", scaled, numbers)])
    return parts, clone(final).set_params(categorical_features=list(range(len(names))))
