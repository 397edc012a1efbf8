"""What the whole table says of each generator: its verdict, its quality, theory's size, and the validation curve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synththeory.advise.contest import quiet
from synththeory.advise.ground import Explored, Ground, Pick
from synththeory.advise.methods import Method, Source
from synththeory.advise.saving import Saving, savings
from synththeory.corrections import ShapeAgreement, shape_agreement
from synththeory.errors import DesignError
from synththeory.estimators import SizeCurve, SymmetryTest
from synththeory.estimators.sets import SetsForecast
from synththeory.estimators.symmetry import symmetry_of

_MOST_ROWS, _MOST_FEATURES = 2000, 100
"""What the comparison of shapes looks at: its 399 permutations then take seconds at most."""


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
    picks : mapping of str to Pick
        By rule: what each of full balance, VTSS and TG-VTSS chooses on the whole table.
    calibrated : Pick
        Full balance with the parameters that are best after calibration.
    curve : SizeCurve
        Balanced validation loss over the grid of VTSS, at prevalence ½.
    note : str
        Why something is missing, or in which coordinates it was computed; often empty.
    several : SetsForecast or None
        What the mean of fits to several synthetic sets at balance is worth, foretold from two.
    """

    source: Source
    regime: str
    quality: float | None
    alignment: float | None
    theory_size: int | None
    picks: Mapping[str, Pick]
    calibrated: Pick
    curve: SizeCurve
    note: str
    several: SetsForecast | None = None

    def pick(self, method: Method) -> Pick | None:
        """What a method with this generator chooses on the whole table."""
        return self.picks.get(str(method.rule)) if not method.calibrated else self.calibrated


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
    shape : ShapeAgreement or None
        Whether the classes have one covariance and one skewness, in the features of the fit; of 2000 rows a class at
        most. None with fewer than four rows in a class or more than a hundred features.
    """

    symmetry: SymmetryTest | None
    slopes: SymmetryTest | None
    reports: tuple[Report, ...]
    shape: ShapeAgreement | None = None
    savings: tuple[Saving, ...] = ()


def diagnosed(ground: Ground, sources: tuple[Source, ...]) -> Diagnosis:
    """Ask TG-VTSS and VTSS with each generator about the whole table; one that fails has no report."""
    reports = []
    with quiet():
        for source in sources:
            try:
                found = ground.explored(source)
            except Exception:
                continue
            reports.append(_report(ground, source, found))
        symmetry = ground.view.symmetry if reports else None
        slopes = None if symmetry is None else _slopes(ground)
    return Diagnosis(symmetry, slopes, tuple(reports), _shape(ground), savings(ground))


def _shape(ground: Ground) -> ShapeAgreement | None:
    rows, minority = ground.plain, ground.features.minority
    if rows.shape[1] > _MOST_FEATURES:
        return None
    named = ground.streams.within("shape")
    parts = []
    for name, each in (("majority", rows[~minority]), ("minority", rows[minority])):
        order = np.argsort(named.uniforms(name, len(each))[0], kind="stable")
        parts.append(each[order[:_MOST_ROWS]])
    try:
        return shape_agreement(parts[0], parts[1], named)
    except DesignError:
        return None


def _slopes(ground: Ground) -> SymmetryTest | None:
    try:
        return symmetry_of(ground.view.rows, ground.table.minority, ground.view.pilot, scope="slopes")
    except DesignError:
        return None


def _report(ground: Ground, source: Source, found: Explored) -> Report:
    quality = found.guidance.diagnosis.quality
    known = quality is not None and bool(np.isfinite(quality.value))
    c = float(quality.alignment) if quality is not None and known else None
    return Report(
        source=source,
        regime=found.guidance.candidates.regime or "undetermined",
        quality=float(quality.value) if quality is not None and known else None,
        alignment=c,
        theory_size=round(ground.table.gap / (1.0 - 2.0 * c)) if c is not None and c < 0.5 else None,
        picks=found.picks,
        calibrated=found.calibrated,
        curve=found.curve,
        note=found.guidance.diagnosis.note,
        several=_several(ground, source),
    )


def _several(ground: Ground, source: Source) -> SetsForecast | None:
    """None also where a second set cannot be made or fitted: the forecast is optional."""
    try:
        return ground.several(source)
    except Exception:
        return None
