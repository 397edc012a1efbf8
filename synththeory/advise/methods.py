"""What is compared: the fit as it is, free fixes, and three ways to choose how many synthetic rows are added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from synththeory.errors import DesignError, nearest
from synththeory.estimators.sources import source_name
from synththeory.generators import Generator

Family = Literal["as is", "free", "synthetic"]
Rule = Literal["full balance", "VTSS", "TG-VTSS"]
RULES: tuple[Rule, ...] = ("full balance", "VTSS", "TG-VTSS")
OURS = ("smote", "gaussian-fit", "bootstrap", "jitter", "kde", "gaussian-mixture-fit")
"""Kinds of `synththeory.generators` that need nothing but rows."""


@dataclass(frozen=True)
class Source:
    """A generator under the name it is printed with."""

    name: str
    generator: Any


@dataclass(frozen=True)
class Method:
    """One way to deal with the imbalance.

    Attributes
    ----------
    name : str
        As it is printed.
    family : {"as is", "free", "synthetic"}
    rule : {"full balance", "VTSS", "TG-VTSS"} or None
        How many rows are added; None without.
    source : Source or None
        Who makes them.
    """

    name: str
    family: Family
    rule: Rule | None = None
    source: Source | None = None


AS_IS, RE_PRIORED, CALIBRATED, WEIGHTED = (
    Method("as is", "as is"),
    Method("re-priored", "free"),
    Method("calibrated", "free"),
    Method("class weights", "free"),
)
FREE = (RE_PRIORED, CALIBRATED, WEIGHTED)


def methods(sources: Sequence[Source]) -> tuple[Method, ...]:
    """All of them, the simplest first."""
    added = (Method(f"{rule}: {source.name}", "synthetic", rule, source) for source in sources for rule in RULES)
    return (AS_IS, *FREE, *added)


def sources_of(generators: Sequence[Any]) -> tuple[Source, ...]:
    """Generators with their names.

    Parameters
    ----------
    generators : sequence
        Kinds of ours, class names of imbalanced-learn, or objects that a classifier here takes.

    Raises
    ------
    DesignError
        None at all, an unknown name, the same name twice.
    """
    found = tuple(_named(each) if isinstance(each, str) else Source(source_name(each), each) for each in generators)
    names = [source.name for source in found]
    if not found:
        raise DesignError(f"at least one generator is needed; valid: {', '.join(OURS)}")
    if len(set(names)) < len(names):
        raise DesignError(
            f"two generators have one name: {', '.join(names)}; give each once, or tell ours apart by name=…"
        )
    return found


def _named(name: str) -> Source:
    if name in OURS:
        return Source(name, Generator.registry[name].model_validate({"kind": name}))
    more: tuple[str, ...] = ()
    try:
        from imblearn import over_sampling
    except ModuleNotFoundError:
        if name[:1].isupper():
            raise DesignError(f"generator '{name}' needs imbalanced-learn: pip install imbalanced-learn") from None
    else:
        more = tuple(each for each in over_sampling.__all__ if each not in ("SMOTENC", "SMOTEN"))
    if name not in more:
        raise DesignError(f"unknown generator '{name}'{nearest(name, (*OURS, *more))}")
    return Source(name, getattr(over_sampling, name)())
