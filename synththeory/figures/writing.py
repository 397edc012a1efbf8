"""Write a study's figure with everything needed to check it and to redo it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from matplotlib.figure import Figure

import synththeory
import synththeory.figures.anatomy  # each of these modules registers the figure of its question
import synththeory.figures.classes
import synththeory.figures.divergence
import synththeory.figures.effects
import synththeory.figures.groups
import synththeory.figures.sizes
import synththeory.figures.symmetry_test
import synththeory.figures.tasks
from synththeory.errors import SynththeoryError
from synththeory.figures.parts.frame import Drawing
from synththeory.figures.parts.style import house_style
from synththeory.figures.parts.table import csv_text
from synththeory.figures.registry import figure_of
from synththeory.sim.design.design import Design
from synththeory.sim.results.summary import Summary
from synththeory.sim.store.whole_files import write_whole


def draw(summary: Summary, path: str | Path) -> tuple[Path, ...]:
    """Draw a study and write the figure beside its numbers, its design and the command that redoes it.

    Parameters
    ----------
    summary : Summary
        What to draw; nothing is simulated.
    path : str or Path
        Such as ``out/figure.png``: the stem ``out/figure`` names all files.

    Returns
    -------
    tuple of Path
        ``stem.png`` and ``stem.pdf`` (the figure), ``stem.csv`` (every plotted number), ``stem.toml`` (the design) and
        ``stem.json`` (versions, seed, replications and command).

    Raises
    ------
    SynththeoryError
        If the path asks for another format.
    StoreError
        If a file cannot be written.
    """
    stem = stem_of(path)
    command = reproducing_command(stem.name)
    return written(stem, lambda: figure_of(summary), summary.design.toml, provenance(summary.design, command))


def stem_of(path: str | Path) -> Path:
    """The path without its suffix, which names all files of a figure.

    Raises
    ------
    SynththeoryError
        If the path asks for another format, or names no file.
    """
    target = Path(path)
    if target.name in ("", ".."):
        raise SynththeoryError(f"'{path}' is a folder; name the figure in it, such as {target / 'figure.png'}")
    if target.suffix not in ("", ".png", ".pdf"):
        raise SynththeoryError(f"figures are written as .png and .pdf, got '{target.suffix}' in {target}")
    return target.with_suffix("")


def written(stem: Path, drawn: Callable[[], Drawing], settings: str, origin: Mapping[str, object]) -> tuple[Path, ...]:
    """Draw in the house style and write all files of a figure.

    Parameters
    ----------
    stem : Path
        Names them.
    drawn : callable
        Makes the figure.
    settings : str
        Contents of ``stem.toml``.
    origin : mapping
        Contents of ``stem.json``: versions and the ``"command"``, which PNG and PDF carry too.
    """
    command = str(origin["command"])
    with house_style():
        drawing = drawn()
        contents = {
            ".png": _rendered(drawing.figure, "png", {"Software": None, "Source": command}),
            ".pdf": _rendered(drawing.figure, "pdf", {"CreationDate": None, "Subject": command}),
        }
    contents[".csv"] = csv_text(drawing.points).encode()
    contents[".toml"] = settings.encode()
    contents[".json"] = (json.dumps(origin, indent=1, ensure_ascii=False) + "\n").encode()
    for suffix, content in contents.items():
        write_whole(stem.with_suffix(suffix), content)
    return tuple(stem.with_suffix(suffix) for suffix in contents)


def reproducing_command(name: str) -> str:
    """The command that redoes a figure from the design beside it, typed in the figure's folder."""
    return f"python -m synththeory.sim figure {name}.toml --save {name}.png"


def provenance(design: Design, command: str) -> dict[str, object]:
    """Where a figure comes from: study, seed, replications, command and versions."""
    return {
        "study": design.study,
        "title": design.title,
        "source": design.source,
        "seed": design.monte_carlo.seed,
        "replications": design.monte_carlo.replications,
        "command": command,
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Versions of the package and of what computes and draws."""
    return {"synththeory": synththeory.__version__} | {name: _version(name) for name in ("numpy", "matplotlib")}


def _rendered(figure: Figure, form: str, metadata: dict[str, str | None]) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format=form, metadata=metadata)
    return file.getvalue()


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"
