"""Components from outside the package: modules named by a command or a design, and those that other packages offer."""

from __future__ import annotations

import hashlib
import logging
import os
import sys
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from synththeory.errors import DesignError

GROUP = "synththeory.components"
"""Entry points by which an installed package offers modules with components."""

_log = logging.getLogger("synththeory")


def resolved(module: str, folder: Path) -> str:
    """A module as a design keeps it: the full path of a file, or a dotted name.

    Parameters
    ----------
    module : str
        A ``.py`` file, a name that such a file in the folder has, or the name of any other module.
    folder : Path
        Where a relative path starts.
    """
    if _is_path(module):
        return str((folder / Path(module).expanduser()).resolve())
    beside = folder / f"{module}.py"
    return str(beside.resolve()) if beside.is_file() else module


@cache
def load(module: str) -> None:
    """Import a module, once, so that the components it defines are known.

    Parameters
    ----------
    module : str
        As by `resolved`. A file that has moved is found again if a file of the same name has been loaded before.

    Raises
    ------
    DesignError
        If it is not there or cannot be imported.
    """
    try:
        if not _is_path(module):
            import_module(module)
        elif not _is_loaded(Path(module)):
            _load_file(Path(module))
    except DesignError:
        raise
    except Exception as error:
        raise DesignError(f"the module {module} cannot be imported: {type(error).__name__}: {error}") from None


@cache
def load_installed() -> None:
    """Import the modules that installed packages offer, once; one that fails costs a warning."""
    for point in entry_points(group=GROUP):
        try:
            point.load()
        except Exception as error:
            _log.warning("%s, offered as %s, cannot be imported: %s", point.value, GROUP, error)


def _is_path(module: str) -> bool:
    return module.endswith(".py") or os.sep in module or "/" in module


def _is_loaded(file: Path) -> bool:
    """Whether a module comes from this file, or from one of the same name where this one is not there."""
    paths = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    named_so = [Path(path) for path in paths if isinstance(path, str) and Path(path).name == file.name]
    if file.is_file():
        return any(path.resolve() == file.resolve() for path in named_so)
    if named_so:
        return True
    raise DesignError(f"there is no file {file}: if it has moved, say where to with --use {file.name}")


def _load_file(file: Path) -> None:
    name = file.stem
    if name in sys.modules or not name.isidentifier():
        name = f"components_{hashlib.blake2b(str(file).encode(), digest_size=8).hexdigest()}"
    found = spec_from_file_location(name, file)
    if found is None or found.loader is None:
        raise DesignError(f"{file} is not a Python file: expected a name that ends in .py")
    module = module_from_spec(found)
    sys.modules[name] = module
    try:
        found.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
