"""What the whole table says of each generator: its verdict, its quality, theory's size, and the validation curve."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from synththeory.advise.methods import Method, Source
from synththeory.arrays import Integers
from synththeory.errors import DesignError
from synththeory.estimators import SizeCurve, SymmetryTest, symmetry_test
from synththeory.estimators.diagnosis import coordinates
from synththeory.estimators.pipelines import transformed
from synththeory.estimators.tables import numbers


@dataclass(frozen=True, eq=False)
class Report:
    """One generator on the whole table.

    Attributes
    ----------
    source : Source
    regime : {"symmetric", "realistic", "biased", "undetermined"}
        The verdict of TG-VTSS.
    quality, alignment : float or None
        GQS, and c = (‖g_ψ‖/‖g_φ‖) cos ∠(g_ψ, g_φ); None where they cannot be had.
    theory_size : int or None
        ñ* = (n0 − n1)/(1 − 2c); None unless 1 − 2c > 0 [P].
    sizes : tuple of (str, float, int)
        Rule, multiplier γ and synthetic rows ñ that each of VTSS and TG-VTSS chooses on the whole table.
    curve : SizeCurve
        Balanced validation loss over the grid of VTSS, at prevalence ½.
    note : str
        Why something is missing, or in which coordinates it was computed; often empty.
    """

    source: Source
    regime: str
    quality: float | None
    alignment: float | None
    theory_size: int | None
    sizes: tuple[tuple[str, float, int], ...]
    curve: SizeCurve
    note: str


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """The whole table.

    Attributes
    ----------
    symmetry, slopes : SymmetryTest or None
        Of all coefficients, and of the slopes alone for a model with an intercept; small-sample calibration. None where
        the test cannot be made.
    reports : tuple of Report
        One a generator that could be fitted.
    """

    symmetry: SymmetryTest | None
    slopes: SymmetryTest | None
    reports: tuple[Report, ...]


def diagnosed(
    estimator: Any, sources: tuple[Source, ...], X: Any, y: Integers, inner: int, seed: int, n_jobs: int | None
) -> Diagnosis:
    """Fit TG-VTSS and VTSS with each generator to the whole table."""
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    symmetry, slopes, reports = None, None, []
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for source in sources:
            rules = [Method(rule, "synthetic", rule, source) for rule in ("VTSS", "TG-VTSS")]
            plain, guided = (rule.classifier(estimator, inner, seed, n_jobs).fit(X, y) for rule in rules)
            if symmetry is None and guided.symmetry_ is not None:
                symmetry, slopes = guided.symmetry_, _slopes(guided, X, y)
            reports.append(_report(source, plain, guided, y))
    return Diagnosis(symmetry, slopes, tuple(reports))


def _slopes(guided: Any, X: Any, y: Integers) -> SymmetryTest | None:
    features = numbers(transformed(guided.preprocessing_, X))
    turned = coordinates(features, intercept=True)
    try:
        return symmetry_test(features if turned is None else turned.of(features), y, guided.pilot_, scope="slopes")
    except DesignError:
        return None


def _report(source: Source, plain: Any, guided: Any, y: Integers) -> Report:
    known = guided.gqs_ is not None and bool(np.isfinite(guided.gqs_.value))
    c = float(guided.gqs_.alignment) if known else None
    gap = int((y == 0).sum() - y.sum())
    return Report(
        source=source,
        regime=guided.regime_,
        quality=float(guided.gqs_.value) if known else None,
        alignment=c,
        theory_size=round(gap / (1.0 - 2.0 * c)) if c is not None and c < 0.5 else None,
        sizes=tuple(
            (rule, float(fit.multiplier_), int(fit.synthetic_size_))
            for rule, fit in (("VTSS", plain), ("TG-VTSS", guided))
        ),
        curve=plain.curve_,
        note=guided.note_,
    )
