"""LEO-CVAE (arXiv 2509.25334): a conditional autoencoder that looks hardest where the classes mix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from synththeory.arrays import Array, Integers, Vector
from synththeory.components import NonNegative
from synththeory.errors import SynththeoryError
from synththeory.generators.given import finite
from synththeory.generators.learned.base import Learned, nearest
from synththeory.streams import Streams

if TYPE_CHECKING:
    from synththeory.neural.cvae import Trained

_HELD_OUT = 0.2


def neighbourhood_entropy(X: ArrayLike, y: ArrayLike, neighbors: int = 15, prior_corrected: bool = False) -> Vector:
    """H_i = −Σ p_c log₂ p_c, p_c the share of class c among the k nearest other rows of row i [F].

    Parameters
    ----------
    X, y : array-like
        (n, d), and labels (n,).
    neighbors : int
        k, fewer than the rows.
    prior_corrected : bool
        Whether shares are divided by the classes' shares of all rows first: one minority row among fifteen then counts
        for what it is where one row in twenty is of the minority [D].

    Returns
    -------
    Vector
        (n,), between 0 and log₂ of the number of classes. It is 0 too for a row that only the other class surrounds.

    Raises
    ------
    SynththeoryError
        Rows that are no finite table, or too few of them.
    """
    rows, labels = _table(X, y, neighbors)
    classes, codes = np.unique(labels, return_inverse=True)
    counts = np.stack([(codes[nearest(rows, neighbors)] == c).sum(axis=1) for c in range(classes.size)], axis=1)
    shares = counts / (np.bincount(codes) if prior_corrected else 1.0)
    shares = shares / shares.sum(axis=1, keepdims=True)
    return np.asarray(-(shares * np.log2(np.where(shares > 0.0, shares, 1.0))).sum(axis=1))


def lonely(X: ArrayLike, y: ArrayLike, neighbors: int = 15) -> NDArray[np.bool_]:
    """Rows of label 1, in their order, among whose k nearest other rows is none of theirs; they are no seeds [D]."""
    rows, labels = _table(X, y, neighbors)
    return np.asarray((labels[nearest(rows, neighbors)] == 0).all(axis=1)[labels == 1])


def seed_probabilities(entropy: ArrayLike, gamma: float = 2.5) -> Vector:
    """(1 + H)^γ, normalised: how often each row is a seed [F]; entropy (n,)."""
    weights = (1.0 + np.asarray(entropy, dtype=np.float64)) ** gamma
    return np.asarray(weights / weights.sum())


def class_weights(y: ArrayLike) -> Vector:
    """N/(C n_c) of every class, in the order of its label, (C,) [F]."""
    counts = np.unique(np.asarray(y), return_counts=True)[1]
    return np.asarray(counts.sum() / (counts.size * counts))


@dataclass(frozen=True)
class Loss:
    """The loss of a batch and its parts.

    Attributes
    ----------
    reconstruction : float
        mean_i w_i(1 + H_i)^γ ‖x̂_i − x_i‖².
    divergence : float
        mean_i KL_i.
    total : float
        reconstruction + β max(divergence, κ).
    """

    reconstruction: float
    divergence: float
    total: float


def loss(
    rows: ArrayLike, reconstruction: ArrayLike, mean: ArrayLike, logvar: ArrayLike, entropy: ArrayLike,
    weights: ArrayLike, gamma: float = 2.5, beta: float = 4.0, floor: float = 0.1,
) -> Loss:  # fmt: skip
    """The loss of a batch [F]; where the divergence is below its floor κ it has no gradient.

    Parameters
    ----------
    rows, reconstruction : array-like
        x and x̂, (n, d).
    mean, logvar : array-like
        Of the latent, (n, z).
    entropy, weights : array-like
        H and each row's class weight, (n,).
    gamma, beta, floor : float
        γ, β and κ.
    """
    given, made, centre, spread = (np.asarray(each, dtype=np.float64) for each in (rows, reconstruction, mean, logvar))
    factors = np.asarray(weights) * (1.0 + np.asarray(entropy, dtype=np.float64)) ** gamma
    gaps = float((factors * np.square(made - given).sum(axis=1)).mean())
    divergence = float((-0.5 * (1.0 + spread - np.square(centre) - np.exp(spread)).sum(axis=1)).mean())
    return Loss(gaps, divergence, gaps + beta * max(divergence, floor))


def parameters(dimension: int, classes: int, hidden: int = 64, latent: int = 16) -> int:
    """Number of weights and biases of the net."""
    half = hidden // 2
    encoder = ((dimension + classes, hidden), (hidden, half), (half, latent), (half, latent))
    decoder = ((latent + classes, half), (half, hidden), (hidden, dimension))
    return sum((fan + 1) * out for fan, out in (*encoder, *decoder))


def published_gap(majority: int, minority: int) -> int:
    """Rows the published code makes: the gap within the 80 % it trains on, though they are added to all rows [F]."""
    kept = [count - _held_out(count) for count in (majority, minority)]
    return kept[0] - kept[1]


class LeoCvae(Learned):
    """Seeds are encoded, moved in the latent space, and decoded under their own label.

    The autoencoder sees both classes; a row's squared error counts by its class weight and by (1 + H)^γ, and seeds are
    drawn in proportion to (1 + H)^γ.

    Here columns are standardised and put back, H is of shares corrected for the classes' sizes, all minority rows are
    seeds except those without a minority neighbour, and the epoch with the best validation loss is used [D]. With
    ``faithful`` columns are as they come, H is plain, seeds are the 80 % that were trained on, and the last epoch is
    used, as the public code does [F].

    Attributes
    ----------
    neighbors : int
        k of H.
    gamma, beta, floor : float
        γ, β and κ of `loss`.
    hidden, latent : int
        Widths of the net.
    epochs, patience : int
        Of the training.
    faithful, pilot
        As in `Learned`.
    """

    kind: Literal["leo-cvae"] = "leo-cvae"
    programs: ClassVar[tuple[str, ...]] = ("cvae", "keys", "ordered")
    smallest_minority: ClassVar[int] = 5
    neighbors: Annotated[int, Field(ge=1)] = 15
    gamma: NonNegative = 2.5
    beta: NonNegative = 4.0
    floor: NonNegative = 0.1
    hidden: Annotated[int, Field(ge=2)] = 64
    latent: Annotated[int, Field(ge=1)] = 16
    epochs: Annotated[int, Field(ge=1)] = 500
    patience: Annotated[int, Field(ge=1)] = 25

    @property
    def standardises(self) -> bool:
        """Not as published."""
        return not self.faithful

    def learnt(self, streams: Streams, minority: Array, majority: Array) -> Decoder:
        """An autoencoder of both classes, and the latents of the seeds."""
        from synththeory.neural.cvae import Recipe, trained

        rows, codes = np.concatenate([majority, minority]), np.repeat([0, 1], [len(majority), len(minority)])
        near = min(self.neighbors, len(rows) - 1)
        entropy = neighbourhood_entropy(rows, codes, near, prior_corrected=not self.faithful)
        training, held = _split(streams, codes)
        recipe = Recipe(
            self.hidden, self.latent, self.beta, self.floor, epochs=self.epochs, patience=self.patience,
            restored=not self.faithful,
        )  # fmt: skip
        weights = class_weights(codes)[codes] * (1.0 + entropy) ** self.gamma
        net = trained(recipe, streams, rows, codes, weights, training, held)
        own = np.flatnonzero(codes == 1)
        if self.faithful:
            chosen = own[np.isin(own, training)]
        else:
            apart = lonely(rows, codes, near)
            chosen = own if apart.all() else own[~apart]
        means, spreads = net.encoded(rows[chosen], 1)
        return Decoder(net, means, np.exp(0.5 * spreads), np.cumsum(seed_probabilities(entropy[chosen], self.gamma)))


@dataclass(frozen=True, eq=False)
class Decoder:
    """Rows decoded from the neighbourhood of seeds.

    Attributes
    ----------
    net : Trained
        The autoencoder.
    means, deviations : Array
        Of the seeds' latents, (n, z).
    edges : Vector
        Running sums of the seeds' probabilities, (n,).
    """

    net: Trained
    means: Array
    deviations: Array
    edges: Vector

    def rows(self, streams: Streams, size: int) -> Array:
        """A seed by its probability, a latent from its posterior, decoded under the minority's label."""
        chances, noise = streams.uniforms("seeds", size)[0], streams.normals("latent", size, self.means.shape[1])[0]
        places = np.minimum(np.searchsorted(self.edges, chances, side="right"), len(self.edges) - 1)
        return self.net.decoded(self.means[places] + self.deviations[places] * noise, 1)


def _split(streams: Streams, codes: Integers) -> tuple[Integers, Integers]:
    """A fifth of each class, at least one row, is held out to stop the training."""
    order = streams.uniforms("split", len(codes))[0]
    held: NDArray[np.bool_] = np.zeros(len(codes), dtype=bool)
    for code in (0, 1):
        own = np.flatnonzero(codes == code)
        held[own[np.argsort(order[own], kind="stable")[: _held_out(own.size)]]] = True
    return np.flatnonzero(~held), np.flatnonzero(held)


def _held_out(count: int) -> int:
    return max(round(_HELD_OUT * count), 1)


def _table(X: ArrayLike, y: ArrayLike, neighbors: int) -> tuple[Array, NDArray[np.generic]]:
    rows, labels = finite(X, "leo-cvae", "training"), np.asarray(y)
    if labels.shape != rows.shape[:1]:
        raise SynththeoryError(f"leo-cvae: expected rows (n, d) and labels (n,), got {rows.shape} and {labels.shape}")
    if not 1 <= neighbors < len(rows):
        raise SynththeoryError(f"leo-cvae: neighbors must be fewer than the {len(rows)} rows, got {neighbors}")
    return rows, labels
