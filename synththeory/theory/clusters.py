"""Cumulants of the Gram matrix of real, synthetic and correcting rows, for Gaussian rows [D].

A *cluster* is n real rows x = μ + ε, ε ~ N(0, S), and the m synthetic rows a generator makes of them. A form ⟨F, T⟩ of
the Gram matrix T depends on a cluster through three things:

    seed   ψ(ε), what one seed adds by itself and through the mean of the synthetic rows,
    noise  q, one synthetic row about its mean given the seeds; its law is N(μ + offset, R(S) + noise I + fresh S),
    bend   δx̄ᵀNδx̄, the part of the synthetic rows' mean that is no sum over seeds, δx̄ = x̄ − μ.

For ψ and q, polynomials ζᵀAζ + ℓᵀζ of a standard normal ζ less their mean, cumulants are Isserlis':

    κ2 = 2 tr AB + ℓ_a·ℓ_b,    κ3 = 8 tr ABC + 2(ℓ_aᵀBℓ_c + ℓ_bᵀAℓ_c + ℓ_aᵀCℓ_b).

The noise's covariance varies with the seeds: its covariance with ψ is its derivative along what ψ tilts the seeds' law
to, a mean moved by Sℓ and a covariance by 2SAS, which is κ3 with the tilt in ψ's place. The transport of a bias
correction adds 2δᵀFD, the product of two fluctuations: of μ̂_1 − μ̂_0 and of the difference between the rows compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.generators.response import Response
from synththeory.lazy import lazy
from synththeory.populations import LocationLaw

Triple = tuple[Array, Array, Array]


@dataclass(frozen=True, eq=False)
class Polynomials:
    """ζᵀAζ + ℓᵀζ less its mean, ζ standard normal: A (..., d, d) and ℓ (..., d)."""

    quadratic: Array
    linear: Array

    def of(self, factor: Matrix) -> Polynomials:
        """The same of ε = factor · ζ."""
        return Polynomials(factor.T @ self.quadratic @ factor, self.linear @ factor)

    @property
    def features(self) -> Array:
        """Vectors whose inner products are the covariances, (..., d² + d)."""
        flat = self.quadratic.reshape(*self.linear.shape[:-1], -1)
        return np.concatenate([np.sqrt(2.0) * flat, self.linear], axis=-1)


@dataclass(frozen=True, eq=False)
class Part:
    """What a cluster knows of some forms.

    Attributes
    ----------
    seed, noise : Polynomials
        ψ and q.
    tilt : Polynomials
        First-order change of the noise's covariance as the seeds' law moves in the direction of ψ, as a polynomial of
        the noise.
    bend : Array
        N in the seeds' standard coordinates, (..., d, d).
    row : Polynomials
        The form of one synthetic row in its own coordinates.
    """

    seed: Polynomials
    noise: Polynomials
    tilt: Polynomials
    bend: Array
    row: Polynomials


@dataclass(frozen=True, eq=False)
class Cluster:
    """Rows and what a generator makes of them, as often as there are independent copies.

    Attributes
    ----------
    law : LocationLaw
        Of a row, normal.
    response : Response
        How synthetic rows follow their seeds.
    seeds, made, copies : int
        n, m and how many such clusters there are.
    own : tuple of (float, Matrix)
        Weights of a real row and its places v = C(x, 1) in the Gram matrix, (p + 1, d + 1).
    imitation : (float, Matrix)
        The same of a synthetic row.
    moved : float
        A real row's share in δ.
    drift : float
        E D in every coordinate.
    compared : (float, float)
        Weights of a real and of a synthetic row in D.
    """

    law: LocationLaw
    response: Response
    seeds: float
    made: float
    copies: int
    own: tuple[tuple[float, Matrix], ...]
    imitation: tuple[float, Matrix]
    moved: float = 0.0
    drift: float = 0.0
    compared: tuple[float, float] = (0.0, 0.0)

    @property
    def mean(self) -> Matrix:
        """E T, (p + 1, p + 1), but for the transport's part."""
        place, covariance = self.law.mean, self.law.covariance
        lost = 0.0 if self.response.unbiased else 1.0
        varied = self._follows * covariance - lost * self.response.spread(covariance)
        made = _second(place + self.response.offset, self._spread + varied / self.seeds)
        real, (weight, maps) = _second(place, covariance), self.imitation
        total = sum(self.seeds * weight * maps @ real @ maps.T for weight, maps in self.own)
        return np.asarray(self.copies * (total + self.made * weight * maps @ made @ maps.T))

    def part(self, forms: Array) -> Part:
        """What the cluster knows of forms F, (..., p + 1, p + 1)."""
        size, place, (weight, maps) = self.law.dimension, self.law.mean, self.imitation
        own = np.asarray(sum(share * there.T @ forms @ there for share, there in self.own))
        real = _about(own, place)
        row = _about(weight * maps.T @ forms @ maps, place + self.response.offset)
        pulled = 2.0 * self.moved * self.drift * forms[..., :size, :size].sum(axis=-1)
        followed = self._scale * self.response.spread(row.quadratic)
        linear = real.linear + pulled + self._each * self._follows * row.linear
        seed = Polynomials(real.quadratic + self._each * followed, linear).of(self.law.spread)
        bend = self.law.spread.T @ (self._follows * row.quadratic - followed) @ self.law.spread
        return Part(seed, row.of(self._noise), self._tilt(seed), bend, row)

    def sums(self, real: float, synthetic: float) -> Part:
        """real · Σ ε + synthetic · Σ (x̃ − E x̃), d forms."""
        none, unit = np.zeros((self.law.dimension,) * 3), np.eye(self.law.dimension)
        seed = Polynomials(none, (real + self._each * self._follows * synthetic) * unit).of(self.law.spread)
        row = Polynomials(none, synthetic * unit)
        return Part(seed, row.of(self._noise), self._tilt(seed), none, row)

    def features(self, part: Part) -> Array:
        """Vectors whose inner products are the covariances to leading order, (..., 2(d² + d))."""
        seed, noise = part.seed.features, part.noise.features
        scaled = np.concatenate([np.sqrt(self.seeds) * seed, np.sqrt(self.made) * noise], axis=-1)
        return np.asarray(np.sqrt(self.copies) * scaled)

    def remainder(self, a: Part, b: Part) -> float:
        """Σ_j Cov(a_j, b_j) less its leading order, which is 1/n smaller."""
        bends = np.sum(a.seed.quadratic * b.bend) + np.sum(a.bend * b.seed.quadratic)
        bends += self._each * np.sum(a.bend * b.bend)
        return float(self.copies * self._each * (2.0 * bends + self._noise_change(a, b)))

    def third(self, x: Part, e: Part, y: Part) -> float:
        """Σ_jk κ3(x_j, e_jk, y_k)."""
        bent = (Polynomials(part.seed.quadratic + self._each * part.bend, part.seed.linear) for part in (x, e, y))
        seed = self.seeds * (_turns(x.seed, e.seed, y.seed) + _bends(*bent))
        if not self.made:
            return self.copies * seed
        quiet = [(x.noise, e.noise, y.noise), (x.tilt, e.noise, y.noise), (x.noise, e.tilt, y.noise),
                 (x.noise, e.noise, y.tilt)]  # fmt: skip
        noise = sum(_turns(*three) + _bends(*three) for three in quiet)
        return self.copies * (seed + self.made * noise)

    @property
    def _each(self) -> float:
        """Synthetic rows a seed."""
        return self.made / self.seeds

    @property
    def _scale(self) -> float:
        return self.seeds / (self.seeds - 1.0) if self.response.unbiased else 1.0

    @property
    def _follows(self) -> float:
        return float(self.response.follows)

    @lazy
    def _spread(self) -> Matrix:
        """Covariance of a synthetic row."""
        return self.response.covariance(self.law.covariance)

    @lazy
    def _noise(self) -> Matrix:
        return np.asarray(np.linalg.cholesky(self._spread))

    def _tilt(self, seed: Polynomials) -> Polynomials:
        inverse, factor = np.linalg.inv(self._noise), self.law.spread
        tilted = self.response.spread(factor @ seed.quadratic @ factor.T)
        return Polynomials(inverse @ tilted @ inverse.T, self._follows * seed.linear @ factor.T @ inverse.T)

    def _noise_change(self, a: Part, b: Part) -> float:
        """n times what a row's noise covariance changes in the mean over seeds.

        Resampled rows lose Cov(φ_a, φ_b)/n, φ the mean of a form given the seed. For rows normal given their seeds it
        is E[4 δmᵀAΓBδm + 2 tr(A δΓ B δΓ)], δm and δΓ the errors of the fitted mean and covariance.
        """
        covariance, (one, other) = self.law.covariance, (a.row.quadratic, b.row.quadratic)
        if not self.response.unbiased:
            factor = self.law.spread
            return -float(np.sum(a.row.of(factor).features * b.row.of(factor).features))
        placed = np.einsum("jab,bc,jcd,da->", one, self._spread, other, covariance, optimize=True)
        return float(4.0 * self._follows * placed + 2.0 * self._scale * _wobble(self.response, one, other, covariance))


