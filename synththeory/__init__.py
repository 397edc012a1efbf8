"""Theory and simulation of imbalanced learning with synthetic data.

The public names are imported when they are first used, so that the command line answers at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synththeory.errors import ComponentError, DesignError, NoTheoryError, StoreError, SynththeoryError
    from synththeory.generators import Generator
    from synththeory.learners import Learner
    from synththeory.populations import Population, exact_risk
    from synththeory.sim.api import refine, simulate, summarise
    from synththeory.sim.design.design import Design
    from synththeory.sim.design.studies import load_design
    from synththeory.sim.results.summary import Summary
    from synththeory.sim.session import Session
    from synththeory.theory import optimal_sizes, predict, regime

__version__ = "0.1.0"

_HOMES = {
    "ComponentError": "synththeory.errors",
    "Design": "synththeory.sim.design.design",
    "DesignError": "synththeory.errors",
    "Generator": "synththeory.generators",
    "Learner": "synththeory.learners",
    "NoTheoryError": "synththeory.errors",
    "Population": "synththeory.populations",
    "Session": "synththeory.sim.session",
    "StoreError": "synththeory.errors",
    "Summary": "synththeory.sim.results.summary",
    "SynththeoryError": "synththeory.errors",
    "load_design": "synththeory.sim.design.studies",
    "optimal_sizes": "synththeory.theory",
    "predict": "synththeory.theory",
    "refine": "synththeory.sim.api",
    "regime": "synththeory.theory",
    "simulate": "synththeory.sim.api",
    "summarise": "synththeory.sim.api",
    "exact_risk": "synththeory.populations",
}

__all__ = [  # noqa: RUF022
    "__version__",
    "ComponentError",
    "Design",
    "DesignError",
    "Generator",
    "Learner",
    "NoTheoryError",
    "Population",
    "Session",
    "StoreError",
    "Summary",
    "SynththeoryError",
    "load_design",
    "optimal_sizes",
    "predict",
    "refine",
    "regime",
    "simulate",
    "summarise",
    "exact_risk",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'synththeory' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*globals(), *_HOMES]
