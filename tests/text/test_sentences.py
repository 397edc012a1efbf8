"""Rows as sentences and back: the specification's cases I1–I3, and every text that a cell may hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synththeory.text import Column
from synththeory.text.columns import decimals_of
from synththeory.text.escapes import escaped, unescaped
from synththeory.text.mending import Mender
from synththeory.text.reading import Gap, Said, read
from synththeory.text.sentences import Writer
from tests.text.tables import LABEL, ROW, WRITER, writer

ONE = np.array([1])


def test_a_real_row_is_the_label_and_every_item_once_in_any_order() -> None:
    texts = WRITER.texts(ROW, ONE, np.random.default_rng(0), 3000)
    second = []
    for text in texts:
        label, *items = text.split(", ")
        assert label == "y is 1"
        assert sorted(items) == ["age is 25", "hours is 40.5", "job is clerk"]
        second.append(items[0])
    shares = [second.count(item) / len(second) for item in ("age is 25", "hours is 40.5", "job is clerk")]
    np.testing.assert_allclose(shares, 1 / 3, atol=0.05)  # the specification's; 5.8 standard errors at 3000


def test_an_interpolated_row_has_numbers_only() -> None:
    (text,) = WRITER.texts(ROW, ONE, np.random.default_rng(0), 1, places=[0, 2])
    label, *items = text.split(", ")
    assert label == "y is 1"
    assert sorted(items) == ["age is 25", "hours is 40.5"]


def test_the_other_orders() -> None:
    rng = np.random.default_rng(0)
    assert writer("imbllm", permute=False).texts(ROW, ONE, rng, 1) == ["y is 1, age is 25, job is clerk, hours is 40.5"]
    assert {text.index("y is 1") for text in writer("great").texts(ROW, ONE, rng, 60)} != {0}
    shuffled, fixed = writer("predllm").texts(ROW, ONE, rng, 1)
    assert shuffled.endswith(", y is 1")
    assert fixed == "age is 25, job is clerk, hours is 40.5, y is 1"
    assert sorted(writer("taptap").texts(ROW, ONE, rng, 1)[0].split(", ")) == [
        "age is 2 5", "hours is 4 0 . 5", "job is clerk"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("order", "prompt"),
    [("imbllm", "y is 1, age is 25,"), ("great", "y is 1,"), ("predllm", "age is 25,"), ("taptap", "age is 2 5,")],
)
def test_prompts(order: str, prompt: str) -> None:
    assert writer(order).prompt(1, 0, 25.0) == prompt


def test_reading() -> None:
    assert read("y is 1, age is 25, age is 31, hours is 4", WRITER) == Said(("25", Gap.ABSENT, "4"), "1")
    assert read("age is 25, hours is", WRITER) == Said(("25", Gap.ABSENT, Gap.ABSENT), Gap.ABSENT)
    assert read("salary is 3, what, , is, \\", WRITER).empty
    assert read(" job  is  cook ,age is 3\n", WRITER).cells == ("3", "cook", Gap.ABSENT)
    assert read("age is \\?", WRITER).cells[0] is Gap.MISSING


def test_mending() -> None:
    rows = np.array([[20.0, 1.0, 40.0], [25.0, 1.0, 40.5], [25.0, 0.0, np.nan]])
    mender = Mender.of(WRITER.columns, rows, reach=0.5)

    def mended(text: str) -> list[float] | None:
        row = mender.mended(read(text, WRITER))
        return None if row is None else row.tolist()

    assert mended("job is clerk") == [23.33, 0.0, 40.25]  # means to two decimals
    assert mended("age is inf, job is astronaut, hours is 40") == [23.33, 1.0, 40.0]  # the most frequent category
    assert mended("age is old, job is cook") is None
    assert mended("age is 250, job is cook") is None
    assert mended("salary is 3") is None
    np.testing.assert_array_equal(mended("age is \\?, job is cook, hours is \\?"), [23.33, 1.0, np.nan])


@given(st.text())
def test_escapes_lose_nothing(text: str) -> None:
    assert unescaped(escaped(text)) == text
    assert escaped(text).strip(" ") == escaped(text)


@given(st.lists(st.text(), min_size=3, max_size=3, unique=True), st.lists(st.text(), min_size=3, max_size=3))
def test_any_row_is_read_back(names: list[str], values: list[str]) -> None:
    columns = tuple(Column(name, levels=(value, value + "!")) for name, value in zip(names, values, strict=True))
    own = Writer(columns, Column("".join(names) + "label", levels=("0", "1")), writer("imbllm").order)
    (text,) = own.texts(np.array([[0.0, 1.0, np.nan]]), ONE, np.random.default_rng(0), 1)
    assert read(text, own) == Said((values[0], values[1] + "!", Gap.MISSING), "1")


@given(st.text())
def test_no_text_stops_the_reader(text: str) -> None:
    assert len(read(text, WRITER).cells) == 3
    assert len(read(f"age is {text}", WRITER).cells) == 3


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        ([1.0, 20.0], 0),
        ([40.5, 3.25], 2),
        ([0.1 + 0.2, 1.3], 3),
        ([1e-5, 2.123456e-5], 8),
        ([7.5, 7.5], 1),
        ([np.nan], 0),
    ],
)
def test_numbers_have_four_digits_of_their_spread_at_most(values: list[float], decimals: int) -> None:
    assert decimals_of(np.array(values)) == decimals


def test_a_label_named_like_no_column() -> None:
    assert LABEL.item == "y"
