"""Figures of shipped studies into ``output``: ``python paper_figures/draw.py headline rates``; all without a name.

What is missing of a study is run first; its results stay in ``output/results``.
"""

import sys
from pathlib import Path

from synththeory import SynththeoryError, load_design, simulate
from synththeory.figures import draw
from synththeory.sim.design.studies import studies

OUTPUT = Path(__file__).parent / "output"


def main(names: list[str]) -> None:
    """Run what is missing of each study, then draw it; a name that is no study ends everything before it begins."""
    designs = [load_design(name) for name in names or studies()]
    for design in designs:
        for path in draw(simulate(design, out=OUTPUT / "results" / design.study), OUTPUT / f"{design.study}.png"):
            print(path)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SynththeoryError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
