"""The test of local symmetry on one table: does class imbalance move this model at all (`theory.md` §3)?"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from synththeory.arrays import Vector
from synththeory.errors import DesignError, nearest
from synththeory.estimators.classes import two_classes
from synththeory.estimators.models import linear_model
from synththeory.selection.calibration import CALIBRATIONS
from synththeory.selection.pilot import fit_pilot
from synththeory.selection.resampled import SizedCalibration, bootstrap_symmetry
from synththeory.selection.slopes import slopes_only
from synththeory.streams import Streams

Scope = Literal["all", "slopes"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
_ROWS = 5  # minority rows a parameter, below which no calibration was seen to hold its size and keep its power


@dataclass(frozen=True, eq=False)
class SymmetryTest:
    """The answer of `symmetry_test`.

    Attributes
    ----------
    statistic : float
        T_sym for ``"chi2"``; the scaled F statistic for ``"small-sample"``, and at the pooled fit for ``"bootstrap"``.
    degrees_of_freedom : tuple of two floats
        Numerator p (of the slopes: p − 1) and denominator; the denominator is infinite for ``"chi2"``.
    p_value : float
        P(a statistic at least as large | local symmetry).
    calibration : str
        ``"chi2"``, ``"small-sample"`` or ``"bootstrap"``.
    g_phi : Vector
        ĝ_φ = m_0 − m_1 at the balanced pilot, (p,); the intercept's entry is last.
    standard_errors : Vector
        √diag V̂, (p,), leverage-corrected but for ``"chi2"``, at the pooled fit for ``"bootstrap"``.
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

    @property
    def rows_per_parameter(self) -> float:
        """Minority rows for each parameter of the model, the intercept included."""
        return self.counts[1] / self.g_phi.size

    @property
    def caution(self) -> str:
        """What to know where there are fewer than five minority rows a parameter; empty otherwise."""
        rows, parameters = self.counts[1], self.g_phi.size
        if self.rows_per_parameter >= _ROWS:
            return ""
        return (
            f"{rows} minority rows for {parameters} parameters: below {_ROWS} a parameter this test has little power, "
            "so a large p-value says nothing; use fewer features"
        )

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
    calibration: SizedCalibration = "small-sample",
    scope: Scope = "all",
    resamples: int = 999,
    random_state: Any = 0,
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
    scores as skewed and heavy-tailed as those of the data (`synththeory.selection.calibration`). ``"bootstrap"`` holds
    it with 30 minority rows of heavy-tailed features too, where the former rejects up to .08 at level .05 [D]: V̂ is
    taken at the pooled fit, and the small-sample p-value compared with those of resampled rows whose classes have
    no mean score (`synththeory.selection.resampled`). It costs ``resamples`` times as much.

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
    calibration : {"small-sample", "chi2", "bootstrap"}
        How T_sym becomes a p-value.
    scope : {"all", "slopes"}
        ``"slopes"`` tests that the slopes of H⁻¹g_φ are zero, in a model with an intercept: that extra minority rows
        move, to first order, nothing but the intercept (`synththeory.selection.slopes`) [D]. Not with ``"bootstrap"``.
    resamples : int
        R ≥ 19 of ``"bootstrap"``: its smallest p-value is 1/(R + 1).
    random_state : int, RandomState or None
        Which rows ``"bootstrap"`` draws.

    Returns
    -------
    SymmetryTest

    Warns
    -----
    UserWarning
        Fewer than five minority rows a parameter.

    Raises
    ------
    DesignError
        Missing values, not two classes, too few minority rows, a model that is not linear, dependent columns, or
        classes that a logistic model separates; slopes of a model without an intercept, or by the bootstrap; fewer than
        19 resamples.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from synththeory.losses import LogisticLoss
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> symmetry_test(X[:, :2], y, LogisticLoss(intercept=True)).p_value < 1e-6
    True
    """
    found = symmetry_of(X, y, model, calibration, scope, resamples, random_state)
    if found.caution:
        warnings.warn(found.caution, UserWarning, stacklevel=2)
    return found


def symmetry_of(
    X: ArrayLike,
    y: ArrayLike,
    model: object,
    calibration: SizedCalibration = "small-sample",
    scope: Scope = "all",
    resamples: int = 999,
    random_state: Any = 0,
) -> SymmetryTest:
    """`symmetry_test` without its warning."""
    view = linear_model(model)
    _check(calibration, scope, view.loss.intercept)
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
    rows = (data.majority[None], data.minority[None])
    if calibration == "bootstrap":
        seed = int(check_random_state(random_state).randint(2**31 - 1))
        streams = Streams.named(seed, "symmetry test", 0, 1)
        verdict = bootstrap_symmetry(*rows, view.loss, data.labels, penalty, streams, resamples)
    else:
        verdict = CALIBRATIONS[calibration](pilot)
    asked = verdict
    if scope == "slopes":
        asked = CALIBRATIONS[calibration](slopes_only(pilot, *rows, view.loss, data.labels, penalty))
    if pilot.singular[0] or verdict.singular[0] or asked.singular[0]:
        raise DesignError(
            "columns of X depend linearly on each other or hardly vary within the classes, so that the scores have no "
            "full-rank covariance; drop redundant columns (and one level of each one-hot encoding)"
        )
    return SymmetryTest(
        statistic=float(asked.statistic[0]),
        degrees_of_freedom=(float(asked.degrees[0]), float(asked.denominator[0])),
        p_value=float(asked.p_value[0]),
        calibration=calibration,
        g_phi=pilot.asymmetry[0],
        standard_errors=np.sqrt(np.diagonal(verdict.covariance[0])),
        counts=(n0, n1),
        intercept=view.loss.intercept,
        scope=scope,
    )


def _check(calibration: str, scope: str, intercept: bool) -> None:
    known = (*CALIBRATIONS, "bootstrap")
    if calibration not in known:
        raise DesignError(f"unknown calibration '{calibration}'{nearest(str(calibration), known)}")
    if scope not in SCOPES:
        raise DesignError(f"unknown scope '{scope}'{nearest(str(scope), SCOPES)}")
    if scope == "slopes" and not intercept:
        raise DesignError("scope='slopes' needs a model with an intercept; without one every coefficient is a slope")
    if scope == "slopes" and calibration == "bootstrap":
        raise DesignError("calibration='bootstrap' knows no scope='slopes'; use calibration='small-sample'")
