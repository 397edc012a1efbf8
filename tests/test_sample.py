"""Blocks and samples."""

import numpy as np
import pytest

from synththeory.errors import DesignError
from synththeory.sample import Block, Sample, Stratum


def blocks() -> tuple[Block, Block]:
    rng = np.random.default_rng(1)
    return (
        Block(rng.standard_normal((4, 9, 3)), Stratum("majority", 0, -1.0)),
        Block(rng.standard_normal((4, 5, 3)), Stratum("minority", 1, 1.0)),
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
    sample = Sample(base.rows, base.labels, weights)
    extended = np.concatenate([sample.rows, np.ones((4, 14, 1)), sample.labels[:, :, None]], axis=2)
    expected = np.einsum("ri,ria,rib->rab", weights, extended, extended)[:, None]
    np.testing.assert_allclose(sample.gram, expected, rtol=1e-12, atol=1e-13)
    assert sample.gram is sample.gram


@pytest.mark.parametrize("size", [0, 3])
def test_an_empty_block_is_allowed(size: int) -> None:
    majority, _ = blocks()
    empty = Block(majority.rows[:, :size].copy(), Stratum("minority", 1, 1.0))
    assert Sample.of(majority, empty).rows.shape == (4, 9 + size, 3)


def test_a_class_coded_by_a_vector_is_refused_where_a_number_is_wanted() -> None:
    assert Stratum("minority", 1, -1.0).response == -1.0
    with pytest.raises(DesignError, match="one of 3 classes"):
        _ = Stratum("class 2", 2, (0.0, 0.0, 1.0)).response
