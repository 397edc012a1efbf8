"""What prompting by one cell does to the rows of a model: how much entropy it may bring, and at what divergence.

A model has the law p on rows x of d columns. A row is prompted by column j with chance 1/d, its cell is drawn from q_j
and the rest from the model: p^j(x) = q_j(x_j) p(x | x_j), and the rows have the law p̃ = (1/d) Σ_j p^j. Then [D]:

- where every q_j is the model's own marginal p_j, p̃ = p: such prompts bring nothing;
- H(p̃) ≥ (1/d) Σ_j [H(q_j) + Σ_v q_j(v) H(p(· | v))], by concavity of the entropy;
- KL(p̃ ‖ p) ≤ (1/d) Σ_j KL(q_j ‖ p_j), by convexity, since KL(p^j ‖ p) = KL(q_j ‖ p_j): the rest of a row is the
  model's own.

So wider prompts raise a bound of the entropy by what they differ from the model, and cost as much divergence from it;
only where the model itself is too narrow is that a gain (`language-rows.md` §5).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synththeory.arrays import Array, Vector


def entropy(law: Array) -> float:
    """−Σ p log p in nats of a law of any shape."""
    held = law[law > 0.0]
    return float(-(held * np.log(held)).sum())


def divergence(law: Array, other: Array) -> float:
    """KL(law ‖ other) in nats; infinite where the law says what the other cannot."""
    held = law > 0.0
    with np.errstate(divide="ignore"):
        return float((law[held] * (np.log(law[held]) - np.log(other[held]))).sum())


def prompted(law: Array, prompts: Sequence[Vector]) -> Array:
    """The law p̃ of prompted rows.

    Parameters
    ----------
    law : Array
        p as a table, one axis a column; every value that a prompt may take has a chance.
    prompts : sequence of Vector
        q_j of each column.
    """
    each = [_prompted_by(law, place, prompt) for place, prompt in enumerate(prompts)]
    return np.asarray(np.mean(each, axis=0))


def entropy_bound(law: Array, prompts: Sequence[Vector]) -> float:
    """(1/d) Σ_j H(p^j), which the entropy of prompted rows is not below."""
    return float(np.mean([entropy(_prompted_by(law, place, prompt)) for place, prompt in enumerate(prompts)]))


def divergence_bound(law: Array, prompts: Sequence[Vector]) -> float:
    """(1/d) Σ_j KL(q_j ‖ p_j), which the divergence of prompted rows from the model's is not above."""
    return float(np.mean([divergence(prompt, _marginal(law, place)) for place, prompt in enumerate(prompts)]))


def _marginal(law: Array, place: int) -> Vector:
    return np.asarray(law.sum(axis=tuple(axis for axis in range(law.ndim) if axis != place)))


def _prompted_by(law: Array, place: int, prompt: Vector) -> Array:
    """q_j(x_j) p(x | x_j), a table."""
    own = _marginal(law, place)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(own > 0.0, prompt / own, 0.0)
    return np.asarray(law * scale.reshape([-1 if axis == place else 1 for axis in range(law.ndim)]))
