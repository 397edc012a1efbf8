"""What the symmetry test and GQS say of a table and a generator, in the features of the final step."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from synththeory.arrays import Array, Matrix, Vector
from synththeory.errors import DesignError
from synththeory.estimators.classes import two_classes
from synththeory.estimators.levels import Spread, coded_features
from synththeory.estimators.models import linear_model
from synththeory.estimators.sources import synthetic_rows
from synththeory.estimators.splits import folds_of
from synththeory.estimators.symmetry import SymmetryTest, symmetry_of
from synththeory.estimators.tables import Table
from synththeory.selection.folds import folds
from synththeory.selection.pilot import fit_pilot
from synththeory.selection.quality import GeneratorQuality, ScoreSums, cross_fitted_quality, score_sums
from synththeory.selection.rules import TGVTSS
from synththeory.streams import Streams


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """Symmetry of the problem and quality of the generator.

    Attributes
    ----------
    pilot : linear model
        Whose scores were used.
    symmetry : SymmetryTest or None
        None where the test cannot be made.
    quality : GeneratorQuality or None
        None where GQS cannot be had.
    note : str
        Why one of them is missing, or what was done to the features; empty otherwise.
    """

    pilot: Any
    symmetry: SymmetryTest | None
    quality: GeneratorQuality | None
    note: str = ""


@dataclass(frozen=True, eq=False)
class Coordinates:
    """Linearly independent coordinates (x − centre)ᵀ basis of the rows' span, (d, r)."""

    centre: Vector
    basis: Matrix

    def of(self, rows: Array) -> Array:
        """Rows (n, d) as (n, r)."""
        return (rows - self.centre) @ self.basis


def coordinates(rows: Array, intercept: bool) -> Coordinates | None:
    """Coordinates that keep a ridge-penalised linear fit and its scores; None where the columns are independent.

    A rotation keeps the penalty, and an unpenalised intercept takes up a shift: the fit in r orthonormal coordinates of
    the span is the fit in all d, so that one-hot columns and copies need not be dropped by hand [D].
    """
    centre = rows.mean(axis=0) if intercept else np.zeros(rows.shape[1])
    centred = rows - centre
    scale = np.sqrt((centred**2).sum(axis=0))
    rank = int(np.linalg.matrix_rank(centred / np.where(scale > 0.0, scale, 1.0), tol=1e-9 * np.sqrt(rows.shape[1])))
    if rank == rows.shape[1]:
        return None
    return Coordinates(centre, np.linalg.svd(centred, full_matrices=False)[2][:rank].T)


def pilot_of(pilot: Any, final: Any) -> Any:
    """The linear model whose scores are taken: the one given, the final step if it is linear, LogisticRegression().

    Raises
    ------
    ValueError
        A given pilot that is not linear, or a Pipeline.
    """
    if pilot is not None:
        if linear_model(pilot).preprocessing:
            raise ValueError("the pilot sees the final step's features and needs no Pipeline; pass its last step alone")
        return pilot
    try:
        linear_model(final)
    except DesignError:
        return LogisticRegression()
    return final


@dataclass(frozen=True, eq=False)
class View:
    """A table as a pilot sees it, whatever the generator.

    Attributes
    ----------
    pilot : linear model
        Whose scores are taken.
    spread : Spread
        Features that are codes as columns.
    turned : Coordinates or None
        Of the columns' span, where they depend on each other.
    rows : Array
        The table's, in these coordinates, (n, r).
    symmetry : SymmetryTest or None
        None where the test cannot be made.
    note : str
        Why not, or which coordinates these are; empty otherwise.
    """

    pilot: Any
    spread: Spread
    turned: Coordinates | None
    rows: Array
    symmetry: SymmetryTest | None
    note: str

    def of(self, rows: Array) -> Array:
        """Other rows of these features, (m, d), as (m, r)."""
        columns = self.spread.out(rows)
        return columns if self.turned is None else self.turned.of(columns)


