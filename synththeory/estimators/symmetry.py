"""The test of local symmetry on one table: does class imbalance move this model at all (`theory.md` §3)?"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from synththeory.arrays import Vector
from synththeory.errors import DesignError, nearest
from synththeory.estimators.classes import two_classes
from synththeory.estimators.models import linear_model
from synththeory.selection.calibration import CALIBRATIONS, Calibration
from synththeory.selection.pilot import fit_pilot
from synththeory.selection.slopes import slopes_only

Scope = Literal["all", "slopes"]


@dataclass(frozen=True, eq=False)
class SymmetryTest:
    """The answer of `symmetry_test`.

    Attributes
    ----------
    statistic : float
        T_sym for ``"chi2"``; the scaled F statistic for ``"small-sample"``.
    degrees_of_freedom : tuple of two floats
        Numerator p (of the slopes: p − 1) and denominator; the denominator is infinite for ``"chi2"``.
    p_value : float
        P(a statistic at least as large | local symmetry).
    calibration : str
        ``"chi2"`` or ``"small-sample"``.
    g_phi : Vector
        ĝ_φ = m_0 − m_1 at the balanced pilot, (p,); the intercept's entry is last.
    standard_errors : Vector
        √diag V̂, (p,), leverage-corrected for ``"small-sample"``.
    counts : tuple of two ints
        Majority and minority rows.
    intercept : bool
        Whether the model has an intercept. Such a model is never locally symmetric [D]: the test then only says
        whether the sample is large enough to see it.
    scope : str
        ``"all"``, or ``"slopes"`` where statistic and p-value ask about the slopes alone.
    """

    statistic: float
    degrees_of_freedom: tuple[float, float]
    p_value: float
    calibration: str
    g_phi: Vector
    standard_errors: Vector
    counts: tuple[int, int]
    intercept: bool
    scope: Scope = "all"

    def __str__(self) -> str:
        """One line: the statistic, its law, the p-value, the largest standardised entry of ĝ_φ where that is tested."""
        size, denominator = self.degrees_of_freedom
        law = f"F({size:.0f}, {denominator:.1f})" if isfinite(denominator) else f"chi2({size:.0f})"
        what = "symmetry test" if self.scope == "all" else "symmetry test of the slopes"
        answer = (
            f"{what} ({self.calibration}, n0={self.counts[0]}, n1={self.counts[1]}): {law} = {self.statistic:.3f}, "
            f"p = {self.p_value:.3g}"
        )
        if self.scope == "slopes":
            return answer
        ratios = self.g_phi / self.standard_errors
        place = int(np.abs(ratios).argmax())
        note = "; with an intercept no problem is exactly symmetric" if self.intercept else ""
        return f"{answer}; largest g_phi/se: {ratios[place]:+.2f} (coefficient {place}){note}"


def symmetry_test(
    X: ArrayLike,
    y: ArrayLike,
    model: object,
    *,
    calibration: Calibration = "small-sample",
    scope: Scope = "all",
) -> SymmetryTest:
    """Test g_φ = ∇R_0(θ*) − ∇R_1(θ*) = 0: local symmetry, where no rebalancing is needed to first order.

    The pilot θ̂ minimises the balanced risk (class weights ½/n_c). With mean scores m_c, Hessians H_c and score
    covariances Σ_c of the classes there, ĝ_φ = m_0 − m_1, G = H_0 − H_1, H = ½(H_0 + H_1), A_0 = I − ½GH⁻¹,
    A_1 = −I − ½GH⁻¹, V = A_0Σ_0A_0ᵀ/n0 + A_1Σ_1A_1ᵀ/n1 and T_sym = ĝ_φᵀV⁻¹ĝ_φ [P]. With a penalty, H + P stands for H
    in A_0 and A_1, and the hypothesis is about the penalised optimum [D].

    Without penalty, A_0 = H_1H⁻¹ and A_1 = −H_0H⁻¹. So for squared loss ĝ_φ = 2(H_0⁻¹ + H_1⁻¹)⁻¹(θ̂_1 − θ̂_0) exactly,
    with θ̂_c the class's own least squares fit: the test asks, robustly to unequal spreads, whether both classes ask
    for the same coefficients (for other losses, to first order) [D].

    ``"chi2"`` compares T_sym with χ²_p [P]; it rejects up to three times too often when the minority is small.
    ``"small-sample"`` holds its size [D]: scores are divided by √(1 − leverage), because residuals at a fitted θ̂ are
    too short, and T is compared with a scaled F whose scale and degrees of freedom match the first two moments of T for
    scores as skewed and heavy-tailed as those of the data (`synththeory.selection.calibration`).

    Parameters
    ----------
    X : array-like
        (n, d) table; a DataFrame or sparse matrix where the pipeline takes one.
    y : array-like
        (n,) labels, any two values; the rarer is the minority. Logistic loss codes it 1, scikit-learn's squared-loss
        classifiers too (against −1); otherwise numbers are the responses themselves, other labels −½ and ½.
    model : Loss, scikit-learn linear classifier or regressor, or Pipeline ending in one
        Not fitted and not changed. Scores are taken in the features of the final step; the preprocessing before it is
        fitted on all rows.
    calibration : {"small-sample", "chi2"}
        How T_sym becomes a p-value.
    scope : {"all", "slopes"}
        ``"slopes"`` tests that the slopes of H⁻¹g_φ are zero, in a model with an intercept: that extra minority rows
        move, to first order, nothing but the intercept (`synththeory.selection.slopes`) [D].

    Returns
    -------
    SymmetryTest

    Raises
    ------
    DesignError
        Missing values, not two classes, too few minority rows, a model that is not linear, dependent columns, or
        classes that a logistic model separates; slopes of a model without an intercept.
    """
    if calibration not in CALIBRATIONS:
        raise DesignError(f"unknown calibration '{calibration}'{nearest(str(calibration), CALIBRATIONS)}")
    if scope not in ("all", "slopes"):
        raise DesignError(f"unknown scope '{scope}'{nearest(str(scope), ('all', 'slopes'))}")
    view = linear_model(model)
    if scope == "slopes" and not view.loss.intercept:
        raise DesignError("scope='slopes' needs a model with an intercept; without one every coefficient is a slope")
    data = two_classes(X, y, view)
    (n0, dimension), n1 = data.majority.shape, data.minority.shape[0]
    penalty = np.zeros(view.loss.parameters(dimension))
    penalty[:dimension] = view.ridge(n0 + n1)
    pilot = fit_pilot(data.majority[None], data.minority[None], view.loss, data.labels, penalty)
    if pilot.separated[0]:
        raise DesignError(
            "a hyperplane separates the classes, so the logistic pilot has no finite fit; give the model a penalty, "
            "for example LogisticRegression(C=1.0)"
        )
    verdict = CALIBRATIONS[calibration](pilot)
    tested = verdict
    if scope == "slopes":
        rows = (data.majority[None], data.minority[None])
        tested = CALIBRATIONS[calibration](slopes_only(pilot, *rows, view.loss, data.labels, penalty))
    if pilot.singular[0] or verdict.singular[0] or tested.singular[0]:
        raise DesignError(
            "columns of X depend linearly on each other or hardly vary within the classes, so that the scores have no "
            "full-rank covariance; drop redundant columns (and one level of each one-hot encoding)"
        )
    return SymmetryTest(
        statistic=float(tested.statistic[0]),
        degrees_of_freedom=(float(tested.degrees[0]), float(tested.denominator[0])),
        p_value=float(tested.p_value[0]),
        calibration=calibration,
        g_phi=pilot.asymmetry[0],
        standard_errors=np.sqrt(np.diagonal(verdict.covariance[0])),
        counts=(n0, n1),
        intercept=view.loss.intercept,
        scope=scope,
    )
