"""B5: five linear tasks, one of them scarce; borrowing, synthesis and correction as the tasks' slopes differ [R].

Task k: x ~ N(m_k, I), y = β_k'x + b_k + N(0, 1) in d = 5, m_k and b_k standard normal times 2, β_k = β + h u_k, u_k
uniform on the sphere; 30 rows of task 0, 600 of each other. Places and slopes are drawn anew in every replication.
Least squares with an intercept; 570 synthetic joint rows (x, y) made from the 30. The excess risk for task 0 is exact:
E[(z'(θ̂ − θ))²] at x ~ N(m_0, I), z = (x, 1).
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from threadpoolctl import threadpool_limits

from synththeory.arrays import Array
from synththeory.corrections import corrected_path, task_correction, with_responses
from synththeory.figures.axes import fixed_ticks, log_ticks
from synththeory.figures.frame import Header, framed, letter
from synththeory.figures.style import INK, house_style, looks
from synththeory.generators import DiagonalGaussianFit, Generator, Smote
from synththeory.learners import Fit, LeastSquares
from synththeory.sample import Block, Stratum
from synththeory.streams import Streams

OUTPUT = Path(__file__).parent / "output"
DIMENSION, SCARCE, RICH, TASKS, SYNTHETIC = 5, 30, 600, 5, 570
SPREADS = (0.0, 0.1, 0.2, 0.4, 0.8, 1.6)
REPLICATIONS, TILE, SEED = 400, 50, 0
SLOPES = np.array([1.0, -1.0, 0.5, 0.0, 0.5])
LEARNER = LeastSquares(ridge=1e-6, intercept=True)
GENERATORS: tuple[Generator, ...] = (
    Smote(name="SMOTE", neighbors=5),
    DiagonalGaussianFit(name="independent Gaussians", scale=1.0),
)
REAL = ("scarce only", "pooled", "aligned")


@dataclass(frozen=True)
class Line:
    """Mean exact excess risk of one arm at one spread of the slopes."""

    spread: float
    arm: str
    excess_risk: float
    mcse: float
    replications: int
    failed: int


def drawn(streams: Streams, spread: float) -> tuple[tuple[Block, ...], Array, Array]:
    """Joint rows of every task, the scarce one first; its coefficients (B, 6) and its mean (B, 5)."""
    blocks, truths, means = [], [], []
    for task in range(TASKS):
        size = RICH if task else SCARCE
        place = 2.0 * streams.normals(f"place/{task}", DIMENSION + 1)
        away = streams.normals(f"slopes/{task}", DIMENSION)
        slopes = SLOPES + spread * away / np.linalg.norm(away, axis=1, keepdims=True)
        noise = streams.normals(f"rows/{task}", size, DIMENSION + 1)
        rows = noise[..., :-1] + place[:, None, :-1]
        responses = np.einsum("bnd,bd->bn", rows, slopes) + place[:, -1:] + noise[..., -1]
        blocks.append(Block(np.concatenate([rows, responses[..., None]], axis=2), Stratum(f"task {task}", 0.0)))
        truths.append(np.concatenate([slopes, place[:, -1:]], axis=1))
        means.append(place[:, :-1])
    return tuple(blocks), truths[0], means[0]


def fits(streams: Streams, blocks: tuple[Block, ...]) -> Iterator[tuple[str, Fit]]:
    """Every arm's fits."""
    scarce, *rich = blocks
    count, real = streams.count, with_responses(scarce.rows)
    none, all_rows = (np.full((count, 1), size, dtype=np.int64) for size in (0, SYNTHETIC))
    centre = scarce.rows.mean(axis=1, keepdims=True)
    moved = [task.rows - task.rows.mean(axis=1, keepdims=True) + centre for task in rich]
    for arm, parts in (("scarce only", []), ("pooled", [task.rows for task in rich]), ("aligned", moved)):
        together = with_responses(np.concatenate([scarce.rows, *parts], axis=1))
        yield arm, LEARNER.path(together, real, none)
    for generator in GENERATORS:
        made = with_responses(generator.draw(streams, scarce, None, SYNTHETIC).rows)
        yield f"naive: {generator.label}", LEARNER.path(real, made, all_rows)
        signed = task_correction(streams, generator, scarce, rich)
        yield f"corrected: {generator.label}", corrected_path(LEARNER, real, made, all_rows, signed)


def excess(fit: Fit, truth: Array, mean: Array) -> Array:
    """‖slope error‖² + (error of the fitted value at the task's mean)², one a replication."""
    error = fit.coefficients[:, 0] - truth
    centre = (error[:, :-1] * mean).sum(axis=1) + error[:, -1]
    return np.asarray((error[:, :-1] ** 2).sum(axis=1) + centre**2)


