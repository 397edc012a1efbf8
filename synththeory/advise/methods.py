"""What is compared: the fit as it is, free fixes, and three ways to choose how many synthetic rows are added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    calibrated : bool
        Whether the fit is calibrated on inner held-out rows.
    weighted : bool
        Whether both classes weigh the same in the fit.
    linear_discriminant : bool
        Whether Fisher's discriminant takes the place of the model.
    """

    name: str
    family: Family
    rule: Rule | None = None
    source: Source | None = None
    calibrated: bool = False
    weighted: bool = False
    linear_discriminant: bool = False


AS_IS, RE_PRIORED, CALIBRATED, WEIGHTED, WEIGHTED_CALIBRATED, LDA = (
    Method("as is", "as is"),
    Method("re-priored", "free"),
    Method("calibrated", "free", calibrated=True),
    Method("class weights", "free", weighted=True),
    Method("class weights, calibrated", "free", calibrated=True, weighted=True),
    Method("linear discriminant", "free", linear_discriminant=True),
)
FREE = (RE_PRIORED, CALIBRATED, WEIGHTED, WEIGHTED_CALIBRATED)


def methods(sources: Sequence[Source], linear: bool = False) -> tuple[Method, ...]:
    """All of them, the simplest first.

    Whatever is allowed to the real rows, calibration among it, is allowed to the synthetic ones too.

    Parameters
    ----------
    sources : sequence of Source
        Generators.
    linear : bool
        Whether the model is a logistic regression, of which Fisher's discriminant is the free improvement where both
        classes have one shape.
    """
    free = (*FREE, LDA) if linear else FREE
    return (AS_IS, *free, *(method for source in sources for method in _added(source)))


def _added(source: Source) -> tuple[Method, ...]:
    full, *rest = (Method(f"{rule}: {source.name}", "synthetic", rule, source) for rule in RULES)
    mended = replace(full, name=f"calibrated balance: {source.name}", calibrated=True)
    return (full, mended, *rest)


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
