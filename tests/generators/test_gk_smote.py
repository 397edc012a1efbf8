"""GK-SMOTE: the published density and its quirks where they are asked for, and none of them where they are not."""

from math import exp

import numpy as np
import pytest

from synththeory import SynththeoryError
from synththeory.arrays import Array
from synththeory.generators import GkSmote
from synththeory.generators.gk_smote import densities, groups
from synththeory.sample import GivenBlock, Stratum
from synththeory.streams import Streams

FAR = np.array([[1000.0, 0.0], [1001.0, 0.0], [1002.0, 0.0], [1003.0, 0.0], [1004.0, 0.0], [1005.0, 0.0]])


def column(*values: float) -> Array:
    return np.array(values)[:, None]


def plane(*values: float) -> Array:
    return np.stack([np.array(values), np.zeros(len(values))], axis=1)


def drawn(minority: Array, majority: Array, size: int, **settings: object) -> Array:
    blocks = [GivenBlock(rows[None], Stratum("x", 0, 0.0)) for rows in (minority, majority)]
    generator = GkSmote.model_validate(settings)
    return np.asarray(generator.draw(Streams.named(1, "gk", 0, 1), blocks[0], blocks[1], size).rows[0])


def test_three_rows_by_hand() -> None:
    """Distances {0, 1, 3}, {0, 1, 2}, {0, 2, 3}; variances 14/9, 2/3, 14/9."""
    exact = [
        (1.0 + exp(-9 / 28) + exp(-81 / 28)) / 3.0,
        (1.0 + exp(-3 / 4) + exp(-3.0)) / 3.0,
        (1.0 + exp(-9 / 7) + exp(-81 / 28)) / 3.0,
    ]
    np.testing.assert_allclose(densities(column(0, 1, 3), 3), exact, rtol=1e-12)
    np.testing.assert_allclose(exact, [0.593510, 0.507385, 0.443957], atol=5e-7)


def test_the_published_density_prefers_the_ends_of_a_line_and_the_corrected_share_does_not() -> None:
    line = plane(0, 1, 2, 3, 4)
    found = groups(line, FAR, 3, faithful=True)
    np.testing.assert_allclose(found.values, [0.507385, 0.403599, 0.403599, 0.403599, 0.507385], atol=5e-7)
    assert found.safe.tolist() == [True, False, False, False, True]
    corrected = groups(line, FAR, 3)
    assert corrected.safe.all()
    near = groups(line, plane(-1, -1.5, -2, -2.5, -3, -3.5), 3)
    assert (np.diff(near.values) > 0.0).all()  # farther from the majority, so denser in minority
    assert near.safe.tolist()[-1]
    assert not near.safe.tolist()[0]


def test_the_published_density_has_no_scale_and_the_corrected_share_none_either_but_sees_both_classes() -> None:
    rng = np.random.default_rng(1)
    minority, majority = rng.standard_normal((20, 3)), rng.standard_normal((50, 3))
    np.testing.assert_allclose(densities(1000.0 * minority, 4), densities(minority, 4), rtol=1e-9)
    one, large = groups(minority, majority, 4), groups(1000.0 * minority, 1000.0 * majority, 4)
    np.testing.assert_allclose(large.values, one.values, rtol=1e-9)
    assert not np.allclose(groups(minority, majority + 1.0, 4).values, one.values)


def test_densities_agree_with_a_plain_implementation() -> None:
    rng = np.random.default_rng(2)
    rows = rng.standard_normal((30, 4))
    rows[3] = rows[4]
    distances = np.sort(np.sqrt(((rows[:, None] - rows[None]) ** 2).sum(axis=2)), axis=1)[:, :6]
    widths = np.maximum(distances.std(axis=1, keepdims=True), 1e-12)
    np.testing.assert_allclose(densities(rows, 6), np.exp(-0.5 * (distances / widths) ** 2).mean(axis=1), rtol=1e-12)
    assert densities(rows, 1).tolist() == [1.0] * 30
    assert densities(np.zeros((4, 2)), 3).tolist() == [1.0] * 4


