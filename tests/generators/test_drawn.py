"""Sums that are known without a row, against the sums of the rows that would have been drawn."""

import numpy as np
import pytest

from synththeory.generators import Generator
from synththeory.generators.imitator import Unlearned
from synththeory.learners import LeastSquares
from synththeory.populations import MeanShift
from synththeory.sample import GivenSample, Sample
from synththeory.streams import Streams
from tests.generators.settings import KINDS, POPULATION, built

SIZES = np.tile(np.array([0, 3, 70, 71]), (4, 1))


@pytest.mark.parametrize("kind", KINDS)
def test_the_sums_of_a_draw_are_those_of_its_rows(kind: str) -> None:
    streams = Streams.named(5, "sums", 0, 4)
    majority, minority = POPULATION.sample(streams, (30, 14))
    drawn = built(kind).draw(streams, minority, majority, 71)
    plain = GivenSample(drawn.rows, drawn.labels, drawn.weights)
    assert drawn.shape == drawn.rows.shape
    np.testing.assert_allclose(drawn.nested_gram(SIZES), plain.nested_gram(SIZES), rtol=1e-11, atol=1e-10)


@pytest.mark.parametrize("noise", ["cube", "rademacher", "sphere", "gaussian"])
def test_real_rows_are_summed_as_they_are_drawn(noise: str) -> None:
    blocks = MeanShift(dimension=9, noise=noise).sample(Streams.named(6, "sums", 0, 3), (70, 20))
    for sample in (Sample.of(*blocks), Sample.of(*blocks).shared([0.5, 2.0], (70, 20))):
        plain = GivenSample(sample.rows, sample.labels, sample.weights)
        np.testing.assert_allclose(sample.gram, plain.gram, rtol=1e-11, atol=1e-10)
        assert sample.shape == plain.shape == (3, 90, 9)


@pytest.mark.parametrize("kind", ["oracle", "semi-oracle", "gaussian-fit", "smote"])
def test_least_squares_asks_for_no_row(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    streams = Streams.named(7, "sums", 0, 2)
    majority, minority = POPULATION.sample(streams, (30, 14))

    def refused(*_: object) -> None:
        raise AssertionError("a row was asked for")

    monkeypatch.setattr(Generator.registry[kind], "rows", refused)
    imitator = built(kind).imitator(streams, minority, majority)
    if not isinstance(imitator, Unlearned):
        monkeypatch.setattr(type(imitator), "rows", refused)
    synthetic = built(kind).draw(streams, minority, majority, 71)
    fit = LeastSquares().path(Sample.of(majority, minority), synthetic, SIZES[:2])
    assert not fit.status.any()
    assert "rows" not in majority.__dict__


def test_oracle_and_semi_oracle_share_their_noise() -> None:
    streams = Streams.named(8, "sums", 0, 3)
    majority, minority = POPULATION.sample(streams, (30, 14))
    oracle, semi = (built(kind).draw(streams, minority, majority, 20).rows for kind in ("oracle", "semi-oracle"))
    assert minority.law is not None
    gap = minority.rows.mean(axis=1, keepdims=True) - minority.law.mean
    np.testing.assert_allclose(semi - oracle, np.broadcast_to(gap, oracle.shape), atol=1e-12)
