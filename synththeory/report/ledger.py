"""What the site's pages are written from: CSV files, a line an experiment, claim or curve, each with its commit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from synththeory.errors import SynththeoryError
from synththeory.report.claims import EXPERIMENTS
from synththeory.sim.store.whole_files import write_whole

Line = tuple[str, ...]
"""Cells of a line, as many as headings; the first is the key of an experiment."""


def read(path: Path, headings: Sequence[str]) -> list[Line]:
    """The lines of a ledger, (n, headings); none where there is no such file.

    Raises
    ------
    SynththeoryError
        If its headings or a line's length are others.
    """
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        found, *lines = [tuple(line) for line in csv.reader(file)] or [()]
    if found != tuple(headings) or any(len(line) != len(headings) for line in lines):
        raise SynththeoryError(f"{path}: wanted a CSV file of the columns {', '.join(headings)}; mend or remove it")
    return lines


def renew(path: Path, headings: Sequence[str], anew: Iterable[str], lines: Iterable[Line]) -> None:
    """Put new lines in the place of all old ones of their experiments, in the order of the registry.

    Parameters
    ----------
    path : Path
        The ledger; made where there is none.
    headings : sequence of str
        Its columns.
    anew : iterable of str
        Keys of the experiments whose old lines go, even where no new one comes.
    lines : iterable of tuple of str
        The new lines.

    Raises
    ------
    SynththeoryError
        As of `read`, and `StoreError` if it cannot be written.
    """
    order = [each.key for each in EXPERIMENTS]
    gone = set(anew)
    kept = [line for line in read(path, headings) if line[0] in order and line[0] not in gone]
    kept.extend(lines)
    kept.sort(key=lambda line: order.index(line[0]))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([headings, *kept])
    write_whole(path, text.getvalue().encode())