def lines(spread: float) -> list[Line]:
    """All arms at one spread; every spread has the same noise."""
    values: dict[str, list[Array]] = {}
    for first in range(0, REPLICATIONS, TILE):
        streams = Streams.named(SEED, "multitask", first, TILE)
        blocks, truth, mean = drawn(streams, spread)
        for arm, fit in fits(streams, blocks):
            values.setdefault(arm, []).append(excess(fit, truth, mean))
    found = []
    for arm, parts in values.items():
        every = np.concatenate(parts)
        kept = every[np.isfinite(every)]
        error = float(kept.std(ddof=1) / np.sqrt(len(kept)))
        found.append(Line(spread, arm, float(kept.mean()), error, REPLICATIONS, len(every) - len(kept)))
    return found


def figure_of(table: list[Line]) -> Figure:
    """One panel a generator: excess risk against the spread of slopes."""
    treatments = ("naive", "corrected")
    heads = [Header(rf"$\bf{{{letter(place)}}}$  {generator.label}", "") for place, generator in enumerate(GENERATORS)]
    note = (
        f"Task 0 has {SCARCE} rows, four others {RICH} each, d = {DIMENSION}; {SYNTHETIC} synthetic rows (x, y) made "
        f"of the {SCARCE}. Exact excess risk for task 0, mean of {REPLICATIONS} replications; bars: 95 % Monte Carlo "
        "interval. Black, real rows alone: solid, scarce task only; dashed, all tasks pooled; dotted, aligned at their "
        "means and pooled."
    )
    look = looks(treatments)
    figure, axes = framed("One scarce task among five", heads, note, 2, 2.4, air=0.08)
    high = 1.3 * max(line.excess_risk for line in table)
    low = 0.7 * min(line.excess_risk for line in table)
    for panel, generator in zip(axes, GENERATORS, strict=True):
        for arm, dashes in zip(REAL, ("solid", "dashed", "dotted"), strict=True):
            values = [line.excess_risk for line in table if line.arm == arm]
            panel.plot(range(len(SPREADS)), values, color=INK, linewidth=0.9, linestyle=dashes)
        for treatment in treatments:
            own = [line for line in table if line.arm == f"{treatment}: {generator.label}"]
            panel.errorbar(
                range(len(own)), [line.excess_risk for line in own], [1.96 * line.mcse for line in own],
                color=look[treatment].colour, marker=look[treatment].mark, markersize=4.0, linewidth=1.0,
            )  # fmt: skip
        panel.set_yscale("log")
        panel.set_ylim(low, high)
        log_ticks(panel.yaxis, low, high)
        fixed_ticks(panel.xaxis, range(len(SPREADS)), [f"{spread:g}" for spread in SPREADS])
        panel.set_xlabel("distance of a task's slopes from the common ones, h", labelpad=1.0)
    axes[0].set_ylabel("excess risk of task 0", labelpad=1.0)
    marks = [
        Line2D([], [], color=look[name].colour, marker=look[name].mark, markersize=4.0, linewidth=1.0, label=name)
        for name in treatments
    ]
    figure.legend(handles=marks, loc="upper right", ncol=2, fontsize=8.0, frameon=False)
    return figure


def main() -> None:
    """Run, then write the figure, its numbers and its settings."""
    with threadpool_limits(1):
        table = [line for spread in SPREADS for line in lines(spread)]
    with (OUTPUT / "multitask.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Line)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(map(asdict, table))
    settings = {
        "dimension": DIMENSION, "scarce": SCARCE, "rich": RICH, "tasks": TASKS, "synthetic": SYNTHETIC,
        "spreads": SPREADS, "slopes": SLOPES.tolist(), "replications": REPLICATIONS, "seed": SEED,
        "learner": LEARNER.model_dump(mode="json"),
        "generators": [generator.model_dump(mode="json") for generator in GENERATORS],
        "command": "python paper_figures/multitask.py",
    }  # fmt: skip
    (OUTPUT / "multitask.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    with house_style():
        figure = figure_of(table)
        figure.savefig(OUTPUT / "multitask.png", metadata={"Software": None})
        figure.savefig(OUTPUT / "multitask.pdf", metadata={"CreationDate": None})
    for line in table:
        print(f"h = {line.spread:g}  {line.arm:34} {line.excess_risk:.4f} ± {line.mcse:.4f}  failed {line.failed}")


if __name__ == "__main__":
    main()
