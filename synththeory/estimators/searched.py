"""A generator's settings as parameters of the estimator that holds it: ``generator__neighbors`` can be searched."""

from __future__ import annotations

from typing import Any, Self

from sklearn.base import BaseEstimator

from synththeory.components import Settings
from synththeory.errors import nearest
from synththeory.estimators.settings import built

_PREFIX = "generator__"


class SearchedGenerator(BaseEstimator):
    """Shows the fields of a frozen ``generator`` beside its own parameters; setting one makes a new generator.

    Samplers of imbalanced-learn have parameters already, and a function has none.
    """

    generator: Any

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters, and with ``deep`` those of estimator and generator, ``generator__neighbors`` and the like."""
        found: dict[str, Any] = super().get_params(deep)
        if deep and isinstance(self.generator, Settings):
            found.update({f"{_PREFIX}{name}": getattr(self.generator, name) for name in _fields(self.generator)})
        return found

    def set_params(self, **params: Any) -> Self:
        """Set parameters; those of our generators are checked as in a design.

        Raises
        ------
        ValueError
            An unknown parameter or an impossible value, with the remedy.
        """
        rest = {name: value for name, value in params.items() if not name.startswith(_PREFIX)}
        inner = {name.removeprefix(_PREFIX): value for name, value in params.items() if name not in rest}
        super().set_params(**rest)
        if not inner:
            return self
        if not isinstance(self.generator, Settings):
            super().set_params(**{f"{_PREFIX}{name}": value for name, value in inner.items()})
            return self
        valid = _fields(self.generator)
        wrong = next((name for name in inner if name not in valid), None)
        if wrong is not None:
            raise ValueError(f"{type(self.generator).__name__} has no setting {wrong!r}{nearest(wrong, valid)}")
        settings = {name: getattr(self.generator, name) for name in valid}
        self.generator = built(type(self.generator), **{**settings, **inner})
        return self


def _fields(generator: Settings) -> tuple[str, ...]:
    return tuple(name for name in type(generator).model_fields if name != "kind")
