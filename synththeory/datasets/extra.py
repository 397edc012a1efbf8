"""Packages of the extras."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from synththeory.errors import SynththeoryError


def needs(module: str, extra: str = "data") -> Any:
    """Import a module of an extra.

    Raises
    ------
    SynththeoryError
        When it is not installed, with the command that installs it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise SynththeoryError(f'{error.name} is not installed; run: pip install "synththeory[{extra}]"') from error
