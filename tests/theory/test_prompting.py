"""Prompted rows: their law by drawing columns one after the other, and both bounds."""

from itertools import product

import numpy as np
import pytest

from synththeory.theory.prompting import divergence, divergence_bound, entropy, entropy_bound, prompted

SHAPE = (2, 3, 4)


def model(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.full(24, 0.4)).reshape(SHAPE)


def prompts(seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(1000 + seed)
    return [rng.dirichlet(np.ones(levels)) for levels in SHAPE]


def marginals(law: np.ndarray) -> list[np.ndarray]:
    return [law.sum(axis=(1, 2)), law.sum(axis=(0, 2)), law.sum(axis=(0, 1))]


def test_the_law_is_that_of_a_cell_and_then_the_rest() -> None:
    law, own = model(0), prompts(0)
    for row in product(*map(range, SHAPE)):
        each = []
        for place, chances in enumerate(own):
            same = [law[other] for other in product(*map(range, SHAPE)) if other[place] == row[place]]
            each.append(chances[row[place]] * law[row] / sum(same))
        assert prompted(law, own)[row] == pytest.approx(np.mean(each), abs=1e-15)


@pytest.mark.parametrize("seed", range(20))
def test_entropy_is_not_below_and_divergence_not_above_its_bound(seed: int) -> None:
    law, own = model(seed), prompts(seed)
    made = prompted(law, own)
    assert made.sum() == pytest.approx(1.0)
    assert entropy(made) >= entropy_bound(law, own) - 1e-12
    assert divergence(made, law) <= divergence_bound(law, own) + 1e-12


def test_prompts_from_the_models_own_marginals_bring_nothing() -> None:
    law = model(3)
    np.testing.assert_allclose(prompted(law, marginals(law)), law, atol=1e-15)
    assert divergence_bound(law, marginals(law)) == pytest.approx(0.0, abs=1e-15)


def test_of_one_column_the_prompt_is_the_row_and_both_bounds_are_met() -> None:
    law, own = np.array([0.7, 0.2, 0.1]), [np.array([0.2, 0.3, 0.5])]
    assert entropy(prompted(law, own)) == pytest.approx(entropy_bound(law, own)) == pytest.approx(entropy(own[0]))
    assert divergence(prompted(law, own), law) == pytest.approx(divergence_bound(law, own))


def test_a_planted_bound_without_the_conditionals_is_refused() -> None:
    """H(q_j) + H(p) is no bound."""
    wrong = [entropy(prompted(model(s), prompts(s))) >= entropy(model(s)) for s in range(20)]
    assert not all(wrong)