def viewed(pilot: Any, final: Any, table: Table, rule: TGVTSS) -> View:
    """Take all training rows to the pilot's coordinates and test local symmetry there; weights play no part.

    Parameters
    ----------
    pilot : linear model or None
        As `pilot_of` takes it.
    final : classifier
        The final step, unfitted.
    table : Table
        In the features of the final step.
    rule : TGVTSS
        Calibration of the test.
    """
    pilot, spread = pilot_of(pilot, final), Spread.of(coded_features(final), table.rows)
    columns = spread.out(table.rows)
    turned = coordinates(columns, linear_model(pilot).loss.intercept)
    rows = columns if turned is None else turned.of(columns)
    note = "" if turned is None else f"scores are in the {rows.shape[1]} dimensions that the features span"
    try:
        symmetry = symmetry_of(rows, _named(table), pilot, rule.calibration)
    except DesignError as error:
        return View(pilot, spread, turned, rows, None, f"no symmetry test: {error}")
    return View(pilot, spread, turned, rows, symmetry, note)


def diagnose(
    view: View, generator: Any, table: Table, rule: TGVTSS, streams: Streams, most: int | None = None
) -> Diagnosis:
    """Measure the generator on all training rows; sample weights play no part.

    Parameters
    ----------
    view : View
        Of the same table.
    generator : Generator, sampler or callable
        As `synthetic_rows` takes it.
    table : Table
        In the features of the final step.
    rule : TGVTSS
        Folds.
    streams : Streams
        One replication.
    most : int, optional
        Synthetic rows that the generator has; as many as balance the classes are asked for otherwise.
    """
    if view.symmetry is None:
        return Diagnosis(view.pilot, None, None, view.note)
    found, gap = partial(Diagnosis, view.pilot, view.symmetry), table.counts[0] - table.counts[1]
    if not gap:
        return found(None, "no GQS: the classes have equally many rows")
    sums = _fold_sums(view, generator, table, rule, streams, gap if most is None else min(gap, most))
    if sums is None:
        return found(None, "no GQS: the pilot has no unique fit in a fold; add a penalty")
    majority, minority, synthetic = zip(*sums, strict=True)
    quality = cross_fitted_quality(majority, minority, synthetic, view.symmetry.g_phi)
    if not np.isfinite(quality.value):
        return found(None, "no GQS: the pilot's Hessian has no inverse; drop redundant columns")
    return found(quality, view.note)


def _named(table: Table) -> NDArray[np.str_]:
    return np.where(table.minority, "minority", "majority")


def _fold_sums(
    view: View, generator: Any, table: Table, rule: TGVTSS, streams: Streams, size: int
) -> list[list[ScoreSums]] | None:
    """Sums of the scores of held-out majority, held-out minority and synthetic rows, a fold; None without a fit."""
    model, named, found = linear_model(view.pilot), streams.within("gqs"), []
    codes = two_classes(view.rows, _named(table), model).labels
    penalty = np.zeros(model.loss.parameters(view.rows.shape[1]))
    for number, fold in enumerate(folds_of(table, partial(folds, count=rule.gqs_folds), named)):
        training, held = table.take(fold.training), table.take(fold.held_out)
        zero, one = training.rows[~training.minority], training.rows[training.minority]
        made = synthetic_rows(generator, zero, one, size, named.within(f"fold/{number}"))
        blocks = (zero, one, held.rows[~held.minority], held.rows[held.minority], made)
        zero, one, *judged = (view.of(block) for block in blocks)
        penalty[: view.rows.shape[1]] = model.ridge(len(training.rows))
        fit = fit_pilot(zero[None], one[None], model.loss, codes, penalty)
        if fit.singular[0] or fit.separated[0]:
            return None
        theta = fit.coefficients[0]
        pairs = zip(judged, (*codes, codes[1]), strict=True)
        found.append([score_sums(model.loss, rows, code, theta) for rows, code in pairs])
    return found
