"""Rules and other components from the plain parameters of an estimator."""

from __future__ import annotations

from typing import Any, Literal, TypeVar, get_args

import numpy as np
from pydantic import ValidationError

from synththeory.components import Settings
from synththeory.errors import nearest
from synththeory.selection.rules import Rule

RuleT = TypeVar("RuleT", bound=Rule)
SettingsT = TypeVar("SettingsT", bound=Settings)
Validation = Literal["cross-validation", "hold-out"]
VALIDATIONS: tuple[Validation, ...] = get_args(Validation)


def rule_of(kind: type[RuleT], minority: int, **settings: Any) -> RuleT:
    """The rule with these settings; those that are None keep its defaults, and no more folds than minority rows.

    Parameters
    ----------
    kind : type
        ``VTSS`` or ``TGVTSS``.
    minority : int
        n1 ≥ 2.
    **settings
        As the rule names them, ``validation`` among them; numpy scalars and any sequence are taken too.

    Raises
    ------
    ValueError
        With each wrong setting and what it may be.
    """
    if settings["validation"] not in VALIDATIONS:
        raise ValueError(
            f"unknown validation {settings['validation']!r}{nearest(str(settings['validation']), VALIDATIONS)}"
        )
    plain = {name: _plain(value) for name, value in settings.items() if value is not None}
    if plain["validation"] == "cross-validation":
        plain.setdefault("folds", 5)
    for name in ("folds", "gqs_folds"):
        if isinstance(plain.get(name), int) and plain[name] > minority:
            plain[name] = minority
    return built(kind, **plain)


def built(kind: type[SettingsT], **settings: Any) -> SettingsT:
    """A component with these settings; numpy scalars and any sequence are taken too.

    Raises
    ------
    ValueError
        With each wrong setting and what it may be.
    """
    try:
        return kind.model_validate({name: _plain(value) for name, value in settings.items()})
    except ValidationError as error:
        raise ValueError("; ".join(map(_reason, error.errors()))) from error


def _reason(problem: Any) -> str:
    name, cause = ".".join(map(str, problem["loc"])), problem.get("ctx", {}).get("error")
    words = str(cause or f"{problem['msg'].replace('Input should be', 'expected')}, got {problem['input']!r}")
    return f"{name}: {words}" if name else words


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    return tuple(_plain(one) for one in value) if isinstance(value, list | tuple | np.ndarray) else value
