"""Whether the extra ``neural`` is there."""

from __future__ import annotations

from importlib import import_module

from synththeory.errors import SynththeoryError

PACKAGES = ("jax", "optax")


def needs(what: str) -> None:
    """Refuse what the extra's packages would compute, where one of them is missing.

    Parameters
    ----------
    what : str
        Who asks, such as ``"the learner mlp"``.

    Raises
    ------
    SynththeoryError
        With the package that is missing and the command that installs it.
    """
    for package in PACKAGES:
        try:
            import_module(package)
        except ModuleNotFoundError as error:
            raise SynththeoryError(f'{what} needs {error.name}: python -m pip install "synththeory[neural]"') from error
