"""Bias-corrected synthesis on people's own data: a linear logistic classifier with the generator of their choice."""

from __future__ import annotations

from math import log
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit
from sklearn.utils.validation import check_is_fitted

from synththeory.arrays import Vector
from synththeory.corrections import (
    BiasCorrection,
    CovarianceAgreement,
    SkewAgreement,
    TunedCorrection,
    shape_agreement,
)
from synththeory.errors import DesignError
from synththeory.estimators.bias_fit import BiasFit, fit_corrected, tuned_strength
from synththeory.estimators.choice import named_streams
from synththeory.estimators.log_odds import ByLogOdds
from synththeory.estimators.prior import Probability, stated_prevalence
from synththeory.estimators.searched import SearchedGenerator
from synththeory.estimators.settings import built
from synththeory.estimators.tables import Table, read_rows, read_table
from synththeory.learners import Logistic
from synththeory.status import Status
from synththeory.streams import Streams

Strength = float | Literal["tuned"]
Comparator = Literal["block", "held-out"]
Transport = Literal["mean-shift", "none"]


class CorrectedLogOdds(ByLogOdds, SearchedGenerator):
    """Linear log-odds at a stated prevalence from one bias-corrected fit; subclasses say which prevalence."""

    generator: Any
    multiplier: float
    comparator: Comparator
    transport: Transport
    blocks: int | None
    strength: Strength
    ridge: float
    bound: float
    random_state: Any
    classes_: NDArray[Any]
    transfer_: CovarianceAgreement | None
    skew_: SkewAgreement | None

    def _fit(self, table: Table, prevalence: float) -> None:
        if not np.isfinite(self.multiplier) or self.multiplier < 0.0:
            raise ValueError(f"the multiplier must be a number ≥ 0 (1 balances the classes), got {self.multiplier!r}")
        correction = built(BiasCorrection, comparator=self.comparator, transport=self.transport, blocks=self.blocks)
        learner = built(Logistic, ridge=self.ridge, bound=self.bound)
        size = round(self.multiplier * table.gap)
        streams = named_streams(self.random_state)
        self.strength_ = self._strength(learner, table, size, streams)
        fit = fit_corrected(self.generator, correction, learner, table, size, streams, self.strength_)
        if not np.isfinite(fit.coefficients).all():
            raise ValueError(f"there is no corrected fit: {fit.status.reason}; raise the ridge or the bound")
        self._keep(fit, table, prevalence, size)
        try:
            shape = shape_agreement(table.rows[~table.minority], table.rows[table.minority], streams)
            self.transfer_, self.skew_ = shape.covariance, shape.skew
        except DesignError:
            self.transfer_ = self.skew_ = None

    def _strength(self, learner: Logistic, table: Table, size: int, streams: Streams) -> float:
        """λ as given, or as the held-out balanced loss chooses it; `strength_losses_` are then kept."""
        if self.strength != "tuned":
            if isinstance(self.strength, str) or not 0.0 <= self.strength <= 1.0:
                raise ValueError(f"the strength must be a number from 0 to 1 or 'tuned', got {self.strength!r}")
            return float(self.strength)
        tuned = built(TunedCorrection, comparator=self.comparator, transport=self.transport, blocks=self.blocks)
        if not size:
            return 0.0
        curve = tuned_strength(self.generator, tuned, learner, table, size, streams)
        self.strength_losses_ = dict(zip(tuned.strengths, curve.loss[0].tolist(), strict=True))
        return tuned.strengths[int(curve.best(tuned.margin)[0])]

    def _keep(self, fit: BiasFit, table: Table, prevalence: float, size: int) -> None:
        majority, minority = table.counts
        rarer = table.labels[table.minority][0]
        side = 1.0 if rarer == self.classes_[1] else -1.0
        self.minority_class_, self.synthetic_size_, self.prevalence_ = rarer, size, prevalence
        self.log_odds_shift_ = float(logit(prevalence)) - log((minority + size) / majority)
        self.coef_ = side * fit.coefficients[None, :-1]
        self.intercept_ = side * (fit.coefficients[-1:] + self.log_odds_shift_)
        self.bias_norm_, self.bias_noise_ = fit.bias_norm, fit.bias_noise
        self.status_ = fit.status.reason
        self.bound_acted_, self.damped_ = fit.status == Status.NORM_BOUND, fit.status == Status.DAMPED

    def decision_function(self, X: ArrayLike) -> Vector:
        """Log-odds of ``classes_[1]`` at the stated prevalence, (n,), for rows (n, d)."""
        check_is_fitted(self)
        return np.asarray(read_rows(self, X, raw=False) @ self.coef_[0] + self.intercept_[0])


