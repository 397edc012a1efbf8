"""Inner folds: what fits say of the rows held out of them, each fit made once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import ParameterGrid

from synththeory.arrays import Array, Vector
from synththeory.errors import DesignError
from synththeory.estimators.curve import Prepared, SizeCurve, curve_of, mended_by
from synththeory.estimators.recalibration import RECALIBRATIONS, Mended, Recalibration

Settings = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Inner:
    """Validation folds of one kind of training rows.

    Attributes
    ----------
    folds : tuple of Prepared
        K of them, with as many synthetic rows as the largest size asks for.
    final : classifier
        The final step, unfitted.
    without : Inner or None
        The same folds without synthetic rows: its fits serve where none is added.
    """

    folds: tuple[Prepared, ...]
    final: Any
    without: Inner | None = None
    _known: dict[tuple[str, float], Array] = field(default_factory=dict)

    def log_odds(self, settings: Settings, multipliers: Vector) -> Array:
        """Of the held-out rows, fold after fold, at prevalence ½: (C, n)."""
        if self.without is not None and 0.0 in multipliers:
            rest = multipliers[multipliers > 0.0]
            free = self.without.log_odds(settings, np.zeros(1))
            return np.concatenate([free, self.log_odds(settings, rest)]) if rest.size else free
        missing = np.array([each for each in multipliers if (_key(settings), each) not in self._known])
        if missing.size:
            final = clone(self.final).set_params(**settings)
            parts = [fold.log_odds(final, missing, re_priored=True) for fold in self.folds]
            found = np.concatenate(parts, axis=1)
            self._known.update({(_key(settings), each): own for each, own in zip(missing, found, strict=True)})
        return np.stack([self._known[_key(settings), each] for each in multipliers])

    def curve(self, settings: Settings, multipliers: Vector, gap: int) -> SizeCurve:
        """Balanced validation loss of every size."""
        return curve_of(self.log_odds(settings, multipliers), self.folds, multipliers, gap)

    def mended(self, kind: Recalibration, settings: Settings, multiplier: float) -> Mended:
        """The calibration that these rows ask for."""
        return mended_by(kind, self.log_odds(settings, np.array([multiplier]))[0], self.folds)

    def tuned(self, tune: Mapping[str, Sequence[Any]], multiplier: float) -> dict[str, Any]:
        """Parameters of the least balanced loss at one synthetic size, the first in a tie."""
        offers = list(ParameterGrid(dict(tune)))
        if len(offers) == 1:
            return dict(offers[0])
        losses = np.array([self._loss(scores) for scores in self._offered(offers, multiplier)])
        return dict(offers[int(np.nanargmin(losses))]) if np.isfinite(losses).any() else {}

    def calibrated(
        self, tune: Mapping[str, Sequence[Any]], multiplier: float
    ) -> tuple[dict[str, Any], Recalibration | None]:
        """Parameters and kind of calibration that are best together, maps learned on the other folds.

        Raises
        ------
        DesignError
            Scores that are no numbers.
        """
        offers = list(ParameterGrid(dict(tune)))
        found = {
            (place, kind): self._loss(self._crossed(kind, scores))
            for place, scores in enumerate(self._offered(offers, multiplier))
            for kind in RECALIBRATIONS
            if np.isfinite(scores).all()
        }
        if not found:
            raise DesignError("no fit has finite scores to calibrate")
        place, best = min(found, key=lambda each: found[each])
        return dict(offers[place]), best

    def _offered(self, offers: Sequence[Settings], multiplier: float) -> Array:
        """Of every offer at one size, (S, n)."""
        if self.without is not None and multiplier == 0.0:
            return self.without._offered(offers, multiplier)
        missing = [offer for offer in offers if (_key(offer), multiplier) not in self._known]
        if missing:
            finals = [clone(self.final).set_params(**offer) for offer in missing]
            found = np.concatenate([fold.tuned_log_odds(finals, multiplier) for fold in self.folds], axis=1)
            self._known.update({(_key(offer), multiplier): own for offer, own in zip(missing, found, strict=True)})
        return np.stack([self._known[_key(offer), multiplier] for offer in offers])

    def _loss(self, log_odds: Vector) -> float:
        return float(curve_of(log_odds[None], self.folds, np.zeros(1), 0).loss[0])

    def _crossed(self, kind: Recalibration, log_odds: Vector) -> Vector:
        """Every fold's rows by the map of the other folds; by their own where there is one fold."""
        ends = np.cumsum([fold.held.minority.size for fold in self.folds])
        own = np.split(log_odds, ends[:-1])
        if len(own) == 1:
            return mended_by(kind, log_odds, self.folds)(log_odds)
        parts = []
        for place, scores in enumerate(own):
            rest = np.concatenate([*own[:place], *own[place + 1 :]])
            parts.append(mended_by(kind, rest, (*self.folds[:place], *self.folds[place + 1 :]))(scores))
        return np.concatenate(parts)


def _key(settings: Settings) -> str:
    return repr(sorted(settings.items()))
