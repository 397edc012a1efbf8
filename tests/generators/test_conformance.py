"""What every registered generator must do, whatever it is."""

import numpy as np
import pytest

from synththeory.arrays import Array
from synththeory.errors import DesignError, NoTheoryError, SynththeoryError
from synththeory.generators import Generator, moments_of, pilot_sets
from synththeory.losses import SquaredLoss
from synththeory.populations import MeanShift
from synththeory.sample import Block
from synththeory.streams import Streams
from tests.generators.settings import KINDS, POPULATION, SETTINGS, VARIANTS, built
from tests.statistical import assert_mean

EVERY_KIND = pytest.mark.parametrize("kind", KINDS)
EVERY_SETTING = pytest.mark.parametrize("kind", [*KINDS, *VARIANTS])


def blocks(first: int, count: int, counts: tuple[int, int] = (30, 14)) -> tuple[Streams, Block, Block]:
    streams = Streams.named(1, "conformance", first, count)
    majority, minority = POPULATION.sample(streams, counts)
    return streams, majority, minority


def rows(kind: str, first: int, count: int, size: int, counts: tuple[int, int] = (30, 14)) -> Array:
    streams, majority, minority = blocks(first, count, counts)
    return built(kind).draw(streams, minority, majority, size).rows


@EVERY_KIND
def test_draws_finite_rows_with_the_seeds_label_and_unit_weights(kind: str) -> None:
    streams, majority, minority = blocks(0, 4)
    sample = built(kind).draw(streams, minority, majority, 9)
    assert sample.rows.shape == (4, 9, 3)
    assert sample.rows.flags.c_contiguous
    assert np.isfinite(sample.rows).all()
    assert (sample.labels == 1.0).all()
    assert (sample.weights == 1.0).all()


@EVERY_SETTING
def test_a_longer_draw_begins_with_a_shorter_one_bitwise(kind: str) -> None:
    whole = rows(kind, 0, 3, 50)
    for size in (0, 1, 7, 8, 9, 33):
        np.testing.assert_array_equal(whole[:, :size], rows(kind, 0, 3, size))


@EVERY_SETTING
@pytest.mark.parametrize("counts", [(30, 14), (30, 4), (200, 131)])
def test_rows_do_not_depend_on_the_grouping_into_blocks_bitwise(kind: str, counts: tuple[int, int]) -> None:
    whole = rows(kind, 0, 7, 20, counts)
    for block in (1, 3):
        parts = [rows(kind, first, min(block, 7 - first), 20, counts) for first in range(0, 7, block)]
        np.testing.assert_array_equal(whole, np.concatenate(parts))


@EVERY_KIND
@pytest.mark.parametrize("dimension", [1, 2, 20])
def test_grouping_does_not_matter_in_any_dimension(kind: str, dimension: int) -> None:
    population = MeanShift(dimension=dimension)
    settings = {**SETTINGS[kind], "mean": (0.5,) * dimension} if kind == "gaussian" else SETTINGS[kind]
    generator = Generator.registry[kind].model_validate({"kind": kind, **settings})
    assert isinstance(generator, Generator)
    try:
        generator.check(23, dimension)
    except DesignError:
        pytest.skip(f"{kind} refuses {dimension} dimensions")

    def drawn(first: int, count: int) -> Array:
        streams = Streams.named(2, "dimension", first, count)
        majority, minority = population.sample(streams, (40, 23))
        return generator.draw(streams, minority, majority, 15).rows

    np.testing.assert_array_equal(drawn(0, 4), np.concatenate([drawn(first, 1) for first in range(4)]))


@EVERY_SETTING
def test_draws_repeat_and_leave_the_seeds_alone(kind: str) -> None:
    streams, majority, minority = blocks(0, 3)
    before = minority.rows.copy()
    first = built(kind).draw(streams, minority, majority, 12).rows
    np.testing.assert_array_equal(first, built(kind).draw(streams, minority, majority, 12).rows)
    np.testing.assert_array_equal(minority.rows, before)


