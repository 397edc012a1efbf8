"""A study small enough to run in a blink, and one cluster of processes: to start it takes seconds."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from synththeory.caches import Cache
from synththeory.sim.design.design import Design
from synththeory.sim.design.studies import load_design
from synththeory.sim.results import summary
from synththeory.sim.run.executors.cluster import Cluster, cluster

Table = dict[str, Any]


_FORECASTS: Cache[Any] = Cache(256)


@pytest.fixture(autouse=True, scope="module")
def _theory_is_made_once() -> Iterator[None]:
    """Summaries of the same arm share its theory, which takes longer than the few replications that are run here."""
    made = summary.forecast_of

    def kept(cell: Any, arm: Any) -> Any:
        return _FORECASTS.get((cell.population, cell.counts, cell.learner, arm), partial(made, cell, arm))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(summary, "forecast_of", kept)
        yield


@pytest.fixture
def small() -> Table:
    return {
        "study": "small",
        "population": {"kind": "gaussian-shift", "mean": [1.0, 0.0]},
        "sample": {"majority": 40, "minority": 8},
        "augmentation": {
            "multipliers": [0.0, 1.0, 2.5],
            "generators": [{"kind": "oracle"}, {"kind": "smote", "neighbors": 3}],
        },
        "learner": {"kind": "least-squares", "ridge": 1e-6},
        "monte_carlo": {"replications": 30, "seed": 1},
    }


@pytest.fixture
def design(small: Table) -> Callable[..., Design]:
    def build(settings: dict[str, object] | None = None, **tables: object) -> Design:
        return load_design(small, {**(settings or {}), **tables})

    return build


@pytest.fixture(scope="session")
def cluster_of_3() -> Iterator[Cluster]:
    with cluster("local:3") as executor:
        yield executor


class _Some:
    """A client that has only the first few of its workers."""

    def __init__(self, client: Any, count: int) -> None:
        self._client, self._count = client, count

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def nthreads(self) -> dict[str, int]:
        return dict(list(self._client.nthreads().items())[: self._count])

    def submit(self, *arguments: Any, **settings: Any) -> Any:
        pinned = list(self.nthreads())  # one that dies takes its address with it: then another may have the piece
        return self._client.submit(*arguments, workers=pinned, allow_other_workers=True, **settings)


@pytest.fixture
def cluster_of_2(cluster_of_3: Cluster) -> Cluster:
    """Two of the three."""
    return Cluster(_Some(cluster_of_3.client, 2))
