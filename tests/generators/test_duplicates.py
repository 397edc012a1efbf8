"""Duplicates are real rows with the labels they have."""

import numpy as np
import pytest

from synththeory.errors import NoTheoryError, SynththeoryError
from synththeory.generators import Duplicates
from synththeory.losses import SquaredLoss
from synththeory.populations import MeanShift
from synththeory.streams import Streams

POPULATION = MeanShift(dimension=2)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_every_duplicate_is_a_real_row_of_its_labels_class(share: float) -> None:
    streams = Streams.named(1, "duplicates", 0, 3)
    majority, minority = POPULATION.sample(streams, (30, 8))
    generator = Duplicates(majority=share)
    sample = generator.draw(streams, minority, majority, 400)
    for replication in range(3):
        for block in (majority, minority):
            mine = sample.rows[replication][sample.labels[replication] == block.stratum.response]
            real = set(map(tuple, block.rows[replication]))
            assert set(map(tuple, mine)) <= real
    others = (sample.labels == majority.stratum.response).mean()
    assert abs(others - share) <= 4.5 * np.sqrt(share * (1.0 - share) / sample.labels.size)
    shorter = generator.draw(streams, minority, majority, 17)
    np.testing.assert_array_equal(shorter.rows, sample.rows[:, :17])
    np.testing.assert_array_equal(shorter.labels, sample.labels[:, :17])


def test_both_classes_need_the_other_class_and_have_no_theory() -> None:
    streams = Streams.named(1, "duplicates", 0, 1)
    _, minority = POPULATION.sample(streams, (30, 8))
    with pytest.raises(SynththeoryError, match="needs the rows of the other class"):
        Duplicates().draw(streams, minority, None, 5)
    with pytest.raises(NoTheoryError, match="one label"):
        Duplicates().mismatch(POPULATION, SquaredLoss(), 1, 8)