@EVERY_KIND
def test_the_other_rows_are_ignored_by_generators_that_do_not_ask_for_them(kind: str) -> None:
    streams, majority, minority = blocks(0, 3)
    generator = built(kind)
    if generator.needs_others:
        with pytest.raises(SynththeoryError, match="needs the rows of the other class"):
            generator.draw(streams, minority, None, 12)
        return
    np.testing.assert_array_equal(
        generator.draw(streams, minority, majority, 12).rows, generator.draw(streams, minority, None, 12).rows
    )


def test_the_majority_can_be_imitated_under_its_own_label() -> None:
    """Null: rows that imitate the majority have its mean −μ, but for a fixed law and those that move the mean.

    ADASYN moves it by an amount that has no closed form.
    """
    streams, majority, minority = blocks(0, 400)
    means, exact = [], []
    for kind in sorted(set(KINDS) - {"adasyn", "adasyn-published"}):
        sample = built(kind).draw(streams, majority, minority, 40)
        assert (sample.labels == -1.0).all()
        means.append(sample.rows.mean(axis=1))
        exact.append(np.array([-1.3, 0.0, 0.0]))
        if kind == "gaussian":
            exact[-1] = np.array(SETTINGS[kind]["mean"])
        elif kind == "consistent-gaussian":
            exact[-1] *= 1.0 - 1.0 / np.sqrt(np.log(30.0))
        elif kind == "offset":
            exact[-1] += SETTINGS[kind]["offset"]
        elif kind == "perturbed-oracle":
            exact[-1] += 0.3 / np.sqrt(2.0) * np.array([0.0, 1.0, 1.0])
    assert_mean(np.concatenate(means, axis=1), np.concatenate(exact), "every generator imitates the majority's mean")


@EVERY_KIND
def test_the_arms_name_is_a_label_and_changes_no_number(kind: str) -> None:
    streams, majority, minority = blocks(0, 2)
    plain, named = built(kind), built(kind, name="arm")
    assert named.label == "arm" != plain.label
    np.testing.assert_array_equal(
        plain.draw(streams, minority, majority, 5).rows, named.draw(streams, minority, majority, 5).rows
    )


@EVERY_KIND
def test_moments_have_the_right_shapes_and_are_positive(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pilot_sets, "_ROWS", 1)  # shapes need no precision
    pilot_sets.kept.clear()
    generator = built(kind)
    if kind in ("adasyn", "adasyn-published", "standardised"):
        with pytest.raises(NoTheoryError, match="looks at the other class"):
            moments_of(generator, POPULATION, SquaredLoss(), 1, 40)
        return
    population = POPULATION.model_copy(update={"noise": "gaussian"}) if generator.needs_others else POPULATION
    for intercept in (False, True):
        moments = moments_of(generator.given(60), population, SquaredLoss(intercept), 1, 40)
        size = 3 + intercept
        assert moments.gradient.shape == moments.shift.shape == (size,)
        for matrix in (moments.hessian, moments.covariance, moments.fluctuation):
            assert matrix.shape == (size, size)
            np.testing.assert_allclose(matrix, matrix.T, atol=1e-12)
            assert np.linalg.eigvalsh(matrix).min() >= -1e-10
        assert moments.coupling.shape == (size, size)
        assert moments.source in ("closed form", "pilot")
    pilot_sets.kept.clear()


def test_no_purpose_is_drawn_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two draws of one name share their words: strata, arms and the steps of an arm have names of their own.

    Only two mean to share: the semi-oracle's noise is the oracle's, and ADASYN as published has ADASYN's rows.
    """
    drawn: list[str] = []
    original = Streams.word

    def recorded(streams: Streams, purpose: str) -> np.uint64:
        drawn.append(streams.prefix + purpose)
        return original(streams, purpose)

    monkeypatch.setattr(Streams, "word", recorded)
    streams, majority, minority = blocks(0, 1)
    for kind in set(KINDS) - {"semi-oracle", "adasyn-published"}:
        assert built(kind).draw(streams, minority, majority, 6).rows.shape == (1, 6, 3)
    assert len(drawn) > len(KINDS)
    assert len(set(drawn)) == len(drawn)
