"""Rows that a model writes: exact counts, judged, copies handled, a bad sentence costs its own row alone."""

import numpy as np
import pytest

from synththeory.errors import SynththeoryError
from synththeory.streams import Streams
from synththeory.text import Column, NGram, TextGenerator
from synththeory.text.between import interpolated
from synththeory.text.rows import Labelled, Recipe, made_rows
from synththeory.text.sentences import Writer
from tests.text.tables import COLUMNS, WRITER, Echo, Says, writer

RNG = np.random.default_rng(3)
JOBS = RNG.integers(2, size=120)
ROWS = np.column_stack(
    [np.rint(30 + 9 * JOBS + 3 * RNG.standard_normal(120)), JOBS, np.round(40 - 3 * JOBS + RNG.standard_normal(120), 1)]
)
TABLE = Labelled(ROWS, (np.arange(120) < 30).astype(np.int64), 1)
STREAMS = Streams.named(0, "text", 0, 1)


def asked(generator: TextGenerator, own: Writer = WRITER, size: int = 60, **recipe: object) -> np.ndarray:
    return made_rows(generator, own, TABLE, size, Recipe(**recipe), None, STREAMS).rows  # type: ignore[arg-type]


def test_an_echo_gives_exactly_the_rows_wanted_and_all_are_the_minoritys() -> None:
    own = writer("imbllm", interpolate=False)
    made = asked(Echo(), own)
    assert made.shape == (60, 3)
    assert {tuple(row) for row in made} <= {tuple(row) for row in TABLE.minority}
    np.testing.assert_array_equal(made, asked(Echo(), own))


def test_majority_sentences_are_not_taken() -> None:
    made = asked(Echo(), writer("predllm"))
    assert {tuple(row) for row in made} <= {tuple(row) for row in TABLE.minority}


def test_a_sentence_without_a_known_column_costs_its_row_alone() -> None:
    own = writer("imbllm", interpolate=False)
    np.testing.assert_array_equal(asked(Echo(("salary is 7",)), own, 49), asked(Echo(), own, 49))


def test_copies_are_dropped_and_make_up_the_number_only_where_nothing_else_can_be_had() -> None:
    made = made_rows(NGram(), WRITER, TABLE, 40, Recipe(duplicates="drop"), None, STREAMS)
    real = {tuple(row) for row in TABLE.minority}
    assert made.copies == 0
    assert len({tuple(row) for row in made.rows} - real) == 40
    echo = made_rows(Echo(), writer("imbllm", interpolate=False), TABLE, 40, Recipe(duplicates="drop"), None, STREAMS)
    assert len(echo.rows) == echo.copies == 40


def test_columns_left_open_are_asked_for_before_they_are_mended() -> None:
    """The sentence names the age alone; asked for the rest, a model that knows "job is cook" says so."""

    class Halting(Says):
        def complete(self, prompts, longest, rng):  # type: ignore[no-untyped-def]
            return [f"{prompt} cook" if prompt.endswith("job is") else prompt for prompt in prompts]

    made = asked(Halting(""), writer("imbllm", interpolate=False), 50)
    asked_for = np.arange(50) % 3 != 1  # every third prompt begins with a job
    assert (made[asked_for, 1] == 1.0).all()
    assert (made[~asked_for, 1] == 0.0).any()
    plain = asked(Says("y is 1, age is 31"), size=5)
    np.testing.assert_array_equal(plain[:, 1], np.bincount(TABLE.minority[:, 1].astype(int)).argmax())


def test_a_model_of_rubbish_is_given_up_in_one_line() -> None:
    with pytest.raises(SynththeoryError, match="wrote 0 usable rows of 60, and none in the last 13 rounds"):
        asked(Says("salary is 7"))


def test_a_check_of_labels_drops_rows() -> None:
    made = made_rows(NGram(), WRITER, TABLE, 30, Recipe(), lambda rows: rows[:, 0] > 35.0, STREAMS)
    assert made.rows[:, 0].min() > 35.0
    assert made.asked > 50


def test_the_offline_model_keeps_dependence_and_makes_new_rows() -> None:
    made = asked(NGram(), size=200)
    real = TABLE.minority
    assert len({tuple(row) for row in made} - {tuple(row) for row in real}) > 50
    assert np.corrcoef(made[:, :2].T)[0, 1] > 0.4  # .86 in the table
    assert set(made[:, 1]) <= {0.0, 1.0}


def test_interpolated_numbers_lie_between_neighbours() -> None:
    columns = (Column("a", decimals=2), Column("b", levels=("x", "z")))
    rows = np.column_stack([np.arange(8.0) ** 2, np.zeros(8)])
    made = interpolated(rows, columns, 400, 1, np.random.default_rng(0))
    places = np.searchsorted(rows[:, 0], made[:, 0], side="right") - 1
    gaps = set(places.tolist())
    assert gaps <= set(range(8))
    assert made[:, 0].max() <= 49.0
    nearest_below = made[:, 0] - rows[places, 0]
    assert (nearest_below >= 0.0).all()
    few = interpolated(rows[:5], columns, 50, 5, np.random.default_rng(0))
    assert {tuple(row) for row in few} <= {tuple(row) for row in rows[:5]}


def test_missing_numbers_are_the_mean_and_categories_part_neighbours() -> None:
    rows = np.array([[0.0, 0.0], [0.1, 1.0], [0.2, 0.0], [0.3, 1.0], [0.4, 0.0], [np.nan, 1.0], [9.0, 1.0]])
    made = interpolated(rows, (COLUMNS[0], COLUMNS[1]), 300, 1, np.random.default_rng(0))
    assert np.isfinite(made[:, 0]).all()
    of_zeros = made[made[:, 1] == 0.0, 0]
    assert of_zeros.max() <= 0.4 + 1e-12
