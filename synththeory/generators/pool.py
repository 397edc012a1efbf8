"""Ready-made synthetic rows from a file: how many of them should be used?"""

from __future__ import annotations

import csv
import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from synththeory.arrays import Array
from synththeory.caches import bounded
from synththeory.errors import DesignError, SynththeoryError
from synththeory.generators.base import Generator
from synththeory.generators.diversity import near_copies
from synththeory.generators.imitator import Imitator
from synththeory.sample import Block
from synththeory.streams import Streams

_log = logging.getLogger(__name__)
_NEAR = 0.01
"""Of the real rows' median distance to their nearest: a warning must not be met by rows that are merely close."""


class Pool(Generator):
    """Rows that were made elsewhere, in a random order a replication: a longer draw begins with a shorter one.

    The file is a table of numbers with commas between and one row a line, in the columns of the population; a header is
    recognised. Rows of the pool that nearly copy real rows of the first replication are counted and reported.

    Attributes
    ----------
    file : str
        Path of the CSV.
    label_column : str, optional
        Name of a column that holds the class; it must be the same in all rows, and is left out.
    """

    kind: Literal["pool"] = "pool"
    smallest_minority: ClassVar[int] = 2
    file: str
    label_column: str | None = None

    @model_validator(mode="after")
    def _is_read(self) -> Self:
        _ = self.table
        return self

    @property
    def table(self) -> Array:
        """The rows, (N, d).

        Raises
        ------
        DesignError
            When the file cannot be read, or is no table of finite numbers of one class.
        """
        path = Path(self.file)
        try:
            changed = path.stat().st_mtime_ns
        except OSError as error:
            raise DesignError(f"file: cannot read the pool {self.file}: {error.strerror}") from None
        return _read(path, self.label_column, changed)

    @property
    def identity(self) -> dict[str, Any]:
        """Its settings, and a digest of its rows: another table under the same name is another arm."""
        content = hashlib.blake2b(self.table.tobytes(), digest_size=16).hexdigest()
        return {**super().identity, "content": content}

    @property
    def piloted(self) -> bool:
        """A pilot would need a pool of its own for each of its samples."""
        return False

    def check(self, minority: int, dimension: int) -> None:
        """The pool has the population's columns."""
        super().check(minority, dimension)
        if self.table.shape[1] != dimension:
            raise DesignError(
                f"pool: {self.file} has {self.table.shape[1]} columns of numbers where the real rows have {dimension}; "
                "give it the same columns in the same order, and name a column of classes by label_column"
            )

    def check_size(self, size: int) -> None:
        """No row is used twice."""
        if size > len(self.table):
            raise DesignError(
                f"pool: {self.file} has {len(self.table)} rows and {size} are asked for; lower the multipliers, or "
                "make more rows"
            )

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> PooledRows:
        """An order of the pool for every replication.

        Raises
        ------
        SynththeoryError
            When it is asked to imitate the majority, as bias corrections do.
        """
        if seeds.stratum.index == 0:
            raise SynththeoryError(f"pool: {self.file} holds rows of one class and cannot imitate {seeds.stratum.name}")
        table = self.table
        if streams.replications[0] == 0:
            copies = suspicious(table, seeds.rows[0])
            if copies:
                _log.warning("%d of %d rows of the pool %s nearly copy a real row", copies, len(table), self.file)
        order = np.argsort(streams.uniforms("order", len(table)), axis=1, kind="stable")
        return PooledRows(table, order)


@dataclass(frozen=True, eq=False)
class PooledRows(Imitator):
    """Rows of a pool in the order of each replication.

    Attributes
    ----------
    table : Array
        (N, d).
    order : array of int
        (B, N).
    """

    table: Array
    order: NDArray[np.intp]

    def rows(self, size: int) -> Array:
        """The first rows in order, each at most once.

        Raises
        ------
        SynththeoryError
            When the pool has fewer.
        """
        if size > len(self.table):
            raise SynththeoryError(f"a pool of {len(self.table)} rows cannot give {size}")
        return np.asarray(self.table[self.order[:, :size]])


def suspicious(made: Array, real: Array) -> int:
    """How many rows made (N, d) nearly copy a real row (n, d): ten times as near as `near_copies` asks.

    Columns are compared in units of the real rows' standard deviations.
    """
    spread = real.std(axis=0)
    scale = np.where(spread > 0.0, spread, 1.0)
    return int(near_copies(made / scale, real / scale, _NEAR).sum())


@bounded(8)
def _read(path: Path, label: str | None, changed: int) -> Array:
    """The table of a file as it was when last changed."""
    try:
        lines = [line for line in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()) if line]
    except (OSError, UnicodeDecodeError) as error:
        raise DesignError(f"file: cannot read the pool {path}: {error}") from None
    header = lines[0] if lines and not any(map(_is_number, lines[0])) else None
    body = lines[1:] if header else lines
    if not body:
        raise DesignError(f"file: the pool {path} has no rows")
    if label is not None:
        body = _without(path, header, body, label)
    return _numbers(path, body, 2 if header else 1)


def _without(path: Path, header: list[str] | None, body: list[list[str]], label: str) -> list[list[str]]:
    if header is None or label not in header:
        raise DesignError(f"label_column: the pool {path} has no column '{label}' in its first line")
    place = header.index(label)
    classes = sorted({line[place] for line in body if len(line) > place})
    if len(classes) > 1:
        raise DesignError(f"label_column: the pool {path} has rows of classes {', '.join(classes)}; keep one")
    return [line[:place] + line[place + 1 :] for line in body]


def _numbers(path: Path, body: list[list[str]], first: int) -> Array:
    width = len(body[0])
    for number, line in enumerate(body, first):
        if len(line) != width:
            raise DesignError(
                f"file: line {number} of the pool {path} has {len(line)} columns where the first row has {width}"
            )
        wrong = next((entry for entry in line if not _is_number(entry)), None)
        if wrong is not None:
            raise DesignError(f"file: line {number} of the pool {path} has '{wrong}' where a finite number is wanted")
    return np.array(body, dtype=np.float64)


def _is_number(entry: str) -> bool:
    try:
        return bool(np.isfinite(float(entry)))
    except ValueError:
        return False
