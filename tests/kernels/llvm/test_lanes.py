"""The compiled SFC64 generators side by side against their interpreted twin."""

import numba
import numpy as np

from synththeory.arrays import Words
from synththeory.kernels.llvm.lanes import fill_words
from synththeory.kernels.llvm.writer import LANES


@numba.njit  # type: ignore[untyped-decorator]
def compiled(state: Words, words: Words, steps: int) -> None:
    """The words as kernels make them."""
    fill_words(state, words, steps)


def test_compiled_words_are_their_interpreted_twins_and_go_on_where_they_stopped() -> None:
    state = np.random.default_rng(1).integers(0, 2**64, 4 * LANES, dtype=np.uint64)
    state[3 * LANES :] = np.uint64(2**64 - 3)  # the counters wrap around
    states, twins = state.copy(), state.copy()
    words, twin_words = np.zeros((2, 20 * LANES), dtype=np.uint64)
    compiled(states, words, 20)
    for start, steps in ((0, 0), (0, 13), (13, 7)):
        fill_words(twins, twin_words[start * LANES :], steps)
    np.testing.assert_array_equal(words, twin_words)
    np.testing.assert_array_equal(states, twins)
