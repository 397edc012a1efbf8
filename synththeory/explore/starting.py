"""Where a component starts when it is chosen on the page: every kind with the settings that it must have."""

from __future__ import annotations

from typing import Any

Starting = dict[str, dict[str, Any]]

POPULATIONS: Starting = {
    "gaussian-shift": {"mean": [1.0, 0.0]},
    "mean-shift": {"dimension": 20, "shift": 1.0, "noise": "cube"},
    "gaussian-mixture": {
        "majority": [{"mean": [0.0, 0.0]}],
        "minority": [{"weight": 0.5, "mean": [2.0, 1.75]}, {"weight": 0.5, "mean": [2.0, -1.75]}],
    },
    "dense-shift": {"dimension": 10, "shift": 1.0},
    "ring": {},
    "craft": {},
}
"""Populations of two classes with fixed counts, which any curve in the synthetic size can be drawn for."""

GENERATORS: Starting = {
    "oracle": {},
    "semi-oracle": {},
    "gaussian-fit": {"shrinkage": 0.1},
    "diagonal-gaussian-fit": {},
    "smote": {"neighbors": 5},
    "bootstrap": {},
    "jitter": {"scale": 0.5},
    "kde": {},
    "gaussian-mixture-fit": {"components": 2},
    "steered-gaussian": {"angle": 0.0, "ratio": 0.2},
    "perturbed-oracle": {"shift": 0.5},
    "offset": {"offset": 0.5},
}

LEARNERS: Starting = {
    "least-squares": {"ridge": 1e-6},
    "logistic": {"ridge": 1e-4},
    "random-fourier": {},
}

BASELINES = ("raw", "reweighted", "re-priored")
"""The free fixes that can be switched on."""


def table_of(kind: str, starting: Starting) -> dict[str, Any]:
    """A component's table as a design writes it."""
    return {"kind": kind, **starting[kind]}
