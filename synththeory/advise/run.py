"""`advise`: from a table to an answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from synththeory.advise.advice import Advice
from synththeory.advise.contest import Contest, Progress, held
from synththeory.advise.diagnosis import diagnosed
from synththeory.advise.features import preprocessing
from synththeory.advise.findings import Setting
from synththeory.advise.methods import methods, sources_of
from synththeory.advise.reading.contents import Decimal
from synththeory.advise.reading.table import Labelled, Wishes, labelled
from synththeory.advise.verdict import recommended
from synththeory.arrays import Integers
from synththeory.errors import DesignError

if TYPE_CHECKING:
    from pandas import DataFrame

DEFAULT_GENERATORS = ("smote", "gaussian-fit")


def advise(
    X: ArrayLike | DataFrame,
    y: ArrayLike,
    *,
    estimator: Any = None,
    generators: Sequence[Any] = DEFAULT_GENERATORS,
    positive: object = None,
    types: Mapping[str, str] | None = None,
    keep: Collection[str] = (),
    keep_copies: bool = False,
    decimal: Decimal | None = None,
    folds: int = 5,
    repeats: int = 2,
    inner: int = 5,
    n_jobs: int | None = None,
    random_state: int = 0,
    progress: Progress | None = None,
) -> Advice:
    """Should I oversample, and how much? An honest comparison with the fixes that cost nothing.

    Repeated nested cross-validation: the fit as it is, re-prioring, class weights, and with each generator full
    balance, VTSS and TG-VTSS, all on the same outer folds. Preprocessing, generators and the choice of a size see the
    outer training rows only. Synthetic rows are recommended only when they beat the better free fix by more than two
    paired standard errors of balanced log loss.

    Parameters
    ----------
    X : array-like
        (n, d). Unless ``estimator`` is a Pipeline, numbers are standardised, names one-hot encoded and missing values
        imputed, inside the folds.
    y : array-like
        (n,) labels.
    estimator : classifier or Pipeline, optional
        With ``predict_proba`` or ``decision_function``, ``sample_weight``, and no class weights of its own. A Pipeline
        reads X as it is given. LogisticRegression(max_iter=1000) when not given.
    generators : sequence
        Kinds of `synththeory.generators` ("smote", "gaussian-fit", …), class names of imbalanced-learn's over-samplers
        ("ADASYN", …), or objects that `VTSSClassifier` takes.
    positive : object
        The minority's label; the rarer of two when not given. All other labels are the majority.
    types : mapping of str to str, optional
        Column names and what they hold ("numeric", "date", "category", "left out"), where that is not to be decided.
    keep : collection of str
        Columns that stay although they give the label away or look like identifiers.
    keep_copies : bool
        Whether rows that repeat an earlier one stay, however many they are.
    decimal : {".", ","}, optional
        Of numbers in text columns; each column's own when not given.
    folds, repeats : int
        Outer folds, at least 2, and how often the table is cut anew, at least 1.
    inner : int
        Folds in which VTSS and TG-VTSS choose, at least 2.
    n_jobs : int, optional
        Outer folds at once; no number depends on it.
    random_state : int
        ≥ 0. The same state gives the same answer.
    progress : callable, optional
        Called with the outer folds done and their number.

    Returns
    -------
    Advice

    Raises
    ------
    ValueError
        Bad input: what was wanted, what came, how to mend it.
    """
    for name, value, least in (("folds", folds, 2), ("repeats", repeats, 1), ("inner", inner, 2)):
        if value < least:
            raise DesignError(f"{name} must be at least {least}, got {value}")
    if folds * repeats < 2 or random_state < 0:
        raise DesignError(f"random_state must be an integer ≥ 0, got {random_state}")
    sources = sources_of(generators)
    wishes = Wishes(types or {}, keep, keep_copies, decimal)
    table = labelled(X, y, positive, wishes)
    if table.counts[1] < 2 * max(folds, inner):
        raise DesignError(
            f"class {table.labels[1]!r} has {table.counts[1]} rows, and the nested folds need at least "
            f"{2 * max(folds, inner)}; collect more rows of it or ask for fewer folds"
        )
    final, rows = _model(estimator), table.X if not _is_pipeline(estimator) else _chosen(X, table.rows)
    fitted = _with_preprocessing(final, table)
    contest = Contest(fitted, methods(sources), rows, table.y, inner)
    comparison = held(contest, folds, repeats, random_state, n_jobs, progress or _silent)
    able = tuple(source for source in sources if any(method.source == source for method in comparison.methods))
    diagnosis = diagnosed(fitted, able, rows, table.y, inner, random_state, n_jobs)
    recommendation = recommended(comparison, table.counts, diagnosis.reports)
    setting = Setting(
        table.labels, table.counts, table.columns, table.notes, _printed(final), folds, repeats, inner, random_state
    )
    return Advice(setting, recommendation, comparison, diagnosis)


def _silent(done: int, total: int) -> None:
    pass


def _chosen(X: Any, rows: Integers) -> Any:
    from sklearn.utils import _safe_indexing

    return _safe_indexing(X, rows)


def _is_pipeline(estimator: Any) -> bool:
    from sklearn.pipeline import Pipeline

    return isinstance(estimator, Pipeline)


def _model(estimator: Any) -> Any:
    from sklearn.linear_model import LogisticRegression

    if estimator is None:
        return LogisticRegression(max_iter=1000)
    final = estimator.steps[-1][1] if _is_pipeline(estimator) else estimator
    if getattr(final, "class_weight", None) is not None:
        raise DesignError(
            f"{type(final).__name__} has class_weight={final.class_weight!r}; leave it out, since class weights are "
            "one of "
            "the methods compared"
        )
    return estimator


def _with_preprocessing(model: Any, table: Labelled) -> Any:
    from sklearn.pipeline import make_pipeline

    return model if _is_pipeline(model) else make_pipeline(preprocessing(table.X), model)


def _printed(model: Any) -> str:
    return " ".join(repr(model.steps[-1][1] if _is_pipeline(model) else model).split())
