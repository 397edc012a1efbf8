"""What the progress bar of a study of nets tells between two blocks."""

from types import SimpleNamespace

import pytest

from synththeory.neural.work import Meter, Work
from synththeory.sim.cli import bar as room


def test_the_time_left_is_that_of_the_steps_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of eight replications took 200 steps in 10 s; 100 steps of the third later, 500 are left at 20 a second."""
    meter, now = Meter(), [0.0]
    monkeypatch.setattr(room, "meter", meter)
    told = room.Training(lambda: now[0])
    for _ in range(20):
        meter.add(10)
    now[0] = 10.0
    nothing = SimpleNamespace(completed=0, total=None)
    assert told.render(nothing).plain == "20 nets, 200 steps"
    told.kept()
    for _ in range(10):
        meter.add(10)
    now[0] = 15.0
    assert told.render(SimpleNamespace(completed=2, total=8)).plain == "30 nets, 300 steps, 0:00:25 left"


def test_only_this_runs_work_counts() -> None:
    assert Work(7, 70).since(Work(2, 20)) == Work(5, 50)


@pytest.mark.parametrize(("kind", "column"), [("mlp", "Training"), ("logistic", "TimeRemainingColumn")])
def test_studies_of_nets_count_nets(kind: str, column: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from synththeory import load_design

    made = []
    monkeypatch.setattr(room, "Bar", lambda *columns, **_: made.extend(columns) or Shown())
    learner = {"learner": {"kind": kind}}
    design = load_design({
        "study": "told", "population": {"kind": "gaussian-shift", "mean": [1.0]}, **learner,
        "sample": {"majority": 20, "minority": 10},
        "augmentation": {"multipliers": [0.0, 1.0], "generators": [{"kind": "bootstrap"}]},
    })  # fmt: skip
    with room.bar(design) as progress:
        progress(1, 4)
    assert type(made[-1]).__name__ == column


class Shown:
    """A bar that nobody sees."""

    def __enter__(self) -> "Shown":
        return self

    def __exit__(self, *_: object) -> None:
        return

    def add_task(self, *_: object, **__: object) -> int:
        return 0

    def update(self, *_: object, **__: object) -> None:
        return
