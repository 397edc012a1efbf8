"""Whether a study folder can be trusted: every file's checksum and digest, and a sample of replications replayed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from synththeory.sim.run.replay import replay
from synththeory.sim.store.base import arm_key, span
from synththeory.sim.store.files import FileStore, Inspected
from synththeory.sim.store.whole_files import read_whole


@dataclass(frozen=True)
class Verified:
    """What a check of a folder found.

    Attributes
    ----------
    files : int
        Block files read.
    wrong : tuple of str
        Files and digests that are not what they should be, in words.
    replayed : int
        Replications computed again, all arms of a cell each.
    numbers : int
        Stored numbers compared with what was computed again.
    different : tuple of str
        Where those differ.
    """

    files: int
    wrong: tuple[str, ...]
    replayed: int
    numbers: int
    different: tuple[str, ...]

    @property
    def trusted(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong and not self.different


def verify(store: FileStore, sample: int, seed: int = 0) -> Verified:
    """Check a folder; nothing in it is touched.

    Parameters
    ----------
    store : FileStore
        The folder.
    sample : int
        Replications to compute again, of those that are there; all of them where there are fewer.
    seed : int
        Chooses them.

    Raises
    ------
    StoreError
        If a file cannot be read.
    """
    wrong = list(_lock(store))
    files, held = 0, set()
    for place, cell in enumerate(store.lock.design.cells):
        for arm in cell.arms:
            for found in store.inspected(cell, arm):
                files += 1
                if found.results is None:
                    wrong.append(f"{found.path} is damaged: {found.damage}")
                    continue
                wrong.extend(_name(found))
                held |= {(place, int(number)) for number in found.results.replications}
    if any("damaged" in line for line in wrong):
        return Verified(files, tuple(wrong), 0, 0, ())
    chosen = sorted(Random(seed).sample(sorted(held), min(sample, len(held))))
    replays = [(place, number, replay(store.lock.design, store, place, number)) for place, number in chosen]
    different = tuple(f"cell {place}, replication {number}: {line}" for place, number, again in replays
                      for line in again.different)  # fmt: skip
    return Verified(files, tuple(wrong), len(replays), sum(again.numbers for *_, again in replays), different)


def _lock(store: FileStore) -> Iterator[str]:
    """Digests that the lock says and this package would not give."""
    content = json.loads(read_whole(store.folder / "lock.json"))
    for place, (said, cell) in enumerate(zip(content["cells"], store.lock.design.cells, strict=True)):
        if said["digest"] != cell.digest:
            yield f"lock.json: cell {place} has the digest {said['digest']}, this package gives {cell.digest}"
        for arm in cell.arms:
            if said["arms"].get(arm.label) != arm_key(cell, arm):
                yield f"lock.json: the arm {arm.label} of cell {place} has another digest than this package gives"


def _name(found: Inspected) -> Iterator[str]:
    if found.results is None:
        return
    held = span(found.results)
    if found.path.stem != f"{held.start:09d}-{held.stop - 1:09d}" or len(held) != len(found.results.replications):
        yield f"{found.path} holds other replications than its name says"
