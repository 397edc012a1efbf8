"""Classes of other packages as components: named in a design, built with its settings, seeded by named streams."""

from __future__ import annotations

import importlib
import inspect
from typing import Annotated, Any

import numpy as np
from pydantic import ConfigDict, Field

from synththeory.arrays import Integers
from synththeory.components import Settings, digest
from synththeory.errors import DesignError, nearest
from synththeory.streams import Streams

_SEED = "random_state"


class ExternalClass(Settings):
    """A class of another package and its settings, a mixin of components.

    Attributes
    ----------
    class_name : str
        ``class`` in a design: module and class, such as ``"sklearn.ensemble.RandomForestClassifier"``.
    settings : dict
        Keyword arguments of its constructor; ``random_state`` comes from the study's streams.
    """

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    class_name: Annotated[str, Field(alias="class", pattern=r"^\w+(\.\w+)+$")]
    settings: Annotated[dict[str, Any], Field(default_factory=dict)]

    def __hash__(self) -> int:
        """Of its settings: a component is a key of caches."""
        return hash(digest(self))

    @property
    def short_name(self) -> str:
        """The class without its module."""
        return self.class_name.rpartition(".")[2]

    def built(self, seed: int = 0) -> Any:
        """A fresh object of the class.

        Parameters
        ----------
        seed : int
            Its ``random_state``, where it has one.

        Raises
        ------
        DesignError
            When the package is not installed, has no such class, or the class does not take these settings.
        """
        found = self._loaded()
        if _SEED in self.settings:
            raise DesignError(f"settings.{_SEED}: seeds come from the study's streams; leave it out")
        parameters = inspect.signature(found).parameters
        known = [name for name, each in parameters.items() if each.kind is not each.VAR_KEYWORD]
        for name in self.settings:
            if name not in known and len(known) == len(parameters):
                raise DesignError(f"settings: {self.short_name} has no '{name}'{nearest(name, known)}")
        seeded = {_SEED: seed} if _SEED in known else {}
        try:
            return found(**self.settings, **seeded)
        except (TypeError, ValueError) as error:
            raise DesignError(f"settings: {self.short_name} refuses them: {error}") from error

    def _loaded(self) -> type:
        module, _, name = self.class_name.rpartition(".")
        try:
            home = importlib.import_module(module)
        except ImportError as error:
            package = module.partition(".")[0]
            raise DesignError(f"class: cannot import {module} ({error}); is the package {package} installed?") from None
        found = getattr(home, name, None)
        if not isinstance(found, type):
            classes = [each for each in dir(home) if isinstance(getattr(home, each), type)]
            raise DesignError(f"class: {module} has no class '{name}'{nearest(name, classes)}")
        return found


def seeds(streams: Streams, purpose: str) -> Integers:
    """One seed a replication for code that takes an integer, (B,), in [0, 2³¹)."""
    return np.asarray(streams.uniforms(purpose) * 2.0**31, dtype=np.int64)
