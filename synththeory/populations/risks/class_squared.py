"""Exact balanced squared risk of K linear scores, one a class, from the moments of the classes' laws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.errors import DesignError, SynththeoryError
from synththeory.fits import ClassFit, Fit
from synththeory.losses import ClassSquaredLoss
from synththeory.populations.laws.extended import Extended
from synththeory.populations.laws.location import RowLaw
from synththeory.populations.risks.measures import group_metric
from synththeory.populations.risks.moments import StratumMoments
from synththeory.sample import Stratum


@dataclass(frozen=True, eq=False)
class ExactClassSquaredRisk:
    """Balanced squared risk R(θ) = K⁻¹ Σ_c E[‖f − y_c‖² | c], f_k = zᵀθ_k, exact for every θ.

    With M = K⁻¹ Σ_c E[zzᵀ | c] and m_c = E[z | c]: θ*_k = M⁻¹ K⁻¹ Σ_c y_ck m_c, and
    R(θ) − R(θ*) = Σ_k (θ_k − θ*_k)ᵀM(θ_k − θ*_k). Parameters are one vector, class by class, (K·p,). [D]

    Attributes
    ----------
    strata : sequence of Stratum
        Their codings y_c are vectors, (K,).
    laws : sequence of RowLaw
        One a class.
    loss : ClassSquaredLoss
        Whether there is an intercept.
    """

    strata: Sequence[Stratum]
    laws: Sequence[RowLaw]
    loss: ClassSquaredLoss

    risk_method = "exact"

    @property
    def metrics(self) -> tuple[str, ...]:
        """Excess risk, ‖θ̂ − θ*‖, and every class's own risk."""
        return ("excess_risk", "parameter_error", *map(group_metric, self.strata))

    @cached_property
    def codings(self) -> Matrix:
        """y_c, (K, K)."""
        return np.array([stratum.coding for stratum in self.strata])

    @cached_property
    def _first(self) -> Matrix:
        """m_c, (K, p)."""
        return np.array([_moments_of_rows(law, self.loss)[0] for law in self.laws])

    @cached_property
    def _seconds(self) -> Array:
        """E[zzᵀ | c], (K, p, p)."""
        return np.array([_moments_of_rows(law, self.loss)[1] for law in self.laws])

    @cached_property
    def _curvature(self) -> Matrix:
        return np.asarray(self._seconds.mean(axis=0))

    @cached_property
    def optimum(self) -> Vector:
        """θ*, (K·p,)."""
        pulls = self.codings.T @ self._first / len(self.strata)
        return np.asarray(np.linalg.solve(self._curvature, pulls.T).T.ravel(), dtype=np.float64)

    @cached_property
    def minimum(self) -> float:
        """R(θ*)."""
        best = self._each(self.optimum)
        return float(np.square(self.codings).sum(axis=1).mean() - np.sum(best @ self._curvature * best))

    @cached_property
    def moments(self) -> tuple[StratumMoments, ...]:
        """Moments of each class's score at θ*."""
        return tuple(self.at(stratum, law, self.optimum) for stratum, law in zip(self.strata, self.laws, strict=True))

    def at(self, stratum: Stratum, law: RowLaw, theta: Vector) -> StratumMoments:
        """Moments at θ, (K·p,), of rows of any law that carry a class's coding.

        g_k = 2(Mθ_k − y_k m), H = 2 I ⊗ M, Σ_kl = 4 E[(zᵀθ_k − y_k)(zᵀθ_l − y_l)zzᵀ] − g_k g_lᵀ; the products are
        quarter differences of the squares of (zᵀ(θ_k ± θ_l) − (y_k ± y_l)). [D]
        """
        each, coding = self._each(theta), np.array(stratum.coding)
        classes, size = each.shape
        first, second = _moments_of_rows(law, self.loss)
        gradient = 2.0 * (each @ second - np.outer(coding, first)).ravel()
        fourth = np.zeros((classes, size, classes, size))
        for weight, component in law.components:
            extended = Extended(component, self.loss.intercept)
            for k, l in zip(*np.triu_indices(classes), strict=True):  # noqa: E741  # pairs of classes
                more = extended.weighted_second(each[k] + each[l], coding[k] + coding[l])
                less = extended.weighted_second(each[k] - each[l], coding[k] - coding[l])
                fourth[k, :, l] += 0.25 * weight * (more - less)
                fourth[l, :, k] = fourth[k, :, l]
        covariance = 4.0 * fourth.reshape(theta.size, theta.size) - np.outer(gradient, gradient)
        return StratumMoments(
            gradient, np.asarray(np.kron(np.eye(classes), 2.0 * second), dtype=np.float64), covariance
        )

    def measures(self, metrics: Sequence[str], fit: Fit) -> Array:
        """The metrics of every fit, (M, B, S): excess risk, ‖θ̂ − θ*‖, or a class's own risk (`group_metric`)."""
        if not isinstance(fit, ClassFit):
            raise SynththeoryError(f"the exact risk of K classes needs their coefficients, got a {type(fit).__name__}")
        theta = fit.coefficients.reshape(*fit.status.shape, -1)
        known = {
            "excess_risk": self.excess_risk(theta),
            "parameter_error": np.linalg.norm(theta - self.optimum, axis=-1),
            "balanced_loss": self.risk(theta),
        }
        known |= zip(map(group_metric, self.strata), self.risks(theta), strict=True)
        return np.stack([known[metric] for metric in metrics])

    def excess_risk(self, coefficients: Array) -> Array:
        """R(θ) − R(θ*), shape (...) for coefficients (..., K·p)."""
        gap = self._each(coefficients - self.optimum)
        return np.asarray(np.sum(gap @ self._curvature * gap, axis=(-2, -1)))

    def risk(self, coefficients: Array) -> Array:
        """R(θ), shape (...) for coefficients (..., K·p)."""
        return self.minimum + self.excess_risk(coefficients)

    def risks(self, coefficients: Array) -> Array:
        """R_c(θ) of every class, shape (K, ...) for coefficients (..., K·p)."""
        each, values = self._each(coefficients), []
        for coding, first, second in zip(self.codings, self._first, self._seconds, strict=True):
            linear = np.einsum("...kp,p,k->...", each, first, coding)
            values.append(np.sum(each @ second * each, axis=(-2, -1)) - 2.0 * linear + coding @ coding)
        return np.array(values)

    def error(self, coefficients: Array) -> Array:
        """None: the highest of K scores is a question about all of them at once.

        Raises
        ------
        DesignError
            Always.
        """
        raise DesignError("the 0–1 error of K classes has no closed form: use risk.method = 'test-sample'")

    def _each(self, theta: Array) -> Array:
        return theta.reshape(*theta.shape[:-1], len(self.strata), -1)


def _moments_of_rows(law: RowLaw, loss: ClassSquaredLoss) -> tuple[Vector, Matrix]:
    """E z, (p,), and E zzᵀ, (p, p)."""
    parts = [(weight, Extended(component, loss.intercept)) for weight, component in law.components]
    first = sum(weight * part.mean for weight, part in parts)
    return np.asarray(first), np.asarray(sum(weight * part.second for weight, part in parts))
