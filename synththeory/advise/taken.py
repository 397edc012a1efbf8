"""Take it home: the advice as an unfitted scikit-learn pipeline."""

from __future__ import annotations

from typing import Any

from synththeory.advise.features import steps_for
from synththeory.advise.ground import Pick
from synththeory.advise.methods import AS_IS, Method
from synththeory.advise.models import Model, final_of, is_pipeline
from synththeory.advise.reading.reread import ReadColumns
from synththeory.advise.reading.table import Labelled
from synththeory.estimators import PriorShiftClassifier, VTSSClassifier


def pipeline_of(model: Model, method: Method, pick: Pick, table: Labelled, scale: float, inner: int, seed: int) -> Any:
    """What was advised, to be fitted to the whole table as it came.

    Parameters
    ----------
    model : Model
        What was compared.
    method : Method
        What is advised.
    pick : Pick
        Its parameters and size on the whole table.
    table : Labelled
        How the columns were read.
    scale : float
        Rows compared over rows of the table: a penalty on the summed loss keeps its strength per row.
    inner : int
        Folds for calibration.
    seed : int
        Of synthetic rows.
    """
    from sklearn.base import clone
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.pipeline import make_pipeline

    settings = {name: value * scale if name == "C" else value for name, value in pick.settings.items()}
    final = clone(final_of(model.estimator)).set_params(**settings)
    if method.linear_discriminant:
        final = LinearDiscriminantAnalysis()
    if is_pipeline(model.estimator):
        plain = make_pipeline(*(clone(step) for _, step in model.estimator.steps[:-1]), final)
    else:
        plain = make_pipeline(ReadColumns(table.columns), *steps_for(final, table.X))
    if method == AS_IS:
        return plain
    if method.source is None:
        return PriorShiftClassifier(
            plain, reweighted=method.weighted, recalibration=pick.recalibration, folds=inner, random_state=seed
        )
    return VTSSClassifier(
        plain,
        method.source.generator,
        multipliers=(pick.multiplier,),
        validation="cross-validation" if method.calibrated else "hold-out",
        folds=inner if method.calibrated else None,
        recalibration=pick.recalibration,
        random_state=seed,
    )
