"""The report of one study after ADEMP: aims, data, estimands, methods, performance (Morris, White & Crowther 2019)."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from synththeory.figures import draw
from synththeory.figures.writing import provenance, written
from synththeory.report import pages
from synththeory.report.panels import PANELS
from synththeory.sim.api import summarise
from synththeory.sim.results.rows import Row
from synththeory.sim.results.summary import Summary
from synththeory.sim.results.text import failure_lines, risk_lines
from synththeory.sim.store.files import FileStore
from synththeory.sim.store.whole_files import write_whole

ROWS = 400
"""Rows of the table of numbers in the page; the CSV beside it has all."""


def study_report(folder: str | Path, out: str | Path) -> tuple[Path, ...]:
    """Write the report of a study folder.

    Parameters
    ----------
    folder : str or Path
        A study folder, complete or not; nothing is simulated.
    out : str or Path
        Folder for the page in Markdown, the same as one HTML file with all inside, and the figures with their CSV.

    Returns
    -------
    tuple of Path
        The page in both forms.

    Raises
    ------
    StoreError
        If it is not a study folder, or a file cannot be written.
    """
    summary, target = summarise(folder), Path(out)
    name = summary.design.study
    figure, *_ = draw(summary, target / f"{name}.png")
    text = "\n\n".join(
        [f"# {summary.design.title or name}", *_design(summary), *_performance(summary, figure, target),
         *_pictures(summary, target), *_origin(summary, Path(folder))]
    )  # fmt: skip
    page = target / "report.md", target / "report.html"
    write_whole(page[0], (text + "\n").encode())
    write_whole(page[1], pages.self_contained(text, summary.design.title or name, target).encode())
    return page


def _design(summary: Summary) -> list[str]:
    design = summary.design
    cells = design.cells
    first = cells[0]
    swept = [
        f"- `{key}`: {', '.join(pages.shortened(value) for value in values)}" for key, values in design.sweep.items()
    ]
    exact = {cell.risk.risk_method for cell in cells}
    truth = "exact: closed forms or quadrature" if exact == {"exact"} else "a test sample, whose own error is said"
    counts = " + ".join(map(str, first.counts)) if first.total is None else f"{first.total} drawn jointly"
    metrics = list(dict.fromkeys(metric for arm in first.arms for metric in arm.metrics))
    return [
        "## Aims",
        f"{design.title or design.study}. Source: {design.source or 'own design'}.",
        "## Data-generating mechanisms",
        f"Cells: {len(cells)}. The first has population `{pages.shortened(first.population)}` and {counts} rows "
        "(majority first).",
        *(["Swept:\n\n" + "\n".join(swept)] if swept else []),
        "## Estimands",
        f"Measured of every fit: {', '.join(f'`{metric}`' for metric in metrics)}. Population values are {truth}.",
        "## Methods",
        "\n".join(f"- `{arm.label}`" for arm in first.arms),
        f"Learner: `{pages.shortened(first.learner)}`. All arms of a cell see the same data sets.",
    ]


def _performance(summary: Summary, figure: Path, out: Path) -> list[str]:
    rows = [_row(row) for row in _headline(summary)[:ROWS]]
    headings = ("cell", "arm", "γ", "ñ", "metric", "estimate ± MCSE", "theory", "n", "failed")
    more = len(_headline(summary)) - ROWS
    agreements = [
        (", ".join(f"{key}={pages.shortened(value)}" for key, value in found.cell.items()), found.arm, found.metric,
         str(found.points), f"{found.largest_z:.2f}", f"{found.p_value:.2g}", f"{100 * found.margin:.2g} %")
        for found in summary.agreements
    ]  # fmt: skip
    agreed = ("cell", "arm", "metric", "points", "max |z|", "family-wise p", "equivalent within")
    return [
        "## Performance",
        pages.image(figure, summary.design.title or summary.design.study, out),
        "Every estimate with its Monte Carlo standard error and the number of replications it rests on.",
        pages.table(headings, rows),
        *([f"{more} more rows are in the CSV files beside this page."] if more > 0 else []),
        *(["### Theory against simulation", pages.table(agreed, agreements)] if agreements else []),
        "## Failures",
        "\n".join(f"- {line}" for line in (*failure_lines(summary), *risk_lines(summary))),
    ]


def _pictures(summary: Summary, out: Path) -> list[str]:
    parts: list[str] = ["## Pictures"]
    for panel in PANELS:
        if not panel.suits(summary):
            continue
        command = f"python -m synththeory.report study, of {summary.design.study}"
        origin = provenance(summary.design, command)
        png, *_ = written(out / f"{panel.name}.png", partial(panel.draw, summary), summary.design.toml, origin)
        parts += [f"### {panel.title}", panel.words, pages.image(png, panel.title, out)]
    return parts


def _origin(summary: Summary, folder: Path) -> list[str]:
    design, lock = summary.design, FileStore.existing(folder).lock
    environments = ["; ".join(f"{key} {value}" for key, value in found.items()) for found in lock.environments]
    return [
        "## Software and seeds",
        f"Seed {design.monte_carlo.seed}; {design.monte_carlo.replications} replications a cell; streams are named by "
        "seed, data point, replication and purpose, so that no number depends on threads, blocks or order.",
        "\n".join(f"- {line}" for line in environments),
        "## The design",
        "```toml\n" + design.toml.strip() + "\n```",
    ]


def _headline(summary: Summary) -> list[Row]:
    """The first metric of every arm."""
    first = {arm.label: arm.metrics[0] for cell in summary.design.cells for arm in cell.arms}
    return [row for row in summary.rows if row.metric == first[row.arm]]


def _row(row: Row) -> tuple[str, ...]:
    return (
        ", ".join(f"{key}={pages.shortened(value)}" for key, value in row.cell.items()),
        row.arm,
        "" if row.multiplier is None else f"{row.multiplier:g}",
        "" if row.synthetic_size is None else str(row.synthetic_size),
        row.metric,
        f"{pages.number(row.estimate, 4)} ± {pages.number(row.mcse, 2)}",
        "" if row.theory is None else pages.number(row.theory, 4),
        str(row.replications),
        str(row.failed),
    )
