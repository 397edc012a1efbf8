"""Every stored number as one table, CSV or Parquet: one row per replication and point, one column per metric."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

import numpy as np

from synththeory.datasets.extra import needs
from synththeory.errors import StoreError
from synththeory.sim.design.cells import Cell
from synththeory.sim.design.design import Design
from synththeory.sim.questions.arms import Arm
from synththeory.sim.results.rows import plain
from synththeory.sim.store.base import Store
from synththeory.sim.store.blocks import Results
from synththeory.status import Status

Kind = Literal["csv", "parquet"]
Column = Sequence[object]
FIXED = ("cell", "arm", "replication", "multiplier", "synthetic_size", "status", "message")
"""Columns of every table, beside the swept keys and the metrics; the cell is its place in the grid."""


def export(design: Design, store: Store, path: Path, kind: Kind) -> int:
    """Write every stored number of a study as one table, in bounded memory.

    Parameters
    ----------
    design : Design
        What was run.
    store : Store
        Its results.
    path : Path
        File to write; an older one is replaced when the new one is whole.
    kind : {"csv", "parquet"}
        Parquet needs pyarrow.

    Returns
    -------
    int
        Rows written: one a cell, arm, replication and point. A metric that an arm lacks, or whose fit failed, is empty.

    Raises
    ------
    StoreError
        If a block is damaged, or the file cannot be written.
    SynththeoryError
        If pyarrow is not installed.
    """
    if path.is_dir():
        raise StoreError(f"cannot write {path}: it is a folder; name a file in it")
    partial = path.with_name(f"{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = (_csv if kind == "csv" else _parquet)(design, store, partial)
        partial.replace(path)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            partial.unlink()
    return rows


def _metrics(design: Design) -> list[str]:
    return list(dict.fromkeys(metric for cell in design.cells for arm in cell.arms for metric in arm.metrics))


def _names(design: Design) -> list[str]:
    return [FIXED[0], *design.sweep, *FIXED[1:], *_metrics(design)]


def _tables(design: Design, store: Store) -> Iterator[dict[str, Column]]:
    """The columns of one window of one arm after the other."""
    metrics = _metrics(design)
    for place, cell in enumerate(design.cells):
        for arm in cell.arms:
            for results in store.windows(cell, arm, design.monte_carlo.replications):
                yield _table(place, cell, arm, results, metrics)


def _table(place: int, cell: Cell, arm: Arm, results: Results, metrics: list[str]) -> dict[str, Column]:
    count, points = results.status.shape
    size = count * points
    table: dict[str, Column] = {"cell": [place] * size}
    table |= {key: [plain(value)] * size for key, value in cell.swept.items()}
    table["arm"] = [arm.label] * size
    table["replication"] = np.repeat(results.replications, points).tolist()
    table["multiplier"] = [multiplier for multiplier, _ in arm.points] * count
    table["synthetic_size"] = [rows for _, rows in arm.points] * count
    table["status"] = [Status(code).name.lower() for code in results.status.ravel().tolist()]
    table["message"] = np.repeat(results.messages, points).tolist()
    for metric in metrics:
        values = results.values[arm.metrics.index(metric)].ravel().tolist() if metric in arm.metrics else None
        table[metric] = [None] * size if values is None else [None if value != value else value for value in values]
    return table


def _csv(design: Design, store: Store, path: Path) -> int:
    rows = 0
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_names(design))
        for table in _tables(design, store):
            columns = [table[name] for name in _names(design)]
            writer.writerows(zip(*columns, strict=True))
            rows += len(columns[0])
    return rows


def _parquet(design: Design, store: Store, path: Path) -> int:
    pa, parquet = needs("pyarrow"), needs("pyarrow.parquet")
    kinds = {"cell": pa.int32(), "arm": pa.string(), "replication": pa.int64(), "multiplier": pa.float64(),
             "synthetic_size": pa.int64(), "status": pa.string(), "message": pa.string()}  # fmt: skip
    swept = {key: pa.array([plain(value) for value in values]).type for key, values in design.sweep.items()}
    schema = pa.schema([(name, swept.get(name) or kinds.get(name, pa.float64())) for name in _names(design)])
    rows = 0
    with parquet.ParquetWriter(path, schema) as writer:
        for table in _tables(design, store):
            piece = pa.Table.from_pydict(table, schema)
            writer.write_table(piece)
            rows += piece.num_rows
    return rows
