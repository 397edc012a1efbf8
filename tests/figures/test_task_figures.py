"""The figure of a scarce task says what the summary says, theory included."""

import csv
from pathlib import Path

from synththeory import load_design, simulate
from synththeory.figures import draw


def test_every_number_is_the_summarys(tmp_path: Path) -> None:
    settings = {"monte_carlo.replications": 4, "sample.groups": [12, 40, 40, 40, 40], "tasks.synthetic": 28}
    summary = simulate(load_design("multitask", settings))
    draw(summary, tmp_path / "tasks.png")
    with open(tmp_path / "tasks.csv", newline="") as file:
        table = list(csv.DictReader(file))
    drawn = {(row["cell"], row["arm"], row["layer"]): float(row["y"]) for row in table}
    labels = {str(cell.swept): cell.label for cell in summary.design.cells}
    for row in summary.rows:
        cell = labels[str(row.cell)]
        assert drawn[cell, row.arm, "simulation"] == row.estimate
        assert drawn.get((cell, row.arm, "theory")) == row.theory
    assert len(table) == 6 * 2 * (5 + 2)  # cells, panels, simulated arms and theory
    assert {float(row["x"]) for row in table} == {0.0, 0.1, 0.2, 0.4, 0.8, 1.6}


def test_one_cell_and_a_sweep_of_something_else_are_drawn_too(tmp_path: Path) -> None:
    small = {"monte_carlo.replications": 3, "sample.groups": [12, 40, 40, 40, 40], "tasks.synthetic": 28}
    for name, sweep in (("one", {}), ("groups", {"tasks.synthetic": [10, 20], "population.place": [0.0, 1.0]})):
        settings: dict[str, object] = {key: value for key, value in small.items() if key not in sweep}
        draw(simulate(load_design("multitask", {"sweep": {}, **settings} | ({"sweep": sweep} if sweep else {}))),
             tmp_path / f"{name}.png")  # fmt: skip
        assert (tmp_path / f"{name}.png").stat().st_size > 10_000
