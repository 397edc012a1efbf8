"""The studies from Python: run one, or read what is there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from synththeory.sim.design.design import Design
from synththeory.sim.design.studies import load_design
from synththeory.sim.results.summary import Summary, summarised
from synththeory.sim.run.engine import Progress, run
from synththeory.sim.store.folder import Store


def simulate(
    design: Design | Mapping[str, object] | str | Path,
    out: str | Path | None = None,
    threads: int | None = None,
    block: int | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Run a study: compute what is missing, keep it, summarise it.

    Parameters
    ----------
    design : Design, mapping, str or Path
        Whatever `load_design` takes.
    out : str or Path, optional
        Study folder; a run with the same design computes only what is not in it. By default a temporary folder that
        goes with the summary.
    threads : int, optional
        Worker threads; by default every core this process may use.
    block : int, optional
        Replications a block; no number depends on it.
    progress : callable, optional
        Called as ``progress(done, total)``, in replications over all cells, whenever a block is kept.

    Returns
    -------
    Summary
        Estimates with MCSE, beside theory.

    Raises
    ------
    DesignError
        If the design is not possible.
    StoreError
        If the folder cannot be written, or holds another design.
    """
    checked = load_design(design)
    store = Store.temporary(checked) if out is None else Store.create(Path(out), checked)
    run(store, threads, block, progress)
    return summarised(store, threads)


def summarise(folder: str | Path) -> Summary:
    """Summarise a study folder as it is, complete or not.

    Raises
    ------
    StoreError
        If it is not a study folder, or a block of it is damaged.
    """
    return summarised(Store.existing(Path(folder)))
