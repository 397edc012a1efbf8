"""Sums of Gaussian rows drawn themselves have the law of sums of rows; one family of comparisons."""

import numpy as np
import pytest
from scipy.special import chdtri
from scipy.stats import chi2, ks_2samp, kstest, norm

from synththeory.errors import ComponentError
from synththeory.kernels.sums import CUBE, GAUSSIAN
from synththeory.streams import Streams
from tests.statistical import STANDARD_ERRORS, allowed, assert_agrees, ledger, standard_error

DRAWS = 20_000
SIZES = (3, 8, 19)
CASES = 4


def sums(summed, dimension=2, seed=5):
    streams = Streams.named(seed, "wishart" if summed else "rows", 0, DRAWS)
    streams = Streams(streams.key, streams.replications, summed=summed)
    return streams.sums(GAUSSIAN, "noise", dimension, np.tile(SIZES, (DRAWS, 1)))


def functions(drawn):
    """What a regression sees, (draws, k): entries, determinant, a slope; at every size, and of the rows between."""
    between = np.concatenate([drawn, np.diff(drawn, axis=1)], axis=1)
    places = np.triu_indices(3)
    entries = between[:, :, places[0], places[1]][:, :, :-1]
    second = between[:, :, :2, :2]
    slope = second[:, :, 0, 1] / second[:, :, 0, 0]
    parts = (entries, np.linalg.det(second)[..., None], slope[..., None])
    return np.concatenate(parts, axis=2).reshape(DRAWS, -1)


def least_p_value(one, other):
    return min(ks_2samp(left, right).pvalue for left, right in zip(one.T, other.T, strict=True))


def level(comparisons):
    """The p-value below which a family of so many is refused as seldom as one number at 4.5 standard errors."""
    ledger.append(2.0 * float(norm.sf(STANDARD_ERRORS)) / CASES)
    return 2.0 * float(norm.sf(allowed(comparisons)))


def test_every_law_is_that_of_the_sums_of_rows():
    drawn, added = functions(sums(True)), functions(sums(False))
    assert least_p_value(drawn, added) > level(drawn.shape[1])


def test_moments_are_those_of_the_sums_of_rows():
    """Null: E and Cov of Σ (ξ, 1)(ξ, 1)ᵀ over the first m rows are those of m independent standard normal rows."""
    drawn = sums(True)
    centred = drawn - np.array(SIZES)[:, None, None] * np.eye(3)
    squares = centred[:, :, *np.triu_indices(3)][:, :, :-1] ** 2
    truth = np.array(SIZES)[:, None] * np.array([2.0, 1.0, 1.0, 2.0, 1.0])
    assert_agrees(squares.mean(axis=0), truth, standard_error(squares), "variances are those of rows", cases=CASES)
    nested = centred[:, 0, 0, 0] * centred[:, 2, 0, 0]
    assert_agrees(nested.mean(), 2.0 * SIZES[0], standard_error(nested), "prefixes nest", cases=CASES)


def test_a_square_is_chi_squared_at_a_thousand_million_rows():
    streams = Streams.named(3, "wishart", 0, DRAWS)
    drawn = Streams(streams.key, streams.replications, summed=True).sums(
        GAUSSIAN, "noise", 3, np.full((DRAWS, 1), 10**9)
    )
    squares = [drawn[:, 0, place, place] for place in range(3)]
    assert min(kstest(each, chi2(10**9).cdf).pvalue for each in squares) > level(3)


def test_a_degree_of_freedom_too_many_is_noticed(monkeypatch):
    monkeypatch.setattr("synththeory.wishart.chdtri", lambda freedom, tail: chdtri(freedom + 1.0, tail))
    drawn, added = functions(sums(True)), functions(sums(False))
    assert least_p_value(drawn, added) < level(drawn.shape[1])
    ledger.pop()


def test_replications_are_named_one_by_one():
    whole = Streams.named(3, "p", 0, 10)
    whole = Streams(whole.key, whole.replications, summed=True)
    alone = Streams(whole.key, whole.replications[7:8], summed=True)
    sizes = np.array([[2, 2, 50]])
    one = alone.sums(GAUSSIAN, "x", 4, sizes)[0]
    assert whole.sums(GAUSSIAN, "x", 4, np.tile(sizes, (10, 1)))[7].tobytes() == one.tobytes()
    assert (one[0] == one[1]).all()


def test_nobody_has_rows_where_sums_are_drawn():
    streams = Streams.named(3, "p", 0, 2)
    streams = Streams(streams.key, streams.replications, summed=True).within("generator/x")
    for ask in (streams.normals, streams.uniforms):
        with pytest.raises(ComponentError, match=r"generator/x\|rows asks for single rows"):
            ask("rows", 3, 2)
    with pytest.raises(ComponentError, match="asks for single rows"):
        streams.numpy("rows")
    with pytest.raises(ComponentError, match="Gaussian noise alone"):
        streams.sums(CUBE, "rows", 2, np.full((2, 1), 5))
