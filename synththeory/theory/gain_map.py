"""Where synthetic rows beat every free fix: the best of one over the best of the other (`theory.md` §7 [D])."""

from __future__ import annotations

from dataclasses import dataclass

from synththeory.corrections import LDA, RePriored, Reweighted
from synththeory.generators import MovedMajority, ScaledMajority
from synththeory.learners import Logistic
from synththeory.populations import GaussianComponent, GaussianMixture
from synththeory.theory.baselines import predict_baseline
from synththeory.theory.curves import predict

SYNTHETIC = (MovedMajority(), ScaledMajority())
FREE = (Reweighted(), RePriored(), LDA())


@dataclass(frozen=True)
class GainPoint:
    """Excess risks at one place, to first order.

    Attributes
    ----------
    synthetic : dict of str to float
        At balance, by generator.
    free : dict of str to float
        By free fix.
    """

    synthetic: dict[str, float]
    free: dict[str, float]

    @property
    def ratio(self) -> float:
        """Best synthetic over best free: below one, synthetic rows win."""
        return min(self.synthetic.values()) / min(self.free.values())


def two_normals(distance: float, spread: float, dimension: int) -> GaussianMixture:
    """N(0, I) against N(δe_1, s²I).

    Parameters
    ----------
    distance, spread : float
        δ and s.
    dimension : int
        d.
    """
    still = (0.0,) * (dimension - 1)
    minority = GaussianComponent(mean=(distance, *still), scale=spread)
    return GaussianMixture(majority=(GaussianComponent(mean=(0.0, *still)),), minority=(minority,))


def gain_at(population: GaussianMixture, ratio: float, minority: int) -> GainPoint:
    """Predict every arm of logistic regression with an intercept, no penalty.

    Parameters
    ----------
    population : GaussianMixture
        Two Gaussian classes.
    ratio : float
        n0/n1 > 1.
    minority : int
        n1.
    """
    learner, counts = Logistic(), (round(ratio * minority), minority)
    free = {fix.kind: predict_baseline(population, fix, learner, *counts) for fix in FREE}
    made = {each.kind: predict(population, each, learner, *counts, [counts[0] - minority]) for each in SYNTHETIC}
    return GainPoint(
        {kind: float(found.total[0]) for kind, found in made.items()},
        {kind: float(found.total[0]) for kind, found in free.items() if found is not None},
    )
