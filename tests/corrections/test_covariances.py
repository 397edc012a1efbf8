"""Whether class covariances and skewness agree: the tests' size, what they see, what they do not care about."""

import numpy as np
import pytest

from synththeory.arrays import Array
from synththeory.corrections import (
    CovarianceAgreement,
    covariance_agreement,
    covariances,
    shape_agreement,
    skew_agreement,
    skewness,
)
from synththeory.streams import Streams
from tests.statistical import assert_agrees


def agreement(majority: Array, minority: Array, number: int = 0) -> CovarianceAgreement:
    return covariance_agreement(majority, minority, Streams.named(0, "agreement", number, 1))


def test_covariances_that_differ_are_seen() -> None:
    rng = np.random.default_rng(0)
    zero, one = rng.standard_t(8, (600, 4)), rng.standard_t(8, (80, 4)) + 2.0
    same, wide = agreement(zero, one), agreement(zero, 1.8 * one)
    assert same.p_value > 0.01 > wide.p_value
    assert same.effect_size < 0.4 < wide.effect_size
    assert 2.0 < wide.spread_ratio < 5.0
    mixed = agreement(zero @ (mixing := rng.standard_normal((4, 4))), 1.8 * one @ mixing)
    np.testing.assert_allclose([mixed.p_value, mixed.effect_size], [wide.p_value, wide.effect_size], rtol=1e-6)
    constant = agreement(np.pad(zero, ((0, 0), (0, 1))), np.pad(1.8 * one, ((0, 0), (0, 1))))
    assert constant.effect_size == pytest.approx(wide.effect_size)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """99 permutations: the level is exact for any number of them."""
    for module in (covariances, skewness):
        monkeypatch.setattr(module, "PERMUTATIONS", 99)


@pytest.mark.usefixtures("few")
def test_it_rejects_a_true_null_as_often_as_it_says() -> None:
    """Skew rows, few of them: what Box's M cannot do. Twice as wide a minority is the planted wrong null."""
    rng, level, count = np.random.default_rng(2), 0.05, 400
    tables = [(rng.exponential(size=(120, 4)), rng.exponential(size=(30, 4)) + 1.0) for _ in range(count)]
    found = [agreement(zero, one, number).p_value for number, (zero, one) in enumerate(tables)]
    rejected = np.mean(np.array(found) <= level)
    error = np.sqrt(level * (1.0 - level) / count)
    assert_agrees(rejected, level, error, "the permutation test of equal covariances keeps its level", cases=2)
    wide = [agreement(zero, 2.0 * one, number).p_value for number, (zero, one) in enumerate(tables[:40])]
    assert np.mean(np.array(wide) <= level) > level + 4.5 * error


def test_skewness_that_differs_is_seen_whatever_the_spreads() -> None:
    rng = np.random.default_rng(1)
    zero, one = rng.exponential(size=(800, 4)), 1.5 * rng.exponential(size=(120, 4)) + 2.0
    others = (one, -one, rng.standard_normal((120, 4)))
    same, turned, plain = (shape_agreement(zero, rows, Streams.named(0, "shape", 0, 1)) for rows in others)
    assert same.skew.p_value > 0.01 >= same.covariance.p_value
    assert turned.skew.p_value <= 0.01
    assert plain.skew.p_value < 0.1
    assert same.skew.effect_size < 1.0 < plain.skew.effect_size < turned.skew.effect_size
    assert 1.5 < same.skew.majority < 2.5  # the skewness of an exponential is 2
    assert plain.skew.minority < 0.5
    mixing = rng.standard_normal((4, 4))
    mixed = skew_agreement(zero @ mixing, -one @ mixing, Streams.named(0, "shape", 0, 1).within("skew"))
    assert mixed.effect_size == pytest.approx(turned.skew.effect_size)
    assert mixed.p_value == turned.skew.p_value


@pytest.mark.usefixtures("few")
def test_the_test_of_skewness_keeps_its_level() -> None:
    """Null: exponential classes that differ by shift and scale. A mirrored minority is the planted wrong null."""
    rng, level, count = np.random.default_rng(3), 0.05, 400
    tables = [(rng.exponential(size=(120, 4)), 2.0 * rng.exponential(size=(40, 4))) for _ in range(count)]
    streams = [Streams.named(0, "skew", number, 1) for number in range(count)]
    found = [skew_agreement(zero, one, own).p_value for own, (zero, one) in zip(streams, tables, strict=True)]
    rejected, error = np.mean(np.array(found) <= level), np.sqrt(level * (1.0 - level) / count)
    assert_agrees(rejected, level, error, "the permutation test of equal skewness keeps its level", cases=2)
    mirrored = [skew_agreement(zero, -one, own).p_value for own, (zero, one) in zip(streams[:40], tables, strict=False)]
    assert np.mean(np.array(mirrored) <= level) > level + 4.5 * error


def test_too_few_rows_are_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="with 4 rows a class, got 160 and 3"):
        agreement(rng.standard_normal((160, 2)), rng.standard_normal((3, 2)))
    with pytest.raises(ValueError, match="drop the constant columns"):
        agreement(np.ones((20, 2)), np.zeros((5, 2)))
