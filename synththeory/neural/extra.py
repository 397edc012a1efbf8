"""Whether the extra ``neural`` is there."""

from __future__ import annotations

from importlib import import_module

from synththeory.errors import MissingExtraError

PACKAGES = ("jax", "optax")


def needs(what: str) -> None:
    """Refuse what the extra's packages would compute, where one of them is missing.

    Parameters
    ----------
    what : str
        Who asks, such as ``"the learner mlp"``.

    Raises
    ------
    MissingExtraError
        With the package that is missing and the command that installs it.
    """
    for package in PACKAGES:
        try:
            import_module(package)
        except ModuleNotFoundError as error:
            raise MissingExtraError(f"{what} needs {error.name}", "neural") from error
