"""The lock of a study folder: which design its results belong to, and on what they were computed."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import synththeory
from synththeory import sources
from synththeory.components import digest
from synththeory.errors import DesignError, StoreError
from synththeory.sim.design.design import Design, validated
from synththeory.sim.design.tables import Table, flat, remove
from synththeory.sim.store.base import arm_key
from synththeory.sim.store.whole_files import read_whole, write_whole

LIBRARIES = ("numpy", "scipy", "numba", "llvmlite", "pydantic")
SOFTWARE = ("synththeory", *LIBRARIES, "python")
"""What machines that share a study have in common; processors may differ."""
ENVIRONMENTS = "environments"
"""Where machines that share a folder say what they are, each set of versions and processor in a file of its own."""
FREE_KEYS = ("title", "source", "components", "monte_carlo.replications")
"""Keys that may change in the folder of any study: words, where components are defined, replications; its question
names more."""


@dataclass(frozen=True)
class Lock:
    """What the results of a folder belong to.

    Attributes
    ----------
    design : Design
        The design last run in the folder.
    environments : tuple of dict
        Every set of versions and processor that computed a part of it, in order.
    """

    design: Design
    environments: tuple[dict[str, str], ...]

    def extended(self, design: Design, folder: Path) -> Lock:
        """The lock after another run in the same folder.

        Raises
        ------
        StoreError
            If the design differs in more than the replications, the arms and the values of the sweep.
        """
        changes = tuple(differences(self.design, design))
        if changes:
            raise StoreError(
                f"{folder} holds another design:\n"
                + "\n".join(f"  {change}" for change in changes)
                + "\nrun it in a folder of its own with --out; the results here are kept"
            )
        here = environment()
        known = any({**here, **before} == here for before in self.environments)  # older ones may say less
        return Lock(design, self.environments if known else (*self.environments, here))

    def joined(self, folder: Path) -> None:
        """Say, beside the lock, that this process computes a part: what no two machines write at once.

        Raises
        ------
        StoreError
            If the folder was planned with other software, or cannot be written.
        """
        here = environment()
        foreign = [tuple(other_software(before, here)) for before in self.environments]
        if all(foreign):
            raise StoreError(
                f"{folder} was planned with other software ({', '.join(foreign[-1])}): "
                "compute with the same, or plan it again from here"
            )
        if not any({**here, **before} == here for before in self.environments):
            write_whole(folder / ENVIRONMENTS / f"{digest(here)}.json", (json.dumps(here, indent=1) + "\n").encode())

    @property
    def origins(self) -> dict[str, str]:
        """The files that define the components that are not the package's own, by kind."""
        cells = self.design.cells
        classes = sources.components(*((cell.population, cell.learner, cell.arms) for cell in cells))
        return {cls.model_fields["kind"].default: sources.source(cls).file for cls in classes}

    @property
    def unnamed_files(self) -> tuple[str, ...]:
        """The files among them that the design does not name itself."""
        named = () if self.design.components is None else self.design.components.modules
        return tuple(file for file in dict.fromkeys(self.origins.values()) if file not in named)

    def write(self, folder: Path) -> None:
        """Write ``lock.json``, the truth, and ``design.toml``, its readable copy, where they are not so already."""
        content = {
            "design_digest": digest(self.design.table),
            "design": self.design.table,
            "seed": self.design.monte_carlo.seed,
            "cells": [
                {
                    "swept": dict(cell.swept),
                    "digest": cell.digest,
                    "population": digest(cell.population),
                    "learner": digest(cell.learner),
                    "arms": {arm.label: arm_key(cell, arm) for arm in cell.arms},
                }
                for cell in self.design.cells
            ],
            "environments": self.environments,
        }
        if self.origins:
            content["components"] = self.origins
        texts = {"lock.json": json.dumps(content, indent=1) + "\n", "design.toml": self.design.toml}
        for name, text in texts.items():
            if not (folder / name).is_file() or read_whole(folder / name) != text.encode():
                write_whole(folder / name, text.encode())


def read_lock(folder: Path) -> Lock:
    """The lock of a study folder.

    Raises
    ------
    StoreError
        If there is none, or it is not what this package wrote.
    """
    path = folder / "lock.json"
    if not path.is_file():
        raise StoreError(f"{folder} is not a study folder: it has no lock.json")
    try:
        content = json.loads(read_whole(path))
        table = content["design"]
        environments = (*content["environments"], *_beside(folder, content["environments"]))
        intact = content["design_digest"] == digest(table)
    except (ValueError, KeyError, TypeError):
        intact = False
    if not intact:
        raise StoreError(f"{path} is damaged; restore it, or run the study in another folder with --out")
    try:
        return Lock(validated(table, str(path)), environments)
    except DesignError as error:
        raise StoreError(f"{error}{_use_needed(content.get('components', {}))}") from None


def other_software(before: dict[str, str], now: dict[str, str]) -> Iterator[str]:
    """The versions in which two environments differ, ``name before → now``; a name that one lacks is not compared."""
    for name in SOFTWARE:
        if name in before and name in now and before[name] != now[name]:
            yield f"{name} {before[name]} → {now[name]}"


def _beside(folder: Path, known: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    """Environments of machines that shared the folder and are not in its lock yet."""
    for path in sorted((folder / ENVIRONMENTS).glob("*.json")):
        found = json.loads(read_whole(path))
        if found not in known:
            yield found


def _use_needed(origins: dict[str, str]) -> str:
    """Which files of people's own components a folder was made with, for a message."""
    files = [file if Path(file).is_file() else "FILE" for file in origins.values()]
    use = " ".join(f"--use {file}" for file in dict.fromkeys(files))
    kinds = ", ".join(f"'{kind}'" for kind in origins)
    return f"\nthe folder was made with components of your own, {kinds}: add {use}" if origins else ""


def differences(old: Design, new: Design) -> Iterator[str]:
    """One line for every dotted key in which two designs may not differ, ``key: old → new``."""
    free = (*FREE_KEYS, *old.question.free, *new.question.free)
    before, after = (_fixed(design.table, free) for design in (old, new))
    for key in dict.fromkeys([*before, *after]):
        if before.get(key) != after.get(key):
            yield f"{key}: {_words(before, key)} → {_words(after, key)}"


@cache
def environment() -> dict[str, str]:
    """Versions and processor of this process: what a last bit may depend on, and the tiles, on which none does."""
    from synththeory.kernels.llvm.registers import TILES  # here: numba takes longer than reading a folder

    return {
        "synththeory": synththeory.__version__,
        **{library: version(library) for library in LIBRARIES},
        "python": platform.python_version(),
        "system": platform.system(),
        "processor": _processor(),
        "tiles": TILES.name,
    }


def _fixed(table: Table, free: tuple[str, ...]) -> dict[str, object]:
    """The keys that name the results: no free key, no swept key's own value, the sweep's keys without their values."""
    swept = table.get("sweep", {})
    for key in (*free, *swept, "sweep"):
        table = remove(table, key)
    return {**flat(table), **{f"sweep.{key}": "swept" for key in swept}}


def _words(values: dict[str, object], key: str) -> str:
    return json.dumps(values[key], ensure_ascii=False) if key in values else "(not there)"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
