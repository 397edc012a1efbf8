"""The synthetic size that a rule chooses for a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import ParameterGrid
from sklearn.utils import check_random_state

from synththeory.arrays import Array, Integers
from synththeory.errors import nearest
from synththeory.estimators.curve import Prepared, SizeCurve, mended_by, prepare, validation_curve
from synththeory.estimators.diagnosis import Diagnosis, View, diagnose
from synththeory.estimators.pipelines import Steps
from synththeory.estimators.recalibration import Mended, Recalibration
from synththeory.estimators.sources import row_parents, synthetic_rows
from synththeory.estimators.splits import folds_of
from synththeory.estimators.tables import Table
from synththeory.selection.candidates import Candidates, best, offered
from synththeory.selection.rules import TGVTSS, VTSS
from synththeory.streams import Streams

Judged = Literal["as-fitted", "re-priored"]
BALANCE = 1.0
"""The multiplier at which parameters of the final step are chosen."""
JUDGED: tuple[Judged, ...] = get_args(Judged)


@dataclass(frozen=True, eq=False)
class Task:
    """Everything a rule is asked about.

    Attributes
    ----------
    steps : Steps
        What is to be fitted.
    generator : Generator, sampler or callable
        Where synthetic rows come from.
    table : Table
        Training rows, before any preprocessing.
    judged : {"as-fitted", "re-priored"}
        Whose balanced log loss counts: the probabilities as the augmented fit gives them [P], or moved to prevalence ½.
    streams : Streams
        One replication.
    tune : mapping or None
        Parameters of the final step and the values to choose from, by the same validation, at full balance.
    n_jobs : int or None
        Folds at once.
    recalibration : {"sigmoid", "isotonic"} or None
        Whether the fit of the chosen size is calibrated on the rows that validation held out.

    Raises
    ------
    ValueError
        An unknown ``judged``.
    """

    steps: Steps
    generator: Any
    table: Table
    judged: Judged
    streams: Streams
    tune: Mapping[str, Sequence[Any]] | None = None
    n_jobs: int | None = None
    recalibration: Recalibration | None = None

    def __post_init__(self) -> None:
        if self.judged not in JUDGED:
            raise ValueError(f"unknown judged {self.judged!r}{nearest(str(self.judged), JUDGED)}")

    def rows(self, features: Table, size: int, number: int = 0) -> Array:
        """Synthetic rows beside all training rows, (size, d); those of another ``number`` are another set."""
        parts = features.rows[~features.minority], features.rows[features.minority]
        named = self.streams.within("all")
        return synthetic_rows(self.generator, *parts, size, named.within(f"set/{number}") if number else named)

    def parents(self, features: Table, size: int) -> Integers:
        """Which two minority rows each of the first set's rows lies between, (size, 2); −1 where that is not known."""
        return row_parents(self.generator, features.rows[features.minority], size, self.streams.within("all"))


@dataclass(frozen=True, eq=False)
class Guidance:
    """Candidates of TG-VTSS and the diagnosis behind them.

    Attributes
    ----------
    candidates : Candidates
        Sizes to compare.
    diagnosis : Diagnosis
        Symmetry test and GQS.
    """

    candidates: Candidates
    diagnosis: Diagnosis


@dataclass(frozen=True, eq=False)
class Choice:
    """A synthetic size and its reasons.

    Attributes
    ----------
    candidates : Candidates
        Sizes compared.
    curve : SizeCurve
        Their balanced validation loss.
    multiplier : float
        The γ of least loss; the smaller in a tie.
    size : int
        Its synthetic rows ñ beside all training rows.
    settings : dict
        Parameters of the final step that were chosen; empty where none were to be.
    folds : sequence of Prepared
        What validated them.
    mended : Mended or None
        What calibration does to the log-odds at prevalence ½; None where it was not asked for.
    """

    candidates: Candidates
    curve: SizeCurve
    multiplier: float
    size: int
    settings: dict[str, Any]
    folds: Sequence[Prepared]
    mended: Mended | None = None


