"""One cluster of two processes for all tests that ask for it: to start one takes seconds."""

from collections.abc import Iterator

import pytest

from synththeory.sim.run.executors.cluster import Cluster, cluster


@pytest.fixture(scope="session")
def two_processes() -> Iterator[Cluster]:
    with cluster("local:2") as executor:
        yield executor
