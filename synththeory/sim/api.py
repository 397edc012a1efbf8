"""The studies from Python: run one, watch one grow, or read what is there."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

from synththeory.sim.design.design import Design
from synththeory.sim.design.studies import load_design
from synththeory.sim.results.summary import Summary, forecasts_of, summarised
from synththeory.sim.run.cores import available_threads
from synththeory.sim.run.executors.threads import Threads
from synththeory.sim.session import Progress, Session, Stop, checked_stages, refined
from synththeory.sim.store.base import Store
from synththeory.sim.store.files import FileStore
from synththeory.sim.store.memory import MemoryStore


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
        Study folder; a run with the same design computes only what is not in it. By default the results are kept in
        memory, as long as the summary.
    threads : int, optional
        Worker threads; by default every core this process may use.
    block : int, optional
        Replications in a block; results do not depend on it.
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

    Examples
    --------
    >>> summary = simulate({
    ...     "study": "example",
    ...     "population": {"kind": "gaussian-shift", "mean": [1.0, 0.0]},
    ...     "sample": {"ratio": 10, "minority": 100},
    ...     "augmentation": {"multipliers": [1.0], "generators": [{"kind": "smote"}], "baselines": ["reweighted"]},
    ...     "learner": {"kind": "least-squares"},
    ...     "monte_carlo": {"replications": 50},
    ... })
    >>> [(row.arm, row.synthetic_size, row.replications) for row in summary.select(metric="excess_risk")]
    [('smote', 900, 50), ('reweighted', 0, 50)]
    """
    checked, executor = load_design(design), Threads.asked(threads)
    store: Store = MemoryStore() if out is None else FileStore.create(Path(out), checked)
    session = Session(checked, store, executor, block)
    session.run(progress)
    return session.summary()


def refine(
    design: Design | Mapping[str, object] | str | Path,
    stages: Sequence[int] = (50, 500, 5000),
    stop: Stop | None = None,
    threads: int | None = None,
) -> Generator[Summary, None, None]:
    """Run a study in memory and summarise it at growing numbers of replications.

    Parameters
    ----------
    design : Design, mapping, str or Path
        Whatever `load_design` takes; its own number of replications plays no part.
    stages : sequence of int
        Increasing numbers of replications.
    stop : callable, optional
        Asked several times a second whether to stop, such as the method ``is_set`` of a `threading.Event`; then the
        iterator ends and nothing is left running. So it does when it is closed.
    threads : int, optional
        Worker threads; by default every core this process may use.

    Returns
    -------
    iterator of Summary
        One a stage, equal to the bit to `simulate` with that many replications.

    Raises
    ------
    DesignError
        If the design is not possible, or the stages do not increase.

    Examples
    --------
    >>> [summary.rows[0].replications for summary in refine("headline", stages=(5, 10))]
    [5, 10]
    """
    session = Session(load_design(design), executor=Threads.asked(threads))
    return refined(session, checked_stages(stages), stop or _never)


def summarise(folder: str | Path) -> Summary:
    """Summarise a study folder as it is, complete or not.

    Raises
    ------
    StoreError
        If it is not a study folder, or a block of it is damaged.
    """
    store = FileStore.existing(Path(folder))
    return summarised(store.lock.design, store, forecasts_of(store.lock.design, available_threads()))


def _never() -> bool:
    return False