def named_streams(random_state: Any) -> Streams:
    """Streams of one fit: the same for the same integer ``random_state``, fresh ones for None.

    Folds and draws then have the names that a study gives them (`synththeory.selection.choose`).
    """
    seed = int(check_random_state(random_state).randint(2**31 - 1))
    return Streams.named(seed, "estimators", 0, 1).within("selection")


def guided(task: Task, features: Table, rule: TGVTSS, view: View, most: int | None = None) -> Guidance:
    """TG-VTSS candidates: from T_sym and GQS; the widest grid where one of them cannot be had [D].

    Parameters
    ----------
    task : Task
        The question.
    features : Table
        All training rows in the features of the final step.
    rule : TGVTSS
        Settings.
    view : View
        Of these rows: the same for every generator.
    most : int, optional
        Synthetic rows that there are; with fewer than balance the classes GQS is estimated from these.
    """
    diagnosis = diagnose(view, task.generator, features, rule, task.streams, most)
    gap, symmetry, quality = task.table.gap, diagnosis.symmetry, diagnosis.quality
    if not gap or symmetry is None or (quality is None and symmetry.p_value < rule.alpha):
        return Guidance(fixed(rule.biased, gap), diagnosis)
    value, alignment = (0.0, np.nan) if quality is None else (float(quality.value), float(quality.alignment))
    return Guidance(rule.candidates(symmetry.p_value, value, alignment, gap), diagnosis)


def fixed(multipliers: tuple[float, ...], gap: int) -> Candidates:
    """A fixed grid; nothing is offered where there is no class gap."""
    if not gap:
        return Candidates(None, np.zeros(1), np.zeros(1, dtype=np.int64))
    return offered(None, multipliers, gap)


def choose(task: Task, candidates: Candidates, rule: TGVTSS | VTSS) -> Choice:
    """The candidate of least balanced validation loss.

    Raises
    ------
    ValueError
        A classifier without a finite loss at any size.
    """
    named, re_priored = task.streams.within("validation"), task.judged == "re-priored"
    largest = max(float(candidates.multipliers[-1]), BALANCE if task.tune else 0.0)
    folds = prepare(
        task.steps, task.generator, task.table, folds_of(task.table, rule.splits, named), largest, named, task.n_jobs
    )
    chosen = tuned(task.steps.final, task.tune, folds, BALANCE, re_priored, task.n_jobs)
    final = clone(task.steps.final).set_params(**chosen)
    curve = validation_curve(final, folds, candidates.multipliers, task.table.gap, re_priored, task.n_jobs)
    place = int(best(curve.loss))
    if place < 0:
        name = type(task.steps.final).__name__
        raise ValueError(f"{name} gives no finite validation loss at any size; mend its settings or scale the features")
    multiplier = float(curve.multipliers[place])
    mend = None if task.recalibration is None else held_out_mended(task.recalibration, final, folds, multiplier)
    return Choice(candidates, curve, multiplier, int(curve.sizes[place]), chosen, folds, mend)


def held_out_mended(kind: Recalibration, final: Any, folds: Sequence[Prepared], multiplier: float) -> Mended:
    """The calibration of fits with one synthetic size, learned on the rows that each of them has not seen."""
    own = [fold.log_odds(final, np.array([multiplier]), re_priored=True)[0] for fold in folds]
    return mended_by(kind, np.concatenate(own), folds)


def tuned(
    final: Any, tune: Mapping[str, Sequence[Any]] | None, folds: Sequence[Prepared], multiplier: float,
    re_priored: bool, n_jobs: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The parameters of least balanced validation loss at one synthetic size; the first of them in a tie.

    Penalties are per unit of total weight, so that each arm's choice means the same.
    """
    if not tune:
        return {}
    offers = list(ParameterGrid(dict(tune)))
    if len(offers) == 1:
        return dict(offers[0])
    sizes = np.array([multiplier])
    losses = [
        validation_curve(clone(final).set_params(**offer), folds, sizes, 0, re_priored, n_jobs).loss[0]
        for offer in offers
    ]
    return dict(offers[int(np.nanargmin(losses))]) if np.isfinite(losses).any() else {}