def _second(mean: Vector, covariance: Matrix) -> Matrix:
    """E (x, 1)(x, 1)ᵀ, (d + 1, d + 1)."""
    place = np.append(mean, 1.0)
    second = np.outer(place, place)
    second[:-1, :-1] += covariance
    return second


def _about(forms: Array, place: Vector) -> Polynomials:
    """(x, 1)ᵀF(x, 1) less its mean as a polynomial of x − place."""
    inner = forms[..., :-1, :-1]
    return Polynomials(inner, 2.0 * (inner @ place + forms[..., :-1, -1]))


def _turns(x: Polynomials, e: Polynomials, y: Polynomials) -> float:
    """8 Σ_jk tr A_jB_jkC_k."""
    turned = x.quadratic[:, None] @ e.quadratic
    return 8.0 * float(np.sum(turned * np.swapaxes(y.quadratic, -1, -2)))


def _bends(x: Polynomials, e: Polynomials, y: Polynomials) -> float:
    """The part of κ3 that is linear in the quadratics."""
    ends = x.linear, e.linear, y.linear
    return 2.0 * products(ends, ends, (x.quadratic, e.quadratic, y.quadratic))


def products(left: Triple, right: Triple, middle: Triple) -> float:
    """Σ_jk (l_xᵀE r_y + l_eᵀX r_y + l_eᵀY r_x), vectors (p, d), (p, p, d), (p, d) and matrices alike."""
    straight = (left[0][:, None, None] @ middle[1])[:, :, 0] * right[2]
    first = (left[1] @ middle[0]) * right[2]
    last = (np.swapaxes(left[1], 0, 1) @ middle[2]) * right[0]
    return float(straight.sum() + first.sum() + last.sum())


def _wobble(response: Response, one: Array, other: Array, covariance: Matrix) -> float:
    """n Σ_j E tr(A_j δΓ B_j δΓ) for δΓ = R(Ŝ − S), Cov(Ŝ_ij, Ŝ_kl) = (S_ikS_jl + S_ilS_jk)/n."""
    dimension, squared = covariance.shape[0], covariance @ covariance
    keep, diagonal, level = response.keep, response.diagonal, response.level / dimension
    left, right = one @ covariance, other @ covariance
    both = np.einsum("jab,jbc->ac", one, other)
    return float(
        keep**2 * (np.einsum("jab,jba->", left, right) + np.einsum("jaa,jbb->", left, right))
        + 4.0 * keep * diagonal * np.einsum("jaa,jaa->", left, right)
        + 2.0 * diagonal**2 * np.einsum("jab,jba,ab->", one, other, covariance**2)
        + 4.0 * keep * level * np.sum(both * squared)
        + 4.0 * diagonal * level * np.sum(np.diag(both) * np.diag(squared))
        + 2.0 * level**2 * np.trace(squared) * np.trace(both)
    )
