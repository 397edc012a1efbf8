"""B7: bias correction on handwritten digits, 4 against 9 and 3 against 8 [R]. Needs the extra `data`.

Every replication draws 400 rows of the first digit, n1 of the second, and 100 rows of each from the rest as a balanced
test sample; PCA (20 components, whitened) is fitted to the training rows. The risk is the mean balanced log loss on the
test rows. All replications draw from the same 500 rows a digit, so the standard errors are those of the mean over such
draws, not over other digits.
"""

import csv
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

from synththeory.arrays import Array
from synththeory.corrections import Baseline, BiasCorrection, Raw, RePriored, Reweighted, corrected_path
from synththeory.datasets import load
from synththeory.errors import SynththeoryError
from synththeory.figures.axes import fixed_ticks, log_ticks
from synththeory.figures.frame import Header, framed, letter
from synththeory.figures.style import INK, RULE, arm_words, house_style, looks
from synththeory.generators import Bootstrap, DiagonalGaussianFit, GaussianMixtureFit, Generator, Jitter, Offset, Smote
from synththeory.learners import Fit, Logistic
from synththeory.sample import Block, Sample, Stratum
from synththeory.status import Status
from synththeory.streams import Streams

OUTPUT = Path(__file__).parent / "output"
PAIRS, MINORITIES = ("digits-4-9", "digits-3-8"), (25, 50)
MAJORITY, HELD_OUT, COMPONENTS, REPLICATIONS, SEED = 400, 100, 20, 100, 0
LEARNER = Logistic(ridge=1e-3, bound=30.0)
GENERATORS: tuple[Generator, ...] = (
    Bootstrap(),
    Smote(neighbors=5),
    Jitter(scale=0.7),
    DiagonalGaussianFit(name="gauss×.6", scale=0.6),
    GaussianMixtureFit(name="mixture", components=3),
    Offset(offset=0.5),
)
BASELINES: tuple[Baseline, ...] = (Raw(), RePriored(), Reweighted())


@dataclass(frozen=True)
class Line:
    """Mean balanced log loss of one arm, and its paired difference from reweighting."""

    pair: str
    minority: int
    arm: str
    loss: float
    mcse: float
    minus_reweighted: float
    difference_mcse: float
    replications: int
    failed: int
    bound: int
    damped: int
    risk_method: str = "test-sample"


@dataclass(frozen=True)
class Draws:
    """Training and test rows of every replication, in whitened principal components."""

    streams: Streams
    majority: Block
    minority: Block
    tests: tuple[Array, Array]


def drawn(pair: str, minority: int) -> Draws:
    """Rows drawn without replacement, and their components."""
    table = load(pair)
    pixels = table.X.to_numpy() / 255.0
    classes = [pixels[table.y == label] for label in (0, 1)]
    streams = Streams.named(SEED, f"{pair}/{minority}", 0, REPLICATIONS)
    orders = [np.argsort(streams.uniforms(f"rows/{label}", len(rows)), axis=1) for label, rows in enumerate(classes)]
    counts, parts = (MAJORITY, minority), []
    for replication in range(REPLICATIONS):
        rows = [found[order[replication]] for found, order in zip(classes, orders, strict=True)]
        training = [found[:count] for found, count in zip(rows, counts, strict=True)]
        model = PCA(COMPONENTS, whiten=True, svd_solver="covariance_eigh").fit(np.concatenate(training))
        tests = [found[count : count + HELD_OUT] for found, count in zip(rows, counts, strict=True)]
        parts.append([model.transform(found) for found in (*training, *tests)])
    zero, one, *tests = (np.ascontiguousarray(np.stack(found)) for found in zip(*parts, strict=True))
    return Draws(
        streams, Block(zero, Stratum("majority", 0.0)), Block(one, Stratum("minority", 1.0)), (tests[0], tests[1])
    )


def losses(data: Draws, fit: Fit) -> Array:
    """Balanced log loss on the test rows, one a replication."""
    total = np.zeros(REPLICATIONS)
    for label, rows in enumerate(data.tests):
        scores = np.einsum("bnp,bp->bn", LEARNER.loss.design(rows), fit.coefficients[:, 0])
        total += 0.5 * LEARNER.loss.value(scores, float(label)).mean(axis=1)
    return total


def fits(data: Draws, minority: int) -> dict[str, Fit]:
    """Every arm's fits."""
    real, size = Sample.of(data.majority, data.minority), MAJORITY - minority
    sizes = np.full((REPLICATIONS, 1), size, dtype=np.int64)
    found = {baseline.label: baseline.fit(LEARNER, real, (MAJORITY, minority)) for baseline in BASELINES}
    for generator in GENERATORS:
        synthetic = generator.draw(data.streams, data.minority, data.majority, size)
        found[f"naive:{generator.label}"] = LEARNER.path(real, synthetic, sizes)
        signed = BiasCorrection().rows(data.streams, generator, data.majority, data.minority)
        found[f"corrected:{generator.label}"] = corrected_path(LEARNER, real, synthetic, sizes, signed)
    return found


def lines(pair: str, minority: int) -> list[Line]:
    """One panel."""
    data = drawn(pair, minority)
    arms = fits(data, minority)
    values = {arm: losses(data, fit) for arm, fit in arms.items()}
    return [
        Line(pair, minority, arm, *mean(value), *mean(value - values["reweighted"]), REPLICATIONS,
             int(np.isnan(value).sum()), count(arms[arm], Status.NORM_BOUND), count(arms[arm], Status.DAMPED))
        for arm, value in values.items()
    ]  # fmt: skip