class BiasCorrectedClassifier(CorrectedLogOdds):
    """Logistic regression on real and synthetic rows, the generator's estimated bias subtracted from the loss [R].

    The generator imitates blocks of the majority as large as the minority; what its rows do to the loss there, moved to
    the minority's place, is subtracted (`theory.md` §4, a reconstruction of Lyu, Ma, Zhang and Zhang). The fit has
    rows of negative weight and is therefore the package's own; for another classifier use `TGVTSSClassifier`. Rows are
    taken one like another: there is no ``sample_weight``.

    Parameters
    ----------
    generator : Generator, sampler or callable
        As in `TGVTSSClassifier`. It sees the columns as they are: put a StandardScaler before it in a Pipeline where
        distances matter to it.
    multiplier : float
        γ ≥ 0: γ(n0 − n1) synthetic rows; 1 balances the classes, 0 is a plain logistic regression.
    comparator : {"block", "held-out"}
        What the imitations are compared with: their own block, or the rest of the majority.
    transport : {"mean-shift", "none"}
        Whether the estimated bias is moved to the minority's mean.
    blocks : int, optional
        How many blocks are imitated; floor(n0/n1) when not given.
    strength : float or "tuned"
        λ in [0, 1], how much of the estimated bias is subtracted: 1 all, 0 nothing. "tuned" takes the λ of 0, ¼, ½, ¾
        and 1 with the least balanced loss on held-out rows in five folds, where that beats λ = 0 by more than a
        standard error, else 0 (25 further fits): near the better of the naive and the corrected fit [D].
    ridge : float
        ½ · ridge · ‖slopes‖² is added to the mean loss, for columns of standard deviation 1.
    bound : float
        Largest coefficient, for columns of standard deviation 1: the corrected loss need not be convex.
    probability : {"balanced", "prevalence"}
        Prevalence at which `predict_proba` holds: ½, or the one stated next.
    prevalence : float, optional
        Of the minority, in (0, 1), for "prevalence"; the training share when not given.
    random_state : int, RandomState or None
        Blocks and synthetic rows.

    Attributes
    ----------
    coef_, intercept_ : arrays
        (1, d) and (1,): log-odds of ``classes_[1]`` at the stated prevalence, for the columns as they are.
    strength_ : float
        The λ that was used.
    strength_losses_ : dict of float to float
        Held-out balanced loss of every λ; only where it was tuned.
    bias_norm_ : float
        ‖∇B̂_0(θ̂)‖ in the H⁻¹ norm, H the balanced Hessian at θ̂: uncorrected it costs about ½(ñ/N)² bias_norm_² of
        balanced risk.
    bias_noise_ : float
        What ``bias_norm_`` would be about were there no bias at all, from the blocks' spread; NaN with one block.
    transfer_ : CovarianceAgreement or None
        Do the class covariances agree, as transfer needs? A test (``p_value``) and how far they do not
        (``effect_size``, ``spread_ratio``); None with fewer than four rows in a class or constant columns only.
    skew_ : SkewAgreement or None
        Do the classes lean the same way? Covariances may agree where one is the other's mirror image.
    bound_acted_, damped_ : bool
        Whether a coefficient ended on the bound; whether steps were damped because the loss was not convex.
    status_ : str
        How the fit ended.
    synthetic_size_ : int
        ñ.
    classes_, minority_class_, prevalence_, log_odds_shift_, n_features_in_, feature_names_in_
        As in `VTSSClassifier`.
    """

    def __init__(
        self,
        generator: Any,
        *,
        multiplier: float = 1.0,
        comparator: Comparator = "block",
        transport: Transport = "mean-shift",
        blocks: int | None = None,
        strength: Strength = 1.0,
        ridge: float = 1e-3,
        bound: float = 30.0,
        probability: Probability = "balanced",
        prevalence: float | None = None,
        random_state: Any = None,
    ) -> None:
        self.generator = generator
        self.multiplier = multiplier
        self.comparator = comparator
        self.transport = transport
        self.blocks = blocks
        self.strength = strength
        self.ridge = ridge
        self.bound = bound
        self.probability = probability
        self.prevalence = prevalence
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Make the synthetic rows, estimate their bias on the majority, fit.

        Parameters
        ----------
        X : array-like
            (n, d), finite numbers.
        y : array-like
            (n,), two values; the rarer is the minority (in a tie, the later in sorted order).

        Returns
        -------
        self

        Raises
        ------
        ValueError
            Bad input, settings or generator, or no fit: named, with the remedy.
        """
        table, self.classes_ = read_table(self, X, y, None, raw=False, fewest=2)
        self._fit(table, stated_prevalence(self.probability, self.prevalence, table))
        return self


class BiasCorrectedPropensity(CorrectedLogOdds):
    """P(treated | x) where few are treated, by a bias-corrected fit [R].

    The treated are the minority (or the untreated, where they are fewer). Fitted at balance and moved back to the
    table's own treated share: logit e(x) = f(x) + log(n1/n0) (`theory.md` §4). For treatment effects see
    `synththeory.causal`.

    Parameters
    ----------
    generator, comparator, transport, blocks, strength, ridge, bound, random_state
        As in `BiasCorrectedClassifier`.
    multiplier : float
        γ; 1 fits the classes at balance.

    Attributes
    ----------
    coef_, intercept_, strength_, strength_losses_, bias_norm_, bias_noise_, transfer_, skew_, bound_acted_, damped_, \
