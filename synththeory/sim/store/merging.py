"""Bringing together what was computed of one design in several folders."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from synththeory.errors import StoreError
from synththeory.sim.design.design import Design
from synththeory.sim.store.files import FileStore
from synththeory.sim.store.lock import Lock, differences, read_lock
from synththeory.sim.store.whole_files import alone, read_whole, write_whole

_log = logging.getLogger("synththeory")
_WORDS = ("title", "source", "components", "monte_carlo")


@dataclass(frozen=True)
class Merged:
    """What a merge did.

    Attributes
    ----------
    blocks, present : int
        Block files brought, and those that were there already.
    """

    blocks: int
    present: int


def merged(sources: Sequence[FileStore], folder: Path) -> Merged:
    """Bring the blocks of several folders of one design together.

    A block is copied byte for byte after it is verified; where a folder has it already, that one stays. Sums are made
    in the order of the replications, whatever folder they come from.

    Parameters
    ----------
    sources : sequence of FileStore
        At least one.
    folder : Path
        Where to; it may be one of the sources, or hold a part already.

    Raises
    ------
    StoreError
        If they hold different designs, or something cannot be read or written.
    """
    _common(_with(folder, sources))  # a refusal makes no folder
    with alone(folder):
        stores = _with(folder, sources)
        design = _common(stores)
        target = FileStore(folder, Lock(design, tuple(_environments(stores))))
        target.lock.write(folder)
    files = [pair for source in sources if source.folder != folder for pair in _pairs(source, target)]
    brought = sum(_bring(source, place) for source, place in files)
    target.finish(design)
    return Merged(brought, len(files) - brought)


def _with(folder: Path, sources: Sequence[FileStore]) -> list[FileStore]:
    """All folders, the one where they are brought first if it is a study's already."""
    return [*([FileStore.existing(folder)] if (folder / "lock.json").exists() else []), *sources]


def _common(stores: Sequence[FileStore]) -> Design:
    """The one design of some folders, with the largest number of replications."""
    first = stores[0]
    for other in stores[1:]:
        old, new = first.lock.design, other.lock.design
        changes = tuple(differences(old, new))
        if not changes and _fixed(old) != _fixed(new):
            changes = ("arms or the values of the sweep",)
        if changes:
            raise StoreError(f"{other.folder} holds another design than {first.folder}: {'; '.join(changes)}")
    return max((store.lock.design for store in stores), key=lambda design: design.monte_carlo.replications)


def _fixed(design: Design) -> dict[str, object]:
    return {key: entry for key, entry in design.table.items() if key not in _WORDS}


def _environments(stores: Sequence[FileStore]) -> Iterator[dict[str, str]]:
    known: list[dict[str, str]] = []
    for store in stores:
        for found in read_lock(store.folder).environments:
            if found not in known:
                known.append(found)
                yield found


def _pairs(source: FileStore, target: FileStore) -> Iterator[tuple[Path, Path]]:
    for cell in source.lock.design.cells:
        for arm in cell.arms:
            for found in source.inspected(cell, arm):
                if found.results is None:
                    _log.warning("%s is damaged (%s): left out", found.path, found.damage)
                else:
                    yield found.path, target.folder / found.path.relative_to(source.folder)


def _bring(source: Path, place: Path) -> bool:
    """Copy a block where there is none yet; whether there was none."""
    content = read_whole(source)
    if not place.is_file():
        write_whole(place, content)
        return True
    if read_whole(place) != content:
        _log.warning("%s and %s differ: the latter stays (compare says where)", source, place)
    return False
