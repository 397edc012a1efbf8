"""A summary as a table for people, and as CSV or JSON for programs."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Collection
from dataclasses import asdict, fields
from typing import Literal

from rich.table import Table

from synththeory.metrics import TEST_SAMPLE_ERROR
from synththeory.sim.questions.arms import Arm
from synththeory.sim.results.measures import share_interval
from synththeory.sim.results.rows import Failures, Row, plain
from synththeory.sim.results.summary import Summary

Format = Literal["table", "csv", "json"]


def table(summary: Summary, multipliers: Collection[float] | None = None) -> Table:
    """The first metric (excess risk, balanced loss, or a rejection rate) of every arm and multiplier beside its theory.

    Parameters
    ----------
    summary : Summary
        What to show.
    multipliers : collection of float, optional
        Show only these.
    """
    design = summary.design
    headings = ("cell", "arm") if design.sweep else ("arm",)
    result = Table(title=design.title or design.study, title_justify="left")
    for heading in headings:
        result.add_column(heading, overflow="fold")
    metric = _headline(design.cells[0].arms[0]).replace("_", " ")
    sized = any(row.multiplier is not None for row in summary.rows)
    sizes = ("multiplier", "synthetic") if sized else ()
    for heading in (*sizes, metric, "± MCSE", "theory", "n", "failed"):
        result.add_column(heading, justify="right", no_wrap=True)
    for cell in design.cells:
        for arm in cell.arms:
            names = (cell.label if arm is cell.arms[0] else "", arm.label)
            for row in summary.select(cell=cell.swept, arm=arm.label, metric=_headline(arm)):
                if multipliers is None or row.multiplier in multipliers:
                    result.add_row(*names[-len(headings) :], *_cells(row)[0 if sized else 2 :])
                    names = ("", "")
            result.add_section()
    return result


def failure_lines(summary: Summary) -> tuple[str, ...]:
    """How often each arm failed, zeros included; then the reasons in every cell with a failure or a flagged fit."""
    counts: dict[str, tuple[int, int]] = {}
    for failures in summary.failures:
        failed, replications = counts.get(failures.arm, (0, 0))
        counts[failures.arm] = (failed + failures.failed, replications + failures.replications)
    every = ", ".join(f"{arm} {failed} of {replications}" for arm, (failed, replications) in counts.items())
    labels = [cell.label for cell in summary.design.cells for _ in cell.arms]
    reasons = (_reasons(failures, cell) for failures, cell in zip(summary.failures, labels, strict=True))
    return (f"failed: {every}", *(line for line in reasons if line))


def risk_lines(summary: Summary) -> tuple[str, ...]:
    """What the Monte Carlo standard errors leave out on a test sample; nothing where risk is exact."""
    errors = [row.estimate for row in summary.select(metric=TEST_SAMPLE_ERROR.name) if math.isfinite(row.estimate)]
    if not errors:
        return ()
    rows = summary.design.cells[0].scoring.test_rows
    return (
        f"risk on a test sample of {rows} rows a class, the same for every fit: its own standard error, at most "
        f"{max(errors):.2g} (metric test_sample_error), is not in the MCSE",
    )


def agreement_lines(summary: Summary) -> tuple[str, ...]:
    """How theory and the simulated first metric agree, one line a cell; none where there is no theory."""
    lines = []
    metrics = {arm.label: _headline(arm) for arm in summary.design.cells[0].arms}
    for cell in summary.design.cells:
        arms = ", ".join(
            f"{entry.arm} within {100.0 * entry.margin:.2g} % (p = {entry.p_value:.2g})"
            for entry in summary.agreements
            if entry.cell == cell.swept and entry.metric == metrics[entry.arm]
        )
        lines.extend([f"  {cell.label}: {arms}" if cell.label else f"  {arms}"] if arms else [])
    heading = (
        "theory against simulation: the margin within which they are equivalent at every point (two one-sided tests, "
        "5 %), and the family-wise p-value of max |z| (Šidák)"
    )
    return (heading, *lines) if lines else ()


def json_text(summary: Summary) -> str:
    """The rows as a JSON list; a number that does not exist is null."""
    return json.dumps([_finite(row) for row in summary.rows], indent=1, ensure_ascii=False)


def csv_text(summary: Summary) -> str:
    """The rows as CSV: the columns of the JSON, with one column a swept key in place of ``cell``."""
    file = io.StringIO()
    swept = list(summary.design.sweep)
    names = [field.name for field in fields(Row) if field.name != "cell"]
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([names[0], *swept, *names[1:]])
    for row in summary.rows:
        values = [_finite(row)[name] for name in names]
        writer.writerow([values[0], *(plain(row.cell[key]) for key in swept), *values[1:]])
    return file.getvalue().rstrip("\n")


def _headline(arm: Arm) -> str:
    return arm.metrics[0]


def _finite(row: Row) -> dict[str, object]:
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in asdict(row).items()
    }


def _cells(row: Row) -> tuple[str, ...]:
    return (
        "" if row.multiplier is None else f"{row.multiplier:.4g}",
        "" if row.synthetic_size is None else str(row.synthetic_size),
        _number(row.estimate, 4),
        _number(row.mcse, 2),
        "" if row.theory is None else _number(row.theory, 4),
        str(row.replications),
        str(row.failed),
    )


def _number(value: float, digits: int) -> str:
    return f"{value:#.{digits}g}" if math.isfinite(value) else "–"


def _reasons(failures: Failures, cell: str) -> str:
    if not failures.reasons:
        return ""
    lower, upper = share_interval(failures.failed, failures.replications)
    reasons = "; ".join(f"{reason}: {count}" for reason, count in failures.reasons)
    where = f"{failures.arm} ({cell})" if cell else failures.arm
    share = f"{100.0 * lower:.2g} % to {100.0 * upper:.2g} %, Wilson"
    return f"  {where}: {failures.failed} of {failures.replications} ({share}): {reasons}"
