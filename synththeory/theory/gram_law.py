"""The law of a training set's Gram matrix T = Σ w vvᵀ, v = (z, y): its mean, and its cumulants as far as theory needs.

T is the sum over clusters (see `synththeory.theory.clusters`) and, with a bias correction that moves its rows by
μ̂_1 − μ̂_0, of what that random move adds: 2δᵀF_xx D to a form ⟨F, T⟩, with δ = μ̂_1 − μ̂_0 − E and D the weighted sum of
the rows compared. Its part 2δᵀF_xx E D is linear and belongs to the clusters; the rest is the product of two
fluctuations, whose cumulants are products of covariances. [D]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.corrections import BiasCorrection
from synththeory.errors import DesignError
from synththeory.generators.response import OWN
from synththeory.lazy import lazy
from synththeory.populations import LocationLaw, Population
from synththeory.theory.clusters import Cluster, Part, Triple, products
from synththeory.theory.similar import Following

Parts = Sequence[Part]


@dataclass(frozen=True, eq=False)
class Forms:
    """Forms F, (..., p + 1, p + 1), and what every cluster knows of them."""

    matrices: Array
    parts: Parts


@dataclass(frozen=True, eq=False)
class GramLaw:
    """Independent clusters whose Gram matrices, and the transport's products, add up to T.

    Attributes
    ----------
    clusters : tuple of Cluster
    """

    clusters: tuple[Cluster, ...]

    @lazy
    def mean(self) -> Matrix:
        """E T, (p + 1, p + 1)."""
        total = np.asarray(sum(cluster.mean for cluster in self.clusters))
        if self._moves:
            crossed = self._covariance(self._move, self._difference)
            dimension = self.clusters[0].law.dimension
            total[:dimension, :dimension] += crossed + crossed.T
        return total

    def forms(self, matrices: Array) -> Forms:
        """Forms F, (..., p + 1, p + 1), seen by every cluster: made once for all that is asked of them."""
        return Forms(matrices, [cluster.part(matrices) for cluster in self.clusters])

    def features(self, forms: Forms) -> Array:
        """Vectors of forms whose inner products are Cov(⟨F, T⟩) to leading order."""
        return self._features(forms.parts)

    def second(self, a: Forms, b: Forms) -> float:
        """Σ_j Cov(⟨a_j, T⟩, ⟨b_j, T⟩) of p forms each, to 1/n of itself."""
        total = np.sum(self.features(a) * self.features(b))
        triples = zip(self.clusters, a.parts, b.parts, strict=True)
        total += sum(cluster.remainder(*parts) for cluster, *parts in triples)
        return float(total) + (self._second_moved(a.matrices, b.matrices) if self._moves else 0.0)

    def third(self, x: Forms, e: Forms, y: Forms) -> float:
        """Σ_jk κ3(⟨x_j, T⟩, ⟨e_jk, T⟩, ⟨y_k, T⟩) of (p,), (p, p) and (p,) forms, to leading order."""
        total = self._third(x.parts, e.parts, y.parts)
        if not self._moves:
            return total
        inner = self._inner(x.matrices), self._inner(e.matrices), self._inner(y.matrices)
        parts = x.parts, e.parts, y.parts
        moves, differences = (self._pulls(parts, each) for each in (self._move, self._difference))
        return total + 2.0 * (products(moves, differences, inner) + products(differences, moves, inner))

    @property
    def _moves(self) -> bool:
        """Whether rows are moved by μ̂_1 − μ̂_0."""
        return any(cluster.moved for cluster in self.clusters)

    def _second_moved(self, a: Array, b: Array) -> float:
        """What the transport adds to `second`."""
        left, right, move, difference = self._inner(a), self._inner(b), self._move, self._difference
        crossed = 2.0 * (np.einsum("jil,jab->ilab", right, a) + np.einsum("jil,jab->ilab", left, b))
        total = self._third(move, self.forms(crossed).parts, difference)
        straight = self._covariance(move, move), self._covariance(difference, difference)
        mixed = self._covariance(move, difference)
        total += 4.0 * np.einsum("jik,jab,ia,kb->", left, right, *straight, optimize=True)
        total += 4.0 * np.einsum("jik,jab,ib,ak->", left, right, mixed, mixed, optimize=True)
        return float(total)

    @lazy
    def _move(self) -> Parts:
        """δ, as d forms."""
        return [cluster.sums(cluster.moved, 0.0) for cluster in self.clusters]

    @lazy
    def _difference(self) -> Parts:
        """D less its mean, as d forms."""
        return [cluster.sums(*cluster.compared) for cluster in self.clusters]

    def _features(self, parts: Parts) -> Array:
        pairs = zip(self.clusters, parts, strict=True)
        return np.concatenate([cluster.features(part) for cluster, part in pairs], axis=-1)

    def _covariance(self, a: Parts, b: Parts) -> Array:
        return np.asarray(self._features(a) @ self._features(b).T)

    def _pulls(self, parts: tuple[Parts, Parts, Parts], by: Parts) -> Triple:
        x, e, y = (self._covariance(part, by) for part in parts)
        return x, e, y

    def _third(self, x: Parts, e: Parts, y: Parts) -> float:
        return sum(cluster.third(*parts) for cluster, *parts in zip(self.clusters, x, e, y, strict=True))

    def _inner(self, forms: Array) -> Array:
        """F_xx."""
        dimension = self.clusters[0].law.dimension
        return forms[..., :dimension, :dimension]


def gram_law(
    population: Population,
    generator: Following,
    intercept: bool,
    counts: tuple[int, int],
    size: float,
    correction: BiasCorrection | None = None,
) -> GramLaw:
    """The law of the Gram matrix of two classes, synthetic minority rows, and a bias correction.

    Parameters
    ----------
    population, generator
        Who the data come from, and what imitates them.
    intercept : bool
        Whether z = (x, 1) in place of z = x.
    counts : (int, int)
        n0 and n1.
    size : int
        ñ.
    correction : BiasCorrection, optional
        What is done about the generator's bias.

    Raises
    ------
    DesignError
        When a class is not one Gaussian of full rank, or the generator has no `Response`.
    """
    laws = [law for law in population.laws if isinstance(law, LocationLaw) and _normal(law)]
    response, made = generator.response, _fixed_normal(generator, population, counts[1])
    if len(laws) != 2 or (response is None and (made is None or correction is not None)):
        raise DesignError(
            "second-order theory needs two Gaussian classes of full rank and a generator whose mean and covariance "
            "follow the seeds' linearly, or whose law is one Gaussian whatever the seeds, "
            f"got {population.kind} and {generator.kind}; theory.predict takes any"
        )
    (zero, one), (majority, minority) = laws, counts
    labels, still = [stratum.response for stratum in population.strata], np.zeros(zero.dimension)
    there, here = (_place(still, label, intercept) for label in labels)
    if response is None:
        drawn = ((zero, majority, there), (one, minority, here), (made, size, here))
        return GramLaw(tuple(_independent(law, rows, place) for law, rows, place in drawn if law and rows))
    synthetic = Cluster(one, response, minority, size, 1, ((1.0, here),), (1.0, here))
    if correction is None:
        return GramLaw((_independent(zero, majority, there), synthetic))
    moves = correction.transport == "mean-shift"
    carried = _place(one.mean - zero.mean if moves else still, labels[1], intercept)
    blocks = correction.blocks or majority // minority
    used, held_out = blocks * minority, correction.comparator == "held-out"
    inside = (1.0 - minority / used) / (majority - minority) if held_out else 1.0 / used
    outside = 1.0 / (majority - minority) if held_out else 0.0
    move, drift = (1.0, -size * response.offset) if moves else (0.0, 0.0)
    blocked = Cluster(
        zero, response, minority, minority, blocks, ((1.0, there), (size * inside, carried)), (-size / used, carried),
        -move / majority, drift, (move * size * inside, -move * size / used),
    )  # fmt: skip
    rest = Cluster(
        zero, OWN, majority - used, 0, 1, ((1.0, there), (size * outside, carried)), (0.0, carried),
        -move / majority, drift, (move * size * outside, 0.0),
    )  # fmt: skip
    moved = replace(synthetic, moved=move / minority, drift=drift)
    return GramLaw((blocked, moved, rest) if majority > used else (blocked, moved))


def _independent(law: LocationLaw, rows: float, place: Matrix) -> Cluster:
    """Rows of which nothing is made."""
    return Cluster(law, OWN, rows, 0.0, 1, ((1.0, place),), (0.0, place))


def _fixed_normal(generator: Following, population: Population, minority: int) -> LocationLaw | None:
    law = generator.fixed_law(population, 1, minority)
    return law if isinstance(law, LocationLaw) and _normal(law) else None


def _normal(law: LocationLaw) -> bool:
    return law.noise == "gaussian" and int(np.linalg.matrix_rank(law.covariance)) == law.dimension


def _place(move: Vector, label: float, intercept: bool) -> Matrix:
    """C with (z, y) = C(x, 1) for rows moved and labelled, (p + 1, d + 1)."""
    dimension = move.shape[0]
    constant = np.eye(dimension + 1)[-1:]
    rows = [np.column_stack([np.eye(dimension), move]), label * constant]
    return np.concatenate([rows[0], constant, rows[1]] if intercept else rows)
