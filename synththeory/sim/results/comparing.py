"""Two runs of one design, such as on two machines: which stored numbers differ, and by how much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array
from synththeory.errors import StoreError
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions.arms import Arm
from synththeory.sim.store.blocks import Results
from synththeory.sim.store.files import FileStore
from synththeory.sim.store.lock import differences


@dataclass(frozen=True)
class Comparison:
    """One metric of one arm in one cell, in two folders.

    Attributes
    ----------
    cell : Cell
        Of which cell.
    arm, metric : str
        What is compared.
    numbers : int
        Values that both folders have.
    different : int
        Those that differ in a bit.
    ulps : int
        The largest difference of two numbers, in units of the last place: 1 where one follows the other.
    only_one : int
        Values that are a number in one folder alone, as the fit failed in the other.
    first : int or None
        The first replication that differs.
    """

    cell: Cell
    arm: str
    metric: str
    numbers: int
    different: int
    ulps: int
    only_one: int
    first: int | None

    @property
    def line(self) -> str:
        """The comparison in words."""
        where = f"{self.cell.label}, {self.arm}" if self.cell.label else self.arm
        if not self.different:
            return f"{where}: {self.metric}: all {self.numbers} numbers are equal to the bit"
        line = (
            f"{where}: {self.metric}: {self.different} of {self.numbers} numbers differ, by up to {self.ulps} ulp, "
            f"first in replication {self.first}"
        )
        return f"{line}; {self.only_one} are a number in one folder alone" if self.only_one else line


def compared(one: FileStore, other: FileStore) -> Iterator[Comparison]:
    """Compare what two folders of one design both have, in bounded memory.

    Parameters
    ----------
    one, other : FileStore
        Their replications may differ; arms and cells that one of them lacks are left out.

    Raises
    ------
    StoreError
        If they hold different designs, share nothing, or a block is damaged.
    """
    changes = tuple(differences(one.lock.design, other.lock.design))
    if changes:
        raise StoreError(f"{other.folder} holds another design than {one.folder}: {'; '.join(changes)}")
    cells = {cell.digest: cell for cell in other.lock.design.cells}
    shared = [
        (cell, arm, cells[cell.digest], theirs)
        for cell in one.lock.design.cells
        if cell.digest in cells
        for arm in cell.arms
        for theirs in cells[cell.digest].arms
        if theirs.digest == arm.digest
    ]
    if not shared:
        raise StoreError(f"{one.folder} and {other.folder} have no arm in common")
    for cell, arm, their_cell, theirs in shared:
        yield from _metrics(cell, arm, list(_pairs(one, cell, arm, other, their_cell, theirs)))


def ulps(left: Array, right: Array) -> int:
    """The largest distance of two arrays of finite doubles: 1 where one follows the other, 0 where all are equal."""
    if not left.size:
        return 0
    places = [_place(values) for values in (left, right)]
    high, low = np.maximum(*places).view(np.uint64), np.minimum(*places).view(np.uint64)
    return int((high - low).max())  # modulo 2⁶⁴, where every distance of two doubles has room


def _place(values: Array) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """The place of doubles in their order; both zeros are at 0."""
    bits = np.ascontiguousarray(values).view(np.int64)
    return np.where(bits < 0, np.int64(-(2**63)) - bits, bits)


@dataclass(frozen=True)
class _Window:
    """What differs in one window of one arm, by metric."""

    numbers: int
    different: tuple[int, ...]
    ulps: tuple[int, ...]
    only_one: tuple[int, ...]
    first: tuple[int | None, ...]


def _pairs(one: FileStore, cell: Cell, arm: Arm, other: FileStore, their_cell: Cell, theirs: Arm) -> Iterator[_Window]:
    most = min(store.lock.design.monte_carlo.replications for store in (one, other))
    for left, right in zip(one.windows(cell, arm, most), other.windows(their_cell, theirs, most), strict=True):
        yield _window(left, right)


def _window(left: Results, right: Results) -> _Window:
    numbers, mine, their = np.intersect1d(left.replications, right.replications, True, return_indices=True)
    different, farthest, only_one, first = [], [], [], []
    for old, new in zip(left.values[:, mine], right.values[:, their], strict=True):
        old, new = np.ascontiguousarray(old), np.ascontiguousarray(new)
        changed = old.view(np.int64) != new.view(np.int64)
        finite = np.isfinite(old) & np.isfinite(new)
        rows = np.flatnonzero(changed.any(axis=1))
        different.append(int(changed.sum()))
        farthest.append(ulps(old[changed & finite], new[changed & finite]))
        only_one.append(int((np.isfinite(old) != np.isfinite(new)).sum()))
        first.append(int(numbers[rows[0]]) if rows.size else None)
    size = len(numbers) * left.values.shape[2]
    return _Window(size, tuple(different), tuple(farthest), tuple(only_one), tuple(first))


def _metrics(cell: Cell, arm: Arm, windows: list[_Window]) -> Iterator[Comparison]:
    for place, metric in enumerate(arm.metrics):
        yield Comparison(
            cell=cell,
            arm=arm.label,
            metric=metric,
            numbers=sum(window.numbers for window in windows),
            different=sum(window.different[place] for window in windows),
            ulps=max((window.ulps[place] for window in windows), default=0),
            only_one=sum(window.only_one[place] for window in windows),
            first=next((found for window in windows if (found := window.first[place]) is not None), None),
        )
