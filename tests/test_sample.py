"""Blocks and samples."""

from dataclasses import replace

import numpy as np
import pytest

from synththeory.errors import DesignError
from synththeory.generators import Smote
from synththeory.populations import LinearTasks, MeanShift
from synththeory.sample import Block, GivenBlock, GivenSample, Sample, Stratum
from synththeory.streams import Streams


def blocks() -> tuple[Block, Block]:
    rng = np.random.default_rng(1)
    return (
        GivenBlock(rng.standard_normal((4, 9, 3)), Stratum("majority", 0, -1.0)),
        GivenBlock(rng.standard_normal((4, 5, 3)), Stratum("minority", 1, 1.0)),
    )


def test_blocks_are_stacked_in_order_with_their_labels_and_unit_weights() -> None:
    majority, minority = blocks()
    sample = Sample.of(majority, minority)
    np.testing.assert_array_equal(sample.rows, np.concatenate([majority.rows, minority.rows], axis=1))
    np.testing.assert_array_equal(sample.labels, np.repeat([[-1.0, 1.0]], 4, axis=0).repeat([9, 5], axis=1))
    assert (sample.weights == 1.0).all()


def test_one_block_is_not_copied() -> None:
    majority, _ = blocks()
    assert Sample.of(majority).rows is majority.rows


def test_gram_is_the_second_moment_of_extended_rows_and_is_kept() -> None:
    base = Sample.of(*blocks())
    weights = np.random.default_rng(2).standard_normal(base.labels.shape)
    sample = GivenSample(base.rows, base.labels, weights)
    extended = np.concatenate([sample.rows, np.ones((4, 14, 1)), sample.labels[:, :, None]], axis=2)
    expected = np.einsum("ri,ria,rib->rab", weights, extended, extended)[:, None]
    np.testing.assert_allclose(sample.gram, expected, rtol=1e-12, atol=1e-13)
    assert sample.gram is sample.gram


@pytest.mark.parametrize("size", [0, 3])
def test_an_empty_block_is_allowed(size: int) -> None:
    majority, _ = blocks()
    empty = GivenBlock(majority.rows[:, :size].copy(), Stratum("minority", 1, 1.0))
    assert Sample.of(majority, empty).rows.shape == (4, 9 + size, 3)


def test_a_class_coded_by_a_vector_is_refused_where_a_number_is_wanted() -> None:
    assert Stratum("minority", 1, -1.0).response == -1.0
    with pytest.raises(DesignError, match="one of 3 classes"):
        _ = Stratum("class 2", 2, (0.0, 0.0, 1.0)).response


def test_blocks_are_replaced_field_by_field() -> None:
    streams, other = Streams.named(4, "replaced", 0, 2), Stratum("other", 1, 5.0)
    drawn, _ = MeanShift(dimension=3, noise="cube").sample(streams, (9, 5))
    task, *_ = LinearTasks(slopes=(1.0, 2.0, 0.0), tasks=2).sample(streams, (9, 4))
    for block in (drawn, task, GivenBlock(drawn.rows, drawn.stratum)):
        named = replace(block, stratum=other)
        assert type(named) is type(block)
        assert named.stratum is other
        assert named.gram is not block.gram
        assert named.rows.tobytes() == block.rows.tobytes()
        np.testing.assert_allclose(named.gram[..., -1], 5.0 * named.gram[..., -2], rtol=1e-12)
    assert replace(drawn, size=4).rows.tobytes() == drawn.rows[:, :4].tobytes()


def test_samples_are_replaced_field_by_field() -> None:
    streams = Streams.named(4, "replaced", 0, 2)
    majority, minority = MeanShift(dimension=3, noise="cube").sample(streams, (9, 5))
    stacked, made = Sample.of(majority, minority), Smote(neighbors=2).draw(streams, minority, majority, 6)
    assert replace(stacked, blocks=(minority, majority)).rows.tobytes() == Sample.of(minority, majority).rows.tobytes()
    assert replace(stacked, shares=(2.0, 3.0)).weights.tobytes() == stacked.shared((2.0, 3.0), (9, 5)).weights.tobytes()
    assert (replace(made, stratum=Stratum("other", 1, 5.0)).labels == 5.0).all()
    assert replace(made, shape=(2, 3, 3)).rows.tobytes() == made.rows[:, :3].tobytes()
    given = GivenSample(made.rows, made.labels, made.weights)
    assert replace(given, labels=-given.labels).nested_gram(np.full((2, 1), 6)).shape == given.gram.shape


def test_lazy_samples_keep_nothing_of_what_they_replace() -> None:
    stacked = Sample.of(*blocks())
    assert stacked.gram is stacked.gram
    assert not {"gram", "rows", "labels", "weights"} & set(vars(replace(stacked)))
