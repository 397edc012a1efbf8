"""The study whose bits are compared however it is computed, and the ways to compute it."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from synththeory.sim.design.design import Design
from synththeory.sim.design.studies import load_design
from synththeory.sim.run.executors.threads import Threads
from synththeory.sim.run.plan import Plan
from synththeory.sim.run.shards import Shard, read_plan, work, write_plan
from synththeory.sim.session import Session
from synththeory.sim.store.base import Store
from synththeory.sim.store.blocks import Results
from synththeory.sim.store.files import FileStore
from tests.sim.bits import same_bits

BLOCKS = {1: 15, 7: 30, 100: 130}
"""Block sizes, and replications enough for several blocks of each."""
GENERATORS = [{"kind": "smote", "neighbors": 3}, {"kind": "gaussian-fit", "shrinkage": 0.1}]
STUDY = {
    "study": "matrix",
    "population": {"kind": "mean-shift", "dimension": 3, "noise": "sphere"},
    "sample": {"majority": 40, "minority": 8},
    "augmentation": {"multipliers": [0.0, 1.0, 2.5], "generators": GENERATORS},
    "learner": {"kind": "least-squares", "ridge": 1e-6},
    "monte_carlo": {"replications": max(BLOCKS.values()), "seed": 7},
}
DESIGN = load_design(STUDY)
FEWER_ARMS = load_design(STUDY, {"augmentation.generators": GENERATORS[1:]})
KILLER = """
import os, signal
from typing import Literal
from synththeory.generators import Oracle

class Killer(Oracle):
    kind: Literal["killer-for-tests"] = "killer-for-tests"

    def sums(self, streams, seeds, sizes):
        if 2 in streams.replications:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().sums(streams, seeds, sizes)
"""


def deadly_design(folder: Path) -> Design:
    """Four replications of one arm, the third of which kills whatever computes it."""
    (folder / "killer.py").write_text(KILLER)
    generators = [{"kind": "killer-for-tests"}]
    modules = {"components.modules": [str(folder / "killer.py")]}
    return load_design(STUDY, {"augmentation.generators": generators, "monte_carlo.replications": 4, **modules})


def with_tree(replications: int) -> Design:
    """The study with a learner of another package."""
    tree = {"kind": "external", "class": "sklearn.tree.DecisionTreeClassifier", "settings": {"max_depth": 2}}
    tables = {key: entry for key, entry in STUDY.items() if key != "learner"}
    more = {"monte_carlo.replications": replications}
    return load_design({**tables, "learner": tree, "risk": {"test_rows": 50}}, more)


def stored(store: Store, design: Design = DESIGN) -> dict[tuple[str, str], Results]:
    """Everything that is kept of a design, by cell and arm."""
    replications = design.monte_carlo.replications
    return {
        (cell.label, arm.label): Results.joined(list(store.windows(cell, arm, replications)))
        for cell in design.cells
        for arm in cell.arms
    }


def straight(design: Design) -> dict[tuple[str, str], Results]:
    """The same of a run in memory, by one thread and as few blocks as there are."""
    session = Session(design, executor=Threads(1))
    session.run()
    return stored(session.store, design)


@cache
def reference() -> dict[tuple[str, str], Results]:
    """Of the study."""
    return straight(DESIGN)


def same(store: Store, replications: int, design: Design = DESIGN) -> bool:
    """Whether the first replications are all there, each with the bits of the reference."""
    expected = reference() if design is DESIGN else straight(design)
    results = stored(store, design.replicated(replications))
    return results.keys() == expected.keys() and all(
        same_bits(results[key], expected[key].between(0, replications))
        and np.array_equal(results[key].replications, np.arange(replications))
        for key in expected
    )


def by_threads(folder: Path, design: Design, threads: int, block: int) -> None:
    """Run what is missing in a folder."""
    Session(design, FileStore.create(folder, design), Threads(threads), block).run()


def by_shard(folder: Path, design: Design, threads: int, block: int, shard: str) -> None:
    """Plan the study in a folder and compute what a shard of it lacks."""
    planned(folder, design, block)
    worked(folder, Shard.named(shard), threads)


def planned(folder: Path, design: Design, block: int) -> None:
    """Plan a study in a folder."""
    write_plan(FileStore.create(folder, design), Plan(design, block))


def worked(folder: Path, shard: Shard, threads: int, stop: Callable[[], bool] = lambda: False) -> None:
    """Compute what a shard lacks."""
    store = FileStore.existing(folder)
    for _ in work(store, read_plan(store), shard, Threads(threads), stop):
        continue
