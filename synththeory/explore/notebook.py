"""The page inside a notebook: an IFrame on a server of this process."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any
from urllib.parse import urlencode

from synththeory.errors import SynththeoryError


def page(preset: str = "headline", cell: int = 1, height: int = 900) -> Any:
    """Show the explorer in a notebook's output.

    Parameters
    ----------
    preset : str
        Name of a study that comes with the package.
    cell : int
        Its place in the study's grid, from 0; the headline's second cell is what the page opens with.
    height : int
        Of the frame, in pixels.

    Returns
    -------
    IPython.display.IFrame

    Raises
    ------
    SynththeoryError
        If this is not a notebook, or the extra ``explore`` is missing.
    DesignError
        If there is no such study.
    """
    try:
        from IPython.display import IFrame  # type: ignore[import-not-found]
    except ImportError:
        raise SynththeoryError(
            "page() shows a page in a notebook; from a terminal: python -m synththeory.explore"
        ) from None
    from synththeory.explore.state import State

    state = State(preset, cell)
    _ = state.design
    return IFrame(f"{_address()}?{urlencode(state.pairs)}", width="100%", height=height)


@cache
def _address() -> str:
    """Address of this process's server, started at the first call; it ends with the process."""
    from synththeory.explore.serving import Serving

    serving = Serving(port=0)
    threading.Thread(target=serving.run, daemon=True, name="synththeory-explore").start()
    return serving.wait()
