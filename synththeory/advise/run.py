"""`advise`: from a table to an answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synththeory.advise.advice import Advice
from synththeory.advise.by_group import Attribute, by_group
from synththeory.advise.contest import Contest, Progress, compared_on_folds
from synththeory.advise.decisions import check_aims, decided
from synththeory.advise.diagnosis import Diagnosis, diagnosed
from synththeory.advise.features import steps_for
from synththeory.advise.findings import Setting
from synththeory.advise.foretold import foretold
from synththeory.advise.methods import AS_IS, RE_PRIORED, WEIGHTED, Method, Source, methods, sources_of
from synththeory.advise.models import Model, is_pipeline, model_of
from synththeory.advise.pool import copied, pool_of
from synththeory.advise.progress import Lines
from synththeory.advise.reading.contents import Decimal
from synththeory.advise.reading.table import Labelled, Wishes, labelled
from synththeory.advise.remedies import remedies
from synththeory.advise.splits import Keys, outer_folds
from synththeory.advise.taken import pipeline_of
from synththeory.advise.thinning import thinned
from synththeory.advise.verdict import FEW, recommended
from synththeory.errors import DesignError

if TYPE_CHECKING:
    from pandas import DataFrame

DEFAULT_GENERATORS = ("smote", "gaussian-fit")


def advise(
    X: ArrayLike | DataFrame,
    y: ArrayLike,
    *,
    estimator: Any = None,
    tune: Mapping[str, Sequence[Any]] | None = None,
    generators: Sequence[Any] | None = None,
    pool: ArrayLike | DataFrame | None = None,
    positive: object = None,
    groups: ArrayLike | None = None,
    times: ArrayLike | None = None,
    attribute: ArrayLike | None = None,
    types: Mapping[str, str] | None = None,
    keep: Collection[str] = (),
    keep_copies: bool = False,
    decimal: Decimal | None = None,
    folds: int = 5,
    repeats: int = 2,
    most_repeats: int = 8,
    inner: int = 5,
    cost: float | None = None,
    recall: float | None = None,
    largest: int = 20_000,
    n_jobs: int | None = None,
    random_state: int = 0,
    progress: Progress | None = None,
    before: Callable[[float], None] | None = None,
    verbose: bool = False,
) -> Advice:
    """Should I oversample, and how much? An honest comparison with the fixes that cost nothing.

    Repeated nested cross-validation: the fit as it is, re-prioring, calibration, class weights, and with each generator
    full balance, VTSS and TG-VTSS, all on the same outer folds. Preprocessing, generators, penalties and the choice of
    a size see the outer training rows only. Synthetic rows are recommended only when they beat the better free fix by
    more than two paired standard errors of balanced log loss (up to 2.7 where eight methods add rows), and by a
    margin.

    Parameters
    ----------
    X : array-like
        (n, d). Unless ``estimator`` is a Pipeline, columns are typed, numbers standardised, names one-hot encoded and
        missing values imputed, inside the folds.
    y : array-like
        (n,) labels.
    estimator : str, classifier or Pipeline, optional
        "logistic" (when not given), "forest", "gradient-boosting", "mlp", each with a small grid of penalties, or an
        object with ``predict_proba`` or ``decision_function`` and no class weights of its own. A Pipeline reads X as it
        is given. Penalties are per unit of total weight in every arm.
    tune : mapping, optional
        Parameters of the final step that every arm chooses in its inner folds, ``{"C": [0.1, 1, 10]}``; {} for none.
    generators : sequence, optional
        Kinds of `synththeory.generators` ("smote", "gaussian-fit", …), class names of imbalanced-learn's over-samplers
        ("ADASYN", …), or objects that `VTSSClassifier` takes. SMOTE and Gaussian fit when neither they nor a pool are
        given.
    pool : array-like, optional
        (N, d): ready-made minority rows in the columns of X; how many of them are worth adding?
    positive : object, optional
        The minority's label; the rarer of two when not given. All other labels are the majority.
    groups : array-like, optional
        (n,): rows of one value stay on one side of every split, inner ones too.
    times : array-like, optional
        (n,), sortable: every split, inner ones too, holds out rows after those that are fitted.
    attribute : array-like, optional
        (n,), few values: losses within each group, the worst named; rows must be shown to harm none.
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
    most_repeats : int
        Cuts in all: where fits differ much from cut to cut and the answer is open, the table is cut anew up to so often
        (not below ``repeats``, which is then the first of several looks, at a bar that allows for them).
    inner : int
        Folds in which penalties and sizes are chosen, at least 2.
    cost, recall : float, optional
        How many false alarms a missed minority row is worth, and the share of them to be found: the page then says
        which threshold does that, and what it does on held-out rows.
    largest : int
        Rows that are used; of a larger table a part of the majority is drawn, and every number corrected for it.
    n_jobs : int, optional
        Outer folds at once; results do not depend on it.
    random_state : int
        ≥ 0. The same state gives the same answer.
    progress : callable, optional
        Called with the outer folds done and their number.
    before : callable, optional
        Called before the first outer fold with about how many processor seconds all of them will take.
    verbose : bool
        Write the time foretold and the time left to stderr, as the command does.

    Returns
    -------
    Advice
        What to do, in a sentence and as an unfitted pipeline, with every number behind it.

    Raises
    ------
    ValueError
        Bad input: what was wanted, what came, how to mend it.
    """
    _check(
        ("folds", folds, 2), ("repeats", repeats, 1), ("inner", inner, 2), ("rows (largest)", largest, 100),
        ("seed (random_state)", random_state, 0), ("most_repeats", most_repeats, 1),
    )  # fmt: skip
    check_aims(cost, recall)
    if n_jobs == 0:
        raise DesignError("jobs (n_jobs) is a number of outer folds at once, or -1 for one per core; got 0")
    if verbose:
        lines = Lines()
        before, progress = before or lines.before, progress or lines.progress
    model = model_of(estimator, tune)
    named = DEFAULT_GENERATORS if generators is None and pool is None else generators
    sources = () if named is None else sources_of(named)
    as_given = is_pipeline(model.estimator)
    table = labelled(X, y, positive, Wishes(types or {}, keep, keep_copies, decimal, as_given))
    counts, notes = table.counts, table.notes
    if pool is not None:
        ready, said = pool_of(pool, table)
        sources, notes = (Source("pool", ready), *sources), (*notes, *said)
    table, thinning, told = thinned(table, largest, random_state)
    keys = Keys(_key(groups, table.rows), _key(times, table.rows))
    divided = None if attribute is None else Attribute.of(attribute, table.rows)
    entered = methods(sources, model.linear)
    if counts[1] < FEW:
        entered, model, folds = (AS_IS, RE_PRIORED, WEIGHTED), replace(model, tune={}), min(folds, counts[1])
        inner = 2
    elif counts[1] < 2 * max(folds, inner):
        raise DesignError(
            f"class {table.labels[1]!r} has {counts[1]} rows, and the nested folds need at least "
            f"{2 * max(folds, inner)}; collect more rows of it or ask for fewer folds ({remedies().folds})"
        )
    contest = _contest(model, entered, table, X, inner, keys, thinning)
    most = repeats if times is not None else max(repeats, most_repeats)
    cuts = outer_folds(table.y, keys, folds, most, random_state)
    if before is not None:
        before(foretold(contest, cuts[: len(cuts) * repeats // most], random_state))
    comparison = compared_on_folds(contest, cuts, repeats, most, random_state, n_jobs, progress or _silent)
    able = tuple(source for source in sources if any(method.source == source for method in comparison.methods))
    ground = contest.ground(np.arange(len(table.y)), random_state)
    if pool is not None:
        notes = (*notes, *copied(ready, ground.parts, ground.features.rows))
    diagnosis = diagnosed(ground, able) if able else Diagnosis(None, None, ())
    asked = (folds, comparison.repeats, inner, random_state, as_given)
    setting = Setting(table.labels, counts, table.columns, (*notes, *told), model.name, *asked)
    within = None if divided is None else by_group(comparison, divided)
    recommendation = recommended(comparison, counts, diagnosis.reports, within)
    method = recommendation.method
    decisions = decided(comparison, method, cost, recall)
    scale = len(table.y) / sum(counts)
    pipeline = pipeline_of(model, method, ground.pick(method), table, scale, inner, random_state)
    return Advice(setting, recommendation, comparison, diagnosis, pipeline, decisions, within)


def _check(*asked: tuple[str, int, int]) -> None:
    for name, value, least in asked:
        if value < least:
            raise DesignError(f"{name} must be at least {least}, got {value}")


def _contest(
    model: Model, entered: tuple[Method, ...], table: Labelled, X: Any, inner: int, keys: Keys, thinning: float
) -> Contest:
    from sklearn.pipeline import make_pipeline
    from sklearn.utils import _safe_indexing

    if is_pipeline(model.estimator):
        return Contest(model, model.estimator, entered, _safe_indexing(X, table.rows), table.y, inner, keys, thinning)
    estimator = make_pipeline(*steps_for(model.estimator, table.X))
    return Contest(model, estimator, entered, table.X, table.y, inner, keys, thinning)


def _key(values: ArrayLike | None, rows: NDArray[np.int64]) -> NDArray[Any] | None:
    """Groups or times of the rows that are kept, as whole numbers in their order."""
    if values is None:
        return None
    import pandas as pd

    found = pd.Series(np.asarray(values)).iloc[rows]
    if found.isna().any():
        raise DesignError(f"{int(found.isna().sum())} rows have no group or time; fill it in or drop those rows")
    return np.asarray(pd.factorize(found, sort=True)[0])


def _silent(done: int, total: int) -> None:
    pass
