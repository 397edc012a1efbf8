"""Every registered population: rows that nest, do not depend on grouping, and follow the stated law."""

import numpy as np
import pytest
from pydantic import ValidationError

from synththeory.populations import GaussianShift, MeanShift, Population
from synththeory.streams import Streams
from tests.statistical import assert_mean

COMPONENT = {"weight": 0.5, "mean": [1.0, -1.0], "scale": 0.5}
SETTINGS: dict[str, dict[str, object]] = {
    "gaussian-shift": {"mean": (0.7, -0.2)},
    "mean-shift": {"dimension": 3},
    "markov-rows": {"columns": 3, "levels": 3},
    "cube-pair": {"dimension": 3},
    "ring": {"dimension": 3},
    "sigmoid-link": {"dimension": 5},
    "craft": {},
    "craft-rounded": {},
    "mixed-types": {},
    "dense-shift": {"dimension": 3},
    "gaussian-groups": {
        "groups": [
            {"name": "majority", "label": 0.0, "components": [{"mean": [0.0, 0.0]}]},
            {"name": "minority", "label": 1.0, "components": [COMPONENT, {**COMPONENT, "mean": [2.0, 0.0]}]},
        ]
    },
    "treatment": {"mean": (0.7, -0.2), "outcome": (1.0, 1.0)},
    "gaussian-mixture": {
        "majority": [{"mean": [0.0, 0.0]}],
        "minority": [COMPONENT, {**COMPONENT, "mean": [2.0, 0.0]}],
    },
}
ELSEWHERE = (
    "digits",
    "dirichlet-rows",
    "gaussian-classes",
    "label-noise",
    "linear-tasks",
    "mixed-marginals",
    "open-table",
    "ten-digits",
)
"""No law is known, classes are many, or rows are chosen by the counts: tests of their own."""
# other tests may register populations of their own
KINDS = sorted(
    kind
    for kind, member in Population.registry.items()
    if member.__module__.startswith("synththeory.") and kind not in ELSEWHERE
)
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)


def built(kind: str) -> Population:
    assert kind in SETTINGS, f"name settings for the new population {kind}"
    population = Population.registry[kind].model_validate({"kind": kind, **SETTINGS[kind]})
    assert isinstance(population, Population)
    return population


def rows(population: Population, first: int, count: int, counts: tuple[int, int]) -> list[np.ndarray]:
    return [block.rows for block in population.sample(Streams.named(1, "population", first, count), counts)]


@EVERY_KIND
def test_blocks_have_the_declared_strata_shape_and_law(kind: str) -> None:
    population = built(kind)
    blocks = population.sample(Streams.named(1, "population", 0, 4), (11, 5))
    assert [block.stratum for block in blocks] == list(population.strata)
    assert [block.rows.shape for block in blocks] == [(4, 11, population.dimension), (4, 5, population.dimension)]
    assert [stratum.name for stratum in population.strata] == ["majority", "minority"]
    for block, law in zip(blocks, population.laws, strict=True):
        assert block.law is not None
        np.testing.assert_array_equal(block.law.mean, law.mean)
        assert np.isfinite(block.rows).all()
        assert block.rows.flags.c_contiguous


@EVERY_KIND
def test_samples_nest_and_do_not_depend_on_grouping_or_on_the_other_count(kind: str) -> None:
    population = built(kind)
    whole = rows(population, 0, 5, (40, 20))
    for part, other in zip(rows(population, 0, 5, (13, 20)), whole, strict=True):
        np.testing.assert_array_equal(part, other[:, : part.shape[1]])
    for stratum in (0, 1):
        apart = [rows(population, first, 1, (40, 20))[stratum] for first in range(5)]
        np.testing.assert_array_equal(np.concatenate(apart), whole[stratum])


@EVERY_KIND
def test_rows_have_the_laws_mean_and_covariance(kind: str) -> None:
    """Null: mean and covariance of drawn rows are the law's."""
    population = built(kind)
    upper = np.triu_indices(population.dimension)
    drawn, exact = [], []
    for block, law in zip(rows(population, 0, 1, (60_000, 60_000)), population.laws, strict=True):
        centred = block[0] - law.mean
        drawn += [centred, (centred[:, :, None] * centred[:, None, :])[:, *upper]]
        exact += [np.zeros(population.dimension), law.covariance[upper]]
    assert_mean(np.concatenate(drawn, axis=1), np.concatenate(exact), f"moments of {kind}", cases=len(KINDS))


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (MeanShift, {"dimension": 0}),
        (MeanShift, {"dimension": 3, "shift": -1.0}),
        (MeanShift, {"dimension": 3, "noise": "cauchy"}),
        (GaussianShift, {"mean": []}),
        (GaussianShift, {"mean": [float("nan")]}),
        (GaussianShift, {}),
    ],
)
def test_impossible_settings_are_refused(kind: type[Population], settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        kind.model_validate(settings)
