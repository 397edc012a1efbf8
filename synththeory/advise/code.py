"""Take it home in two lines: the advice as Python, for the reader's own model."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import Parameter, signature
from typing import Any

from synththeory.advise.models import final_of
from synththeory.advise.pool import ReadyRows
from synththeory.components import Settings


@dataclass(frozen=True)
class Code:
    """The advice for a reader who has a model.

    Attributes
    ----------
    last : str
        What the reader's ``estimator``, a model or a Pipeline, ends in.
    lines : tuple of str
        What to import, where anything, and what to fit.
    """

    last: str
    lines: tuple[str, ...]


def code_of(pipeline: Any) -> Code | None:
    """The lines for what was advised, unfitted; none beside a pool."""
    generator = getattr(pipeline, "generator", None)
    if isinstance(generator, ReadyRows):
        return None
    if not hasattr(pipeline, "prevalence"):
        return Code(_called(final_of(pipeline)), ("model = estimator.fit(X, y)",))
    imports = [_import(type(pipeline), "synththeory.estimators")]
    arguments = ["estimator"]
    if generator is not None:
        imports += [_import(type(generator), "synththeory.generators")] if _has_settings(generator) else []
        arguments.append(_called(generator))
    settings = {name: value for name, value in _changed(pipeline).items() if name not in ("estimator", "generator")}
    arguments += [f"{name}={value!r}" for name, value in settings.items()]
    made = f"model = {type(pipeline).__name__}({', '.join(arguments)}).fit(X, y)"
    return Code(_called(final_of(pipeline.estimator)), ("; ".join(imports), made))


def _import(kind: type, ours: str) -> str:
    """Our classes by the room that shows them, others by their public module."""
    parts = kind.__module__.split(".")
    public = [part for place, part in enumerate(parts) if not any(each.startswith("_") for each in parts[: place + 1])]
    return f"from {ours if parts[0] == 'synththeory' else '.'.join(public)} import {kind.__name__}"


def _has_settings(each: Any) -> bool:
    """Whether it can be made anew; a function of the reader's is there already."""
    return isinstance(each, Settings) or hasattr(each, "get_params")


def _called(each: Any) -> str:
    """How it is made anew, defaults left out."""
    if not _has_settings(each):
        return getattr(each, "__name__", repr(each))
    return f"{type(each).__name__}({', '.join(f'{name}={value!r}' for name, value in _changed(each).items())})"


def _changed(each: Any) -> dict[str, Any]:
    """Settings that are not the defaults."""
    if isinstance(each, Settings):
        return {name: getattr(each, name) for name in sorted(each.model_fields_set - {"kind"})}
    defaults = {name: one.default for name, one in signature(type(each)).parameters.items()}
    return {
        name: value
        for name, value in each.get_params(deep=False).items()
        if defaults.get(name, Parameter.empty) is Parameter.empty or repr(value) != repr(defaults[name])
    }
