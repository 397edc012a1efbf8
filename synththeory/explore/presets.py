"""Where to begin: six questions, and every cell of every study with its figure's name."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache
from typing import Any

from synththeory.explore.state import State
from synththeory.sim.design.cells import cell_labels
from synththeory.sim.design.studies import studies, tables_of


@dataclass(frozen=True)
class Preset:
    """A place to begin.

    Attributes
    ----------
    title : str
        As in the list; a question, or a study's cell.
    notice : str
        What to look at, one line.
    state : State
        What is shown.
    question : bool
        Whether it is one of the six that open the list.
    """

    title: str
    notice: str
    state: State
    question: bool = False


def _changed(study: str, cell: int = 0, **changes: Any) -> State:
    return State(study, cell, {key.replace("__", "."): value for key, value in changes.items()})


QUESTIONS = (
    Preset(
        "Does SMOTE hurt when the classes are symmetric?",
        "Every curve but the oracle's rises from γ = 0: rows made from the minority sample add noise and nothing else.",
        _changed("headline", 0),
        True,
    ),
    Preset(
        "Is balancing the best amount?",
        "The minimum of a good generator lies near γ = 1; move its error and watch the diamond leave.",
        _changed("headline", 1),
        True,
    ),
    Preset(
        "Why does balancing with a biased generator not pay here?",
        "The error points along the class shift: the best amount is four times balance, which leaves a floor.",
        _changed("alignment_biased", 4),
        True,
    ),
    Preset(
        "What does the direction of a generator's error do?",
        "Turn the angle: along the class shift more rows are right, against it fewer. The map shows both.",
        _changed("regime_map", 6),
        True,
    ),
    Preset(
        "Why does balancing with SMOTE not pay here?",
        "SMOTE's curve is flat near balance and never below the free fixes: its rows repeat what weights already say.",
        _changed("size_curve_smote", 0, augmentation__multipliers=[0.25 * step for step in range(9)]),
        True,
    ),
    Preset(
        "Does correcting the bias help?",
        "The corrected curve lies below the naive one where classes have one shape; reweighting is the price to beat.",
        _changed(
            "bias_correction_linear",
            0,
            augmentation__multipliers=[0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5],
            augmentation__generators=[{"kind": "smote", "neighbors": 5}, {"kind": "offset", "offset": 0.5}],
            augmentation__arms=[{"name": "naive"}, {"name": "corrected", "correction": {"kind": "bias"}}],
        ),
        True,
    ),
)
"""The questions that open the list."""


@cache
def presets() -> tuple[Preset, ...]:
    """The questions, then every cell of the studies that come with the package."""
    return (*QUESTIONS, *(preset for name in studies() for preset in _of_study(name)))


def notice(state: State) -> str:
    """What to look at in a state's cell; of the first preset that begins there."""
    known = (*QUESTIONS, *_of_study(state.study))
    here = (each for each in known if (each.state.study, each.state.cell) == (state.study, state.cell))
    return next((each.notice for each in here), "")


@cache
def _of_study(name: str) -> tuple[Preset, ...]:
    """A study's cells, read and not checked: a list needs no design."""
    table = tables_of(name)
    sweep = table.get("sweep", {})
    grid = [dict(zip(sweep, values, strict=True)) for values in itertools.product(*sweep.values())]
    labels = cell_labels(grid) if sweep else ("",)
    return tuple(
        Preset(f"{name}{label and f': {label}'}", f"{table['title']}. {table['source']}.", State(name, place))
        for place, label in enumerate(labels)
    )