status_, synthetic_size_, classes_, minority_class_, prevalence_, log_odds_shift_, n_features_in_, feature_names_in_
        As in `BiasCorrectedClassifier`; ``prevalence_`` is the minority's share of the table.
    """

    def __init__(
        self,
        generator: Any,
        *,
        multiplier: float = 1.0,
        comparator: Comparator = "block",
        transport: Transport = "mean-shift",
        blocks: int | None = None,
        strength: Strength = 1.0,
        ridge: float = 1e-3,
        bound: float = 30.0,
        random_state: Any = None,
    ) -> None:
        self.generator = generator
        self.multiplier = multiplier
        self.comparator = comparator
        self.transport = transport
        self.blocks = blocks
        self.strength = strength
        self.ridge = ridge
        self.bound = bound
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit the propensity.

        Parameters
        ----------
        X : array-like
            (n, d), the covariates: finite numbers.
        y : array-like
            (n,), the treatment: two values, of which the later in sorted order (1, True) is "treated".

        Returns
        -------
        self

        Raises
        ------
        ValueError
            Bad input, settings or generator, or no fit: named, with the remedy.
        """
        table, self.classes_ = read_table(self, X, y, None, raw=False, fewest=2)
        self._fit(table, table.counts[1] / sum(table.counts))
        return self

    def propensity(self, X: ArrayLike) -> Vector:
        """e(x) = P(treated | x), (n,): the second column of `predict_proba`."""
        return np.asarray(self.predict_proba(X)[:, 1])
