"""How the columns of a table become features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synththeory.advise.reading.columns import RARE

if TYPE_CHECKING:
    from pandas import DataFrame


def preprocessing(X: DataFrame) -> Any:
    """Unfitted steps from a table to features: medians for missing numbers, a column for each level of a name.

    Fitted in folds only. Numbers are standardised; levels with fewer than ten rows share a column, where a level that a
    fold has not seen is counted too; a missing name is a level of its own; a column that is constant in a fold is
    dropped there.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.feature_selection import VarianceThreshold
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = [name for name in X if X[name].dtype == np.float64]
    names = [name for name in X if X[name].dtype != np.float64]
    scaled = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
    levels = OneHotEncoder(min_frequency=RARE, handle_unknown="infrequent_if_exist", sparse_output=False)
    return make_pipeline(
        ColumnTransformer([("numbers", scaled, numbers), ("names", levels, names)]), VarianceThreshold()
    )
