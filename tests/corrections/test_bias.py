"""The bias correction: the definition, its identities, the fits it leads to, and when it cannot be."""

from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synththeory.corrections import (
    BiasCorrection,
    corrected_path,
    estimated_bias,
    estimated_bias_gradient,
    imitations,
)
from synththeory.errors import DesignError
from synththeory.generators import Bootstrap, Generator, Jitter, Smote
from synththeory.learners import Learner, LeastSquares, Logistic
from synththeory.populations import GaussianShift
from synththeory.sample import Block, GivenBlock, GivenSample, Sample
from synththeory.status import Status
from synththeory.streams import Streams
from tests.reference import bias as plain

Comparator = Literal["block", "held-out"]
Transport = Literal["mean-shift", "none"]
POPULATION = GaussianShift(mean=(1.0, 0.4))
COUNTS = (41, 12)  # three blocks and five rows over
SIZE = 29
LEARNERS: dict[str, tuple[Learner, plain.Loss]] = {
    "logistic": (Logistic(ridge=1e-2), plain.logistic),
    "least-squares": (LeastSquares(ridge=1.0), plain.squared),
}


def drawn(count: int = 2, counts: tuple[int, int] = COUNTS, first: int = 0) -> tuple[Streams, Block, Block]:
    streams = Streams.named(5, "bias", first, count)
    majority, minority = POPULATION.sample(streams, counts)
    return streams, majority, minority


def data_set(streams: Streams, majority: Block, minority: Block, synthetic: Sample, blocks: int) -> plain.DataSet:
    """The first replication as the reference wants it."""
    made = imitations(streams, Smote(neighbors=3), majority, minority, blocks)[0]
    return plain.DataSet(majority.rows[0], minority.rows[0], synthetic.rows[0], tuple(np.split(made, blocks)))


@pytest.mark.parametrize("name", LEARNERS)
@pytest.mark.parametrize("transport", ["mean-shift", "none"])
@pytest.mark.parametrize(("comparator", "blocks"), [("block", None), ("block", 2), ("held-out", None), ("held-out", 1)])
def test_the_correction_and_its_fit_are_the_definitions(
    name: str, comparator: Comparator, transport: Transport, blocks: int | None
) -> None:
    learner, loss = LEARNERS[name]
    streams, majority, minority = drawn()
    correction = BiasCorrection(comparator=comparator, transport=transport, blocks=blocks)
    signed = correction.rows(streams, Smote(neighbors=3), majority, minority)
    synthetic = Smote(neighbors=3).draw(streams, minority, majority, SIZE)
    data = data_set(streams, majority, minority, synthetic, blocks or 3)
    theta = np.array([0.7, -0.3, 0.2])[: learner.loss.parameters(2)]
    value, gradient = plain.bias(data, loss, theta, comparator, transport)
    np.testing.assert_allclose(estimated_bias(signed, learner.loss, theta)[0], value, rtol=1e-12)
    np.testing.assert_allclose(estimated_bias_gradient(signed, learner.loss, theta)[0], gradient, rtol=1e-10)
    np.testing.assert_allclose(signed.weights.sum(axis=1), 0.0, atol=1e-14)

    fit = corrected_path(learner, Sample.of(majority, minority), synthetic, np.array([[10, SIZE]] * 2), signed)
    assert not fit.status.any()
    ridge = learner.penalty(2, sum(COUNTS) + SIZE)
    expected = plain.fit(data, loss, comparator, transport, ridge)
    np.testing.assert_allclose(fit.coefficients[0, 1], expected, rtol=1e-8, atol=1e-8)


def test_both_comparators_are_one_where_the_blocks_use_up_the_majority() -> None:
    streams, majority, minority = drawn(counts=(36, 12))
    block, held_out = (
        BiasCorrection(comparator=comparator).rows(streams, Smote(), majority, minority)
        for comparator in ("block", "held-out")
    )
    np.testing.assert_array_equal(block.rows, held_out.rows)
    np.testing.assert_allclose(block.weights, held_out.weights, rtol=1e-13)
    single = BiasCorrection(comparator="held-out", blocks=1).rows(streams, Smote(), majority, minority)
    assert (single.weights[:, 12:24] == 0.0).all()


@given(seed=st.integers(0, 2**32), shift=st.floats(-50.0, 50.0))
def test_mean_shift_transport_forgets_where_the_majority_was(seed: int, shift: float) -> None:
    streams = Streams.named(seed, "moved", 0, 1)
    majority, minority = POPULATION.sample(streams, COUNTS)
    moved = GivenBlock(majority.rows + shift, majority.stratum)
    here = BiasCorrection().rows(streams, Jitter(scale=0.5), majority, minority)
    there = BiasCorrection().rows(streams, Jitter(scale=0.5), moved, minority)
    np.testing.assert_allclose(here.rows, there.rows, atol=1e-11)


@pytest.mark.parametrize("generator", [Smote(neighbors=3), Bootstrap()], ids=repr)
def test_replications_may_be_grouped_in_any_way_bitwise(generator: Generator) -> None:
    streams, majority, minority = drawn(3)
    together = BiasCorrection().rows(streams, generator, majority, minority)
    for place in range(3):
        alone = BiasCorrection().rows(*_with(generator, *drawn(1, first=place)))
        np.testing.assert_array_equal(together.rows[place], alone.rows[0])


def _with(generator: Generator, streams: Streams, majority: Block, minority: Block):  # type: ignore[no-untyped-def]
    return streams, generator, majority, minority


def test_every_block_is_imitated_with_numbers_of_its_own() -> None:
    streams, majority, minority = drawn(1, (36, 12))
    same = GivenBlock(np.tile(majority.rows[:, :12], (1, 3, 1)), majority.stratum)
    made = imitations(streams, Bootstrap(), same, minority, 3)[0]
    assert not np.array_equal(made[:12], made[12:24])


def test_too_few_majority_rows_are_refused_in_words() -> None:
    streams, majority, minority = drawn(counts=(20, 12))
    with pytest.raises(DesignError, match=r"needs 2 block\(s\)"):
        BiasCorrection(blocks=2).rows(streams, Bootstrap(), majority, minority)


def test_least_squares_reports_an_indefinite_gram_matrix() -> None:
    rng = np.random.default_rng(1)
    rows = rng.standard_normal((1, 30, 2))
    sample = GivenSample(rows, rng.random((1, 30)), np.full((1, 30), -1.0))
    nothing = GivenSample(np.empty((1, 0, 2)), np.empty((1, 0)), np.empty((1, 0)))
    fit = LeastSquares().path(sample, nothing, np.zeros((1, 1), dtype=np.int64))
    assert fit.status[0, 0] == Status.SINGULAR
    assert np.isnan(fit.coefficients).all()
