"""Packages of the extras."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from synththeory.errors import MissingExtraError


def needs(module: str, extra: str = "data") -> Any:
    """Import a module of an extra.

    Raises
    ------
    MissingExtraError
        When it is not installed, with the command that installs it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"{error.name} is not installed", extra) from error
