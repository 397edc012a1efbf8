"""Fitted nets: arrays that score rows without the extra."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array, Codes
from synththeory.errors import SynththeoryError
from synththeory.fits import LinearFit

_TINY = 1e-12
"""Squared length below which hidden units are not scaled up."""


@dataclass(frozen=True, eq=False)
class NetFit:
    """Nets of fully connected layers with rectified units, each on standardised rows (x − centre)/scale.

    Attributes
    ----------
    layers : tuple of (Array, Array)
        Weights (B, S, in, out) and biases (B, S, out) of each layer; the last one has a single output, the log-odds, or
        K of them, the logits.
    centre, scale : Array
        (B, d) of each replication's real training rows.
    status : Codes
        (B, S), codes of `synththeory.status.Status`; layers are NaN where there is no fit.
    unit : bool
        Whether the last hidden units are scaled to length one, as under a cosine head.
    """

    layers: tuple[tuple[Array, Array], ...]
    centre: Array
    scale: Array
    status: Codes
    unit: bool = False

    def scores(self, rows: Array) -> Array:
        """Log-odds (B, S, m), or logits (B, S, m, K), of rows (m, d) or (B, m, d)."""
        count, sizes = self.status.shape
        weights, biases = self.layers[-1]
        out = np.empty((count, sizes, rows.shape[-2], biases.shape[2]))
        for place in np.ndindex(count, sizes):
            seen = self._hidden(place, rows if rows.ndim == 2 else rows[place[0]])
            out[place] = seen @ weights[place] + biases[place]
        return out[..., 0] if out.shape[3] == 1 else out

    def at(self, replications: slice) -> NetFit:
        """The nets of some replications."""
        layers = tuple((weights[replications], biases[replications]) for weights, biases in self.layers)
        return NetFit(layers, self.centre[replications], self.scale[replications], self.status[replications], self.unit)

    @property
    def last_layer(self) -> LinearFit:
        """The last layer alone: coefficients of the last hidden units and an intercept.

        Raises
        ------
        SynththeoryError
            For more than one synthetic size: every size has hidden units of its own.
        """
        if self.status.shape[1] != 1:
            raise SynththeoryError(f"the last layer is defined for one synthetic size, got {self.status.shape[1]}")
        weights, biases = self.layers[-1]
        return LinearFit(np.concatenate([weights[..., 0], biases], axis=-1), self.status, HiddenUnits(self))

    def _hidden(self, place: tuple[int, ...], rows: Array) -> Array:
        """Values of the last hidden units, (m, h)."""
        seen = (rows - self.centre[place[0]]) / self.scale[place[0]]
        for weights, biases in self.layers[:-1]:
            seen = np.maximum(seen @ weights[place] + biases[place], 0.0)
        if self.unit:
            seen = seen / np.sqrt(np.maximum(np.square(seen).sum(axis=1, keepdims=True), _TINY))
        return np.asarray(seen)


@dataclass(frozen=True, eq=False)
class HiddenUnits:
    """The last hidden units of a net a replication, as a feature map.

    Attributes
    ----------
    fit : NetFit
        Of one size.
    """

    fit: NetFit

    def of(self, rows: Array) -> Array:
        """Features (B, m, h) of rows (m, d) or (B, m, d)."""
        each = np.broadcast_to(rows, (len(self.fit.status), *rows.shape[-2:]))
        return np.stack([self.fit._hidden((place, 0), own) for place, own in enumerate(each)])

    def at(self, replications: slice) -> HiddenUnits:
        """The maps of some replications."""
        return HiddenUnits(self.fit.at(replications))
