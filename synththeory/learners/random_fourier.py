"""A linear learner on random Fourier features: a smooth non-linear model with a convex fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import BeforeValidator, Field, SerializeAsAny

from synththeory.arrays import Array, Integers
from synththeory.components import Positive, component_of
from synththeory.errors import DesignError
from synththeory.fits import LinearFit
from synththeory.kernels.cosines import fourier_features
from synththeory.learners.base import Learner, LinearLearner, MEstimator
from synththeory.learners.logistic import Logistic
from synththeory.losses import Loss
from synththeory.sample import GivenSample, Sample
from synththeory.streams import Streams

_PURPOSE = "learner/random-fourier"


def _linear_learner(value: object) -> object:
    if isinstance(value, Learner) and not isinstance(value, LinearLearner):
        raise ValueError(f"inner must be linear in the features, which '{value.kind}' is not")
    return value


@dataclass(frozen=True, eq=False)
class FourierFeatures:
    """√(2/D) cos(xᵀω + b), one set of ω and b a replication.

    Attributes
    ----------
    frequencies : Array
        (B, d, D).
    phases : Array
        (B, D), in [0, 2π).
    """

    frequencies: Array
    phases: Array

    def of(self, rows: Array) -> Array:
        """Features (B, m, D) of rows (m, d), the same for all replications, or (B, m, d)."""
        out = np.empty((len(self.phases), rows.shape[-2], self.phases.shape[1]))
        for place, features in enumerate(out):
            one = np.ascontiguousarray(rows[place] if rows.ndim == 3 else rows)
            fourier_features(one, self.frequencies[place], self.phases[place], features)
        return out

    def at(self, replications: slice) -> FourierFeatures:
        """The maps of some replications."""
        return FourierFeatures(self.frequencies[replications], self.phases[replications])

    def sample(self, sample: Sample, replication: int) -> Sample:
        """A sample of one replication in its features, (1, n, D)."""
        one = slice(replication, replication + 1)
        return GivenSample(self.at(one).of(sample.rows[one]), sample.labels[one], sample.weights[one])


class RandomFourier(MEstimator):
    """A linear learner on D features √(2/D) cos(xᵀω + b), ω ~ N(0, 2γI), b ~ U[0, 2π) (Rahimi & Recht 2007).

    Their inner products approximate the kernel exp(−γ‖x − x'‖²). Each replication draws its own ω and b, the same for
    all arms and sizes, from the study's streams. Without ``bandwidth``, γ = 1/(d · Var X) with the variance of all
    entries of the real training rows (scikit-learn's "scale"): one map serves the whole path in the synthetic size.

    Attributes
    ----------
    features : int
        D ≥ 1.
    bandwidth : float, optional
        γ > 0.
    inner : LinearLearner
        What is fitted to the features.
    """

    kind: Literal["random-fourier"] = "random-fourier"
    features: Annotated[int, Field(ge=1)] = 100
    bandwidth: Positive | None = None
    inner: Annotated[SerializeAsAny[LinearLearner], BeforeValidator(_linear_learner), component_of(Learner)] = (
        Logistic()
    )

    @property
    def loss(self) -> Loss:
        """The inner learner's loss of its score."""
        return self.inner.loss

    def columns(self, dimension: int) -> int:
        """D, whatever the dimension."""
        return self.features

    def penalty(self, dimension: int, total: ArrayLike) -> Array:
        """The inner learner's, on D features."""
        return self.inner.penalty(self.features, total)

    def drawn(self, rows: Array, streams: Streams) -> FourierFeatures:
        """The feature map of every replication, for real training rows (B, n, d); more features begin with fewer.

        Frequencies and phases are named by the replication alone, so folds differ from the whole only in γ.
        """
        dimension = rows.shape[2]
        own = streams.root.within(_PURPOSE)
        normals = own.normals("frequencies", self.features, dimension)
        gammas = 1.0 / (dimension * rows.var(axis=(1, 2))) if self.bandwidth is None else self.bandwidth
        scale = np.broadcast_to(np.sqrt(2.0 * gammas), streams.count)
        frequencies = np.ascontiguousarray(np.swapaxes(normals, 1, 2) * scale[:, None, None])
        return FourierFeatures(frequencies, 2.0 * np.pi * own.uniforms("phases", self.features))

    def path(self, real: Sample, synthetic: Sample, sizes: Integers, streams: Streams | None = None) -> LinearFit:
        """The inner learner's path on the features, replication by replication: the features of a block are large."""
        if streams is None:
            raise DesignError("random-fourier draws its frequencies: its path needs streams")
        features = self.drawn(real.rows, streams)
        fits = [
            self.inner.path(features.sample(real, r), features.sample(synthetic, r), sizes[r : r + 1])
            for r in range(streams.count)
        ]
        return LinearFit(
            np.concatenate([fit.coefficients for fit in fits]), np.concatenate([fit.status for fit in fits]), features
        )
