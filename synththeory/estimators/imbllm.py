"""Minority rows from a language model (ImbLLM and its relatives) as a sampler for imbalanced-learn's pipelines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone

from synththeory.arrays import Array
from synththeory.errors import nearest
from synththeory.estimators.choice import named_streams
from synththeory.estimators.containers import appended_labels
from synththeory.estimators.generated import Appending, rows_wanted
from synththeory.estimators.mixed import Coded, as_frame, coded, extended
from synththeory.estimators.sources import synthetic_rows
from synththeory.estimators.tables import Table, read_table
from synththeory.generators import Generator
from synththeory.text import ORDERS, Column, NGram, Order
from synththeory.text.rows import Labelled, Recipe, made_rows
from synththeory.text.sentences import Writer


class ImbLLMSampler(Appending):
    """Append minority rows that a language model writes: categories, types and column order are kept.

    ImbLLM (Nguyen et al., arXiv 2510.09783) as corrected in `language-rows.md` §3: texts are escaped, every draw has a
    seed, columns that a sentence leaves open are asked for before they are filled, and exactly as many rows as were
    asked for come back.

    Parameters
    ----------
    generator : TextGenerator, Generator or None
        Who writes: anything with ``fit(texts, rng)`` and ``complete(prompts, longest, rng)``, such as
        `synththeory.text.LanguageModel` of a folder; or one of `synththeory.generators`, given numbers and codes in
        place of texts; None for the package's offline `synththeory.text.NGram`.
    order : {"imbllm", "great", "predllm", "taptap"}
        Whose prompts and orders of items.
    prompt_features, permute, interpolate : bool or None
        The three ideas of ImbLLM one by one; None as the order has them.
    categorical : sequence of str or int, optional
        Columns of numbers that are categories; columns of anything but numbers are in any case.
    passes : int
        How often each row is written, its items shuffled anew.
    neighbors : int
        k of the interpolation.
    duplicates : {"keep", "drop"}
        What becomes of copies of real minority rows and of one another.
    label_check : classifier or None
        Fitted to the training rows (numbers and codes); rows that it finds likelier of the majority, at equal
        prevalences, are not taken. None checks only in the order ``"taptap"``, by gradient-boosted trees.
    sampling_strategy, random_state
        As in `SyntheticSampler`.

    Attributes
    ----------
    asked_ : int
        Sentences asked for, 0 where a Generator made the rows.
    copies_ : int
        Synthetic rows that are, as written, a real minority row.
    synthetic_, sampling_strategy_, classes_, n_features_in_, feature_names_in_
        As in `SyntheticSampler`.
    """

    def __init__(
        self, generator: Any = None, *, order: str = "imbllm", prompt_features: bool | None = None,
        permute: bool | None = None, interpolate: bool | None = None, categorical: Sequence[Any] | None = None,
        passes: int = 5, neighbors: int = 5, duplicates: Literal["keep", "drop"] = "keep", label_check: Any = None,
        sampling_strategy: Any = "auto", random_state: Any = None,
    ) -> None:  # fmt: skip
        self.generator = generator
        self.order = order
        self.prompt_features = prompt_features
        self.permute = permute
        self.interpolate = interpolate
        self.categorical = categorical
        self.passes = passes
        self.neighbors = neighbors
        self.duplicates = duplicates
        self.label_check = label_check
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def fit_resample(self, X: ArrayLike, y: ArrayLike) -> tuple[Any, Any]:
        """The table with synthetic minority rows appended.

        Parameters
        ----------
        X : array-like
            (n, d): a DataFrame of numbers and categories, missing values among them; or an array.
        y : array-like
            (n,), two values; the rarer is the minority.

        Returns
        -------
        X, y
            (n + ñ, d) and (n + ñ,), the rows given first and untouched. A category that no minority or majority row
            has never comes back; values are missing only in columns in which minority rows miss some.

        Raises
        ------
        ValueError
            Bad input or settings, or a model that writes no usable row: named, with the remedy.
        """
        table, size = self._read(X, y)
        order = self._order()
        frame = as_frame(X)
        known = coded(frame, self.categorical)
        writer = Writer(known.columns, _label(table, y, known), order)
        made = self._made_rows(known, writer, table, size)
        self.copies_ = _copies(writer, known.rows[table.minority], made)
        self.synthetic_ = np.arange(len(known.rows) + size) >= len(known.rows)
        label = table.labels[table.minority][:1]
        return extended(X, frame, known, made), appended_labels(y, np.repeat(label, size))

    def _source(self) -> Any:
        return NGram() if self.generator is None else self.generator

    def _read(self, X: ArrayLike, y: ArrayLike) -> tuple[Table, int]:
        table, self.classes_ = read_table(self, X, y, None, raw=True, fewest=1)
        if hasattr(table.rows, "tocsr"):
            raise TypeError("X is a sparse matrix, which holds no categories; give X.toarray() or a DataFrame")
        size = rows_wanted(self.sampling_strategy, table)
        self.sampling_strategy_ = {table.labels[table.minority].tolist()[0]: size}
        return table, size

    def _order(self) -> Order:
        if self.order not in ORDERS:
            raise ValueError(f"unknown order {self.order!r}{nearest(str(self.order), ORDERS)}")
        for name, least in (("passes", 1), ("neighbors", 1)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
                raise ValueError(f"{name}: expected a whole number of at least {least}, got {value!r}")
        if self.duplicates not in ("keep", "drop"):
            raise ValueError(f"unknown duplicates {self.duplicates!r}{nearest(str(self.duplicates), ('keep', 'drop'))}")
        own = ORDERS[self.order]
        return replace(
            own,
            prompt_feature=_switched(self.prompt_features, own.prompt_feature),
            permute=_switched(self.permute, own.permute),
            interpolate=_switched(self.interpolate, own.interpolate),
        )

    def _made_rows(self, known: Coded, writer: Writer, table: Table, size: int) -> Array:
        source, streams = self._source(), named_streams(self.random_state)
        self.asked_ = 0
        if not size:
            return known.rows[:0]
        if isinstance(source, Generator):
            return _drawn(source, known, table, size, streams)
        if not hasattr(source, "fit"):
            raise ValueError(
                "generator: expected a text model with fit(texts, rng) and complete(prompts, longest, rng), or one of "
                f"synththeory.generators, got {type(source).__name__}"
            )
        recipe = Recipe(int(self.passes), int(self.neighbors), duplicates=self.duplicates)
        labelled = Labelled(known.rows, table.minority.astype(np.int64), 1)
        made = made_rows(source, writer, labelled, size, recipe, self._keeps(writer.order, known, table), streams)
        self.asked_ = made.asked
        return made.rows

    def _keeps(self, order: Order, known: Coded, table: Table) -> Callable[[Array], NDArray[np.bool_]] | None:
        if self.label_check is None and order.judge != "classifier":
            return None
        model = self.label_check
        if model is None:
            from sklearn.ensemble import HistGradientBoostingClassifier

            model = HistGradientBoostingClassifier(categorical_features=known.categorical, random_state=0)
        share = table.counts[1] / sum(table.counts)
        fitted = clone(model).fit(known.rows, table.minority)
        return lambda rows: np.asarray(fitted.predict_proba(rows)[:, 1] >= share)


def _switched(given: bool | None, own: bool) -> bool:
    return own if given is None else bool(given)


def _label(table: Table, y: Any, known: Coded) -> Column:
    """The label as a column: the majority's code is 0, the minority's 1; its name is none of the table's."""
    name = str(getattr(y, "name", None) or "label")
    names = {column.name for column in known.columns}
    while name in names:
        name += "_"
    words = [str(table.labels[flags].tolist()[0]) for flags in (~table.minority, table.minority)]
    return Column(name, levels=(words[0], words[1]))


def _told(source: Generator, known: Coded) -> Generator:
    """The generator, told which columns hold categories where it asks for that and has not been told."""
    if getattr(source, "categories", None) != ():
        return source
    return source.model_copy(update={"categories": tuple(np.flatnonzero(known.categorical).tolist())})


def _drawn(source: Generator, known: Coded, table: Table, size: int, streams: Any) -> Array:
    """Rows of a generator of numbers: codes are the nearest ones that there are."""
    if np.isnan(known.rows).any():
        raise ValueError(f"{source.label} takes no missing values: fill them, or use a text model")
    majority, minority = (np.ascontiguousarray(known.rows[each]) for each in (~table.minority, table.minority))
    made = synthetic_rows(_told(source, known), majority, minority, size, streams)
    for place, column in enumerate(known.columns):
        if not column.numeric:
            made[:, place] = np.clip(np.rint(made[:, place]), 0, len(column.levels) - 1)
    return made


def _copies(writer: Writer, real: Array, made: Array) -> int:
    written = {tuple(map(writer.item, range(len(row)), row.tolist())) for row in real}
    return sum(tuple(map(writer.item, range(len(row)), row.tolist())) in written for row in made)