def mean(values: Array) -> tuple[float, float]:
    """Mean and its Monte Carlo standard error over the replications that have a value."""
    kept = values[np.isfinite(values)]
    return float(kept.mean()), float(kept.std(ddof=1) / np.sqrt(len(kept)))


def count(fit: Fit, status: Status) -> int:
    """Replications that ended so."""
    return int((fit.status == status).sum())


def figure_of(table: list[Line]) -> Figure:
    """One panel a pair and minority size: generators down the page, naive and corrected beside the free fixes."""
    panels = list(dict.fromkeys((line.pair, line.minority) for line in table))
    heads = [
        Header(rf"$\bf{{{letter(place)}}}$  {pair.removeprefix('digits-').replace('-', ' against ')}, $n_1={size}$", "")
        for place, (pair, size) in enumerate(panels)
    ]
    acted = sum(line.bound + line.damped for line in table)
    note = (
        f"Balanced log loss on {2 * HELD_OUT} held-out digits (a test sample, not an exact risk); $n_0={MAJORITY}$, "
        f"{COMPONENTS} whitened principal components, γ = 1. Mean of {REPLICATIONS} draws from the same 500 digits a "
        f"class; bars: 95 % Monte Carlo interval. Verticals: real rows alone. Bound or damping acted in {acted} fits."
    )
    names, treatments = [generator.label for generator in GENERATORS], ["naive", "corrected"]
    look = looks(treatments)
    figure, axes = framed("Bias correction on handwritten digits", heads, note, 2, 2.1, air=0.12)
    for place, (panel, key) in enumerate(zip(axes, panels, strict=True)):
        for line in (line for line in table if (line.pair, line.minority) == key):
            treatment, _, generator = line.arm.partition(":")
            if not generator:
                dashes = {"raw": (0, (1.0, 1.5)), "re-priored": "dashed", "reweighted": "solid"}[line.arm]
                panel.axvline(line.loss, color=INK, linewidth=0.8, linestyle=dashes, zorder=0.6)
                continue
            y = names.index(generator) + (0.15 if treatment == "corrected" else -0.15)
            style, half = look[treatment], 1.96 * line.mcse
            panel.plot([line.loss - half, line.loss + half], [y, y], color=style.colour, linewidth=0.8)
            panel.plot([line.loss], [y], marker=style.mark, markersize=4.0, color=style.colour, linestyle="none")
        means = [line.loss for line in table if (line.pair, line.minority) == key]
        low, high = 0.85 * min(means), 1.25 * max(means)
        panel.set_xscale("log")
        panel.set_xlim(low, high)
        log_ticks(panel.xaxis, low, high)
        panel.set_ylim(len(names) - 0.45, -0.55)
        words = [arm_words(name) for name in names] if place % 2 == 0 else [""] * len(names)
        fixed_ticks(panel.yaxis, range(len(names)), words)
        panel.tick_params(axis="y", length=0.0, labelsize=7.5, pad=2.0)
        panel.grid(visible=False)
        for edge in range(1, len(names)):
            panel.axhline(edge - 0.5, color=RULE, linewidth=0.4)
        panel.set_xlabel("balanced log loss", labelpad=1.0)
    marks = [
        Line2D([], [], linestyle="none", marker=look[name].mark, markersize=4.0, color=look[name].colour, label=name)
        for name in treatments
    ]
    marks += [
        Line2D([], [], color=INK, linewidth=0.8, linestyle=dashes, label=name)
        for name, dashes in (("raw", (0, (1.0, 1.5))), ("re-priored", "dashed"), ("reweighted", "solid"))
    ]
    figure.legend(handles=marks, loc="upper right", ncol=5, fontsize=7.5, frameon=False, columnspacing=0.9)
    return figure


def main() -> None:
    """Run, then write the figure, its numbers and its settings."""
    with threadpool_limits(1):
        table = [line for pair in PAIRS for minority in MINORITIES for line in lines(pair, minority)]
    with (OUTPUT / "digits.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Line)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(map(asdict, table))
    settings = {
        "pairs": PAIRS, "minority": MINORITIES, "majority": MAJORITY, "held_out_a_class": HELD_OUT,
        "components": COMPONENTS, "replications": REPLICATIONS, "seed": SEED,
        "learner": LEARNER.model_dump(mode="json"),
        "generators": [generator.model_dump(mode="json") for generator in GENERATORS],
        "correction": BiasCorrection().model_dump(mode="json"), "command": "python paper_figures/digits.py",
    }  # fmt: skip
    (OUTPUT / "digits.json").write_text(json.dumps(settings, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    with house_style():
        figure = figure_of(table)
        figure.savefig(OUTPUT / "digits.png", metadata={"Software": None})
        figure.savefig(OUTPUT / "digits.pdf", metadata={"CreationDate": None})
    for line in table:
        print(f"{line.pair} n1={line.minority} {line.arm:28} {line.loss:.4f} ± {line.mcse:.4f}")


if __name__ == "__main__":
    try:
        main()
    except SynththeoryError as error:
        raise SystemExit(f"error: {error}") from None