@pytest.mark.parametrize("faithful", [False, True])
def test_a_seed_without_a_minority_neighbour_is_noise_and_never_used(faithful: bool) -> None:
    rng = np.random.default_rng(3)
    majority = rng.standard_normal((60, 2))
    minority = np.concatenate([rng.standard_normal((12, 2)) * 0.3 + 6.0, [[0.0, 0.0], [0.5, -0.5]]])
    found = groups(minority, majority, 5, faithful)
    assert found.noise.tolist() == [False] * 12 + [True, True]
    made = drawn(minority, majority, 200, faithful=faithful)
    assert (made > 4.0).all()  # on segments between the twelve


def test_a_twin_counts_only_where_corrected() -> None:
    """Two equal minority rows among majority rows: each is the other's nearest neighbour, which the code drops [F]."""
    minority, majority = plane(0.0, 0.0, 5.0, 5.1), plane(0.1, -0.1, 0.2, 60.0)
    assert groups(minority, majority, 2, faithful=True).noise.tolist() == [True, True, False, False]
    assert not groups(minority, majority, 2).noise.any()


def test_the_lost_quota_is_lost_only_as_published() -> None:
    """One seed alone in its group: published, its share is not made."""
    alone = groups(plane(0.0, 0.1, 0.2, 0.3, 9.0), plane(8.5, 9.5, 60.0, 61.0), 3)
    assert (alone.border.sum(), alone.safe.sum()) == (1, 4)
    assert alone.quotas(100, faithful=True) == (80, 0)
    assert alone.quotas(100, faithful=False) == (100, 0)
    assert sum(groups(plane(0, 1, 2, 3, 4), FAR, 3, faithful=True).quotas(101, True)) == 101
    rng, lost = np.random.default_rng(4), 0
    for _ in range(200):  # 5 % of tables of 12 rows in 4 dimensions lose a share as published
        minority, majority = rng.standard_normal((12, 4)), rng.standard_normal((40, 4)) + 1.0
        lost += sum(groups(minority, majority, 5, True).quotas(28, True)) < 28
        assert sum(groups(minority, majority, 5).quotas(28, False)) == 28
    assert lost > 2
    none = groups(plane(0.0, 10.0), plane(0.1, -0.1, 10.1, 9.9), 2)
    assert none.noise.all()
    assert (none.quotas(9, True), none.quotas(9, False)) == ((0, 0), (9, 0))
    assert drawn(plane(0.0, 10.0), plane(0.1, -0.1, 10.1, 9.9), 9, neighbors=2).shape == (9, 2)


def test_each_group_makes_its_share_at_every_size() -> None:
    """Two far groups of 4 and 8 seeds: of m rows the safe one makes m/3 or 2m/3, rounded, and no row joins them."""
    minority = np.concatenate([plane(0.0, 0.1, 0.2, 0.3), plane(*np.linspace(9.0, 9.3, 8))])
    majority = plane(8.5, 8.8, 9.05, 9.12, 9.4, 9.6)
    found = groups(minority, majority, 5)
    assert (found.safe.sum(), found.border.sum(), found.noise.sum()) == (4, 8, 0)
    made = drawn(minority, majority, 60)[:, 0]
    assert ((made < 1.0) | (made > 8.0)).all()
    for size in (1, 2, 7, 30, 60):
        assert (made[:size] < 1.0).sum() == round(size / 3)
        assert found.quotas(size, False) == (round(size / 3), size - round(size / 3))


def test_bad_input_is_named_with_a_remedy() -> None:
    with pytest.raises(SynththeoryError, match="1 of 2 minority rows have NaN or infinite entries; impute them"):
        groups(plane(0.0, np.nan), FAR)
    with pytest.raises(SynththeoryError, match="needs at least 2 minority rows, got 1"):
        groups(plane(0.0), FAR)
    with pytest.raises(SynththeoryError, match="3 columns and the majority 2"):
        groups(np.zeros((4, 3)), FAR)
    with pytest.raises(SynththeoryError, match="expected neighbors ≥ 1, got 0"):
        densities(plane(0.0, 1.0), 0)
