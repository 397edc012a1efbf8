"""Data a generator cannot imitate, and settings that cannot be."""

import numpy as np
import pytest
from pydantic import ValidationError

from synththeory.errors import DesignError, SynththeoryError
from synththeory.generators import GaussianFit, Generator, Smote, Standardised
from synththeory.populations import LocationLaw
from synththeory.sample import GivenBlock, Stratum
from synththeory.streams import Streams
from tests.generators.settings import KINDS, SETTINGS, built


def refusal(generator: Generator, minority: int) -> str:
    """What the generator says against a minority of this size; empty when it accepts it."""
    try:
        generator.check(minority, 3)
    except DesignError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("kind", KINDS)
def test_the_smallest_minority_that_passes_can_be_imitated(kind: str) -> None:
    generator = built(kind)
    refusals = [refusal(generator, minority) for minority in range(12)]
    smallest = refusals.index("")
    assert smallest >= generator.smallest_minority > 0
    named = generator.inner.kind if isinstance(generator, Standardised) else kind  # who refuses is named
    assert all(named in message for message in refusals[:smallest])
    assert not any(refusals[smallest:])
    rows = np.random.default_rng(1).standard_normal((2, smallest, 3))
    seeds = GivenBlock(rows, Stratum("minority", 1, 1.0), LocationLaw(np.ones(3)))
    others = seeds if generator.needs_others else None
    assert np.isfinite(generator.draw(Streams.named(1, "check", 0, 2), seeds, others, 5).rows).all()


def test_messages_say_what_came_and_how_to_mend_it() -> None:
    with pytest.raises(DesignError, match=r"got neighbors = 9 with minority = 9; use neighbors ≤ 8"):
        Smote(neighbors=9).check(9, 2)
    with pytest.raises(DesignError, match=r"the mean has 3 coordinates where the population has 2"):
        built("gaussian").check(10, 2)
    with pytest.raises(DesignError, match=r"covariance of 3 rows in 3 dimensions is singular"):
        GaussianFit(shrinkage=0.0, jitter=0.0).check(3, 3)
    GaussianFit(shrinkage=0.0, jitter=0.0).check(4, 3)


@pytest.mark.parametrize("kind", ["oracle", "semi-oracle", "consistent-gaussian", "steered-gaussian"])
def test_idealised_generators_need_a_known_law(kind: str) -> None:
    seeds = GivenBlock(np.zeros((1, 5, 3)), Stratum("minority", 1, 1.0))
    with pytest.raises(SynththeoryError, match=f"{kind} knows the true law"):
        assert built(kind).draw(Streams.named(1, "check", 0, 1), seeds, None, 5).rows.size


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("smote", {"neighbors": 0}),
        ("smote", {"neighbors": 2.5}),
        ("jitter", {"scale": -1.0}),
        ("jitter", {}),
        ("gaussian", {}),
        ("gaussian-fit", {"shrinkage": 1.5}),
        ("gaussian-fit", {"jitter": -1e-9}),
        ("oracle", {"neighbors": 5}),
    ],
)
def test_impossible_settings_are_refused(kind: str, settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Generator.registry[kind].model_validate({"kind": kind, **settings})


def test_every_generator_has_test_settings() -> None:
    assert set(SETTINGS) == set(KINDS)
