"""`advise` on KEEL's tables: which tables are admitted, whom a recommendation is compared with, what is written."""

import csv
import io
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from synththeory.advise import acceptance
from synththeory.advise.acceptance import Line, admitted, held_out, written
from synththeory.advise.methods import methods, sources_of
from synththeory.advise.run import DEFAULT_GENERATORS
from synththeory.datasets import Entry, Table

ENTERED = methods(sources_of(DEFAULT_GENERATORS), linear=True)


def test_one_table_a_family_by_name_within_the_rule() -> None:
    entries = (
        Entry("yeast4", 1000, 8, 50), Entry("yeast-0_vs_1", 1000, 8, 50),  # one family: the first by name
        Entry("glass2", 199, 9, 30), Entry("ecoli1", 300, 7, 24), Entry("iris0", 300, 4, 100),  # few, rare, balanced
        Entry("poker-8_vs_6", 2000, 10, 40), Entry("digits-4-9", 1000, 784, 100), Entry("abalone19", 820, 8, 20),
        Entry("page-blocks0", 6001, 10, 600), Entry("vowel0", 205, 13, 34),
        Entry("anes96-independent", 944, 9, 37),  # a survey, not KEEL's
    )  # fmt: skip
    assert [entry.name for entry in admitted(entries)] == ["vowel0", "yeast-0_vs_1"]


def test_the_held_out_rival_is_the_best_of_those_that_cost_nothing_or_balance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Losses made by hand: VTSS has the smallest, but it is no rival; a rival that failed once is none either."""
    names = [method.name for method in ENTERED]
    table = dict.fromkeys(names, 1.0) | {"VTSS: smote": 0.1, "as is": 0.2, "class weights": 0.4, "re-priored": 0.5}
    table |= {"linear discriminant": 0.45}
    losses, parts = np.array([table[name] for name in names]), []

    def scored(self: Any, fold: Any, seed: int) -> tuple[Any, tuple[str, ...]]:
        parts.append(np.sort(fold.held_out))
        assert not set(fold.training) & set(fold.held_out)
        return np.full((len(names), 1), float(seed)), ("",) * len(names)

    def compared(entered: Any, held: Any, asked: int, repeats: int) -> Any:
        seed = held[0].log_odds[0, 0]
        own = losses + 0.01 * seed
        own[names.index("as is")] = np.nan if seed == 3 else 0.2
        return SimpleNamespace(scores=np.repeat(own[None, :, None], 5, axis=2))

    def advised(X: Any, y: Any, repeats: int, random_state: int, **kept: Any) -> Any:
        chosen = {1: "VTSS: smote", 2: "linear discriminant"}.get(random_state, "re-priored")
        method = next(method for method in ENTERED if method.name == chosen)
        return SimpleNamespace(recommendation=SimpleNamespace(method=method))

    monkeypatch.setattr(acceptance.Contest, "scored", scored)
    monkeypatch.setattr(acceptance, "advise", advised)
    monkeypatch.setattr(acceptance, "compared", compared)
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(120, 2)), columns=["a", "b"])
    found = held_out(Table("made", frame, np.repeat([0, 1], [100, 20]), ""))
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(120))
    assert (found.recommended, found.best) == (
        "VTSS: smote (1), linear discriminant (1), re-priored (3)",
        "class weights",
    )
    assert found.loss == pytest.approx((0.1 + 0.45 + 3 * 0.5) / 5 + 0.03)
    assert found.difference.value == pytest.approx(((0.1 - 0.4) + (0.45 - 0.4) + 3 * (0.5 - 0.4)) / 5)


def test_every_line_is_in_the_file_before_it_is_handed_on() -> None:
    one = Line("a", 300, 2, 5.0, "yes", "re-priored", 0.3, 0.4, 0.3, 0.35, 0.33, "VTSS: smote", 0.01, 0.02, 0.0, 0.0,
               "re-priored (5)", 0.31, "re-priored", 0.0, 0.0, 1.0)  # fmt: skip
    file, passed = io.StringIO(), []
    for line in written(iter([one, replace(one, table="b")]), file):
        passed.append(line.table)
        assert [row["table"] for row in csv.DictReader(io.StringIO(file.getvalue()))] == passed
    assert passed == ["a", "b"]
