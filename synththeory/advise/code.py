"""Take it home in two lines: the advice as Python, for the reader's own model."""

from __future__ import annotations

from inspect import Parameter, signature
from typing import Any

from synththeory.advise.models import final_of
from synththeory.advise.pool import ReadyRows
from synththeory.components import Settings


def lines_of(pipeline: Any) -> tuple[str, ...]:
    """What to import and what to fit, ``estimator`` being the reader's model or Pipeline; none beside a pool.

    Parameters
    ----------
    pipeline : estimator
        What was advised, unfitted.
    """
    generator = getattr(pipeline, "generator", None)
    if isinstance(generator, ReadyRows):
        return ()
    if not hasattr(pipeline, "prevalence"):
        return (f"model = estimator.fit(X, y)  # its last step {_called(final_of(pipeline))}",)
    imports = [_import(type(pipeline), "synththeory.estimators")]
    arguments = ["estimator"]
    if generator is not None:
        imports += [_import(type(generator), "synththeory.generators")] if _has_settings(generator) else []
        arguments.append(_called(generator))
    settings = {name: value for name, value in _changed(pipeline).items() if name not in ("estimator", "generator")}
    arguments += [f"{name}={value!r}" for name, value in settings.items()]
    last = _called(final_of(pipeline.estimator))
    return "; ".join(imports), f"model = {type(pipeline).__name__}({', '.join(arguments)}).fit(X, y)  # ends in {last}"


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
