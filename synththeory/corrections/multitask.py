"""Bias correction across tasks: what a generator does wrong to a scarce task is measured on rich ones [R].

A reconstruction of the multi-task extension of Lyu, Ma, Zhang and Zhang (`theory.md` §4). Rows are joint, (x, y) with
the response last. The scarce task has n_1 of them and ñ synthetic ones; the generator also imitates blocks of n_1 rows
of each of K rich tasks, and with T the shift that aligns the task's means of x and y with the scarce task's,

    B̂(θ) = mean over rich tasks and blocks of [mean ℓ(θ; T(x̃, ỹ)) − mean ℓ(θ; T(x, y))]

is subtracted ñ times: each task's part is the correction of `synththeory.corrections.bias`, the task in the majority's
place. Transfer is exact when the generator is translation-equivariant and the tasks' joint laws differ by a shift, and
so not when their slopes differ.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synththeory.arrays import Array
from synththeory.corrections.bias import BiasCorrection
from synththeory.errors import DesignError
from synththeory.generators import Generator
from synththeory.sample import Block, GivenSample, Sample
from synththeory.streams import Streams


def task_correction(
    streams: Streams,
    generator: Generator,
    scarce: Block,
    rich: Sequence[Block],
    correction: BiasCorrection | None = None,
) -> Sample:
    """The correction for one synthetic row of the scarce task, for `corrected_path`.

    Parameters
    ----------
    streams : Streams
        Names of the draws; every rich task has its own.
    generator : Generator
        Whose joint rows are corrected.
    scarce : Block
        (B, n1, d + 1), the response last.
    rich : sequence of Block
        One a task, (B, n_k, d + 1), n_k ≥ n1.
    correction : BiasCorrection, optional
        Comparator, transport and blocks in every rich task; `BiasCorrection()` when not given.

    Returns
    -------
    Sample
        (B, m, d) with responses as labels and signed weights that sum to zero.

    Raises
    ------
    DesignError
        No rich task, or one with fewer rows than the scarce task.
    """
    if not rich:
        raise DesignError("a correction across tasks needs at least one rich task, got none")
    each = correction or BiasCorrection()
    parts = [each.rows(streams.within(f"task {place}"), generator, task, scarce) for place, task in enumerate(rich)]
    rows = np.concatenate([part.rows for part in parts], axis=1)
    return with_responses(rows, np.concatenate([part.weights for part in parts], axis=1) / len(rich))


def aligned(scarce: Block, rich: Sequence[Block]) -> Array:
    """Joint rows of all tasks, each rich task moved to the scarce task's means of x and y, (B, Σ n_k, d + 1).

    Parameters
    ----------
    scarce : Block
        Joint rows (x, y), (B, n_1, d + 1).
    rich : sequence of Block
        The same of every rich task, (B, n_k, d + 1) each.
    """
    centre = scarce.rows.mean(axis=1, keepdims=True)
    moved = [task.rows - task.rows.mean(axis=1, keepdims=True) + centre for task in rich]
    return np.concatenate([scarce.rows, *moved], axis=1)


def with_responses(rows: Array, weights: Array | None = None) -> Sample:
    """Joint rows as rows and labels.

    Parameters
    ----------
    rows : Array
        (x, y), (B, n, d + 1).
    weights : Array, optional
        (B, n); one when not given.
    """
    covariates, responses = np.ascontiguousarray(rows[..., :-1]), np.ascontiguousarray(rows[..., -1])
    return GivenSample(covariates, responses, np.ones(responses.shape) if weights is None else weights)
