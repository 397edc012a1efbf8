"""What the symmetry test and GQS say of a table and a generator, in the features of the final step."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from synththeory.arrays import Array, Matrix, Vector
from synththeory.errors import DesignError
from synththeory.estimators.classes import two_classes
from synththeory.estimators.levels import Spread
from synththeory.estimators.models import linear_model
from synththeory.estimators.sources import synthetic_rows
from synththeory.estimators.splits import folds_of
from synththeory.estimators.symmetry import SymmetryTest, symmetry_of
from synththeory.estimators.tables import Table
from synththeory.selection.folds import folds
from synththeory.selection.pilot import fit_pilot
from synththeory.selection.quality import GeneratorQuality, cross_fitted_quality, score_sums
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


def diagnose(
    pilot: Any, generator: Any, table: Table, rule: TGVTSS, streams: Streams, spread: Spread, most: int | None = None,
    symmetry: SymmetryTest | None = None,
) -> Diagnosis:  # fmt: skip
    """Test local symmetry and measure the generator on all training rows; sample weights play no part.

    Parameters
    ----------
    pilot : linear model
        As `symmetry_test` takes it.
    generator : Generator, sampler or callable
        As `synthetic_rows` takes it.
    table : Table
        In the features of the final step.
    rule : TGVTSS
        Folds and calibration.
    streams : Streams
        One replication.
    spread : Spread
        Features that are codes as columns, for the pilot.
    most : int, optional
        Synthetic rows that the generator has; as many as balance the classes are asked for otherwise.
    symmetry : SymmetryTest, optional
        Of these rows, where it has been made for another generator.
    """
    view = linear_model(pilot)
    rows = spread.out(table.rows)
    turned = coordinates(rows, view.loss.intercept)
    rows = rows if turned is None else turned.of(rows)
    note = "" if turned is None else f"scores are in the {rows.shape[1]} dimensions that the features span"
    labels = np.where(table.minority, "minority", "majority")
    try:
        symmetry = symmetry or symmetry_of(rows, labels, pilot, rule.calibration)
    except DesignError as error:
        return Diagnosis(pilot, None, None, f"no symmetry test: {error}")
    codes = two_classes(rows, labels, view).labels
    (n0, n1), sums = table.counts, []
    if n0 == n1:
        return Diagnosis(pilot, symmetry, None, "no GQS: the classes have equally many rows")
    asked = n0 - n1 if most is None else min(n0 - n1, most)
    penalty = np.zeros(view.loss.parameters(rows.shape[1]))
    named = streams.within("gqs")
    for number, fold in enumerate(folds_of(table, partial(folds, count=rule.gqs_folds), named)):
        training, held = table.take(fold.training), table.take(fold.held_out)
        zero, one = training.rows[~training.minority], training.rows[training.minority]
        made = synthetic_rows(generator, zero, one, asked, named.within(f"fold/{number}"))
        blocks = [spread.out(each) for each in (zero, one, held.rows[~held.minority], held.rows[held.minority], made)]
        zero, one, *judged = blocks if turned is None else [turned.of(block) for block in blocks]
        penalty[: rows.shape[1]] = view.ridge(len(training.rows))
        fit = fit_pilot(zero[None], one[None], view.loss, codes, penalty)
        if fit.singular[0] or fit.separated[0]:
            return Diagnosis(pilot, symmetry, None, "no GQS: the pilot has no unique fit in a fold; add a penalty")
        theta = fit.coefficients[0]
        sums.append([score_sums(view.loss, z, code, theta) for z, code in zip(judged, (*codes, codes[1]), strict=True)])
    majority, minority, synthetic = zip(*sums, strict=True)
    quality = cross_fitted_quality(majority, minority, synthetic, symmetry.g_phi)
    if not np.isfinite(quality.value):
        return Diagnosis(pilot, symmetry, None, "no GQS: the pilot's Hessian has no inverse; drop redundant columns")
    return Diagnosis(pilot, symmetry, quality, note)
