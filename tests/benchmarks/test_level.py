"""The table of error rates, on scores made by hand."""

import numpy as np

from synththeory.advise.methods import methods, sources_of
from tests.advise.tables import scored
from tests.benchmarks.level import HEAD, line

ENTERED = methods(sources_of(["smote"]))


def test_a_line_of_the_table_has_its_numbers() -> None:
    """Rows of one standard deviation: gains over their standard errors are near 1; every other method is far away."""
    rng, tables = np.random.default_rng(2), []
    for _ in range(60):
        losses = np.tile(9.0 + np.arange(len(ENTERED)), (10, 1))
        losses[:, :5] = 1.0
        losses[:, 5] = np.tile(1.0 + 0.05 * rng.normal(size=5), 2)  # full balance, by row
        tables.append(scored(ENTERED, losses))
    cells = line("made", tables, ["no"] * 50 + ["yes"] * 10).strip("| ").split(" | ")
    assert len(cells) == len(HEAD.splitlines()[0].strip("| ").split(" | "))
    assert (cells[0], cells[1], cells[-1]) == ("made", "60", "no 50, yes 10")
    assert 0.8 < float(cells[2]) < 1.6
    assert int(cells[4].split(" of ")[0]) <= int(cells[5].split(" of ")[0]) < 20
